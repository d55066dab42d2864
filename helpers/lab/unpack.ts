import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from '../base/process';
import { applets, unusedPaths } from '../../fixtures/engines';
import { fullDiskIn } from './cache';
import { dieWithUs } from './die-with-us';

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
  const isBase = (deb: string): boolean => basename(deb).startsWith('base-files_');
  // base-files brings these links too, and replacing them must not happen while something is unpacked through them
  for (const queue of [debs.filter(isBase), debs.filter((deb) => !isBase(deb))]) {
    const work = async (): Promise<void> => {
      for (let deb = queue.shift(); deb !== undefined; deb = queue.shift()) {
        const ended = await run([...dieWithUs, 'sh', '-c', unpackOne, 'sh', deb, `--directory=${root}`, ...patterns], { timeout: 120_000 });
        if (ended.exitCode === 0) continue;
        queue.length = 0;
        throw fullDiskIn(ended.stderr) ?? new Error(`unpacking ${deb} failed: ${ended.stderr}`);
      }
    };
    // all have ended before an error is told: nobody writes into what is then removed
    const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/**
 * Makes the links that maintainer scripts of base-files would have made: without them a program that uses /var/run and
 * one that uses /run do not meet.
 */
export function linkRun(root: string): void {
  for (const [path, target] of [
    ['var/run', '/run'],
    ['var/lock', '/run/lock'],
  ] as const) {
    rmSync(join(root, path), { recursive: true, force: true });
    symlinkSync(target, join(root, path));
  }
}

/** Links busybox to the names of programs that no package brought. */
export function linkApplets(root: string): void {
  for (const name of applets) {
    if (!['usr/bin', 'usr/sbin'].some((folder) => existsSync(join(root, folder, name))))
      symlinkSync('busybox', join(root, 'usr/bin', name));
  }
}
