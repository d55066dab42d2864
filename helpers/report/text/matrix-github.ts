import { appendToJobSummary, escapeData, escapeProperty } from './github';
import { matrixMarkdown } from './matrix-markdown';
import { columnsOf, warningsOn, type Column } from './matrix-summary';
import { countsLine, isFailure } from './summary';
import type { ReportInput } from '../../results/report-input';
import { truncate } from '../../base/text';

/** Characters of an annotation's message. */
const longestMessage = 2000;

/** Says on GitHub Actions what a matrix found, once for all engines; elsewhere it does nothing. */
export function reportMatrixToGithub(input: ReportInput, env: NodeJS.ProcessEnv, print: (text: string) => void): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  print(matrixAnnotations(input));
  if (env['GITHUB_STEP_SUMMARY']) appendToJobSummary(env['GITHUB_STEP_SUMMARY'], (room) => matrixMarkdown(input, room));
}

/** Annotations as the runner reads them: an error for each engine that does not end well, a warning for what must be looked at. */
export function matrixAnnotations(input: ReportInput): string {
  return columnsOf(input)
    .flatMap(annotationsOf)
    .map((line) => `${line}\n`)
    .join('');
}

function annotationsOf({ label, results, failure }: Column): string[] {
  const annotation = (kind: 'error' | 'warning', message: string): string =>
    `::${kind} title=${escapeProperty(label)}::${escapeData(truncate(message, longestMessage))}`;
  if (!results) return [annotation('error', `no results: ${failure}`)];
  const failed = results.claims.filter(isFailure).map(({ id }) => id);
  const error = results.summary.exitStatus === 0 ? [] : [annotation('error', [countsLine(results), ...failed].join('\n'))];
  return [...error, ...warningsOn(results).map((line) => annotation('warning', line))];
}
