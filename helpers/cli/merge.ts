import path from 'node:path';
import { filesOf } from '../matrix';
import { goneOn, readHistory, writeEarlier } from '../matrix/history';
import { readColumn, writeFailure } from '../matrix/failure-file';
import { joinShards, type Read } from '../matrix/join-shards';
import { withFileNames, writeMatrixReports } from '../matrix/reports';
import { terminalStyle, print, printCommands } from '../base/output';
import { inOrder } from '../results/engine-order';
import { withLeastJudged } from '../results/judged-share';
import { matrixStatus } from '../report/text/matrix-summary';
import type { ReportInput } from '../results/report-input';
import type { Results } from '../results/results';
import { writeResults } from '../results/results-file';
import { oneLine, truncate } from '../base/text';
import { comparedWith, noBaseline, readBaselines } from '../run/baseline';
import { catalogue } from '../../fixtures/claims';
import { exitStatus, UserError } from '../base/user-error';
import { mustTakeFiles } from './output-folder';

export interface MergeOptions {
  output: string;
  junitStrict: boolean;
  ctrf: boolean;
  badge: boolean;
  /** share; without it, what each run was told counts */
  minJudged?: number;
  /** results files */
  baseline?: string[];
  /** results files, and folders of earlier reports */
  history?: string[];
}

/**
 * Writes one report from the files of separate runs, as a matrix would have written it, and the results of each engine
 * beside it. Nothing is written unless all files can be read and belong together.
 * @returns the exit status that a matrix of these runs has
 */
export async function mergeCommand(files: readonly string[], options: MergeOptions): Promise<number> {
  const { results, failures } = readAll(files);
  const baselineOf = options.baseline && readBaselines(options.baseline, undefined);
  const since = (it: Results): Results => {
    if (!baselineOf) return it;
    const baseline = baselineOf(it.engine.id);
    return baseline ? comparedWith(baseline, it, catalogue) : { ...it, notes: [...it.notes, noBaseline] };
  };
  const earlier = readHistory(options.history ?? [], results[0]?.suite.name);
  const { input, gone } = goneOn({ results: results.map((it) => asked(since(it), options.minJudged)), failures }, earlier);
  const output = path.resolve(options.output);
  mustTakeFiles(output);
  for (const [name, results] of withFileNames(input.results, ({ engine }) => engine.id)) writeResults(filesOf(output, name).json, results);
  for (const [name, failure] of withFileNames(input.failures, ({ engine }) => engine)) writeFailure(filesOf(output, name).failed, failure);
  writeEarlier(output, gone);
  const { color, width } = terminalStyle();
  const { junitStrict, ctrf, badge } = options;
  print(
    `${await writeMatrixReports(input, { output, junitStrict, ctrf, badge, color, width, env: process.env, print: printCommands })}\n`,
    { color },
  );
  return matrixStatus(input);
}

/** The results, with the status that they have where this share of the claims must be judged. */
function asked(results: Results, minJudged: number | undefined): Results {
  return minJudged === undefined ? results : { ...results, summary: withLeastJudged(results.summary, minJudged) };
}

const named = ({ results }: Read) => truncate(oneLine(results.suite.name), 100);

function readAll(files: readonly string[]): ReportInput {
  const read = files.map((file) => ({ file, ...readColumn(file) }));
  const parts = read.flatMap(({ file, results }) => results.map((it): Read => ({ file, results: it })));
  const [first] = parts;
  const foreign = parts.find(({ results }) => results.suite.name !== first?.results.suite.name);
  if (first && foreign) {
    throw new UserError(
      `The files are of different suites: ${first.file} of ${named(first)}, ${foreign.file} of ${named(foreign)}.`,
      'Name results of one suite.',
      exitStatus.usage,
    );
  }
  return inOrder({ results: joinShards(parts), failures: read.flatMap(({ failures }) => failures) });
}
