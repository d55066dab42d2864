import { changesOf, dayOf, sinceOf, type ChangeInTime, type Since } from '../../results/history';
import type { ReportInput } from '../../results/report-input';
import type { ClaimResult } from '../../results/results';
import { verdictWords } from '../../results/verdict';
import { columnsOf } from './matrix-summary';

/** A change of one claim, and the engines of the report that it is in the history of. */
export interface ToldChange extends ChangeInTime {
  readonly claim: ClaimResult;
  readonly engines: readonly string[];
}

/** What earlier runs and these let somebody say of changes, the latest first; each change once, however many releases inherited it. */
export function changesIn(input: ReportInput): ToldChange[] {
  const changes = new Map<string, ToldChange>();
  for (const { label, results } of columnsOf(input)) {
    for (const claim of results?.claims ?? []) {
      for (const change of changesOf(claim)) {
        const key = JSON.stringify([claim.id, change.before, change.after]);
        const known = changes.get(key) ?? { ...change, claim, engines: [] };
        changes.set(key, { ...known, engines: [...known.engines, label] });
      }
    }
  }
  // of one day, in the order of the catalogue
  return [...changes.values()].sort((one, other) => byLetters(dayOf(other.after), dayOf(one.after)));
}

/** The claims that deviate on an engine, with since when they do, where other runs judged them too. */
export function deviatingSince(claims: readonly ClaimResult[]): { claim: ClaimResult; since: Since }[] {
  return claims.flatMap((claim) => {
    const since = claim.verdict === 'deviates' ? sinceOf(claim) : undefined;
    return since ? [{ claim, since }] : [];
  });
}

/** The release that brought a change; where it was the same before and after, something else did. */
export function releaseOf({ after, sameRelease }: ChangeInTime): string {
  return sameRelease ? `${after.engine}, as before` : after.engine;
}

/** The last run that a change was not in, and what else was not the same then. */
export function beforeOf({ before, after }: ChangeInTime): string {
  const suite = before.suite === after.suite ? '' : `; suite ${before.suite}, then ${after.suite}`;
  return `${before.engine}, ${dayOf(before)}${suite}`;
}

/** Both verdicts of a change. */
export function stepOf({ from, to }: Pick<ChangeInTime, 'from' | 'to'>): string {
  return `${verdictWords[from].label} → ${verdictWords[to].label}`;
}

function byLetters(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
