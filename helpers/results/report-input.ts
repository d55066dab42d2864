import type { Results } from './results';

/** An engine of which there are no results, because its run came to nothing. */
export interface Failure {
  /** the engine's id, as results would have named it */
  readonly engine: string;
  /** why there are none, in one line */
  readonly reason: string;
}

/** What a report of several engines is made from. All such reports are pure functions of it. */
export interface ReportInput {
  readonly results: readonly Results[];
  readonly failures: readonly Failure[];
}
