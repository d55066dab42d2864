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
}

/** Counts the verdicts and says with what status the run ends. */
export function summarize(claims: readonly Pick<ClaimResult, 'verdict' | 'waiver'>[], options: SummaryOptions): Results['summary'] {
  const counts = { conforms: 0, deviates: 0, waived: 0, 'not-applicable': 0, blocked: 0, error: 0 };
  for (const { verdict } of claims) counts[verdict] += 1;
  counts.waived = claims.filter(({ waiver }) => waiver?.state === 'applies').length;
  const needless = claims.filter(({ waiver }) => waiver?.state === 'needless').length;
  const summary = { ...counts, exitStatus: statusOf(counts, { selected: claims.length, needless }, options) };
  return options.leastJudged === undefined ? summary : withLeastJudged(summary, options.leastJudged, options.part);
}

type Counts = Omit<Results['summary'], 'exitStatus' | 'judgedShare' | 'leastJudged'>;

function statusOf(counts: Counts, { selected, needless }: { selected: number; needless: number }, { leftovers, strict }: SummaryOptions): number {
  // a run that failed itself says nothing reliable about the engine, so that comes first
  if (counts.error > 0 || leftovers.length > 0) return exitStatus.failed;
  if (selected === 0) return exitStatus.usage;
  if (counts.deviates > counts.waived || (strict && counts.blocked + needless > 0)) return exitStatus.deviates;
  return exitStatus.conforms;
}

/** Why the run does not end with 0, in one sentence; undefined when it does. */
export function exitMeaning({ summary, host }: Results): string | undefined {
  switch (summary.exitStatus) {
    case exitStatus.conforms:
      return undefined;
    case exitStatus.deviates:
      if (summary.deviates > summary.waived) return summary.waived > 0 ? 'at least one claim deviates without a waiver' : 'at least one claim deviates';
      return summary.blocked > 0 ? 'at least one claim is blocked, which --strict counts' : 'at least one waiver is needless, which --strict counts';
    case exitStatus.usage:
      return 'no claim was selected';
    case exitStatus.tooLittle: {
      const { judged, applicable, share } = judgedOf(summary);
      return `only ${judged} of ${applicable} applicable claims could be judged (${percent(share)}), and ${percent(summary.leastJudged ?? 0)} must be (--min-judged)`;
    }
    default:
      if (summary.error > 0) return 'the suite itself failed on at least one claim; that says nothing about the engine';
      return host.leftovers.length > 0 ? 'the run left something behind' : 'the suite itself failed';
  }
}
