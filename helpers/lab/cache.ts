import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { note } from '../base/output';
import { cacheFolder, closedFolder } from '../state/closed-folder.cjs';
import { isNotClosed, notClosedError } from '../state/not-closed';
import { UserError } from '../base/user-error';
import { contentDigest, readTree } from './tree';

export { cacheFolder } from '../state/closed-folder.cjs';

/** Rises when entries of earlier versions of this suite can no longer be used. */
const format = 1;

/** What an entry says about itself, in its manifest.json. */
export interface Manifest {
  readonly format: number;
  /** digest of the recipe it was made from */
  readonly recipe: string;
  /** what it was made of: package to version */
  readonly packages: Readonly<Record<string, string>>;
  /** what its users need to know of it */
  readonly facts: Readonly<Record<string, string>>;
  /** of its content, see `TreeState` */
  readonly digest: string;
  /** see `contentDigest`; entries of earlier versions have it from the first time that they are looked at */
  readonly sum?: string;
}

/** A complete, verified entry. */
export interface Entry {
  readonly content: string;
  readonly manifest: Manifest;
}

/** How an entry is made: `build` fills the empty directory that it is given. */
export interface EntryRecipe {
  readonly name: string;
  /** everything that makes one entry different from another; it is compared as JSON */
  readonly recipe: unknown;
  readonly build: (content: string) => Promise<Pick<Manifest, 'packages' | 'facts'>>;
}

/** The manifest of an entry, whatever state its content is in; undefined when there is none that can be read. */
export function readManifest(name: string): Manifest | undefined {
  // who only looks makes no folder
  if (!existsSync(cacheFolder())) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(join(closedFolder(cacheFolder()), name, 'manifest.json'), 'utf8')) as Manifest;
    return manifest.format === format ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** The manifest of an entry that was made from this very recipe, whatever became of its content since. */
export function manifestFor({ name, recipe }: Pick<EntryRecipe, 'name' | 'recipe'>): Manifest | undefined {
  const manifest = readManifest(name);
  return manifest?.recipe === recipeDigest(recipe) ? manifest : undefined;
}

/**
 * The entry if it is there, made from this very recipe, and undamaged.
 * @throws UserError when others can write to the cache
 */
export function usableEntry({ name, recipe }: Pick<EntryRecipe, 'name' | 'recipe'>): Entry | undefined {
  if (!existsSync(cacheFolder())) return undefined;
  const place = join(
    orUserError(() => closedFolder(cacheFolder())),
    name,
  );
  const manifest = manifestFor({ name, recipe });
  if (manifest === undefined) return undefined;
  try {
    return isAsItWas(place, manifest) ? { content: join(place, 'content'), manifest } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether all files of an entry hold what they did when it was made. They are read only where something was written since. */
function isAsItWas(place: string, manifest: Manifest): boolean {
  const content = join(place, 'content');
  const { digest, stamp } = readTree(content);
  if (digest !== manifest.digest) return false;
  const seen = join(place, 'seen');
  if (manifest.sum !== undefined && existsSync(seen) && readFileSync(seen, 'utf8') === stamp) return true;
  const sum = contentDigest(content);
  if (sum !== (manifest.sum ?? sum)) return false;
  try {
    if (manifest.sum === undefined) {
      writeInOneStep(join(place, 'manifest.json'), manifestText({ ...manifest, sum }));
      note(
        `${place} was made by an earlier version, which kept no checksum: what it holds today is trusted (SHA-256 ${sum}). Remove the folder to have it made anew.`,
      );
    }
    writeInOneStep(seen, stamp);
  } catch {
    // a cache that can only be read is read whole each time
  }
  return true;
}

function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function writeInOneStep(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * Makes an entry: under another name first, so that an entry that can be seen is complete. To be called under the
 * lock of the cache; what is there under this name is replaced.
 */
export async function makeEntry({ name, recipe, build }: EntryRecipe): Promise<Entry> {
  const temporary = join(cacheFolder(), `tmp-${name}-${process.pid}`);
  const content = join(temporary, 'content');
  const place = join(cacheFolder(), name);
  try {
    mkdirSync(content, { recursive: true });
    const made = await build(content);
    const { digest, stamp } = readTree(content);
    const manifest: Manifest = { format, recipe: recipeDigest(recipe), ...made, digest, sum: contentDigest(content) };
    writeFileSync(join(temporary, 'manifest.json'), manifestText(manifest));
    writeFileSync(join(temporary, 'seen'), stamp);
    rmSync(place, { recursive: true, force: true });
    renameSync(temporary, place);
    return { content: join(place, 'content'), manifest };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw cacheError(error);
  }
}

/** Why an entry is made: nothing is there, another recipe made it, or something changed it since. */
export function whyUnusable({ name, recipe }: Pick<EntryRecipe, 'name' | 'recipe'>): 'absent' | 'outdated' | 'damaged' {
  if (!existsSync(join(cacheFolder(), name))) return 'absent';
  const manifest = readManifest(name);
  return manifest === undefined || manifest.recipe === recipeDigest(recipe) ? 'damaged' : 'outdated';
}

/** Removes what interrupted set-ups left: half-made entries. To be called under the lock of the cache. */
export function removeDebris(): void {
  for (const name of readdirSync(cacheFolder())) {
    // a killed set-up's tar may still be writing for a moment
    if (name.startsWith('tmp-')) rmSync(join(cacheFolder(), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Was this error, or the one that it stands for, a full disk? */
export function isFullDisk(error: unknown): boolean {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  return error instanceof UserError && isFullDisk(error.cause);
}

/** The name of a system error. Not by its class: inside Jest, errors of Node's own modules are of another realm. */
function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** An error for a program that wrote that the disk is full (tar can also say how short its write was); else undefined. */
export function fullDiskIn(stderr: string): UserError | undefined {
  return /No space left on device|enough free space|Wrote only \d+ of \d+ bytes/.test(stderr)
    ? fullDisk(Object.assign(new Error(stderr), { code: 'ENOSPC' }))
    : undefined;
}

/** Makes the cache folder if need be. @throws UserError when it cannot be made or written, or others can write to it. */
export function makeCacheFolder(): string {
  return orUserError(() => {
    const folder = closedFolder(cacheFolder());
    const probe = join(folder, `tmp-probe-${process.pid}`);
    mkdirSync(probe);
    rmSync(probe, { recursive: true, force: true });
    return folder;
  });
}

function orUserError(open: () => string): string {
  try {
    return open();
  } catch (error) {
    // below /proc and the like, nothing can be made and the answer is ENOENT
    throw codeOf(error) === 'ENOENT' ? unwritable('ENOENT', error) : cacheError(error);
  }
}

/** Turns what a file system says into what a person can do about it; other errors stay as they are. */
export function cacheError(error: unknown): unknown {
  const code = codeOf(error);
  if (isNotClosed(error))
    return notClosedError(
      `The cache folder ${cacheFolder()}`,
      error,
      `Remove it if you do not know who wrote there, or set XDG_CACHE_HOME to a folder of your own.`,
    );
  if (!(error instanceof UserError) && isFullDisk(error)) return fullDisk(error);
  return code !== undefined && ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code) ? unwritable(code, error) : error;
}

function unwritable(code: string, cause: unknown): UserError {
  return new UserError(
    `The cache folder ${cacheFolder()} cannot be written (${code}).`,
    'Set XDG_CACHE_HOME to a folder that can.',
    undefined,
    { cause },
  );
}

function fullDisk(cause: unknown): UserError {
  return new UserError(
    `The disk that holds ${cacheFolder()} is full.`,
    'Free 600 MB there, or set XDG_CACHE_HOME to a folder that has them.',
    undefined,
    { cause },
  );
}

function recipeDigest(recipe: unknown): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}
