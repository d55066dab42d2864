import { exitStatus, worstStatus } from '../../base/user-error';
import { notLookedAtLine } from '../../results/not-looked-at';
import { sinceBaselineOf, isFailure, waiverLines, wordsOf } from './summary';
import type { ReportInput } from '../../results/report-input';
import type { ClaimResult, Results } from '../../results/results';
import { counted, oneLine } from '../../base/text';
import { verdictWords, verdicts, type Verdict } from '../../results/verdict';
import { exitMeaning } from '../../results/verdict-summary';

/** One engine of a matrix: its results, or why there are none. */
export type Column =
  | { readonly label: string; readonly results: Results; readonly failure?: undefined }
  | { readonly label: string; readonly results?: undefined; readonly failure: string };

/** One claim, and what became of it in each run of {@link judgedColumns}; undefined where a run did not judge it. */
export interface Row {
  readonly claim: ClaimResult;
  readonly cells: readonly (ClaimResult | undefined)[];
}

/** The columns in the order of the input, engines without results behind those that have some. The same engine the second time is `docker-28.5.2 (2)`. */
export function columnsOf({ results, failures }: ReportInput): Column[] {
  const seen = new Map<string, number>();
  const labelOf = (engine: string): string => {
    const times = (seen.get(engine) ?? 0) + 1;
    seen.set(engine, times);
    return times === 1 ? engine : `${engine} (${times})`;
  };
  return [
    ...results.map((it): Column => ({ label: labelOf(it.engine.id), results: it })),
    ...failures.map((it): Column => ({ label: labelOf(it.engine), failure: oneLine(it.reason) })),
  ];
}

/** Every claim that any of the runs judged. */
export function rowsOf({ results }: ReportInput): Row[] {
  const claims = new Map(results.flatMap((run) => run.claims).map((claim) => [claim.id, claim]));
  const byId = results.map((run) => new Map(run.claims.map((claim) => [claim.id, claim])));
  return [...claims.values()].map((claim) => ({ claim, cells: byId.map((run) => run.get(claim.id)) }));
}

/** Do the engines that judged the claim give it different verdicts? */
export function differs({ cells }: Row): boolean {
  return new Set(verdictsIn(cells)).size > 1;
}

/** Do all engines give the claim the same verdict, one that somebody must look at? */
export function failsEverywhere(row: Row): boolean {
  return !differs(row) && row.cells.some((cell) => cell !== undefined && (isFailure(cell) || cell.verdict === 'blocked'));
}

function verdictsIn(cells: Row['cells']): string[] {
  return cells.flatMap((cell) => (cell ? [cell.verdict] : []));
}

/** One of the numbers that are shown of every engine. */
export interface Count {
  readonly kind: Verdict | 'waived';
  readonly mark: string;
  readonly label: string;
  /** follows a number */
  readonly counted: string;
  of(results: Results): number;
}

/** The numbers that reports show of every engine: one for each verdict, and how many deviations are waived where any is. */
export function countsIn({ results }: ReportInput): Count[] {
  const waived = results.flatMap(({ claims }) => claims).find(({ waiver }) => waiver?.state === 'applies');
  return verdicts.flatMap((verdict): Count[] => {
    const count: Count = { kind: verdict, ...verdictWords[verdict], of: ({ summary }) => summary[verdict] };
    return verdict === 'deviates' && waived
      ? [count, { kind: 'waived', ...wordsOf(waived), counted: 'of these waived', of: ({ summary }) => summary.waived }]
      : [count];
  });
}

/** What must be read beside the counts of a run: what nobody looked at, what it left behind, and waivers that somebody must look at. */
export function warningsOn(results: Results): string[] {
  const unseen = notLookedAtLine(results);
  const since = sinceBaselineOf(results);
  return [
    ...(since
      ? [since.line, ...since.changes.filter(({ kind }) => kind === 'regressed').map(({ id, step }) => `Regressed: ${id} (${step})`)]
      : []),
    ...(unseen === undefined ? [] : [unseen]),
    ...results.host.leftovers.map((it) => `The run left behind: ${oneLine(it)}`),
    ...waiverLines(results),
  ];
}

/** The exit status of a matrix is that of its worst engine; an engine without results counts as a failure of the suite. */
export function matrixStatus({ results, failures }: ReportInput): number {
  return worstStatus([...results.map(({ summary }) => summary.exitStatus), ...failures.map(() => exitStatus.failed)]);
}

/** Why the matrix does not end with 0, and because of which engines; undefined when it does. */
export function matrixMeaning(input: ReportInput): string | undefined {
  const status = matrixStatus(input);
  if (status === exitStatus.conforms) return undefined;
  const engines = new Map<string, string[]>();
  for (const { label, results } of columnsOf(input)) {
    if ((results?.summary.exitStatus ?? exitStatus.failed) !== status) continue;
    const meaning = results ? (exitMeaning(results) ?? '') : 'there are no results';
    engines.set(meaning, [...(engines.get(meaning) ?? []), label]);
  }
  return [...engines].map(([meaning, labels]) => `${meaning} (${labels.join(', ')})`).join('; ');
}

/** How many engines and claims the matrix has, e.g. `7 engines, 50 claims`. */
export function sizeOf(input: ReportInput): string {
  return `${counted(columnsOf(input).length, 'engine')}, ${counted(rowsOf(input).length, 'claim')}`;
}
