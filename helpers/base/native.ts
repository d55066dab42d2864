/** Name under which the Jest environment offers Node's own `require` to code that Jest's module system has loaded. */
export const nativeRequire = Symbol.for('docker-network-conformance.require');

/**
 * Loads a package through Node's own module system. Inside Jest a plain import goes through Jest's, which cannot load
 * an ES module on every Node that is supported, and loads a large package again for every spec file.
 */
export function native<T>(id: string): T {
  const load = (globalThis as { [nativeRequire]?: NodeJS.Require })[nativeRequire] ?? require;
  return load(id) as T;
}
