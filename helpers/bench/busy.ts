import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { dieWithUs } from '../lab/die-with-us';
import { run } from '../base/process';
import type { ClaimResult } from '../results/results';
import { readResults } from '../results/results-file';
import { projectRoot } from '../base/project';
import { temporaryFolder } from '../state/temporary';
import { exitStatus, UserError } from '../base/user-error';

/** What is judged beside the load: areas with many probes, names and ports. */
const areas = ['document', 'publishing', 'dns', 'connecting'];

/** Busy processes for each processor. */
const perProcessor = 4;

/** Seconds after which a busy process ends by itself, whatever becomes of this one, and after which a run is given up. */
const longest = 1800;

type Verdicts = readonly (Pick<ClaimResult, 'id' | 'verdict'> & { reason?: string | undefined })[];

/** The claims that are judged otherwise beside a load than on a quiet machine, and those in error on either, each in a sentence. */
export function otherwise(quiet: Verdicts, busy: Verdicts): string[] {
  const before = new Map(quiet.map(({ id, verdict }) => [id, verdict]));
  return [
    ...quiet.filter(({ verdict }) => verdict === 'error').map(({ id, reason = '' }) => `${id} is an error without a load: ${reason}`),
    ...busy
      .filter(({ id, verdict }) => verdict === 'error' || verdict !== before.get(id))
      .map(({ id, verdict, reason = '' }) => `${id}: ${verdict} beside the load, ${before.get(id) ?? 'not judged'} without: ${reason}`),
    ...quiet.filter(({ id }) => !busy.some((it) => it.id === id)).map(({ id }) => `${id} was not judged beside the load`),
  ];
}

/**
 * Judges some areas in a lab, and then again beside busy processes, which it ends.
 * @param rounds how often beside them
 * @returns 1 where a verdict is another one, or an error
 */
export async function benchBusy(engine: string, rounds: number, progress: (line: string) => void): Promise<number> {
  const { path: directory, remove } = await temporaryFolder();
  const load: ChildProcess[] = [];
  try {
    const quiet = await verdicts(engine, directory);
    progress(`${quiet.length} claims judged without a load`);
    for (let n = 0; n < perProcessor * availableParallelism(); n += 1) load.push(busyProcess());
    let different = 0;
    for (let round = 1; round <= rounds; round += 1) {
      const found = otherwise(quiet, await verdicts(engine, directory));
      different += found.length;
      progress(
        `Round ${round} of ${rounds} beside ${load.length} busy processes: ${found.length === 0 ? 'the same verdicts, no error' : `\n  ${found.join('\n  ')}`}`,
      );
    }
    return different === 0 ? exitStatus.conforms : exitStatus.deviates;
  } finally {
    for (const child of load) child.kill();
    remove();
  }
}

/** It ends with this process, and by itself after some time. */
function busyProcess(): ChildProcess {
  const argv = [...dieWithUs, 'timeout', String(longest), ...dieWithUs, 'sh', '-c', 'while :; do :; done'];
  return spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
}

async function verdicts(engine: string, directory: string): Promise<Verdicts> {
  const json = path.join(directory, 'busy.json');
  const { exitCode, stderr } = await run(
    [
      process.execPath,
      path.join(projectRoot, 'helpers', 'bin.cjs'),
      'run',
      '--engine',
      engine,
      '--json',
      json,
      '--junit',
      path.join(directory, 'busy.xml'),
      '--area',
      ...areas,
    ],
    { timeout: longest * 1000 },
  );
  if (exitCode === 2)
    throw new UserError(`The run could not be made: ${stderr.trim()}`, 'Look whether npm test -- --engine with the same engine succeeds.');
  return readResults(json).claims;
}
