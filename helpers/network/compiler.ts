import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { exitStatus, UserError } from '../base/user-error';

/** Makes JavaScript of TypeScript, without looking at types. */
type Compile = (source: string, file: string) => string;

interface Esbuild {
  transformSync(source: string, options: object): { code: string };
}

interface TypeScript {
  transpileModule?: (source: string, options: object) => { outputText: string };
  ModuleKind?: { CommonJS: number };
  ScriptTarget?: { ES2022: number };
}

/** Endings of TypeScript. */
const endings = ['.ts', '.mts', '.cts'] as const;

/** Whether a file is TypeScript. */
export const isTypeScript = (file: string): boolean => endings.some((it) => file.endsWith(it));

/** What makes JavaScript of TypeScript in a user's project: esbuild, or TypeScript itself, which ts-jest needs as well. */
export function compilerOf(folder: string): Compile | undefined {
  const load = createRequire(path.join(folder, 'spec.js'));
  const having = <T>(name: string): T | undefined => {
    try {
      return load(name) as T;
    } catch {
      // it is not there, or not for this Node: another one may be
      return undefined;
    }
  };
  const esbuild = having<Esbuild>('esbuild');
  if (esbuild)
    return (source, file) =>
      esbuild.transformSync(source, {
        loader: 'ts',
        format: 'cjs',
        platform: 'node',
        target: 'node20',
        sourcefile: file,
        sourcemap: 'inline',
      }).code;
  const { transpileModule, ModuleKind, ScriptTarget } = having<TypeScript>('typescript') ?? {};
  // TypeScript 7 has no such function
  if (!transpileModule || !ModuleKind || !ScriptTarget) return undefined;
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true, inlineSourceMap: true };
  return (source, file) => transpileModule(source, { compilerOptions, fileName: file }).outputText;
}

/** Whether this Node takes TypeScript by itself (nodejs.org/api/typescript.html). */
export function strips(features: object = process.features): boolean {
  return Boolean((features as { typescript?: unknown }).typescript);
}

/**
 * Lets `require` take the TypeScript of a project.
 * @param spec the file that is to be taken
 * @throws UserError where the project has nothing to compile it with
 */
export function requireTypeScript(folder: string, spec: string, compile = compilerOf(path.dirname(spec))): NodeJS.Require {
  if (!compile)
    throw new UserError(
      `${path.relative(process.cwd(), spec)} is TypeScript, and neither Node.js ${process.versions.node} nor your project has what compiles it.`,
      'npm install --save-dev esbuild (or typescript, or ts-jest), use Node.js 22.18 or newer, or write it in JavaScript.',
      exitStatus.usage,
    );
  const load = createRequire(path.join(folder, 'spec.js'));
  for (const ending of endings) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the one way on Node 20 (nodejs.org/api/modules.html#requireextensions)
    const { extensions } = load;
    const before = extensions[ending];
    extensions[ending] = (module, file) => {
      const isOthers = path.relative(folder, file).startsWith('..') || file.includes(`${path.sep}node_modules${path.sep}`);
      if (isOthers && before) before(module, file);
      else
        (module as NodeJS.Module & { _compile(code: string, file: string): void })._compile(
          compile(readFileSync(file, 'utf8'), file),
          file,
        );
    };
  }
  return load;
}
