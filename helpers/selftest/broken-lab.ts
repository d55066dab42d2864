import { prepareLab, startLab, type Lab } from '../lab';
import { note } from '../base/output';
import { run } from '../base/process';
import { UserError } from '../base/user-error';
import { commandLine, type Ended } from './command-line';

/** Milliseconds for the start of a lab, on a machine that has nothing in its cache yet. */
export const labTimeLimit = 300_000;

/** Milliseconds for whole runs against a lab. */
export const runTimeLimit = 240_000;

/**
 * Starts a real engine that a test is going to break. A machine that cannot run one makes the test fail, with the
 * reason: whoever wants to do without these tests says so (`--testPathIgnorePatterns selftest/broken`).
 */
export async function brokenLab(...daemonArgs: string[]): Promise<Lab> {
  try {
    return await startLab(await prepareLab(undefined, note), { runId: 'selftest', daemonArgs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Error(
      `This test needs a real engine, and this machine cannot run one. ${error.message} ${error.remedy} To leave such tests out: --testPathIgnorePatterns selftest/broken`,
      { cause: error },
    );
  }
}

/** Runs a shell script on a lab's host; it must succeed. Returns what it prints. */
export async function onHost(lab: Lab, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(lab.enter(['sh', '-euc', script]));
  if (exitCode !== 0) throw new Error(`on the lab's host: ${script}\nended with status ${exitCode}: ${stderr}`);
  return stdout.trim();
}

/** Starts a container on a lab, next to those of the suite, and returns its id. */
export function usersContainer(lab: Lab, ...options: string[]): Promise<string> {
  return onHost(lab, `docker run --detach ${options.join(' ')} ${lab.image.reference}`);
}

/** `run` of the document's claims, as a user types it who has set DOCKER_HOST to the lab, or to what stands before it. */
export function runAgainst({ socketPath }: Pick<Lab, 'socketPath'>, ...args: string[]): Promise<Ended> {
  return commandLine(['run', '--area', 'document', ...args], { env: { DOCKER_HOST: `unix://${socketPath}` } });
}
