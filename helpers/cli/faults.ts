import { mkdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { controls } from '../../fixtures/faults/controls';
import { faults as allFaults, notInjectable } from '../../fixtures/faults';
import { killMatrix } from '../faults/kill-matrix';
import { LabRuns, type EndedRun, type LabRun } from '../faults/lab-runs';
import { killMatrixMarkdown } from '../faults/markdown';
import { readMutants } from '../faults/mutants';
import { chooseFaults } from '../faults/select';
import { killMatrixTerminal } from '../faults/terminal';
import { prepareLab } from '../lab';
import { labName } from '../lab/owner';
import { liveDisplay, plainDisplay, type Display } from '../matrix/display';
import type { Results } from '../report/results';
import { formatDuration } from '../report/text';
import { writeFileAtomically } from '../report/write-file';
import { selectClaims } from '../run/selection';
import { UserError } from '../user-error';
import { selectionOf } from './options';
import { endOnSignals } from './signals';

export interface FaultsOptions {
  engine?: string;
  fault?: string[];
  claim?: string[];
  sample?: string;
  jobs?: number;
  /** seconds */
  timeLimit: number;
  json?: string;
  markdown?: string;
}

/** Ids of the runs that have no fault. */
const healthyRun = 'no fault';
const mutantsRun = 'changed answers';

/** How many of the slowest runs are named. */
const slowest = 5;

/**
 * Injects faults, each in a lab of its own, and shows which claims each of them turns red.
 * @returns 1 where that is not as it should be, 3 where a run came to nothing
 */
export async function faultsCommand(options: FaultsOptions): Promise<number> {
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  const claims = selectClaims(selectionOf(options)).map(({ id }) => id);
  const began = performance.now();
  const { engineId, engine } = await prepareLab(options.engine, note);
  const complete = options.fault === undefined && options.sample === undefined;
  const faults = chooseFaults(allFaults, { ...options, engine: { id: engineId, kind: engine.kind }, claims });
  const jobs = options.jobs ?? availableParallelism() + 2;
  // by this name, whoever comes after a killed process knows that it is nobody's any more
  const folder = path.join(tmpdir(), labName());
  mkdirSync(folder, { mode: 0o700 });
  const mutantsFile = path.join(folder, 'mutants-report.json');
  const common = ['--engine', engineId, ...(options.claim ? ['--claim', ...options.claim] : [])];
  const all: LabRun[] = [
    { id: healthyRun, args: common },
    // what takes longest is begun first
    ...(complete ? [{ id: mutantsRun, args: [...common, '--mutants', mutantsFile] }] : []),
    ...[...faults].reverse().map(({ id }) => ({ id, args: [...common, '--fault', id] })),
  ];
  const runs = new LabRuns({ runs: all, folder, jobs, timeLimit: options.timeLimit * 1000, display: displayFor(process.stderr, note) });
  endOnSignals(Promise.resolve(runs));
  const ended = await runs.all();
  const healthy = resultsOf(healthyRun, ended);
  if (complete) resultsOf(mutantsRun, ended);
  const mutants = complete ? readMutants(mutantsFile) : undefined;
  await runs.end();
  const matrix = killMatrix({
    healthy,
    runs: faults.flatMap((fault) => {
      const run = ended.get(fault.id);
      return run ? [{ fault, ...run }] : [];
    }),
    ...(mutants && { mutants: mutants.killed }),
    controls,
    complete,
  });
  const color = process.stdout.isTTY && !process.env['NO_COLOR'];
  // a log has room for all
  const { columns: width = Infinity } = process.stdout as Partial<NodeJS.WriteStream>;
  process.stdout.write(`${killMatrixTerminal(matrix, { color, width })}\n`);
  if (options.json !== undefined) writeFileAtomically(options.json, `${JSON.stringify(matrix, undefined, 2)}\n`);
  if (options.markdown !== undefined) writeFileAtomically(options.markdown, killMatrixMarkdown(matrix));
  for (const line of mutants?.survivors ?? []) note(` survived, and nothing explains it: ${line}`);
  for (const { what, reason } of notInjectable) note(` not injected: ${what}, because ${reason}`);
  const times = [...ended].map(([id, { durationMs }]) => ({ id, durationMs })).sort((one, other) => other.durationMs - one.durationMs);
  note(` ${all.length} runs in ${formatDuration(performance.now() - began)}, ${jobs} at a time; the slowest: ${times.slice(0, slowest).map(({ id, durationMs }) => `${id} ${formatDuration(durationMs)}`).join(', ')}`);
  return matrix.exitStatus;
}

/** @throws UserError where a run without which there is no matrix came to nothing */
function resultsOf(id: string, ended: ReadonlyMap<string, EndedRun>): Results {
  const outcome = ended.get(id)?.outcome;
  if (outcome && 'claims' in outcome) return outcome;
  throw new UserError(`The run "${id}" came to nothing: ${outcome?.reason ?? 'it was not made'}.`, 'Look whether npm test -- --engine with the same engine succeeds.');
}

/** A line for each run that ends; on a terminal, one for each run that goes on. */
function displayFor(terminal: NodeJS.WriteStream, note: (line: string) => void): Display {
  const live = terminal.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  if (live) return liveDisplay(terminal, { color: !process.env['NO_COLOR'] });
  const plain = plainDisplay(note);
  return { ...plain, show: (runs) => plain.show(runs.filter(({ stage }) => stage.kind === 'done' || stage.kind === 'failed')) };
}
