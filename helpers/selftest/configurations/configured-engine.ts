import { note } from '../../base/output';
import type { Configuration } from '../../../fixtures/configurations';
import { prepareLab, socketInLab, startLab, type Lab } from '../../lab';
import { run } from '../../base/process';
import { commandLine, type Ended } from '../command-line';

/** Milliseconds that a run of all areas may take on a busy machine. */
const runTimeLimit = 1_800_000;

/** Starts an engine in a lab as an operator has configured it. */
export async function configuredEngine({ id, title, daemonJson, files, before, after }: Omit<Configuration, 'fault'>): Promise<Lab> {
  const prepared = await prepareLab(undefined, note);
  const lab = await startLab(
    {
      ...prepared,
      mode: {
        id,
        title,
        appliesTo: () => true,
        files: { ...files, ...(daemonJson && { '/etc/docker/daemon.json': JSON.stringify(daemonJson) }) },
        start: (daemon) => ['sh', '-euc', `${before ?? ''}\nexec "$@"`, 'sh', ...daemon],
      },
    },
    { runId: 'selftest' },
  );
  if (after !== undefined) await onHost(lab, after);
  return lab;
}

/** Runs a shell script on a lab's host; it must succeed. Returns what it prints. */
export async function onHost(lab: Lab, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(lab.enter(['env', `DOCKER_HOST=unix://${socketInLab}`, 'sh', '-euc', script]), {
    timeout: 120_000,
  });
  if (exitCode !== 0) throw new Error(`on the lab's host: ${script}\nended with status ${exitCode}: ${stderr}`);
  return stdout.trim();
}

/** Judges claims on a lab's engine as on one of the user's. */
export function judge({ socketPath }: Pick<Lab, 'socketPath'>, ...args: string[]): Promise<Ended> {
  return commandLine(['run', ...args], { env: { DOCKER_HOST: `unix://${socketPath}` }, timeout: runTimeLimit });
}
