import { remembered } from '../mutants/answers';
import { run } from '../base/process';
import type { CommandResult } from '../world/vantage-point';

/** Runs a command of this machine for a claim. In a trial it is not run, and comes to what it came to in the judgement. */
export function runCommand(argv: readonly string[]): Promise<CommandResult> {
  return remembered(JSON.stringify(argv), () => run(argv));
}
