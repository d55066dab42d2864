import type { Shard } from './shard';
import type { ReportTargets } from './report-targets';
import type { Session } from './session';

/** What the parent process of a Jest run knows of it: the command line opens it, or Jest's global set-up does. */
export interface CurrentRun {
  session: Promise<Session>;
  /** opens another session like it: in watch mode Jest runs again in the same process */
  reopen: () => Promise<Session>;
  targets: ReportTargets;
  strict: boolean;
  /** the share of the applicable claims that it must judge; 0 where it was told which claims to judge */
  leastJudged: number;
  /** which part of the selected claims it judges; absent where it judges all */
  shard?: Shard;
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
