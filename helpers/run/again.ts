import path from 'node:path';
import type { Results } from '../results/results';
import type { Session } from './session';

type Again = NonNullable<Results['again']>;

/** What an npm script has in it that starts this program. */
const ownProgram = /docker-network-conformance|helpers\/bin\.cjs/;

/**
 * How this process was started, as far as that repeats a claim of its run. To be asked before the session is opened,
 * which leads other programs to the engine by the same variables.
 * @param options what the user gave that verdicts depend on
 * @returns what a session's results say of it; of a lab they name the engine, whoever chose it
 */
export function startedBy(
  options: readonly string[],
  program = programOf(process.env, process.argv),
  env: NodeJS.ProcessEnv = process.env,
): (session: Pick<Session, 'context'>) => Again {
  const variables = variablesOf(env);
  return ({ context: { host, engine } }) =>
    host.kind === 'lab'
      ? { ...program, variables: [], options: ['--engine', engine.id, ...options] }
      : { ...program, variables, options: [...options] };
}

/** What started the program: npm sets variables for its scripts and for npx (docs.npmjs.com/cli/v11/using-npm/scripts#environment). */
export function programOf(env: NodeJS.ProcessEnv, [, file = '']: readonly string[]): Pick<Again, 'program' | 'script'> {
  const { npm_lifecycle_event: event = '', npm_lifecycle_script: script = '', npm_command: command = '' } = env;
  if (ownProgram.test(script)) {
    if (command === 'exec') return { program: 'npx' };
    // of a script for several engines, one claim on one engine is no part
    if (!/\b(?:matrix|faults)\b/.test(script)) return { program: 'npm', script: event };
  }
  const called = path.basename(file);
  return called.startsWith('docker-network-conformance')
    ? { program: 'bin' }
    : { program: 'node', script: path.relative(process.cwd(), file) };
}

/** The variable that leads to the engine, unless there is a password in it. */
function variablesOf(env: NodeJS.ProcessEnv): Again['variables'] {
  for (const name of ['DOCKER_HOST', 'DOCKER_CONTEXT'] as const) {
    const value = env[name];
    if (value !== undefined && value !== '') return /\/\/[^/@]*:[^/@]*@/.test(value) ? [] : [{ name, value }];
  }
  return [];
}
