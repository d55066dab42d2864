import { compareEngines, predecessorOf } from './engine-order';
import type { ClaimResult, JudgedRun, Results, Stretch } from './results';

/** Runs of one report begin at most so far apart, in milliseconds. */
const oneReport = 12 * 3600 * 1000;

/** So many stretches of a claim are kept, the latest ones; one that changes with every run says nothing after fewer. */
export const mostStretches = 100;

/** A claim's step from one verdict to another, between two runs that followed each other. */
export interface ChangeInTime {
  readonly from: Stretch['verdict'];
  readonly to: Stretch['verdict'];
  /** the last run with the verdict before */
  readonly before: JudgedRun;
  /** the first run with the verdict after */
  readonly after: JudgedRun;
  /** whether both ran on the same release of the engine, so that something else brought the change */
  readonly sameRelease: boolean;
}

/** What a claim did before, as far as results go back. */
export interface Since {
  /** the first run of those that agree with the last one */
  readonly first: JudgedRun;
  /** how it came to that; undefined where no earlier run said otherwise */
  readonly change: ChangeInTime | undefined;
}

/** One run that judged a claim. */
interface Point extends JudgedRun {
  readonly verdict: Stretch['verdict'];
}

type Chains = ReadonlyMap<string, Stretch[]>;

/**
 * Gives every claim what earlier runs judged of it. A release that was met before goes on where it was; one that is new
 * follows the release before it of those that are known by then, in the same mode. So a release that mends an older line
 * afterwards changes nothing about newer ones.
 * @param results those of a report
 * @param earlier those of reports before, in any order
 * @returns the results in the order given; and of earlier engines that are not among them the latest results
 */
export function withHistory(results: readonly Results[], earlier: readonly Results[]): { results: Results[]; gone: Results[] } {
  const hasHistory = ({ claims }: Results) => claims.some(({ history }) => history !== undefined);
  const reports = asReports([...earlier, ...results]);
  if (earlier.length === 0 && reports.length < 2 && !results.some(hasHistory)) return { results: [...results], gone: [] };
  const chains = new Map<string, Chains>();
  const told = new Map<Results, Results>();
  for (const run of reports.flat()) {
    const { id } = run.engine;
    const before = predecessorOf(id, [...chains.keys()]);
    const inherited = chains.get(id) ?? (before !== undefined && !goesBack(run) ? chains.get(before) : undefined);
    const chain = continued(inherited ?? new Map<string, Stretch[]>(), run);
    chains.set(id, chain);
    told.set(run, withChains(run, chain));
  }
  const present = new Set(results.map(({ engine }) => engine.id));
  const latest = new Map(
    reports.flat().flatMap((run): [string, Results][] => (present.has(run.engine.id) ? [] : [[run.engine.id, told.get(run) ?? run]])),
  );
  return { results: results.map((run) => told.get(run) ?? run), gone: [...latest.values()] };
}

/** The changes of a claim, oldest first. */
export function changesOf({ history = [] }: Pick<ClaimResult, 'history'>): ChangeInTime[] {
  return history.slice(1).map((to, index) => changeBetween(history[index] as Stretch, to));
}

/** Since when the claim has the verdict that it has; undefined where no other run judged it, or this one could not. */
export function sinceOf({ history = [], verdict }: Pick<ClaimResult, 'history' | 'verdict'>): Since | undefined {
  const [last, before] = [history.at(-1), history.at(-2)];
  if (last?.verdict !== verdict) return undefined;
  return { first: last.first, change: before && changeBetween(before, last) };
}

/** The day of a run, in UTC. */
export function dayOf({ startedAt }: JudgedRun): string {
  return startedAt.slice(0, 10);
}

function changeBetween(before: Stretch, after: Stretch): ChangeInTime {
  return {
    from: before.verdict,
    to: after.verdict,
    before: before.last,
    after: after.first,
    sameRelease: before.last.engine === after.first.engine,
  };
}

/** The runs by when they were started; those of one report in the order of their engines. */
function asReports(runs: readonly Results[]): Results[][] {
  const reports: Results[][] = [];
  let began = -Infinity;
  for (const run of [...runs].sort((one, other) => timeOf(one) - timeOf(other))) {
    if (timeOf(run) - began > oneReport) {
      began = timeOf(run);
      reports.push([]);
    }
    reports.at(-1)?.push(run);
  }
  return reports.map((report) =>
    report.sort((one, other) => compareEngines(one.engine.id, other.engine.id) || timeOf(one) - timeOf(other)),
  );
}

const timeOf = ({ startedAt }: { startedAt: string }) => Date.parse(startedAt);

/** Does the run itself tell of others? Then it was told what came before it. */
function goesBack({ claims, engine, startedAt }: Results): boolean {
  return claims.some(({ history = [] }) => history.some(({ first }) => first.engine !== engine.id || first.startedAt !== startedAt));
}

function continued(inherited: Chains, run: Results): Chains {
  const chain = new Map(inherited);
  const { engine, startedAt, suite } = run;
  const self: JudgedRun = { engine: engine.id, startedAt, suite: suite.version };
  for (const { id, verdict, history = [] } of run.claims) {
    const points = [...pointsOf(inherited.get(id) ?? []), ...pointsOf(history)];
    if (verdict !== 'blocked' && verdict !== 'error') points.push({ ...self, verdict });
    if (points.length > 0) chain.set(id, stretchesOf(points));
  }
  return chain;
}

function withChains(run: Results, chain: Chains): Results {
  const claims = run.claims.map((claim): ClaimResult => {
    const history = chain.get(claim.id) ?? [];
    const rest = { ...claim };
    delete rest.history;
    const alone = history.every(({ first, last }) =>
      [first, last].every((it) => it.engine === run.engine.id && it.startedAt === run.startedAt),
    );
    return alone ? rest : { ...rest, history };
  });
  return { ...run, claims };
}

function pointsOf(stretches: readonly Stretch[]): Point[] {
  return stretches.flatMap(({ verdict, first, last }) => [
    { ...first, verdict },
    { ...last, verdict },
  ]);
}

function stretchesOf(points: readonly Point[]): Stretch[] {
  const ordered = [...points].sort((one, other) => compareEngines(one.engine, other.engine) || timeOf(one) - timeOf(other));
  const stretches: Stretch[] = [];
  for (const { verdict, ...run } of ordered) {
    const last = stretches.at(-1);
    if (last?.verdict === verdict) last.last = run;
    else stretches.push({ verdict, first: run, last: run });
  }
  return stretches.slice(-mostStretches);
}
