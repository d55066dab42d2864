import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { prepareLab } from '../lab';
import { writeFileAtomically } from '../report/write-file';
import { exitStatus } from '../user-error';
import { Contenders } from './contenders';
import { takingTurns } from './measure';
import { mustHaveTools } from './requirements';
import { startRunningEngine } from './running-engine';
import { mustJudgeTheSame } from './same-claims';
import { ratios, table } from './summary';

/** Where the figures go, against the working directory. */
const reportFile = path.join('reports', 'bench.json');

/**
 * Measures the suite against a plain script and against bare API calls, on one engine that is up already, and a lab
 * against a bare daemon. It shows how the ratios stand to the bars and fails for none: time depends on the machine.
 */
export async function benchCommand({ rounds }: { rounds: number }): Promise<number> {
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await mustHaveTools();
  const prepared = await prepareLab(undefined, progress);
  const engine = await startRunningEngine(prepared);
  const directory = mkdtempSync(path.join(tmpdir(), 'docker-network-conformance-bench-'));
  try {
    const contenders = new Contenders(engine, prepared, directory);
    const sameClaims = () => mustJudgeTheSame(contenders.judgedByScript(), contenders.judgedBySuite());
    const measurements = await takingTurns(contenders.all(), rounds, progress, sameClaims);
    const quotients = ratios(measurements);
    process.stdout.write(`\n${table(measurements, quotients)}\n written ${path.resolve(reportFile)}\n`);
    const machine = { node: process.version, processors: cpus().length, processor: cpus()[0]?.model };
    writeFileAtomically(reportFile, `${JSON.stringify({ engine: prepared.engineId, machine, rounds, measurements, ratios: quotients }, null, 2)}\n`);
  } finally {
    await engine.lab.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return exitStatus.conforms;
}
