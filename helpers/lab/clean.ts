import { existsSync, lstatSync, rmSync, statfsSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { namesIn } from '../base/names-in';
import { closedFolder } from '../state/closed-folder.cjs';
import { isHeld, temporaryRoots, unfinished } from '../state/temporary';
import { cgroupNames, removeCgroups } from './cgroups';
import type { Life } from '../state/owner';
import { isOfAnotherBoot, lifeOf, ownerOf } from '../state/owner';

/** Milliseconds after which a folder whose making was interrupted is removed. */
const unfinishedAge = 10 * 60 * 1000;

/** File systems that other machines can write to at the same time (statfs(2)): NFS, 9P, FUSE with virtiofs, SMB, Ceph, OCFS2, GFS2, Lustre, and those of virtual machines. */
const shared = [
  0x6969, 0x01021997, 0x65735546, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x7461636f, 0x01161970, 0x0bd00bd0, 0x786f4256, 0xbacbacbc,
];

/**
 * Removes what labs and runs that are dead left: their folders and their cgroups. What is alive is left alone, and so is
 * what cannot be judged from here, what another user made, and whatever does not carry the name of a lab.
 *
 * @param onUnknown told the names of those of which it cannot be known from here whether they are alive
 * @returns the names of the labs and runs that something was removed of
 */
export function cleanLabs(onUnknown: (names: string[]) => void = () => undefined): string[] {
  const removed = new Set<string>();
  const lives = new Map<string, Life>();
  if (process.platform !== 'linux') return [];
  for (const folder of folders()) {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    lives.set(name, lifeOfFolder(name, folder));
    if (lives.get(name) === 'dead' && wasRemoved(folder)) removed.add(name);
  }
  for (const name of cgroupNames()) {
    const owner = ownerOf(name);
    if (owner === undefined) continue;
    const life = lives.get(name) ?? lifeOf(owner);
    lives.set(name, life);
    if (life !== 'dead') continue;
    removeCgroups(name);
    removed.add(name);
  }
  const unknown = [...lives].flatMap(([name, life]) => (life === 'unknown' ? [name] : []));
  if (unknown.length > 0) onUnknown(unknown);
  return [...removed];
}

/** The folders of labs and runs that are this user's; those of earlier versions are in the temporary folder itself. */
function folders(): string[] {
  const { places, roots } = temporaryRoots();
  removeUnfinished(roots);
  return [...roots, ...places].flatMap((place) =>
    namesIn(place)
      .filter((name) => ownerOf(name) !== undefined)
      .map((name) => join(place, name))
      .filter(isOwnAndClosed),
  );
}

/** Whether a folder is this user's, and nobody else can have put anything into it or can put another in its place. */
function isOwnAndClosed(folder: string): boolean {
  try {
    return lstatSync(folder).isDirectory() && closedFolder(folder) === folder;
  } catch {
    return false;
  }
}

function lifeOfFolder(name: string, folder: string): Life {
  const owner = ownerOf(name);
  if (owner === undefined) return 'unknown';
  const life = lifeOf(owner);
  if (life === 'alive') return life;
  const held = isHeld(folder);
  if (held === true) return 'alive';
  if (isOfAnotherBoot(owner)) return isLeftByAnEarlierBoot(folder) ? 'dead' : 'unknown';
  // the kernel has given the lock back
  return held === false ? 'dead' : life;
}

/** Whether this machine has been started anew since a folder was made, and no other machine can have made it. */
function isLeftByAnEarlierBoot(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && stat.ctimeMs < Date.now() - uptime() * 1000 && !shared.includes(statfsSync(folder).type);
}

function removeUnfinished(roots: readonly string[]): void {
  for (const root of roots) {
    for (const name of namesIn(root).filter((it) => it.startsWith(unfinished))) {
      const stat = lstatSync(join(root, name), { throwIfNoEntry: false });
      if (stat !== undefined && stat.ctimeMs < Date.now() - unfinishedAge) wasRemoved(join(root, name));
    }
  }
}

/** Removes a folder. What cannot be removed stays, and is no reason for a run to fail. */
function wasRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // another clean-up is at it, or something is mounted there
  }
  return !existsSync(folder);
}
