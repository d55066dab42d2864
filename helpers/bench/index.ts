import { cpus } from 'node:os';
import path from 'node:path';
import { prepareLab, type PreparedLab } from '../lab';
import { note, print } from '../base/output';
import { writeFileAtomically } from '../base/write-file';
import { temporaryFolder } from '../state/temporary';
import { exitStatus } from '../base/user-error';
import { benchBusy } from './busy';
import { measureCatalogue, type CatalogueRun } from './catalogue-run';
import { Contenders } from './contenders';
import { takingTurns } from './measure';
import { mustHaveTools } from './requirements';
import { startRunningEngine } from './running-engine';
import { mustJudgeTheSame } from './same-claims';
import { catalogueTable, ratios, table } from './summary';

/** Where the figures go, against the working directory. */
const reportFile = path.join('reports', 'bench.json');

/** What is measured. */
export interface BenchOptions {
  rounds: number;
  /** whole runs against their own calls, made again */
  catalogue: boolean;
  /** verdicts on a busy machine against those of a quiet one */
  busy: boolean;
}

/**
 * Measures the suite against a plain script and against bare API calls, on one engine that is up already, and a lab
 * against a bare daemon. It shows how the ratios stand to the bars and fails for none: time depends on the machine.
 */
export async function benchCommand({ rounds, catalogue, busy }: BenchOptions): Promise<number> {
  await mustHaveTools();
  const prepared = await prepareLab(undefined, note);
  if (busy) return await benchBusy(prepared.engineId, rounds, note);
  if (catalogue) return await benchCatalogue(prepared, rounds, note);
  const engine = await startRunningEngine(prepared);
  const { path: directory, remove } = await temporaryFolder();
  try {
    const contenders = new Contenders(engine, prepared, directory);
    const sameClaims = () => mustJudgeTheSame(contenders.judgedByScript(), contenders.judgedBySuite());
    const measurements = await takingTurns(contenders.all(), rounds, note, sameClaims);
    const quotients = ratios(measurements);
    print(`\n${table(measurements, quotients)}\n written ${path.resolve(reportFile)}\n`);
    const machine = { node: process.version, processors: cpus().length, processor: cpus()[0]?.model };
    writeFileAtomically(
      reportFile,
      `${JSON.stringify({ engine: prepared.engineId, machine, rounds, measurements, ratios: quotients }, null, 2)}\n`,
    );
  } finally {
    await engine.lab.stop();
    remove();
  }
  return exitStatus.conforms;
}

/** The same for the whole catalogue: every round is a run, and its calls again. */
async function benchCatalogue(prepared: PreparedLab, rounds: number, progress: (line: string) => void): Promise<number> {
  const { path: directory, remove } = await temporaryFolder();
  try {
    const runs: CatalogueRun[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      progress(`Round ${round} of ${rounds} …`);
      const measured = await measureCatalogue(prepared, directory);
      runs.push(measured);
      progress(`${(measured.suite / 1000).toFixed(1)} s, and the same calls ${(measured.bareCalls / 1000).toFixed(1)} s`);
    }
    print(`\n${catalogueTable(runs)}`);
  } finally {
    remove();
  }
  return exitStatus.conforms;
}
