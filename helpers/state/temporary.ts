import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labName } from './owner';
import { UserError } from '../base/user-error';
import { closedFolder, trustedFolder } from './closed-folder.cjs';
import { isNotClosed, notClosedError } from './not-closed';

/** Longest path of a unix socket, with its final NUL (unix(7)); a Mac has less. */
const socketPathLimit = process.platform === 'linux' ? 108 : 104;

/** A folder that becomes a run's or a lab's is called so until its lock is held. */
export const unfinished = 'new-';

/** A folder of this process alone, which others of the same user can tell from one whose owner is dead. */
export interface TemporaryFolder {
  readonly name: string;
  readonly path: string;
  readonly remove: () => void;
}

/**
 * Makes a folder that is removed by whoever comes later if this process is killed. A lock on a file in it, which the
 * kernel keeps until this process is gone, says so in every PID namespace.
 *
 * @param socket the longest path below it of a unix socket that somebody will listen on
 * @throws UserError where no such folder can be made
 */
export async function temporaryFolder(socket = ''): Promise<TemporaryFolder> {
  const name = labName();
  const root = temporaryRoot(`${name}/${socket}`);
  const path = join(root, name);
  let lock: number | undefined;
  try {
    const before = mkdtempSync(join(root, unfinished));
    lock = await held(join(before, 'lock'));
    renameSync(before, path);
  } catch (error) {
    throw unmakeable(root, error);
  }
  return {
    name,
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      if (lock !== undefined) closeSync(lock);
      lock = undefined;
    },
  };
}

/**
 * Makes a file and locks it. The lock belongs to the open file, so this process goes on holding it when flock(1) has
 * ended, and the kernel gives it back however this process ends.
 * @returns what it is open as; undefined, and no file, where nothing can be locked
 */
async function held(file: string): Promise<number | undefined> {
  const lock = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  const flock = spawn('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', lock] });
  const [status] = await once(flock, 'exit').catch(() => [127]);
  if (status === 0) return lock;
  closeSync(lock);
  rmSync(file);
  return undefined;
}

/** Whether the process that made a folder holds its lock; undefined where it has none, or that cannot be asked. */
export function isHeld(folder: string): boolean | undefined {
  let lock: number;
  try {
    lock = openSync(join(folder, 'lock'), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const { status } = spawnSync('flock', ['-s', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', lock] });
    return status === 0 ? false : status === 1 ? true : undefined;
  } finally {
    closeSync(lock);
  }
}

/**
 * The folder of this user below the temporary one, for all that needs not outlive the machine's next start. Where somebody
 * else has its name, there is one with another name.
 *
 * @param below the longest path below it of a unix socket that somebody will listen on
 * @throws UserError where there can be none
 */
export function temporaryRoot(below = ''): string {
  let problem: unknown;
  for (const place of places()) {
    try {
      const root = rootIn(trustedFolder(place));
      const socket = join(root, below);
      const tooLong = Buffer.byteLength(socket) >= socketPathLimit;
      if (below === '' || (!tooLong && isPlainPath(socket))) return root;
      problem ??= new Error(
        tooLong ? `the path of a socket below ${root} is too long` : `a socket below ${root} cannot be told to other programs as a URL`,
      );
    } catch (error) {
      problem ??= error;
    }
  }
  throw unmakeable(tmpdir(), problem);
}

/**
 * Whether programs that are told of a socket by a URL, as testcontainers is, find it at this path: in a URL a blank, a
 * quote and whatever else is no part of one become something else.
 */
export function isPlainPath(socketPath: string): boolean {
  return new URL(`unix://${socketPath}`).pathname === socketPath;
}

/**
 * Where Jest keeps what it compiled, which it runs. Its own choice is a name in the temporary folder that anybody can have
 * made first.
 */
export function jestCacheFolder(): string {
  return closedFolder(join(temporaryRoot(), 'jest'));
}

/** All folders that `temporaryRoot` may have answered with, now or earlier, and the folders around them. */
export function temporaryRoots(): { places: string[]; roots: string[] } {
  const trusted = [...new Set(places().flatMap((place) => attempt(() => trustedFolder(place)) ?? []))];
  const there = trusted.flatMap((place) => namesIn(place).map((name) => join(place, name))).filter((folder) => existsSync(folder));
  return { places: trusted, roots: there.flatMap((folder) => attempt(() => closedFolder(folder)) ?? []) };
}

function places(): string[] {
  return [...new Set([tmpdir(), '/tmp'])];
}

function rootIn(place: string): string {
  const names = namesIn(place);
  for (const name of names) {
    try {
      return closedFolder(join(place, name));
    } catch (error) {
      // somebody else's, or a file: the next one
      if (!isNotClosed(error) && !['EEXIST', 'ENOTDIR', 'ENOENT'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    }
  }
  return mkdtempSync(join(place, `${names[0] ?? ''}-`));
}

/** The name of this user's folder, and those of the ones that were made because somebody else had it. */
function namesIn(place: string): string[] {
  const own = `dnc-${process.geteuid?.() ?? 0}`;
  return [own, ...(attempt(() => readdirSync(place)) ?? []).filter((name) => name.startsWith(`${own}-`)).sort()];
}

function unmakeable(place: string, cause: unknown): UserError {
  const remedy = 'Set TMPDIR to a folder of your own that can be written.';
  if (isNotClosed(cause)) return notClosedError(`The temporary folder ${place}`, cause, remedy);
  return new UserError(`A temporary folder cannot be made in ${place}: ${(cause as Error).message}.`, remedy, undefined, { cause });
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
