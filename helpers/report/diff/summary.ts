import { oneLine } from '../../base/text';
import { placeInWords } from '../../results/place';
import { verdictWords, verdicts } from '../../results/verdict';
import { changesByKind, type Change, type Comparison, type Side } from './compare';
import { kindWords } from '../../results/change-kind';
import { excerpt } from './telling';

/** The head of every report: both runs, and what else differs between them. */
export function rowsOf({ before, after, details }: Comparison): [what: string, before: string, after: string][] {
  return [
    ['engine', before.described, after.described],
    ['result', before.counts, after.counts],
    ...details.map(({ what, before: was, after: is }): [string, string, string] => [what, was, is]),
  ];
}

/** All changes and what did not change as one line, e.g. `1 superseded · 1 introduced · 46 unchanged (46 conform)`. */
export function changesLine(comparison: Comparison): string {
  const counts = changesByKind(comparison).map(({ kind, changes }) => `${String(changes.length)} ${kindWords[kind].counted}`);
  const same = verdicts.map((verdict) => ({ verdict, count: comparison.unchanged[verdict] })).filter(({ count }) => count > 0);
  const total = same.reduce((sum, { count }) => sum + count, 0);
  const detail = same.map(({ verdict, count }) => `${String(count)} ${verdictWords[verdict].counted}`).join(', ');
  const unchanged = total === 0 ? '0 unchanged' : `${String(total)} unchanged (${detail})`;
  return counts.length === 0 ? `Nothing changed: ${unchanged}` : [...counts, unchanged].join(' · ');
}

/** What one run said of a claim, each part on a line of its own: verdict, reason, cause, evidence; nothing where it did not know the claim. */
export function sideLines(change: Change, side: Side | undefined): string[] {
  if (!side) return [];
  const { mark, label } = verdictWords[side.verdict];
  const reason = side.reason === undefined ? '' : `: ${oneLine(side.reason)}`;
  // of a claim that only one run knows, there is nothing to hold its evidence against
  const steps = change.before && change.after ? side.evidence : [];
  return [
    `${mark} ${label}${reason}`,
    ...(side.cause ? [`cause: ${oneLine(side.cause.summary)} (${side.cause.code})`] : []),
    ...steps.map(
      (step) => `${oneLine(placeInWords(step))}: ${oneLine(step.what)} → ${excerpt(step.answer, change.title) || '(no answer)'}`,
    ),
  ];
}
