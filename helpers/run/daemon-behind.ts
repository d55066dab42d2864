import { readdirSync, readFileSync, readlinkSync, statSync, type Stats } from 'node:fs';

/** Programs that are an engine by themselves. A desktop's socket is held by another one, which passes on to a machine of its own. */
const engines = new Set(['dockerd', 'podman']);

/** The process that is an engine, and what it is in. */
export interface EngineProcess {
  pid: string;
  /** its PID namespace, as in `pid:[4026531836]` */
  pids: string;
  /** whether it is in this process's own network namespace */
  inOwnNetwork: boolean;
}

/**
 * The engine's process, if it is one of this kernel that holds the listening socket at this path in this process's own
 * network namespace.
 * @returns undefined where no such process is seen
 */
export function daemonBehind(socketPath: string): EngineProcess | undefined {
  const daemon = engineBehind(socketPath);
  return daemon?.inOwnNetwork ? daemon : undefined;
}

/**
 * The engine's process, if it is one of this kernel that holds the listening socket at this path, in whichever network namespace:
 * /proc/net/unix lists the sockets of one namespace, and a daemon's file descriptors say which of them
 * are its own. The daemon may know the socket by another path, or have another root: the file decides.
 * @returns undefined where no such process is seen
 */
export function engineBehind(socketPath: string): EngineProcess | undefined {
  try {
    const file = statSync(socketPath);
    const own = readlinkSync('/proc/self/ns/net');
    return readdirSync('/proc')
      .filter((it) => /^\d+$/.test(it) && isEngine(it))
      .map((pid) => orNothing(() => engineIn(pid, file, own)))
      .find((it) => it !== undefined);
  } catch {
    // not Linux: then a helper container will tell
    return undefined;
  }
}

function engineIn(pid: string, file: Stats, ownNetwork: string): EngineProcess | undefined {
  const socket = listeningUnixSockets(readFileSync(`/proc/${pid}/net/unix`, 'utf8')).find(({ path }) =>
    isSameFile(`/proc/${pid}/root${path}`, file),
  );
  if (!socket || !holds(pid, socket.inode)) return undefined;
  return { pid, pids: readlinkSync(`/proc/${pid}/ns/pid`), inOwnNetwork: readlinkSync(`/proc/${pid}/ns/net`) === ownNetwork };
}

/** Sockets with a path that listen (flag __SO_ACCEPTCON, 00010000); columns of /proc/net/unix as in proc_net(5). */
function listeningUnixSockets(table: string): { inode: string; path: string }[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, , , flags, , , inode, path]) =>
    flags === '00010000' && inode && path?.startsWith('/') ? [{ inode, path }] : [],
  );
}

function isEngine(pid: string): boolean {
  return engines.has(orNothing(() => readFileSync(`/proc/${pid}/comm`, 'utf8'))?.trim() ?? '');
}

function holds(pid: string, inode: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => orNothing(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) === `socket:[${inode}]`);
}

function isSameFile(path: string, { dev, ino }: Stats): boolean {
  const other = statSync(path, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
}

/** Processes and their files come and go while they are looked at. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
