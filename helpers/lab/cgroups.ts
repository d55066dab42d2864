import { readFileSync, readdirSync, rmdirSync } from 'node:fs';
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
  for (const mount of cgroupMounts()) removeTree(join(mount, name));
}

/** Names of the top-level cgroups, over all hierarchies. */
export function cgroupNames(): Set<string> {
  return new Set(cgroupMounts().flatMap((mount) => folders(mount)));
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
