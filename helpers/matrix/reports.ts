import { rmSync } from 'node:fs';
import path from 'node:path';
import { writeBadge } from '../report/text/badge';
import { writeCtrf } from '../report/text/ctrf';
import { writeJunitOf } from '../report/text/junit';
import { reportMatrixToGithub } from '../report/text/matrix-github';
import { writeMatrixMarkdown } from '../report/text/matrix-markdown';
import { matrixTerminal } from '../report/text/matrix-terminal';
import type { ReportInput } from '../results/report-input';
import type { Results } from '../results/results';

/** Which reports are made of several engines, and for whom. */
export interface MatrixReportOptions {
  /** folder that they go to */
  readonly output: string;
  /** JUnit without what Jenkins' schema does not know */
  readonly junitStrict: boolean;
  /** write `ctrf/<engine>.json`, too */
  readonly ctrf: boolean;
  /** write `badges/<engine>.json`, and one for the newest of each line, too */
  readonly badge: boolean;
  readonly color: boolean;
  /** columns of the terminal */
  readonly width: number;
  /** environment variables; they say whether this is GitHub Actions */
  readonly env: NodeJS.ProcessEnv;
  /** where annotations go */
  readonly print: (text: string) => void;
}

/** The reports on all engines, in a folder. */
const filesIn = (output: string) => ({
  html: path.join(output, 'report.html'),
  summary: path.join(output, 'report.md'),
  junit: path.join(output, 'junit.xml'),
});

/** Removes the reports of an earlier matrix, which must not stand beside results that are not in them. */
export function removeReports(output: string): void {
  for (const file of Object.values(filesIn(output))) rmSync(file, { force: true });
}

/** Writes the reports on several engines: all of them are functions of the input alone. @returns what a terminal shows */
export async function writeMatrixReports(
  input: ReportInput,
  { output, junitStrict, ctrf, badge, color, width, env, print }: MatrixReportOptions,
): Promise<string> {
  const { html, summary, junit } = filesIn(output);
  writeMatrixMarkdown(summary, input);
  for (const [name, results] of withFileNames(input.results, ({ engine }) => engine.id)) {
    if (ctrf) writeCtrf(path.join(output, 'ctrf', `${name}.json`), results);
    if (badge) writeBadge(path.join(output, 'badges', `${name}.json`), results);
  }
  if (badge) for (const [line, results] of newestOfLines(input.results)) writeBadge(path.join(output, 'badges', `${line}.json`), results);
  await writeJunitOf(junit, input.results, { strict: junitStrict });
  await page().writeHtml(html, input.results, input.failures);
  reportMatrixToGithub(input, env, print);
  return matrixTerminal(input, { color, width, files: [html, summary, junit] });
}

/**
 * The newest engine of each line, such as `docker-28` or `docker-28+rootless`: whoever shows a badge names it once, and
 * versions move.
 * @param results in the order of the engines
 */
function newestOfLines(results: readonly Results[]): Map<string, Results> {
  return new Map(results.map((it) => [it.engine.id.replace(/^(\w+-\d+)[^+]*/, '$1'), it]));
}

/** Columns, each with what its files are called: the engine's id, and a number where it occurs again. */
export function withFileNames<T>(columns: readonly T[], engineOf: (column: T) => string): [name: string, column: T][] {
  const seen = new Map<string, number>();
  return columns.map((column) => {
    const engine = engineOf(column);
    const times = (seen.get(engine) ?? 0) + 1;
    seen.set(engine, times);
    return [times === 1 ? engine : `${engine}-${times}`, column];
  });
}

/** Does what takes longest of a report as soon as there are results for it: loads what makes the page, and draws its pictures. */
export async function prepareReports(results: Results): Promise<void> {
  await pictures().drawTopologies([results]);
}

/* eslint-disable @typescript-eslint/no-require-imports -- a matrix starts its engines before it loads what makes the page */
function page(): typeof import('../report/html') {
  return require('../report/html') as typeof import('../report/html');
}

function pictures(): typeof import('../report/html/pictures') {
  return require('../report/html/pictures') as typeof import('../report/html/pictures');
}
