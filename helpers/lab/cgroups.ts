import { existsSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where cgroup hierarchies are mounted here: one for each v1 controller, one for v2, or both.
 *
 * @param mountinfo see proc_pid_mountinfo(5)
 */
export function cgroupMounts(mountinfo = readFileSync('/proc/self/mountinfo', 'utf8')): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' - '))
    .filter(([, type = '']) => /^cgroup2? /.test(type))
    .map(([mount = '']) => (mount.split(' ')[4] ?? '').replaceAll('\\040', ' '));
}

/** Removes a cgroup of this name and those in it, in every hierarchy. Those with a process in them stay. */
export function removeCgroups(name: string): void {
  thawCgroups(name);
  for (const mount of cgroupMounts()) removeTree(join(mount, name));
}

/**
 * Lets the processes of paused containers go on, in the cgroup of this name and those in it: with cgroup v1, what is
 * frozen does not even end when it is killed (kernel documentation, cgroup-v1/freezer-subsystem).
 */
export function thawCgroups(name: string): void {
  for (const mount of cgroupMounts()) thawTree(join(mount, name));
}

/** Names of the top-level cgroups, over all hierarchies. */
export function cgroupNames(): Set<string> {
  return new Set(cgroupMounts().flatMap((mount) => folders(mount)));
}

function thawTree(path: string): void {
  const state = join(path, 'freezer.state');
  try {
    if (existsSync(state)) writeFileSync(state, 'THAWED');
  } catch {
    // it is gone, or its parent is frozen by somebody else; who needs to know looks again
  }
  for (const child of folders(path)) thawTree(join(path, child));
}

function removeTree(path: string): void {
  for (const child of folders(path)) removeTree(join(path, child));
  try {
    rmdirSync(path);
  } catch {
    // absent, or a process is still in it; who needs to know looks again
  }
}

function folders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
