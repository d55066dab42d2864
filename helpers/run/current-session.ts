import type { Shard } from './shard';
import type { ReportTargets } from './report-targets';
import type { Results } from '../results/results';
import type { Baseline } from './baseline';
import type { Session } from './session';
import type { UnfinishedRun } from './unfinished';

/** What the parent process of a Jest run knows of it: the command line opens it, or Jest's global set-up does. */
export interface CurrentRun {
  session: Promise<Session>;
  /** opens another session like it: in watch mode Jest runs again in the same process */
  reopen: () => Promise<Session>;
  targets: ReportTargets;
  strict: boolean;
  /** the share of the applicable claims that it must judge; 0 where it was told which claims to judge */
  leastJudged: number;
  /** whether that share is the usual one, and no one that somebody named */
  asksUsualShare?: boolean;
  /** what a run on this engine is compared with; absent where no baseline was named */
  baseline?: (engine: string) => Baseline | undefined;
  /** how it was started, as far as that repeats a claim of it */
  again?: (session: Session) => NonNullable<Results['again']>;
  /** which part of the selected claims it judges; absent where it judges all */
  shard?: Shard;
  /** whether the engine is one of the run's own, as soon as that is known */
  way?: { inLab?: boolean };
  /** what is known of it before it is done; absent until its session is open */
  unfinished?: UnfinishedRun;
  /** ends what shows people how far it is */
  silence?: () => void;
  /** goes on with what waits for Ctrl-C. @returns whether anything did */
  release?: () => boolean;
  /** settles when its reports are written; absent until all is judged */
  finishing?: Promise<void>;
  /** there once it is interrupted, and never settles: the process ends first */
  interruption?: Promise<never>;
  /** exit status of the finished run; absent until the reports are written */
  exitStatus?: number;
}

let current: CurrentRun | undefined;

/** Makes a run known to the reporter that will finish it. */
export function setCurrentRun(run: CurrentRun): void {
  current = run;
}

/** The run of this process, if one was opened. */
export function currentRun(): CurrentRun | undefined {
  return current;
}
