import path from 'node:path';
import { catalogue } from '../../fixtures/claims';
import { startLab, type PreparedLab } from '../lab';
import { run } from '../base/process';
import { largest, readJson } from '../base/read-file';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { UserError } from '../base/user-error';
import { recordedCallsSchema } from '../run/recording-proxy';
import { replay } from './replay';

/** One run of the catalogue, and its calls made again without the suite; times in milliseconds. */
export interface CatalogueRun {
  claims: number;
  calls: number;
  /** from the first call of the claims to the last */
  suite: number;
  /** the same calls, as much at once, on another engine */
  bareCalls: number;
  slowest: { id: string; durationMs: number }[];
}

/** Claims that start engines of their own are left out: their calls go elsewhere. */
const onOneLab = () => catalogue.filter(({ requires = [] }) => !requires.includes('own-lab')).map(({ id }) => id);

/**
 * Runs the catalogue on a lab while its calls are recorded, and makes them again on a fresh one.
 * @param directory for files of the run
 */
export async function measureCatalogue(prepared: PreparedLab, directory: string): Promise<CatalogueRun> {
  const results = path.join(directory, 'catalogue.json');
  const record = path.join(directory, 'calls.json');
  const argv = [
    process.execPath,
    path.join(projectRoot, 'helpers', 'bin.cjs'),
    'run',
    '--engine',
    prepared.engineId,
    '--calls',
    record,
    '--json',
    results,
    '--junit',
    path.join(directory, 'catalogue.xml'),
    '--claim',
    ...onOneLab(),
  ];
  const { exitCode, stdout, stderr } = await run(argv, { timeout: 1_800_000 });
  if (exitCode !== 0)
    throw new UserError(
      `The run of the catalogue ended with status ${exitCode}:\n${`${stdout}\n${stderr}`.trim().split('\n').slice(-40).join('\n')}`,
      'Make it pass by itself; then measure.',
    );
  const { claims } = readResults(results);
  const calls = recordedCallsSchema.parse(readJson(record, largest.results));
  const lab = await startLab(prepared, { runId: 'bench' });
  try {
    const bareCalls = await replay(calls, lab.socketPath);
    const durations = claims.map(({ id, durationMs }) => ({ id, durationMs }));
    return {
      claims: claims.length,
      calls: calls.length,
      suite: Math.max(...calls.map(({ endedAt }) => endedAt)),
      bareCalls,
      slowest: durations.sort((one, other) => other.durationMs - one.durationMs).slice(0, 10),
    };
  } finally {
    await lab.stop();
  }
}
