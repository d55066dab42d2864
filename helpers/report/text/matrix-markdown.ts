import { fitting, inline } from './markdown';
import {
  columnsOf,
  countsIn,
  differs,
  failsEverywhere,
  matrixMeaning,
  matrixStatus,
  rowsOf,
  sizeOf,
  warningsOn,
  type Column,
  type Row,
} from './matrix-summary';
import { beforeOf, changesIn, deviatingSince, releaseOf, stepOf } from './over-time';
import { isFailure, wordsOf } from './summary';
import { dayOf } from '../../results/history';
import type { ReportInput } from '../../results/report-input';
import type { ClaimResult, Results } from '../../results/results';
import { escapeMarkup, formatDuration, oneLine, truncate } from '../../base/text';
import { writeFileAtomically } from '../../base/write-file';

/** Columns of a title, and of a reason in its table. */
const longestCell = 300;

/** Rows of the table of changes. */
const mostChanges = 100;

/**
 * Several engines as GitHub-flavoured Markdown: their counts, the claims on which they differ, and why claims do not
 * conform. Where `maximumBytes` does not suffice, the reasons are left out first, and the report says so.
 */
export function matrixMarkdown(input: ReportInput, maximumBytes = Infinity): string {
  const columns = columnsOf(input);
  const rows = rowsOf(input);
  const judged = columns.filter(({ results }) => results !== undefined).map(({ label }) => label);
  const meaning = matrixMeaning(input);
  const status = meaning === undefined ? '' : `  \nExit status ${matrixStatus(input)}: ${inline(meaning)}.`;
  const differing = rows.filter(differs);
  const warnings = columns.flatMap(({ label, results }) =>
    results ? warningsOn(results).map((it) => `- ${inline(`${label}: ${it}`)}`) : [],
  );
  const parts = [
    `## ${inline(input.results[0]?.suite.name ?? 'Results')}: ${sizeOf(input)}`,
    `Engines differ on ${differing.length} of ${rows.length} claims.${status}`,
    counts(input),
    ...changes(input),
    ...(warnings.length > 0 ? [warnings.join('\n')] : []),
    ...marks('Where engines differ', judged, differing),
    ...marks(
      judged.length > 1 ? 'Alike on all engines, and not conforming' : 'What does not conform',
      judged,
      rows.filter(failsEverywhere),
    ),
    ...columns.flatMap(({ label, results }) => (results ? [...since(label, results), ...reasons(label, results)] : [])),
  ];
  return fitting(parts, maximumBytes, 'the results files have');
}

/** Writes {@link matrixMarkdown}. */
export function writeMatrixMarkdown(path: string, input: ReportInput): void {
  writeFileAtomically(path, matrixMarkdown(input));
}

function counts(input: ReportInput): string {
  const counted = countsIn(input);
  const head = ['engine', ...counted.map(({ mark, label }) => `${mark} ${label}`), 'in'];
  const cells = ({ results, failure }: Column): string[] =>
    results
      ? [...counted.map((count) => String(count.of(results))), formatDuration(results.durationMs)]
      : [`no results: ${inline(truncate(failure, longestCell))}`];
  return table(
    head,
    columnsOf(input).map((column) => [inline(column.label), ...cells(column)]),
  );
}

/** What changed from one run to the next, the latest first; nothing where no earlier results were given. */
function changes(input: ReportInput): string[] {
  const all = changesIn(input);
  if (all.length === 0) return [];
  const rows = all
    .slice(0, mostChanges)
    .map((change) => [dayOf(change.after), inline(releaseOf(change)), `\`${change.claim.id}\``, stepOf(change), inline(beforeOf(change))]);
  const more = all.length > mostChanges ? `\n\n_and ${all.length - mostChanges} earlier changes, which the results files have_` : '';
  return [`### What changed, and with which release\n\n${table(['first judged', 'release', 'claim', 'change', 'before'], rows)}${more}`];
}

/** Since when claims deviate on one engine, folded away. */
function since(label: string, { claims }: Results): string[] {
  const told = deviatingSince(claims);
  if (told.length === 0) return [];
  const rows = told.map(({ claim, since: { first, change } }) => [
    `\`${claim.id}\``,
    inline(change ? releaseOf(change) : `${first.engine} or before`),
    dayOf(first),
    change ? inline(beforeOf(change)) : '',
  ]);
  return [
    `<details><summary>${escapeMarkup(label)}: since when ${told.length} ${told.length === 1 ? 'claim deviates' : 'claims deviate'}</summary>\n\n${table(['claim', 'since', 'first judged so', 'conformed or did not apply'], rows)}\n\n</details>`,
  ];
}

/** A section with a row of marks for each claim; nothing where there is no claim. */
function marks(heading: string, engines: readonly string[], rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ claim, cells: marked }) => [`\`${claim.id}\``, ...marked.map((cell) => (cell ? wordsOf(cell).mark : ''))]);
  return [`### ${heading}\n\n${table(['claim', ...engines.map(inline)], cells)}`];
}

/** Why claims do not conform on one engine, folded away. */
function reasons(label: string, { claims }: Results): string[] {
  const told = claims.filter((claim) => isFailure(claim) || claim.verdict === 'blocked');
  if (told.length === 0) return [];
  const row = (claim: ClaimResult): string[] => [
    `${wordsOf(claim).mark} ${wordsOf(claim).label}`,
    `${inline(truncate(oneLine(claim.title), longestCell))}<br>\`${claim.id}\``,
    inline(truncate(oneLine(claim.reason ?? ''), longestCell)),
  ];
  return [
    `<details><summary>${escapeMarkup(label)}: why ${told.length} ${told.length === 1 ? 'claim does' : 'claims do'} not conform</summary>\n\n${table(['verdict', 'claim', 'why'], told.map(row))}\n\n</details>`,
  ];
}

/** GitHub needs as many cells in every row as there are in the head. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${[...cells, ...Array<string>(head.length - cells.length).fill('')].join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
