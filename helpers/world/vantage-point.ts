import type { CommandResult } from '../base/process';

export type { CommandResult };

/** What evidence says of the output of a command that succeeded. */
export type Telling = (stdout: string) => string;

/** A place from which probes run: the engine's host, or the inside of a container. */
export interface VantagePoint {
  /** how reports call it, e.g. `host` or `nginx01` */
  readonly name: string;
  /**
   * number on this machine of a process of the suite's own there, whose /proc and /sys are those of the place: what they tell
   * can be read without a command
   */
  readonly process?: number;
  /**
   * Runs a command there, without a shell, and records it as evidence. Never throws for a command that merely failed.
   * @param telling what of a long output is evidence; without it, all of it
   */
  exec(argv: readonly string[], telling?: Telling): Promise<CommandResult>;
}

/**
 * The standard output of a command that must succeed.
 * @throws ProbeBroken when it did not, which makes the verdict `error` and never a pass.
 */
export async function read(from: VantagePoint, argv: readonly string[], telling?: Telling): Promise<string> {
  const result = await from.exec(argv, telling);
  if (result.exitCode !== 0) {
    throw new ProbeBroken(
      `${argv.join(' ')} on ${from.name} ended with status ${result.exitCode}: ${result.stderr.trim() || result.stdout.trim() || 'no message'}`,
    );
  }
  return result.stdout;
}

/**
 * Runs a command that must succeed, and whose output does not matter: what it does is part of the set-up of a claim.
 * @throws ProbeBroken when it did not
 */
export async function mustRun(at: VantagePoint, argv: readonly string[]): Promise<void> {
  await read(at, argv);
}

/** A probe that could not look: an error of the suite or of this machine, never a statement about the network. */
export class ProbeBroken extends Error {
  override readonly name = 'ProbeBroken';
}
