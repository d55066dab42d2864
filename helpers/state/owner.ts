import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from a later one with the same number by the time at which it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** clock ticks since boot, field 22 of proc_pid_stat(5) */
  readonly started: string;
}

/** The process that a lab or a folder belongs to, and where its number means something. */
export interface Owner extends ProcessIdentity {
  /** digest of the boot's id; undefined in names of earlier versions, as is the namespace */
  readonly boot?: string;
  /** number of its PID namespace (pid_namespaces(7)) */
  readonly namespace?: string;
}

/** Whether an owner lives, as far as it can be known from here. */
export type Life = 'alive' | 'dead' | 'unknown';

const namePattern = /^dnc-lab-(?:([0-9a-f]{6})-(\d+)-)?(\d+)-(\d+)-[0-9a-f]{8}$/;

/** The number of the kernel's first PID namespace (PROC_PID_INIT_INO): whoever is in it sees all processes. */
const firstNamespace = '4026531836';

/** When a process started, in clock ticks since boot; undefined if there is none, or only what is left of a dead one. */
export function startTime(pid: number): string | undefined {
  return startIn(`/proc/${pid}/stat`);
}

function startIn(file: string): string | undefined {
  try {
    const stat = readFileSync(file, 'latin1');
    // the name of the program, in parentheses, may itself hold blanks and parentheses
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Where a process number means something: this boot of this kernel, in this PID namespace. */
export function processSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `${hostname()}/${process.platform}`;
  }
}

/** A boot of a kernel, in a few characters: the path of a socket has not many. */
function bootDigest(space = processSpace()): string {
  return createHash('sha256')
    .update(space.split('/')[0] ?? '')
    .digest('hex')
    .slice(0, 6);
}

/** The number of a PID namespace; undefined where a space says none. */
function namespaceOf(space: string): string | undefined {
  return /\d+/.exec(space.split('/')[1] ?? '')?.[0];
}

function ownNamespace(): string {
  return namespaceOf(processSpace()) ?? '0';
}

/** A new name for a lab's folder and cgroups, or for a folder of a run. Who it belongs to can be read from the name alone. */
export function labName(): string {
  return `dnc-lab-${bootDigest()}-${ownNamespace()}-${process.pid}-${ownStartTime()}-${randomBytes(4).toString('hex')}`;
}

/** Who a lab of this name belongs to; undefined if it is not the name of a lab. */
export function ownerOf(name: string): Owner | undefined {
  const [, boot, namespace, pid, started] = namePattern.exec(name) ?? [];
  if (pid === undefined || started === undefined) return undefined;
  return { pid: Number(pid), started, ...(boot !== undefined && { boot }), ...(namespace !== undefined && { namespace }) };
}

/** When this process started, as {@link startTime}; 0 where that cannot be seen. */
export function ownStartTime(): string {
  return startIn('/proc/self/stat') ?? '0';
}

/** Is this very process, of this PID namespace, still running? Where that cannot be seen, it is taken to be. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  if (process.platform !== 'linux') return answersSignals(pid);
  return !procIsOurs() || startTime(pid) === started;
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether an owner belongs to another boot of this kernel, or to another kernel. */
export function isOfAnotherBoot({ boot }: Owner): boolean {
  return boot !== undefined && boot !== bootDigest();
}

/**
 * Whether an owner lives. A number means nothing outside its own PID namespace: what is in another one is known only to
 * whoever sees all processes.
 */
export function lifeOf(owner: Owner): Life {
  if (isOfAnotherBoot(owner) || !procIsOurs()) return 'unknown';
  if (owner.namespace === ownNamespace()) return isAlive(owner) ? 'alive' : 'dead';
  if (owner.namespace === undefined && isAlive(owner)) return 'alive';
  if (ownNamespace() !== firstNamespace) return 'unknown';
  return isSomewhere(owner) ? 'alive' : 'dead';
}

/**
 * Whether a process of some space lives, as {@link lifeOf} says it.
 * @param space what {@link processSpace} said where the process ran
 */
export function lifeIn(space: string, process: ProcessIdentity): Life {
  if (space === processSpace()) return isAlive(process) ? 'alive' : 'dead';
  const namespace = namespaceOf(space);
  return namespace === undefined ? 'unknown' : lifeOf({ ...process, boot: bootDigest(space), namespace });
}

/** Whether /proc shows the processes of this PID namespace: a new namespace has that of its parent until one is mounted. */
function procIsOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid);
  } catch {
    return false;
  }
}

/** Whether some PID namespace below this one has the process. Where the name says no namespace, any may be meant. */
function isSomewhere({ pid, started, namespace }: Owner): boolean {
  return readdirSync('/proc').some((outside) => {
    if (!/^\d+$/.test(outside)) return false;
    try {
      const inside = /^NSpid:.*?(\d+)$/m.exec(readFileSync(`/proc/${outside}/status`, 'utf8'))?.[1];
      if (Number(inside) !== pid || startIn(`/proc/${outside}/stat`) !== started) return false;
      return namespace === undefined || readlinkSync(`/proc/${outside}/ns/pid`) === `pid:[${namespace}]`;
    } catch {
      // it ended while it was looked at
      return false;
    }
  });
}
