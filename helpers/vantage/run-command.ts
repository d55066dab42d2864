import { run, type CommandResult } from '../base/process';
import { shellWord } from '../base/text';
import { ask, type Step } from '../world/ask';
import type { Telling } from '../world/vantage-point';

/** How the evidence tells of a command. */
export interface CommandStep {
  kind: 'exec' | 'host' | 'cli';
  where: string;
  /** the words of the command as its vantage point runs it */
  argv: readonly string[];
  /** what of its output is told; without it, all of it */
  telling?: Telling | undefined;
}

/**
 * Runs a command of this machine for a claim.
 * @param step how the evidence tells of it; without it, it does not
 */
export async function runCommand(argv: readonly string[], step?: CommandStep): Promise<CommandResult> {
  return (await ask({ what: JSON.stringify(argv), ...(step && { step: commandStep(step) }) }, () => run(argv))).answer;
}

/** A finished command as evidence tells of it: its output, or its status and what it complained of. */
export function commandStep({ kind, where, argv, telling = (output) => output }: CommandStep): Step<CommandResult> {
  return {
    kind,
    where,
    what: argv.map(quote).join(' '),
    answer: ({ exitCode, stdout, stderr }) => (exitCode === 0 ? telling(stdout) : `status ${exitCode}\n${stdout}${stderr}`),
  };
}

function quote(word: string): string {
  return shellWord(word).replaceAll('\n', String.raw`\n`);
}
