import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** Programs that are an engine by themselves. A desktop's socket is held by another one, which passes on to a machine of its own. */
const engines = new Set(['dockerd', 'podman']);

/**
 * The engine's process, if it is one of this kernel that holds the listening socket at this path in this process's own
 * network namespace: /proc/net/unix lists the sockets of one namespace, and a daemon's file descriptors say which of them
 * are its own.
 * @returns its PID namespace, as in `pid:[4026531836]`; undefined where no such process is seen
 */
export function daemonBehind(socketPath: string): { pids: string } | undefined {
  try {
    // the daemon may know the socket by another path, such as one through /var/run
    const real = realpathSync(socketPath);
    const listening = listeningInode(readFileSync('/proc/net/unix', 'utf8'), (path) => path === real || realPath(path) === real);
    const own = readlinkSync('/proc/self/ns/net');
    const pid = listening && readdirSync('/proc').find((it) => /^\d+$/.test(it) && isEngine(it) && holds(it, listening));
    return pid && readlinkSync(`/proc/${pid}/ns/net`) === own ? { pids: readlinkSync(`/proc/${pid}/ns/pid`) } : undefined;
  } catch {
    // not Linux, or a process that ended while it was looked at: then a helper container will tell
    return undefined;
  }
}

/** Inode of the first socket that listens (flag __SO_ACCEPTCON, 00010000) at a fitting path; columns of /proc/net/unix as in proc_net(5). */
export function listeningInode(table: string, fits: (path: string) => boolean): string | undefined {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.find(([, , , flags, , , , path]) => flags === '00010000' && path !== undefined && fits(path))?.[6];
}

function isEngine(pid: string): boolean {
  return engines.has(readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

function holds(pid: string, inode: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`);
}

function linkOf(path: string): string | undefined {
  return orNothing(() => readlinkSync(path));
}

function realPath(path: string): string | undefined {
  return orNothing(() => realpathSync(path));
}

function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
