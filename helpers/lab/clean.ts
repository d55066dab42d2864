import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cgroupNames, removeCgroups } from './cgroups';
import { isAlive, ownerOf } from './owner';

/**
 * Removes what labs of dead runs left: their folders and their cgroups. Labs of runs that are alive are left alone, and
 * so is everything that does not carry the name of a lab.
 *
 * @returns the names of the labs that something was removed of
 */
export function cleanLabs(): string[] {
  if (process.platform !== 'linux') return [];
  const dead = (name: string): boolean => {
    const owner = ownerOf(name);
    return owner !== undefined && !isAlive(owner);
  };
  const removed = new Set<string>();
  for (const place of [...new Set([tmpdir(), '/tmp'])].filter((folder) => existsSync(folder))) {
    for (const name of readdirSync(place).filter(dead)) {
      rmSync(join(place, name), { recursive: true, force: true });
      removed.add(name);
    }
  }
  for (const name of [...cgroupNames()].filter(dead)) {
    removeCgroups(name);
    removed.add(name);
  }
  return [...removed];
}
