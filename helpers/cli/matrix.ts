import { availableParallelism } from 'node:os';
import path from 'node:path';
import { prepareLab } from '../lab';
import { isPlace } from '../lab/programs';
import { filesOf, Matrix } from '../matrix';
import { liveDisplay, plainDisplay, type Display } from '../matrix/display';
import { enginesFor } from '../matrix/engines';
import { goneOn, readHistory, writeEarlier } from '../matrix/history';
import { prepareReports, removeReports, writeMatrixReports } from '../matrix/reports';
import { suite } from '../base/project';
import { terminalStyle, note, print, printCommands } from '../base/output';
import { matrixStatus } from '../report/text/matrix-summary';
import type { ReportInput } from '../results/report-input';
import type { Results } from '../results/results';
import { writeResults } from '../results/results-file';
import { formatDuration } from '../base/text';
import { readBaselines } from '../run/baseline';
import { selectClaims, type Selection } from '../run/selection';
import { readWaivers } from '../run/waivers';
import { exitStatus, UserError } from '../base/user-error';
import { mustTakeFiles } from './output-folder';
import { endOnSignals } from '../run/signals';

export interface MatrixCommandOptions extends Selection {
  engine?: string[];
  modes: boolean;
  strict: boolean;
  minJudged?: number;
  waivers?: string;
  /** results files */
  baseline?: string[];
  /** results files, and folders of earlier reports */
  history?: string[];
  jobs?: number;
  /** seconds */
  timeLimit: number;
  output: string;
  junitStrict: boolean;
  ctrf: boolean;
  badge: boolean;
}

/**
 * Judges several engines, each in a lab of its own, and writes one report on all of them.
 * @returns the exit status of the worst engine
 */
export async function matrixCommand(jestArguments: readonly string[], options: MatrixCommandOptions): Promise<number> {
  if (jestArguments.length > 0)
    throw new UserError('A matrix passes nothing on to Jest.', 'Leave out what follows --, or use run.', exitStatus.usage);
  selectClaims(options);
  if (options.waivers !== undefined) readWaivers(options.waivers);
  if (options.baseline) readBaselines(options.baseline, undefined);
  const earlier = readHistory(options.history ?? [], suite.name);
  const engines = await enginesFor(await broughtIn(options.engine ?? []), options.modes, note);
  const output = path.resolve(options.output);
  mustTakeFiles(output);
  removeReports(output);
  const jobs = Math.min(options.jobs ?? availableParallelism(), engines.length);
  const began = performance.now();
  const display = displayFor(process.stderr, note);
  const matrix = new Matrix({
    engines,
    runArguments: runArguments(options),
    output,
    jobs,
    lastAtOnce: options.jobs === undefined,
    timeLimit: options.timeLimit * 1000,
    display,
    onResults: prepare,
  });
  const { color, width } = terminalStyle();
  const { junitStrict, ctrf, badge } = options;
  const report = async (judged: ReportInput): Promise<ReportInput> => {
    const { input, gone } = goneOn(judged, earlier);
    if (earlier.length > 0) for (const results of input.results) writeResults(filesOf(output, results.engine.id).json, results);
    writeEarlier(output, gone);
    const terminal = await writeMatrixReports(input, {
      output,
      junitStrict,
      ctrf,
      badge,
      color,
      width,
      env: process.env,
      print: printCommands,
    });
    display.close();
    print(`${terminal}\n`, { color });
    return input;
  };
  endOnSignals({ interrupt: async () => report(await matrix.interrupt()) });
  const input = await report(await matrix.run());
  note(
    `${engines.length} engines in ${formatDuration(performance.now() - began)}, ${jobs} at a time; their runs took ${formatDuration(matrix.spent)} together.`,
  );
  return matrixStatus(input);
}

/** Ids in place of archives and folders, which are put together before the runs begin: each run is a process of its own. */
async function broughtIn(selectors: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const selector of selectors) ids.push(isPlace(selector) ? (await prepareLab(selector, note)).engineId : selector);
  return ids;
}

/** Whatever is wrong with the results will be told when the reports are written. */
function prepare(results: Results): void {
  prepareReports(results).catch(() => undefined);
}

/** What every engine's run is told, in the words of `run`. */
function runArguments({
  area,
  claim,
  level,
  profile,
  not,
  strict,
  minJudged,
  waivers,
  baseline,
  junitStrict,
}: MatrixCommandOptions): string[] {
  const list = (option: string, values: string[] | undefined): string[] => (values ? [option, ...values] : []);
  return [
    ...list('--area', area),
    ...list('--claim', claim),
    ...list('--level', level),
    ...list('--profile', profile),
    ...list('--not', not),
    ...list('--baseline', baseline),
    ...(strict ? ['--strict'] : []),
    ...(junitStrict ? ['--junit-strict'] : []),
    ...(minJudged === undefined ? [] : ['--min-judged', String(minJudged)]),
    ...(waivers === undefined ? [] : ['--waivers', waivers]),
  ];
}

function displayFor(terminal: NodeJS.WriteStream, note: (line: string) => void): Display {
  const live = terminal.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  return live ? liveDisplay(terminal, { color: !process.env['NO_COLOR'] }) : plainDisplay(note);
}
