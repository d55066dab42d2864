import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by the time at which it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** clock ticks since boot, field 22 of proc_pid_stat(5) */
  readonly started: string;
}

const namePattern = /^dnc-lab-(\d+)-(\d+)-[0-9a-f]{8}$/;

/** When a process started, in clock ticks since boot; undefined if there is none, or only what is left of a dead one. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name of the program, in parentheses, may itself hold blanks and parentheses
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** A new name for a lab's folder and cgroups. Who it belongs to can be read from the name alone. */
export function labName(pid = process.pid): string {
  return `dnc-lab-${pid}-${startTime(pid) ?? '0'}-${randomBytes(4).toString('hex')}`;
}

/** Who a lab of this name belongs to; undefined if it is not the name of a lab. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  const [, pid, started] = namePattern.exec(name) ?? [];
  return pid === undefined || started === undefined ? undefined : { pid: Number(pid), started };
}

/** Is this very process still running? */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return startTime(pid) === started;
}
