import type { Claim } from '../../fixtures/claims/model';
import { kindOfChange } from '../results/change-kind';
import { judgedOf } from '../results/judged-share';
import type { ClaimResult, Results } from '../results/results';
import { readResults } from '../results/results-file';
import { acceptance, summarize } from '../results/verdict-summary';
import { exitStatus, UserError } from '../base/user-error';

/** The results that `--baseline` named. */
export interface Baseline {
  /** the file, as the user named it */
  from: string;
  results: Results;
  claims: ReadonlyMap<string, ClaimResult>;
}

/**
 * Reads what a run is to be compared with.
 * @param selected ids of the claims of the run; without them any will do
 * @throws UserError where the file cannot be read, was cut short by an interruption, or has nothing to compare with
 */
function readBaseline(from: string, selected?: readonly string[]): Baseline {
  const results = readResults(from);
  const refuse = (why: string) =>
    new UserError(
      `${from} is no baseline: ${why}.`,
      'Name the results of a run that judged these claims to its end, as --json writes them.',
      exitStatus.usage,
    );
  if (results.interrupted) throw refuse('its run was interrupted');
  const claims = new Map(results.claims.map((claim) => [claim.id, claim]));
  if (selected?.every((id) => !claims.has(id)) === true) throw refuse('it has none of the selected claims');
  return { from, results, claims };
}

/** Said of a run whose engine none of the baselines is of. */
export const noBaseline = 'none of the baselines is of this engine, so that all that deviates counts';

/**
 * Reads what runs are to be compared with.
 * @returns the baseline for a run on an engine: the one that was named for a run of one engine, whatever it is of
 */
export function readBaselines(files: readonly string[], selected: readonly string[] | undefined): (engine: string) => Baseline | undefined {
  const baselines = files.map((file) => readBaseline(file, selected));
  return (engine) => (selected !== undefined && baselines.length === 1 ? baselines[0] : baselineFor(engine, baselines));
}

/** The baseline that is meant for an engine: of that very engine, else of another version of it in the same mode. */
export function baselineFor(engine: string, baselines: readonly Baseline[]): Baseline | undefined {
  return (
    baselines.find(({ results }) => results.engine.id === engine) ??
    baselines.find(({ results }) => withoutVersion(results.engine.id) === withoutVersion(engine))
  );
}

/** `docker+rootless` of `docker-28.5.2+rootless`. */
function withoutVersion(id: string): string {
  return id.replace(/-[^+]*/, '');
}

/** What became of a claim since then. That a waiver has come to its end is worse, whatever the claim does. */
export function changeSince({ claims }: Pick<Baseline, 'claims'>, claim: ClaimResult): NonNullable<ClaimResult['sinceBaseline']> {
  const was = claims.get(claim.id);
  if (!was) return { kind: 'new' };
  const lapsed = claim.verdict === 'deviates' && acceptance(was) === 'waiver' && claim.waiver?.state !== 'applies';
  return { kind: lapsed ? 'regressed' : (kindOfChange(was, claim) ?? 'unchanged'), verdict: was.verdict };
}

/** What results say of their baseline. @param catalogue all claims that there are */
export function toldOf(
  { from, results: { engine, startedAt }, claims }: Baseline,
  catalogue: readonly Pick<Claim, 'id'>[],
): NonNullable<Results['baseline']> {
  const known = new Set(catalogue.map(({ id }) => id));
  return { from, engine: engine.id, startedAt, gone: [...claims.keys()].filter((id) => !known.has(id)) };
}

/** The share of the applicable claims that must be judged where nobody names one: no more than then. */
export function leastJudgedSince({ claims }: Pick<Baseline, 'claims'>, otherwise: number, selected: readonly string[]): number {
  const counts = { conforms: 0, deviates: 0, 'not-applicable': 0, blocked: 0, error: 0 };
  for (const id of selected) {
    const verdict = claims.get(id)?.verdict;
    if (verdict) counts[verdict] += 1;
  }
  return Math.min(otherwise, judgedOf(counts).share);
}

/** Results of a run that is over, compared with a baseline. What `--strict` counted then, counts. */
export function comparedWith(baseline: Baseline, results: Results, catalogue: readonly Pick<Claim, 'id'>[]): Results {
  const { summary, host, interrupted = false } = results;
  const statusOf = (strict: boolean) =>
    summarize(results.claims, { leftovers: host.leftovers, strict, interrupted, leastJudged: 0 }).exitStatus;
  const strict = summary.exitStatus === statusOf(true) && statusOf(true) !== statusOf(false);
  const claims = results.claims.map((claim) => ({ ...claim, sinceBaseline: changeSince(baseline, claim) }));
  const leastJudged = leastJudgedSince(
    baseline,
    summary.leastJudged ?? 0,
    claims.map(({ id }) => id),
  );
  return {
    ...results,
    claims,
    baseline: toldOf(baseline, catalogue),
    summary: summarize(claims, { leftovers: host.leftovers, strict, interrupted, leastJudged, baseline: true }),
  };
}
