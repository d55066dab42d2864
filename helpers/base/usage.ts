import { readFileSync } from 'node:fs';
import { namesIn } from './names-in';

/** What is counted as it is made; `inLabs` are processes that have ended in a lab, where the kernel counts them, and `ticksInLabs` the processor time that nobody else tells. */
type Kind = 'containers' | 'networks' | 'execs' | 'daemons' | 'processes' | 'inLabs' | 'ticksInLabs';

/** Clock ticks in a second, in which Linux tells programs of processor time (proc_pid_stat(5), sysconf(3)). */
const ticks = 100;

const counts: Record<Kind, number> = { containers: 0, networks: 0, execs: 0, daemons: 0, processes: 0, inLabs: 0, ticksInLabs: 0 };

/** What this process has had made since it started, and the processor time that it and its ended children took, in seconds. */
export type UsedSoFar = Record<Kind, number> & { cpuSeconds: number };

/** What a run used. */
export interface Used {
  containers: number;
  networks: number;
  execs: number;
  /** starts of an engine's daemon */
  daemons: number;
  /** those of the suite and of its labs; not known where there is no lab, or the kernel does not count them */
  processes?: number;
  /** of the suite, and of its labs */
  cpuSeconds: number;
}

/** Says that something was made. */
export function used(kind: Kind, howMany = 1): void {
  counts[kind] += howMany;
}

/** What was used until now. */
export function usedSoFar(): UsedSoFar {
  const { user, system } = process.cpuUsage();
  return { ...counts, cpuSeconds: (user + system) / 1e6 + (ofChildren() + counts.ticksInLabs) / ticks };
}

/** What was used between two moments. */
export function usedBetween(before: UsedSoFar, after: UsedSoFar): Used {
  const of = (kind: keyof UsedSoFar) => after[kind] - before[kind];
  return {
    containers: of('containers'),
    networks: of('networks'),
    execs: of('execs'),
    daemons: of('daemons'),
    ...(of('inLabs') > 0 && { processes: of('processes') + of('inLabs') }),
    cpuSeconds: Math.round(of('cpuSeconds') * 10) / 10,
  };
}

/** Ticks of children that have ended, and of theirs. */
function ofChildren(): number {
  const [, , user = 0, system = 0] = timesOf('/proc/self/stat');
  return user + system;
}

/**
 * Ticks of the processes that run in a PID namespace, and of their children that have ended; without its first process,
 * which whoever waits for it is told of. To be asked before that is killed: the kernel tells nobody of the others then.
 * @param proc the namespace's own view, such as `/proc/4711/root/proc`
 */
export function ticksIn(proc: string): number {
  const others = namesIn(proc).filter((name) => /^\d+$/.test(name) && name !== '1');
  return others.flatMap((pid) => timesOf(`${proc}/${pid}/stat`)).reduce((sum, it) => sum + it, 0);
}

/** utime, stime, cutime and cstime of proc_pid_stat(5). None where there is no /proc, or the process has ended. */
function timesOf(stat: string): number[] {
  try {
    const text = readFileSync(stat, 'utf8');
    // the name before may hold anything, in parentheses
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15)
      .map(Number);
  } catch {
    return [];
  }
}
