import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../process';
import { applets, unusedPaths } from '../../fixtures/engines';
import { cacheError } from './cache';

/** Unpacking is bound by decompression; more than this many at once gains nothing on two cores. */
const atOnce = 2;

const unpackOne = 'deb=$1; shift; dpkg-deb --fsys-tarfile "$deb" | tar --extract --keep-directory-symlink --no-same-owner "$@"';

/**
 * Unpacks packages into an empty directory, without running any of their scripts, and without what nobody reads there.
 *
 * @param excluded patterns of tar, beside `unusedPaths`
 */
export async function unpack(debs: readonly string[], root: string, excluded: readonly string[] = []): Promise<void> {
  // Packages of older suites still have /bin and /lib; through these links they land where all others do.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  const patterns = [...unusedPaths, ...excluded].map((pattern) => `--exclude=${pattern}`);
  const one = async (deb: string): Promise<void> => {
    const ended = await run(['sh', '-c', unpackOne, 'sh', deb, `--directory=${root}`, ...patterns], { timeout: 120_000 });
    if (ended.exitCode !== 0) throw unpackError(deb, ended.stderr);
  };
  // base-files brings these links too, and replacing them must not happen while something is unpacked through them
  const isBase = (deb: string): boolean => basename(deb).startsWith('base-files_');
  for (const deb of debs.filter(isBase)) await one(deb);
  const queue = debs.filter((deb) => !isBase(deb));
  const work = async (): Promise<void> => {
    for (let deb = queue.shift(); deb !== undefined; deb = queue.shift()) await one(deb);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/**
 * Makes the links that maintainer scripts of base-files would have made: without them a program that uses /var/run and
 * one that uses /run do not meet.
 */
export function linkRun(root: string): void {
  for (const [path, target] of [['var/run', '/run'], ['var/lock', '/run/lock']] as const) {
    rmSync(join(root, path), { recursive: true, force: true });
    symlinkSync(target, join(root, path));
  }
}

/** Links busybox to the names of programs that no package brought. */
export function linkApplets(root: string): void {
  for (const name of applets) {
    if (!['usr/bin', 'usr/sbin'].some((folder) => existsSync(join(root, folder, name)))) symlinkSync('busybox', join(root, 'usr/bin', name));
  }
}

function unpackError(deb: string, stderr: string): unknown {
  if (stderr.includes('No space left on device')) return cacheError(Object.assign(new Error(stderr), { code: 'ENOSPC' }));
  return new Error(`unpacking ${deb} failed: ${stderr}`);
}
