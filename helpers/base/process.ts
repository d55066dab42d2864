import { native } from './native';
import { scaledLimit } from './pace';
import { used } from './usage';

/** What a finished command left behind. */
export interface CommandResult {
  /** exit status; 127 when the command could not be found, as a shell reports it */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** variables on top of this process's own */
  env?: Record<string, string | undefined>;
  /** what the command reads; without it, nothing */
  input?: string;
  /** milliseconds after which the command is ended with SIGKILL; the result then has status 124, as timeout(1) reports it */
  timeout?: number;
}

/**
 * Runs a command without a shell and in the locale C, so that messages can be told apart. Never throws for a command
 * that failed: a program that does not exist is status 127, as a shell reports it.
 */
export async function run(
  argv: readonly string[],
  { env = {}, input = '', timeout = scaledLimit(30_000) }: RunOptions = {},
): Promise<CommandResult> {
  const { execa } = native<typeof import('execa')>('execa');
  const [file = '', ...args] = argv;
  used('processes');
  const result = await execa(file, args, {
    reject: false,
    input,
    timeout,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
    env: { LC_ALL: 'C', ...env },
  });
  if (result.timedOut) return { exitCode: 124, stdout: result.stdout, stderr: `${result.stderr}\nno end after ${timeout} ms` };
  if (result.exitCode === undefined) {
    const why = result.isTerminated ? `ended by ${result.signal}` : (result.originalMessage ?? result.shortMessage);
    return { exitCode: result.isTerminated ? 128 : 127, stdout: result.stdout, stderr: `${result.stderr}${why ?? ''}` };
  }
  return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr };
}
