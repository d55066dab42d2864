import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { controls, notInjectable } from '../../fixtures/faults';
import { killMatrix } from '../kill-matrix/kill-matrix';
import { LabRuns, type EndedRun } from '../kill-matrix/lab-runs';
import { killMatrixMarkdown } from '../kill-matrix/markdown';
import { readMutants } from '../kill-matrix/mutants';
import { planOf } from '../kill-matrix/plan';
import { killMatrixTerminal } from '../kill-matrix/terminal';
import { readTrials } from '../faults/trials';
import { prepareLab } from '../lab';
import { liveDisplay, plainDisplay, type Display } from '../matrix/display';
import type { Results } from '../results/results';
import { terminalStyle, note, print } from '../base/output';
import { formatDuration, jsonText } from '../base/text';
import { writeFileAtomically } from '../base/write-file';
import { selectClaims } from '../run/selection';
import { temporaryFolder } from '../state/temporary';
import { UserError } from '../base/user-error';
import { endOnSignals } from '../run/signals';

export interface FaultsOptions {
  engine?: string;
  fault?: string[];
  claim?: string[];
  area?: string[];
  sample?: string;
  jobs?: number;
  /** seconds */
  timeLimit: number;
  json?: string;
  markdown?: string;
}

/** How many of the slowest runs are named. */
const slowest = 5;

/**
 * Injects faults, each in a lab of its own, and shows which claims each of them turns red.
 * @returns 1 where that is not as it should be, 3 where a run came to nothing
 */
export async function faultsCommand(options: FaultsOptions): Promise<number> {
  const selected = selectClaims(options);
  const began = performance.now();
  const { engineId, engine } = await prepareLab(options.engine, note);
  // by this name, whoever comes after a killed process knows that it is nobody's any more
  const { path: folder } = await temporaryFolder();
  const plan = planOf({
    selected,
    ...(options.fault && { fault: options.fault }),
    ...(options.sample !== undefined && { sample: options.sample }),
    engine: { id: engineId, kind: engine.kind },
    folder,
  });
  const jobs = options.jobs ?? availableParallelism() + 2;
  const runs = new LabRuns({
    runs: plan.runs,
    folder,
    jobs,
    timeLimit: options.timeLimit * 1000,
    display: displayFor(process.stderr, note),
  });
  endOnSignals({ interrupt: () => runs.end() });
  const ended = await runs.all();
  const outcomeOf = (id: string) => ended.get(id)?.outcome ?? { engine: id, reason: 'it was not made' };
  const areas = plan.areas.map(({ run, file }) => ({ run, file, outcome: outcomeOf(run) }));
  const healthy = [
    ...(plan.healthy === undefined ? [] : resultsOf(plan.healthy, outcomeOf(plan.healthy)).claims),
    ...areas.flatMap(({ outcome }) => ('claims' in outcome ? outcome.claims : [])),
  ];
  const mutantsRuns = plan.mutants.map(({ run, file }) => ({ run, file, outcome: outcomeOf(run) }));
  const mutants =
    plan.mutants.length > 0 ? readMutants(mutantsRuns.flatMap(({ file, outcome }) => ('claims' in outcome ? [file] : []))) : undefined;
  const tried = areas.flatMap(({ file, outcome }) => ('claims' in outcome ? readTrials(file) : []));
  const untried = areas
    .filter(({ file, outcome }) => 'claims' in outcome && !existsSync(file))
    .map(({ run }) => ({ run, reason: 'none of its claims conforms, so that no fault could be tried on them' }));
  // its folder, with those files, is gone then
  await runs.end();
  const matrix = killMatrix({
    healthy: { engine: engineId, claims: healthy },
    runs: plan.faults.flatMap((fault) => {
      const run = ended.get(fault.id);
      return run ? [{ fault, ...run }] : [];
    }),
    trials: { faults: plan.trials, tried },
    ...(mutants && { mutants: mutants.killed, unseen: mutants.unseen }),
    missing: [
      ...untried,
      ...[...areas, ...mutantsRuns.filter(({ run }) => !areas.some((area) => area.run === run))].flatMap(({ run, outcome }) =>
        'claims' in outcome ? [] : [{ run, reason: outcome.reason }],
      ),
    ],
    controls,
    complete: options.fault === undefined && options.sample === undefined,
  });
  // a log has room for all
  const { color, width } = { ...terminalStyle(), ...(!process.stdout.isTTY && { width: Infinity }) };
  print(`${killMatrixTerminal(matrix, { color, width })}\n`, { color });
  if (options.json !== undefined) writeFileAtomically(options.json, jsonText(matrix));
  if (options.markdown !== undefined) writeFileAtomically(options.markdown, killMatrixMarkdown(matrix));
  if (mutants) for (const line of [mutants.summary, ...mutants.untried]) note(` ${line}`);
  for (const { what, reason } of notInjectable) note(` not injected: ${what}, because ${reason}`);
  const times = [...ended].map(([id, { durationMs }]) => ({ id, durationMs })).sort((one, other) => other.durationMs - one.durationMs);
  note(
    ` ${plan.runs.length} runs in ${formatDuration(performance.now() - began)}, ${jobs} at a time; the slowest: ${times
      .slice(0, slowest)
      .map(({ id, durationMs }) => `${id} ${formatDuration(durationMs)}`)
      .join(', ')}`,
  );
  return matrix.exitStatus;
}

/** @throws UserError where the run without which no fault says anything came to nothing */
function resultsOf(id: string, outcome: EndedRun['outcome']): Results {
  if ('claims' in outcome) return outcome;
  throw new UserError(
    `The run "${id}" came to nothing: ${outcome.reason}.`,
    'Look whether npm test -- --engine with the same engine succeeds.',
  );
}

/** A line for each run that ends; on a terminal, one for each run that goes on. */
function displayFor(terminal: NodeJS.WriteStream, note: (line: string) => void): Display {
  const live = terminal.isTTY && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  if (live) return liveDisplay(terminal, { color: !process.env['NO_COLOR'] });
  const plain = plainDisplay(note);
  return { ...plain, show: (runs) => plain.show(runs.filter(({ stage }) => stage.kind === 'done' || stage.kind === 'failed')) };
}
