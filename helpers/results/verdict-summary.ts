import { exitStatus } from '../base/user-error';
import { judgedOf, percent, withLeastJudged } from './judged-share';
import type { ClaimResult, Results } from './results';

export interface SummaryOptions {
  /** what the run left behind on the engine or its host */
  leftovers: readonly string[];
  /** `--strict`: a claim that could not be checked, and a waiver that nothing needs, count like one that deviates */
  strict: boolean;
  /** the share of the applicable claims that must be judged; without it nothing is asked */
  leastJudged?: number;
  /** whether the claims are a shard, of which alone no share is asked */
  part?: boolean;
  /** whether the run ended before all of its claims were judged */
  interrupted?: boolean;
  /** whether the claims were compared with a baseline */
  baseline?: boolean;
}

type Judged = Pick<ClaimResult, 'verdict' | 'waiver' | 'sinceBaseline'>;

/**
 * Why a claim that deviates, or is in error, does not count: somebody accepts that until a day, or it did not get worse
 * since the baseline. An error is never accepted unless the baseline has it, for it says nothing about the engine.
 */
export function acceptance({ verdict, waiver, sinceBaseline }: Judged): 'waiver' | 'baseline' | undefined {
  if (verdict === 'deviates' && waiver?.state === 'applies') return 'waiver';
  if (verdict === 'deviates' && sinceBaseline !== undefined && sinceBaseline.kind !== 'regressed') return 'baseline';
  return verdict === 'error' && sinceBaseline?.verdict === 'error' ? 'baseline' : undefined;
}

/** Counts the verdicts and says with what status the run ends. */
export function summarize(claims: readonly Judged[], options: SummaryOptions): Results['summary'] {
  const counts = { conforms: 0, deviates: 0, waived: 0, 'not-applicable': 0, blocked: 0, error: 0 };
  for (const { verdict } of claims) counts[verdict] += 1;
  counts.waived = claims.filter((claim) => acceptance(claim) === 'waiver').length;
  const inBaseline = claims.filter((claim) => claim.verdict === 'deviates' && acceptance(claim) === 'baseline').length;
  const summary = { ...counts, ...(options.baseline && { inBaseline }), exitStatus: statusOf(claims, options) };
  return options.leastJudged === undefined ? summary : withLeastJudged(summary, options.leastJudged, options.part);
}

function statusOf(claims: readonly Judged[], { leftovers, strict, interrupted = false }: SummaryOptions): number {
  const counting = claims.filter((claim) => acceptance(claim) === undefined);
  // a run that failed itself, or was cut short, says nothing reliable about the engine, so that comes first
  if (counting.some(({ verdict }) => verdict === 'error') || leftovers.length > 0 || interrupted) return exitStatus.failed;
  if (claims.length === 0) return exitStatus.usage;
  return counting.some((claim) => claim.verdict === 'deviates' || (strict && countsWhenStrict(claim)))
    ? exitStatus.deviates
    : exitStatus.conforms;
}

/** A claim that could not be checked, unless that is as it was, and a waiver that nothing needs. */
function countsWhenStrict({ verdict, waiver, sinceBaseline }: Judged): boolean {
  return (verdict === 'blocked' && sinceBaseline?.verdict !== 'blocked') || waiver?.state === 'needless';
}

/** Why the run does not end with 0, in one sentence; undefined when it does. */
export function exitMeaning({ summary, host, interrupted, notReached = 0, baseline }: Results): string | undefined {
  switch (summary.exitStatus) {
    case exitStatus.conforms:
      return undefined;
    case exitStatus.deviates:
      if (baseline && summary.deviates > summary.waived + (summary.inBaseline ?? 0))
        return 'at least one claim got worse since the baseline';
      if (summary.deviates > summary.waived + (summary.inBaseline ?? 0))
        return summary.waived > 0 ? 'at least one claim deviates without a waiver' : 'at least one claim deviates';
      return summary.blocked > 0
        ? 'at least one claim is blocked, which --strict counts'
        : 'at least one waiver is needless, which --strict counts';
    case exitStatus.usage:
      return 'no claim was selected';
    case exitStatus.tooLittle: {
      const { judged, applicable, share } = judgedOf(summary);
      return `only ${judged} of ${applicable} applicable claims could be judged (${percent(share)}), and ${percent(summary.leastJudged ?? 0)} must be (--min-judged)`;
    }
    default:
      if (interrupted) return `the run was interrupted, and ${notReached} of its claims ${notReached === 1 ? 'has' : 'have'} no verdict`;
      if (summary.error > 0) return 'the suite itself failed on at least one claim; that says nothing about the engine';
      return host.leftovers.length > 0 ? 'the run left something behind' : 'the suite itself failed';
  }
}
