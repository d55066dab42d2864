import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Esbuild from 'esbuild';
import { native } from '../../base/native';
import { compiledFolder } from '../../state/closed-folder.cjs';
import { writeFileAtomically } from '../../base/write-file';

/** The page's program and looks, ready to be put into a document. */
export interface Bundle {
  /** what the browser runs */
  client: string;
  /** the same components for Node: a CommonJS module that exports `prerender` */
  server: string;
  style: string;
}

const folder = join(__dirname, 'page');

/** Where the published package has its bundle. */
export const pageFile = join(__dirname, 'page.json');

/** The bundle of the page's sources, which the published package has ready. */
export function bundle(): Bundle {
  return existsSync(pageFile) ? (JSON.parse(readFileSync(pageFile, 'utf8')) as Bundle) : bundleOfSources();
}

/**
 * It takes some hundred milliseconds to make, so it is kept in the cache folder until a source or a tool changes; a cache
 * that cannot be written, or that others can write to, is done without.
 */
function bundleOfSources(): Bundle {
  const key = keyOf();
  const compiled = compiledFolder();
  const file = compiled === undefined ? undefined : join(compiled, 'report-page.json');
  const kept = file === undefined ? undefined : read(file);
  if (kept?.key === key) return kept;
  const made = { key, ...buildPage() };
  try {
    if (file !== undefined) writeFileAtomically(file, JSON.stringify(made));
  } catch {
    // made again next time
  }
  return made;
}

function read(file: string): (Bundle & { key: string }) | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Bundle & { key: string };
  } catch {
    return undefined;
  }
}

/** A digest of everything that the bundle depends on. */
function keyOf(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0');
  for (const name of ['../bundle.ts', '../report-data.ts', '../../../results/verdict.ts', '../../../results/place.ts'])
    hash.update(readFileSync(join(folder, name)));
  for (const name of ['esbuild', 'preact', 'preact-render-to-string'])
    hash.update(`${name}@${native<{ version: string }>(`${name}/package.json`).version}\0`);
  return hash.digest('hex');
}

/** Makes the bundle. It needs what only those who work on the suite have: esbuild and Preact. */
export function buildPage(): Bundle {
  const { buildSync } = native<typeof Esbuild>('esbuild');
  const text = (entry: string, options: Esbuild.BuildOptions): string => {
    const { outputFiles } = buildSync({
      entryPoints: [join(folder, entry)],
      bundle: true,
      minify: true,
      write: false,
      legalComments: 'none',
      charset: 'utf8',
      logLevel: 'silent',
      // below node_modules no tsconfig.json is read, so nothing is left to one anywhere
      tsconfigRaw: {},
      jsx: 'automatic',
      jsxImportSource: 'preact',
      ...options,
    });
    return outputFiles?.[0]?.text.trim() ?? '';
  };
  return {
    client: text('client.tsx', { format: 'iife', platform: 'browser', target: 'es2022' }),
    server: text('prerender.tsx', { format: 'cjs', platform: 'node', target: 'node20' }),
    style: text('style.css', { target: ['chrome123', 'firefox120', 'safari17.5'] }),
  };
}
