import { exitStatus } from '../user-error';
import type { ClaimResult, Results } from './results';

export interface SummaryOptions {
  /** what the run left behind on the engine or its host */
  leftovers: readonly string[];
  /** `--strict`: a claim that could not be checked counts like one that deviates */
  strict: boolean;
}

/** Counts the verdicts and says with what status the run ends. */
export function summarize(claims: readonly Pick<ClaimResult, 'verdict'>[], options: SummaryOptions): Results['summary'] {
  const counts = { conforms: 0, deviates: 0, 'not-applicable': 0, blocked: 0, error: 0 };
  for (const { verdict } of claims) counts[verdict] += 1;
  return { ...counts, exitStatus: statusOf(counts, claims.length, options) };
}

type Counts = Omit<Results['summary'], 'exitStatus'>;

function statusOf(counts: Counts, selected: number, { leftovers, strict }: SummaryOptions): number {
  // a run that failed itself says nothing reliable about the engine, so that comes first
  if (counts.error > 0 || leftovers.length > 0) return exitStatus.failed;
  if (selected === 0) return exitStatus.usage;
  if (counts.deviates > 0 || (strict && counts.blocked > 0)) return exitStatus.deviates;
  return exitStatus.conforms;
}

/** Why the run does not end with 0, in one sentence; undefined when it does. */
export function exitMeaning({ summary, host }: Results): string | undefined {
  switch (summary.exitStatus) {
    case exitStatus.conforms:
      return undefined;
    case exitStatus.deviates:
      return summary.deviates > 0 ? 'at least one claim deviates' : 'at least one claim is blocked, which --strict counts';
    case exitStatus.usage:
      return 'no claim was selected';
    default:
      if (summary.error > 0) return 'the suite itself failed on at least one claim; that says nothing about the engine';
      return host.leftovers.length > 0 ? 'the run left something behind' : 'the suite itself failed';
  }
}
