import { Command } from 'commander';
import { runToEnd, wholeNumber } from '../cli/main';
import { note, print } from '../base/output';
import { budgetCommand } from './budget';
import { benchCauses } from './causes';
import { benchTrace } from './trace';
import { benchCommand, type BenchOptions } from '.';

/** The command line of the measurements, which are for those who work on the suite: `npm run bench`. */
export async function main(argv: readonly string[]): Promise<void> {
  await runToEnd((finish) => bench(finish), argv.slice(2));
}

function bench(finish: (status: number) => void): Command {
  const command = new Command('npm run bench --')
    .description('Measures the suite against a shell script and bare API calls, on an engine in a lab.')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: (text) => note(text.trimEnd()) })
    .option('--rounds <n>', 'how often each is measured', wholeNumber, 5)
    .option('--catalogue', 'measure runs of the whole catalogue against their own calls, made again without the suite', false)
    .option(
      '--busy',
      'judge some areas beside four busy processes for each processor, and look whether the verdicts are those of a quiet machine',
      false,
    )
    .action(async (options: BenchOptions) => finish(await benchCommand(options)));
  command
    .command('budget')
    .description('Holds what runs used (their results files) against what they may use, in counts: fixtures/budgets.json.')
    .argument('<results...>', 'results of an area alone, or of all claims, on Docker 28.5.2 in a lab')
    .option('--update', 'what these runs used is what they may use from now on', false)
    .action((files: string[], options: { update: boolean }) => finish(budgetCommand(files, options)));
  command
    .command('causes')
    .description(
      'Breaks a lab in ways that engineers meet, and tells what finding each cause cost, in time limits of the probe that failed.',
    )
    .argument('[fault...]', 'beginnings of ids of faults, such as tc; all without one')
    .action(async (faults: string[]) => finish(await benchCauses(faults, note)));
  command
    .command('trace')
    .description('Measures a trace that works, and one that nobody answers, against a bare docker exec of curl to the same target.')
    .action(async () => finish(await benchTrace(command.opts<BenchOptions>().rounds, note)));
  return command;
}
