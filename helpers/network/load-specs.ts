import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { oneLine, truncate } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { isTypeScript, requireTypeScript, strips } from './compiler';
import importModule from './import-module.cjs';

const isSpec = (name: string): boolean => /\.spec\.[cm]?[jt]s$/.test(name);

/** Columns of what is wrong with a spec. */
const longestReason = 400;

/**
 * The specs of a folder, or the one that is named, in the order of their names.
 * @throws UserError where there is none
 */
export function specsIn(place: string): { folder: string; files: string[] } {
  const remedy = 'Name a folder with specs such as network/shop.spec.mjs, or have a first one written: npx docker-network-conformance init';
  if (!existsSync(place)) throw new UserError(`There is no ${place}.`, remedy, exitStatus.usage);
  const whole = realpathSync(place);
  if (!statSync(whole).isDirectory()) return { folder: path.dirname(whole), files: [whole] };
  const files = readdirSync(whole, { withFileTypes: true, recursive: true })
    .map((entry) => ({ entry, file: path.join(entry.parentPath, entry.name) }))
    .filter(({ entry, file }) => entry.isFile() && isSpec(entry.name) && !file.slice(whole.length).split(path.sep).includes('node_modules'))
    .map(({ file }) => file)
    .sort();
  if (files.length === 0)
    throw new UserError(`${place} has no specs: no file in it ends in .spec.js, .spec.mjs or .spec.ts.`, remedy, exitStatus.usage);
  return { folder: whole, files };
}

/**
 * Loads specs, one after another, so that they declare their claims.
 * @param before told which one is next
 * @throws UserError for one that cannot be loaded
 */
export async function loadSpecs({ folder, files }: ReturnType<typeof specsIn>, before: (file: string) => void): Promise<void> {
  const root = projectOf(folder);
  for (const file of files) {
    before(file);
    try {
      if (isTypeScript(file) && !strips()) requireTypeScript(root, file)(file);
      else await importModule(pathToFileURL(file).href);
    } catch (error) {
      throw error instanceof UserError ? error : unloadable(file, error);
    }
  }
}

/** The folder of the package that specs are in, else their own. */
function projectOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'package.json'))) return at;
    if (at === path.dirname(at)) return folder;
  }
}

function unloadable(file: string, error: unknown): UserError {
  const { message = String(error), stack = '', code } = (error ?? {}) as Partial<Error> & { code?: string };
  const shown = path.relative(process.cwd(), file);
  const isOwn = /MODULE_NOT_FOUND/.test(code ?? '') && /'docker-network-conformance'/.test(message);
  if (isOwn)
    return new UserError(
      `${shown} imports docker-network-conformance, which is not installed in its project.`,
      'npm install --save-dev docker-network-conformance',
      exitStatus.usage,
      { cause: error },
    );
  // of a mistake in the syntax the first line of the stack is its place, else one of the lines that follow
  const base = path.basename(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const line = new RegExp(`${base}:(\\d+)`).exec(stack)?.[1];
  return new UserError(
    `${shown}${line === undefined ? '' : `:${line}`} could not be loaded: ${truncate(oneLine(message), longestReason)}`,
    'A spec is loaded before anything is asked: mend what it says, and run again.',
    exitStatus.usage,
    { cause: error },
  );
}
