import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { architectures, debianKeyring, type EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import { inPath } from '../base/in-path';
import { run } from '../base/process';
import { closedFolder } from '../state/closed-folder.cjs';
import { UserError } from '../base/user-error';
import { cacheError, cacheFolder } from './cache';

/** Bytes that a set-up needs while it works; what stays is about half. */
const roomToBuild = 600_000_000;

/** The same of a set-up of a kernel of its own: packages, two disks and a machine's memory. */
const roomToBuildKernel = 2_500_000_000;

/** Why something cannot be done on this machine, and what would change that. */
export interface Obstacle {
  readonly reason: string;
  readonly remedy: string;
}

/** What keeps this machine from running a lab; undefined if nothing does. Takes a few milliseconds. */
export async function obstacleToRunning(): Promise<Obstacle | undefined> {
  if (process.platform !== 'linux') {
    return {
      reason: `a lab needs Linux, and this is ${process.platform}`,
      remedy: 'Test an engine that runs already: set DOCKER_HOST, or choose a Docker context.',
    };
  }
  const missing = ['setpriv', 'unshare', 'nsenter', 'mount', 'pivot_root'].find((program) => !inPath(program));
  if (missing !== undefined) return { reason: `${missing} is not installed`, remedy: 'Install the packages util-linux and mount.' };
  if (process.getuid?.() !== 0)
    return {
      reason: 'a lab needs root, and this user is not',
      remedy: 'Run it as root (sudo), or with --kernel, which needs none, or test an engine that runs already: set DOCKER_HOST.',
    };
  const namespaces = await run(['unshare', '--net', '--mount', '--pid', '--fork', 'true'], { timeout: 10_000 });
  if (namespaces.exitCode !== 0) {
    return {
      reason: `namespaces cannot be made here (${namespaces.stderr.trim()})`,
      remedy: 'Inside a container, run it privileged (--privileged).',
    };
  }
  return obstacleToCache();
}

/** What keeps this machine from running a lab with a kernel of its own; undefined if nothing does. It needs no root. */
export function obstacleToOwnKernel(
  engine: Pick<EngineRecipe, 'kind'>,
  mode: Pick<EngineMode, 'start' | 'title'> | undefined,
): Obstacle | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return {
      reason: `a lab with a kernel of its own needs Linux on x86-64, and this is ${process.platform} on ${process.arch}`,
      remedy: 'Run it without --kernel.',
    };
  if (engine.kind !== 'docker' || mode?.start !== undefined)
    return {
      reason: 'only Docker that runs as root can be had on a kernel of its own',
      remedy: 'Choose docker-28, or run it without --kernel.',
    };
  if (!inPath('setpriv')) return { reason: 'setpriv is not installed', remedy: 'Install the package util-linux.' };
  return obstacleToCache();
}

/** Others could have written what a lab would be started from. */
function obstacleToCache(): Obstacle | undefined {
  try {
    if (existsSync(cacheFolder())) closedFolder(cacheFolder());
    return undefined;
  } catch (error) {
    const known = cacheError(error);
    return known instanceof UserError ? { reason: known.message.replace(/\.$/, ''), remedy: known.remedy } : undefined;
  }
}

/** What keeps this machine from preparing an engine, or an image; undefined if nothing is known to. Reaches no network. */
export function obstacleToBuilding(
  engine?: Pick<EngineRecipe, 'suite' | 'programs'>,
  arch: string = process.arch,
  room = roomToBuild,
): Obstacle | undefined {
  if (engine?.programs && engine.programs.place === undefined)
    return {
      reason: 'its archive is not in the cache, but what an earlier version made of it',
      remedy: 'Name the archive or folder once more: --engine ./docker-VERSION.tgz.',
    };
  if (engine && !architectures[engine.suite.name].includes(arch))
    return {
      reason: `Debian ${engine.suite.name} has no packages for the processor of this machine, ${arch}`,
      remedy: 'Test an engine that runs already: set DOCKER_HOST.',
    };
  const missing = ['apt-get', 'apt-config', 'dpkg-deb', 'tar', 'flock'].find((program) => !inPath(program));
  if (missing !== undefined) {
    return {
      reason: `${missing} is not installed: an engine is put together from Debian packages`,
      remedy: 'Run it on Debian or one of its relatives, or test an engine that runs already: set DOCKER_HOST.',
    };
  }
  if (!existsSync(debianKeyring))
    return { reason: `the keys of Debian are missing (${debianKeyring})`, remedy: 'Install the package debian-archive-keyring.' };
  const free = freeSpace(cacheFolder());
  if (free !== undefined && free < room) {
    return {
      reason: `the disk of ${cacheFolder()} has ${Math.floor(free / 1e6)} MB free, and a set-up needs ${room / 1e6} MB`,
      remedy: 'Free some, or set XDG_CACHE_HOME to a folder on another disk.',
    };
  }
  return undefined;
}

/** As {@link obstacleToBuilding}, of a kernel of its own. */
export function obstacleToBuildingKernel(): Obstacle | undefined {
  return obstacleToBuilding(undefined, process.arch, roomToBuildKernel);
}

/** An obstacle as the error that ends a command. */
export function obstacleError(what: string, { reason, remedy }: Obstacle): UserError {
  return new UserError(`${what}: ${reason}.`, remedy);
}

/** Bytes that can be written where a folder is or will be. */
function freeSpace(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? undefined : freeSpace(dirname(folder));
  }
}
