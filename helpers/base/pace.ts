import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Sets by hand how many times as long as usual things may take; without it that follows what this machine shows. */
export const timeFactorVariable = 'DOCKER_NETWORK_CONFORMANCE_TIME_FACTOR';

/**
 * How many times as long things take for an engine on a processor that is emulated, where it is one. The run sets it, and
 * what it starts inherits it.
 */
const emulationVariable = 'DOCKER_NETWORK_CONFORMANCE_EMULATION';

/** However slow a machine is, nothing takes more than so many times as long as usual without being given up. */
const slowest = 10;

/** From here on a report says that the machine was slow. */
const worthANote = 3;

/** Milliseconds between two looks while a run goes on. */
const interval = 1000;

/** How many looks back a look still counts: something that was busy for a moment only is no slow machine. */
const memory = 8;

/** What this process has seen so far: how many programs each processor had of late, and at most. */
const seen = { perProcessor: 0, most: 0 };

/**
 * How many times as long as on a quiet machine things may take here and now, from 1 to {@link slowest}: so many programs
 * want each processor. A wait that is as long as that costs nothing where
 * what it waits for comes.
 */
export function slowness(): number {
  const wished = Number(process.env[timeFactorVariable]);
  if (wished > 0) return wished;
  return emulationFactor() * Math.min(slowest, Math.max(1, seen.perProcessor, wanted() / availableParallelism()));
}

/** How many times as long things take because the engine's processor is emulated; 1 where it is not. */
export function emulationFactor(): number {
  return Number(process.env[emulationVariable] ?? 1);
}

/** Says how many times as long things take from now on because the engine's processor is emulated. */
export function emulated(factor: number): void {
  if (factor === 1) Reflect.deleteProperty(process.env, emulationVariable);
  else process.env[emulationVariable] = String(factor);
}

/** As many milliseconds as something may take here and now of which a quiet machine makes at most `usual`. */
export function scaledLimit(usual: number): number {
  return Math.round(usual * slowness());
}

/**
 * Looks from now on how busy this machine is.
 * @returns ends that, and tells readers of the report, in a sentence, if the machine was slow
 */
export function watchPace(): () => string | undefined {
  const look = () => {
    seen.perProcessor += (wanted() / availableParallelism() - seen.perProcessor) / memory;
    seen.most = Math.max(seen.most, seen.perProcessor);
  };
  const looking = setInterval(look, interval).unref();
  return () => {
    clearInterval(looking);
    return sentence(seen.most);
  };
}

/** @param times how many times as long as usual things could take */
export function sentence(times: number): string | undefined {
  if (times < worthANote) return undefined;
  const so = Math.min(times, slowest).toFixed(0);
  const byHand = Number(process.env[timeFactorVariable]);
  const limits =
    byHand > 0
      ? `; time limits were ${byHand} times as long, as ${timeFactorVariable} says`
      : `, and time limits were up to ${so} times as long`;
  return `this machine was slow: things could take some ${so} times as long as on a quiet one${limits}`;
}

/** How many programs want a processor: those that do now, or on average during the last minute if those are more. */
function wanted(): number {
  return Math.max(runnableNow(), loadavg()[0] ?? 0);
}

/** The fourth field of /proc/loadavg, this process included; 0 where there is no such file. */
function runnableNow(): number {
  try {
    return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[3]?.split('/')[0]) - 1;
  } catch {
    return 0;
  }
}
