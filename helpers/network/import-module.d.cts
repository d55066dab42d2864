declare function importModule(url: string): Promise<unknown>;
export = importModule;
