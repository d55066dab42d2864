import type { Verdict } from '../../results/verdict';

/** Everything that the report page knows: results of one or many engines, turned so that a claim has a cell for every engine. */
export interface ReportData {
  suite: string;
  columns: Column[];
  /** in the order of the catalogue */
  claims: ClaimRow[];
  topologies: Topology[];
}

/** One run of the suite, or a failure to run it. */
export interface Column {
  /** the engine's id, made distinguishable where the same engine occurs twice */
  label: string;
  /** what `--engine` calls it */
  engine: string;
  run?: Run;
  /** why there are no results */
  failure?: string;
}

/** What was tested, how and when. */
export interface Run {
  name: string;
  version: string;
  apiVersion: string;
  kernel: string;
  firewallBackend: string;
  rootless: boolean;
  mode?: string | undefined;
  reachedBy: string;
  image: string;
  suite: string;
  runId: string;
  shard?: { index: number; total: number } | undefined;
  startedAt: string;
  duration: string;
  notes: string[];
  /** what may be quoted of the engine, and what judges it again */
  statements: { text: string; command: string }[];
  /** what matters most and nobody looked at, with the reason */
  notLookedAt: { what: string; reason: string }[];
  leftovers: string[];
  counts: Record<Verdict | 'waived', number>;
}

/** A claim and what became of it on every engine. */
export interface ClaimRow {
  id: string;
  area: string;
  section: string;
  level: string;
  title: string;
  sources: Source[];
  /** how the suite observes it; absent where the catalogue no longer has the claim */
  observedBy?: string | undefined;
  topology?: string | undefined;
  /** one for every column; null where the run did not judge the claim */
  cells: (Cell | null)[];
}

export type Source = { document: string } | { docs: string };

/** A verdict on one engine, with all that is known about it. */
export interface Cell {
  verdict: Verdict;
  reason?: string | undefined;
  boundary?: Boundary | undefined;
  waiver?: Waiver | undefined;
  duration: string;
  attempts: number;
  evidence: Step[];
  cause?: { code: string; summary: string; evidence: Step[]; remedy: string } | undefined;
  /** from one run to the next, oldest first; absent where no run before judged otherwise */
  changes?: Change[] | undefined;
  /** the first of the runs that agree with this one, where there are others */
  since?: PastRun | undefined;
}

/** A run that judged a claim, which need not be one of the columns. */
export interface PastRun {
  engine: string;
  day: string;
  suite: string;
}

/** A claim's step from one verdict to another. */
export interface Change {
  from: Verdict;
  to: Verdict;
  before: PastRun;
  after: PastRun;
  sameRelease: boolean;
}

export interface Boundary {
  kind: 'superseded' | 'not-yet';
  version: string;
  source: string;
  replacedBy?: string | undefined;
  holds?: boolean | undefined;
}

export interface Waiver {
  state: 'applies' | 'expired' | 'needless';
  reason: string;
  link: string;
  expires: string;
  from: string;
}

/** One piece of evidence. */
export interface Step {
  atMs: number;
  durationMs: number;
  kind: 'api' | 'exec' | 'host' | 'cli' | 'note';
  where: string;
  what: string;
  answer: string;
}

/** What the containers of a topology looked like: for every column the picture in each language of the page, or null. */
export interface Topology {
  name: string;
  pictures: (Record<Language, string> | null)[];
}

export const languages = ['en', 'ko'] as const;
/** Languages of the interface. What results say is in English, but for what `--lang` translates of the document's area. */
export type Language = (typeof languages)[number];
