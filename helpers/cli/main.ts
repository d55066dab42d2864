/* eslint-disable @typescript-eslint/no-require-imports -- each command loads only what it needs: start-up time is what a user waits for */
import { isIP } from 'node:net';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { fitted, note, print } from '../base/output';
import { suite } from '../base/project';
import { defaultMatrixFolder, defaultTargets } from '../run/report-targets';
import { exitStatus, UserError } from '../base/user-error';
import type { CleanOptions } from './clean';
import type { DiffOptions } from './diff';
import type { ExplainOptions } from './explain';
import type { InitOptions } from './init';
import { reportLanguages } from '../report/languages';
import type { BisectOptions } from './bisect';
import type { ListOptions } from './list';
import type { FaultsOptions } from './faults';
import type { MatrixCommandOptions } from './matrix';
import type { MergeOptions } from './merge';
import type { RunOptions } from './run';
import type { TraceOptions } from './trace';

/** Options that select an engine and claims; `run` and `list` share them. */
function selecting(command: Command): Command {
  return selectingClaims(
    command.option(
      '--engine <id>',
      'run this engine in a lab: docker-28.5.2 or the start of it (see "engines"), or an archive or folder of Docker\'s programs',
    ),
  );
}

/** Of those that make one report of several runs. */
const history = [
  '--history <place...>',
  'go on from these results or folders of earlier reports: since when, and with which release, a claim changed',
] as const;

/** The language of what people read; what programs read is English throughout. */
function language(): Option {
  return new Option('--lang <language>', "language of titles, reasons, causes and remedies of the document's area, in terminal and page")
    .choices(reportLanguages)
    .default('en');
}

function selectingClaims(command: Command): Command {
  return command
    .option('--area <name...>', 'only claims of these areas, e.g. document')
    .option('--claim <id...>', 'only these claims: ids, beginnings such as bridge.default, or patterns such as "*.peers-*"')
    .option('--not <name...>', 'not these claims or areas, named in the same ways')
    .option('--level <level...>', 'only claims of these levels: must, should, observed')
    .option('--profile <name...>', 'only claims of these profiles: core, ipv6, swarm, macvlan, firewall');
}

/**
 * The commands and their options.
 * @param jestArguments what stands behind `--`
 * @param finish is told the exit status of the command that ran
 */
export function program(jestArguments: readonly string[], finish: (status: number) => void): Command {
  const root = new Command(suite.name)
    .description('Judges how the networks of a container engine behave, claim by claim, with evidence.')
    .version(suite.version)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: (text) => note(text.trimEnd()) })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText('after', () =>
      fitted(
        '\nExit status: 0 conforms, 1 a claim deviates, 2 wrong usage or nothing selected, 3 no engine or the suite itself failed, 4 too few claims could be judged.',
      ),
    );

  selecting(
    root
      .command('run')
      .description(
        "judge claims against an engine: the one that Docker's rules give, else one in a lab (the default command; what follows -- goes to Jest)",
      ),
  )
    .option(
      '--specs <folder>',
      "judge your own claims about your own containers in place of the suite's; --engine then is an address or a context (docs/your-network.md)",
    )
    .option(
      '--kernel',
      'run the engine in a lab with a kernel of its own, which has what that of this machine may lack; it needs no root',
      false,
    )
    .option('--strict', 'count a claim that could not be checked, and a waiver that nothing needs, like one that deviates', false)
    .addOption(leastJudged('half; none where --claim names claims, or of a shard alone'))
    .option('--waivers <file>', 'accept the deviations that this JSON file lists, each until a day')
    .option('--baseline <results...>', 'end with 1 only for what got worse since the run that wrote these results')
    .option('--last-failed', 'only claims that failed in the last run', false)
    .addOption(
      new Option(
        '--reach <host:port>',
        "also judge whether containers reach this address, as far as the engine's host does, e.g. registry.example.org:443",
      ).argParser(authority),
    )
    .option('--shard <i/n>', 'judge the i-th of n parts of the selected claims; "merge" joins the results')
    .addOption(new Option('--for-matrix').default(false).hideHelp())
    .option('--image <reference>', 'judge claims on this image of an engine that runs already; nginx:latest or one of the suite without it')
    .option('--json <file>', 'where the results go', defaultTargets.json)
    .option('--junit <file>', 'where the JUnit report goes', defaultTargets.junit)
    .option('--junit-strict', "JUnit with nothing that Jenkins' schema does not know: no properties and no file of a test case", false)
    .option('--html <file>', 'write a page for people, too')
    .option('--ctrf <file>', 'write the Common Test Report Format (ctrf.io), too')
    .option('--badge <file>', 'write a badge, too: JSON for an endpoint of shields.io')
    .option('--keep-failed', 'leave the containers of claims that fail up until Ctrl-C, and say how to enter them', false)
    .option(
      '--privileged-diagnosis',
      "where the engine's host is out of reach: let a privileged helper container look into it when a claim fails",
      false,
    )
    .option(
      '--full-evidence',
      "let evidence tell names, addresses, listeners and name servers of others and of the engine's host; without it they have placeholders",
      false,
    )
    .option('--verbose', 'show ids and evidence of claims that conform', false)
    .addOption(language())
    .addOption(new Option('--calls <file>', 'write every call to the API of a lab, to be made again').argParser(wholePath).hideHelp())
    .addOption(
      new Option('--trials <file>', 'judge each claim again under each fault that must turn it red').argParser(wholePath).hideHelp(),
    )
    .addOption(
      new Option('--mutants <file>', 'judge each claim again for each field that it reads, with that field changed')
        .argParser(wholePath)
        .hideHelp(),
    )
    .addOption(new Option('--fault <id>', 'break the engine of a lab, or its host, in this way (fixtures/faults)').hideHelp())
    .action(async (options: RunOptions) => {
      const { specs } = options;
      finish(
        specs === undefined
          ? await (require('./run') as typeof import('./run')).runCommand(jestArguments, options)
          : await (require('./run-specs') as typeof import('./run-specs')).runSpecsCommand(specs, jestArguments, options),
      );
    });

  selecting(
    root
      .command('list')
      .description('show the claims that such a run would select; with --engine also what keeps them from being judged there; runs none'),
  )
    .option('--specs <folder>', "list your own claims in place of the suite's; nothing is asked (docs/your-network.md)")
    .option('--json', 'print them as JSON', false)
    .action(async (options: ListOptions) => finish(await (require('./list') as typeof import('./list')).listCommand(options)));

  selectingClaims(
    root
      .command('matrix')
      .description('judge several engines, each in a lab of its own, some at the same time, and write one report')
      .option('--engine <id...>', 'these engines, as "engines" names them; all without a mode if none is named'),
  )
    .option('--modes', 'also the modes of these engines, or of the default engine if none is named', false)
    .option('--strict', 'count a claim that could not be checked, and a waiver that nothing needs, like one that deviates', false)
    .addOption(leastJudged('half; none where --claim names claims'))
    .option('--waivers <file>', 'accept the deviations that this JSON file lists, each until a day')
    .option('--baseline <results...>', 'end with 1 only for what got worse since these results; each engine has that of its kind')
    .option(...history)
    .option(
      '--jobs <n>',
      'how many engines run at the same time (default: as many as there are processors, and the last one beside them)',
      wholeNumber,
    )
    .option('--time-limit <seconds>', 'when the run of an engine is given up', wholeNumber, 1800)
    .option('--output <folder>', 'where the reports go', defaultMatrixFolder)
    .option('--junit-strict', "JUnit with nothing that Jenkins' schema does not know: no properties and no file of a test case", false)
    .option('--ctrf', 'write ctrf/<engine>.json (ctrf.io), too', false)
    .option('--badge', 'write badges/<engine>.json for shields.io, too', false)
    .addHelpText('after', () => fitted('\nExit status: that of the worst engine; an engine of which there are no results counts as 3.'))
    .action(async (options: MatrixCommandOptions) =>
      finish(await (require('./matrix') as typeof import('./matrix')).matrixCommand(jestArguments, options)),
    );

  root
    .command('merge')
    .description('write one report from the results of separate runs: of several engines, or of the shards of one run')
    .argument('<file...>', 'results files, as --json of run writes them, or files that matrix wrote')
    .addOption(leastJudged('what each run was told'))
    .option('--baseline <results...>', 'end with 1 only for what got worse since these results; each engine has that of its kind')
    .option(...history)
    .option('--output <folder>', 'where the reports go', defaultMatrixFolder)
    .option('--junit-strict', "JUnit with nothing that Jenkins' schema does not know: no properties and no file of a test case", false)
    .option('--ctrf', 'write ctrf/<engine>.json (ctrf.io), too', false)
    .option('--badge', 'write badges/<engine>.json for shields.io, too', false)
    .addHelpText('after', () =>
      fitted('\nExit status: that of the worst run; 2 for a file that cannot be read, or a shard that is missing.'),
    )
    .action(async (files: string[], options: MergeOptions) =>
      finish(await (require('./merge') as typeof import('./merge')).mergeCommand(files, options)),
    );

  root
    .command('trace')
    .description('follow a packet from one of your containers to another place, hop by hop, and say what breaks: trace web db:5432')
    .argument('<from>', "a container, a service of compose, or host for the engine's host")
    .argument('<to>', 'NAME:PORT, ADDRESS:PORT, [IPV6]:PORT, or a URL of http or https')
    .option('--udp', 'ask with datagrams', false)
    .option('--compose <project>', 'both names are services of this compose project')
    .option(
      '--engine <address>',
      "ask this engine, by an address as in DOCKER_HOST or the name of a context; without it Docker's rules decide",
    )
    .option('--json <file>', 'write what was found as JSON; - prints it in place of the text')
    .option('--html <file>', 'write a page with the way drawn, too')
    .option('--compare <earlier>', 'say what is different from an earlier trace, as --json has written it')
    .option(
      '--privileged-diagnosis',
      "let the kernel tell which rules a probe's packets meet; where the engine's host is out of reach, by a privileged helper container",
      false,
    )
    .addHelpText('after', () =>
      fitted(
        '\nExit status: 0 reached, 1 not reached, 2 wrong usage or a source that there is not, 3 no engine or the suite itself failed.\nHelper containers of the suite look and ask from beside yours, and are gone afterwards; nothing is put into your containers.',
      ),
    )
    .action(async (from: string, to: string, options: TraceOptions) =>
      finish(await (require('./trace') as typeof import('./trace')).traceCommand(from, to, options)),
    );

  root
    .command('init')
    .description('write a first spec of your own network from what runs: who reaches whom, and which ports are open; and draw it')
    .option('--output <file>', 'where the spec goes (default: network/PROJECT.spec.mjs)')
    .option('--compose <project>', 'only containers of this compose project')
    .option(
      '--engine <address>',
      "ask this engine, by an address as in DOCKER_HOST or the name of a context; without it Docker's rules decide",
    )
    .addHelpText('after', () =>
      fitted('\nExit status: 0 it is written, 2 nothing runs or the file is there already, 3 no engine or the suite itself failed.'),
    )
    .action(async (options: InitOptions) => finish(await (require('./init') as typeof import('./init')).initCommand(options)));

  const engines = root
    .command('engines')
    .description('show the engines that can be had on this machine, and why others cannot')
    .action(async () => finish(await (require('./engines') as typeof import('./engines')).enginesCommand()));
  engines
    .command('fetch')
    .description("download a release of Docker from Docker's own site into the cache, for labs")
    .argument('<engine>', 'such as docker-29.7.2')
    .option('--from <url>', "the archive's address, where it is not to come from Docker's site")
    .action(async (id: string, { from }: { from?: string }) =>
      finish(await (require('./engines') as typeof import('./engines')).fetchEngineCommand(id, from)),
    );

  engines
    .command('export')
    .description('write engines, and the image that claims run on, into one file, for a machine where nothing can be fetched')
    .argument('<file>', 'such as engines.tgz')
    .option('--engine <id...>', 'these engines; the default one if none is named')
    .action(async (file: string, { engine }: { engine?: string[] }) =>
      finish(await (require('./engines') as typeof import('./engines')).exportEnginesCommand(file, engine)),
    );
  engines
    .command('import')
    .description(
      'put the engines of such a file into the cache; its programs are run as root, so take it from nobody whom you do not trust',
    )
    .argument('<file>', 'a file that "engines export" wrote')
    .action(async (file: string) => finish(await (require('./engines') as typeof import('./engines')).importEnginesCommand(file)));

  root
    .command('bisect')
    .description('find the first release on which a claim has another verdict, among the engines that can be had, in few runs')
    .requiredOption('--claim <id>', 'id of a claim')
    .requiredOption('--good <engine>', 'an engine with one verdict, as "engines" names it, or an archive or folder')
    .requiredOption('--bad <engine>', 'one with another verdict')
    .option('--time-limit <seconds>', 'when the run of an engine is given up', wholeNumber, 1800)
    .action(async (options: BisectOptions) => finish(await (require('./bisect') as typeof import('./bisect')).bisectCommand(options)));

  root
    .command('explain')
    .description('show a claim: what it says, where it comes from, how it is observed, and its last evidence')
    .argument('<claim>', 'id of a claim')
    .addOption(new Option('--json <file>', 'results to take the evidence from').default(defaultTargets.json))
    .addOption(language())
    .action((claim: string, options: ExplainOptions) =>
      finish((require('./explain') as typeof import('./explain')).explainCommand(claim, options)),
    );

  root
    .command('diff')
    .description('show what changed between two results files: regressed, improved, superseded, introduced, new, gone')
    .argument('<before>', 'results file, as --json of run writes it')
    .argument('<after>', 'results file of the later run, or of the newer engine')
    .addOption(new Option('--markdown', 'print it as Markdown').conflicts('json'))
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', () =>
      fitted(
        '\nExit status: 0 nothing regressed, 1 at least one claim regressed (it deviates or fails, and did not before), 2 wrong usage or a file that cannot be read.\nA claim that is blocked in either file is listed as not compared and counts as 0.',
      ),
    )
    .action((before: string, after: string, options: DiffOptions) =>
      finish((require('./diff') as typeof import('./diff')).diffCommand(before, after, options)),
    );

  root
    .command('faults')
    .description('break an engine in many ways, and show which claims each of them turns red: that every claim can fail')
    .option(
      '--engine <id>',
      'break this engine: docker-28.5.2 or the start of it (see "engines"), or an archive or folder of Docker\'s programs',
    )
    .option('--area <name...>', 'only claims of these areas')
    .option('--fault <id...>', 'only these faults; all if none is named')
    .option('--claim <id...>', 'only these claims, and faults that turn them red')
    .option('--sample <i/n>', 'only every n-th fault, beginning with the i-th: all of them in n runs')
    .option('--jobs <n>', 'how many labs run at the same time (default: two more than there are processors)', wholeNumber)
    .option('--time-limit <seconds>', 'when one of the runs is given up', wholeNumber, 1800)
    .option('--json <file>', 'write the matrix as JSON, too')
    .option('--markdown <file>', 'write the matrix as Markdown, too')
    .addHelpText('after', () =>
      fitted(
        '\nExit status: 0 all is as it should be; 1 a claim that nothing turns red, a fault that misses a claim or turns a wrong one red, or a cause named wrongly; 3 a run came to nothing.',
      ),
    )
    .action(async (options: FaultsOptions) => finish(await (require('./faults') as typeof import('./faults')).faultsCommand(options)));

  root
    .command('clean')
    .description('remove what earlier runs left on the engine and on this machine, and nothing else')
    .option(
      '--all',
      'also what runs of other machines and containers, or from before a reboot, left on the engine: only where you know that none of them is alive',
      false,
    )
    .action(async (options: CleanOptions) => finish(await (require('./clean') as typeof import('./clean')).cleanCommand(options)));

  root
    .command('completion')
    .description(
      'print what a shell loads, so that it completes commands, options, areas, ids and engines: source <(docker-network-conformance completion bash)',
    )
    .argument('<shell>', 'bash, zsh or fish')
    .action((shell: string) => finish((require('./completion') as typeof import('./completion')).completionCommand(shell)));

  root
    .command('complete', { hidden: true })
    .description('print what the last of the words behind -- can become')
    .action(async () => finish(await (require('./completion') as typeof import('./completion')).completeCommand(root, jestArguments)));

  return root;
}

/** How much must be judged for any status but 4. @param otherwise what counts without the option */
function leastJudged(otherwise: string): Option {
  return new Option(
    '--min-judged <share>',
    `end with 4 where less than this share of the applicable claims could be judged, e.g. 0.8 or 80% (default: ${otherwise})`,
  ).argParser(share);
}

function share(text: string): number {
  const [, number = '', percent] = /^(\d*\.?\d+)\s*(%)?$/.exec(text.trim()) ?? [];
  const value = Number(number) / (percent === undefined ? 1 : 100);
  if (number === '' || value > 1) throw new InvalidArgumentError('It must be a share from 0 to 1, or from 0% to 100%.');
  return value;
}

/** Of a file that Jest's workers write. */
function wholePath(file: string): string {
  return path.resolve(file);
}

/** A host and a port, as they stand in an address. */
function authority(text: string): string {
  const [, host, port] = /^([\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  const isIpv6 = host?.startsWith('[') === true;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535 || (isIpv6 && isIP(host.slice(1, -1)) !== 6))
    throw new InvalidArgumentError('It must be a host and a port, such as registry.example.org:443 or [2001:db8::1]:443.');
  return text;
}

/** @throws InvalidArgumentError for anything but a whole number above 0 */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number greater than 0.');
  return Number(text);
}

/** What stands before and after the first `--`. */
function splitAtDashes(words: readonly string[]): [string[], string[]] {
  const dashes = words.indexOf('--');
  return dashes < 0 ? [[...words], []] : [words.slice(0, dashes), words.slice(dashes + 1)];
}

/** Options alone mean `run`; a word that is no command is an error with a suggestion, never a run of something else. */
function withCommand(words: string[]): string[] {
  const [first = '--'] = words;
  const aboutTheProgram = ['-h', '--help', '-V', '--version'].includes(first);
  return first.startsWith('-') && !aboutTheProgram ? ['run', ...words] : words;
}

/** Runs the command line and ends the process with the status that the README promises. */
export async function main(argv: string[]): Promise<void> {
  const [own, jestArguments] = splitAtDashes(argv.slice(2));
  await runToEnd((finish) => program(jestArguments, finish), withCommand(own));
}

/** Runs a program and ends the process: with the status that the program tells, or with that of what went wrong. */
export async function runToEnd(program: (finish: (status: number) => void) => Command, words: readonly string[]): Promise<void> {
  let status: number = exitStatus.failed;
  forgiveDeafReaders();
  try {
    await program((ended) => (status = ended)).parseAsync(words, { from: 'user' });
  } catch (error) {
    status = explain(error);
  }
  await Promise.all([process.stdout, process.stderr].map(isRead));
  process.exit(status);
}

/** When all that was written to a stream has been taken, or nobody is there to take it: a process that ends takes the rest of a pipe with it. */
const isRead = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()));

/** Whoever reads what is printed may be gone, a pipe or a terminal; what is being done is done all the same. */
function forgiveDeafReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Prints what went wrong: three parts for people; a stack trace only for a mistake of the suite itself. */
function explain(thrown: unknown): number {
  const { explainedCall } = require('../world/wrong-answer') as typeof import('../world/wrong-answer');
  const error = explainedCall(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.conforms : exitStatus.usage;
  if (error instanceof UserError) {
    note(`\n${error.message}\n${error.remedy}`);
    return error.status;
  }
  note(`\nThe suite itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exitStatus.failed;
}
