import path from 'node:path';
import type * as Jest from 'jest';
import config from '../../jest.config';
import { claimsOfShard, parseShard } from '../run/shard';
import { tellingWhy, tellMatrix } from '../matrix/run-progress';
import { faultById } from '../faults/select';
import type { Wishes } from '../claim/context';
import { defaultLeastJudged } from '../results/judged-share';
import { native } from '../base/native';
import { onOwnKernel } from '../lab';
import { startedBy } from '../run/again';
import { readBaselines } from '../run/baseline';
import type { CurrentRun } from '../run/current-session';
import { interruptible } from '../run/interruption';
import { keepLastRun, lastFailed } from '../run/last-run';
import { prepareReports, reportFiles, type ReportTargets } from '../run/report-targets';
import { openRun } from '../run/open-run';
import { onlyOwnKernelJudges } from '../run/own-kernel';
import { note } from '../base/output';
import { preload } from '../run/preload';
import { projectRoot } from '../base/project';
import { selectClaims, specFile, type Selection } from '../run/selection';
import { openSession } from '../run/open-session';
import { readWaivers } from '../run/waivers';
import { exitStatus, UserError } from '../base/user-error';
import { endOnSignals } from '../run/signals';

export interface RunOptions extends Selection, Wishes, ReportTargets {
  strict: boolean;
  /** share; without it half, or nothing where claims are named */
  minJudged?: number;
  waivers?: string;
  /** results files */
  baseline?: string[];
  /** only what failed in the last run */
  lastFailed: boolean;
  shard?: string;
  /** whether the lab has a kernel of its own */
  kernel: boolean;
  /** a matrix started this run, and is told how far it is */
  forMatrix: boolean;
  fault?: string;
  /** folder of a user's own specs, which are judged in place of the suite's */
  specs?: string;
}

/**
 * Judges the selected claims and writes the reports.
 * @returns the exit status of the run
 */
export async function runCommand(jestArguments: readonly string[], options: RunOptions): Promise<number> {
  return options.forMatrix ? await tellingWhy(() => judge(jestArguments, options)) : await judge(jestArguments, options);
}

async function judge(jestArguments: readonly string[], options: RunOptions): Promise<number> {
  const { strict, json, mutants, trials, calls } = options;
  const fault = options.fault === undefined ? undefined : faultById(options.fault);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  const selected = selectClaims({ ...options, ...(options.lastFailed && { failed: lastFailed(json) }) });
  const claims = shard ? claimsOfShard(selected, shard) : selected;
  const waivers = options.waivers === undefined ? undefined : readWaivers(options.waivers);
  const progress = options.forMatrix ? (line: string) => void tellMatrix({ kind: 'progress', line }) : note;
  const baseline = options.baseline && readBaselines(options.baseline, options.forMatrix ? undefined : claims.map(({ id }) => id));
  const specs = [...new Set(claims.map(specFile))].map((file) => path.join(projectRoot, file));
  const ownArguments = ['--config', JSON.stringify(options.forMatrix ? toldToMatrix : config), '--runTestsByPath', ...specs];
  // a mistake in what follows -- is told before anything is started; without it, Jest is loaded later
  if (jestArguments.length > 0) await jestArgv([...ownArguments, ...jestArguments]);
  keepLastRun(json);
  prepareReports([...reportFiles(options), ['--mutants', mutants], ['--trials', trials], ['--calls', calls]]);
  const again = startedBy(repeated(options));
  const kernel = options.kernel || (await onlyOwnKernelJudges(options, claims, progress));
  const wishes = kernel ? { ...options, engine: onOwnKernel(options.engine) } : options;
  const way: CurrentRun['way'] = {};
  const open = () =>
    openSession({
      claims,
      wishes,
      progress,
      onEngine: (inLab) => (way.inLab = inLab),
      ...(waivers && { waivers }),
      ...(fault && { fault }),
    });
  const session = open();
  const run: CurrentRun = {
    session,
    reopen: open,
    way,
    again,
    ...(baseline && { baseline }),
    asksUsualShare: options.minJudged === undefined,
    targets: options,
    strict,
    leastJudged: leastJudged(options),
    ...(shard && { shard }),
  };
  endOnSignals(interruptible(run));
  try {
    return await runJest(run, [...ownArguments, ...jestArguments], options, jestArguments.length === 0);
  } finally {
    // who interrupts a run ends the process
    await run.interruption;
  }
}

/** Has Jest judge the claims of a run. @param ahead whether all of their containers will be needed */
async function runJest(run: CurrentRun, words: string[], { forMatrix, mutants, fault }: RunOptions, ahead: boolean): Promise<number> {
  const opened = await openRun(run);
  if (forMatrix) void tellMatrix({ kind: 'opened', claims: opened.context.selected.length });
  // containers start while Jest, which takes as long, is loaded; its own filters may need fewer of them, and for mutants one
  // topology starts after another, since what else is on a network must not decide what claims read
  if (ahead && mutants === undefined && fault === undefined) opened.pool.startAll();
  await Promise.all([opened.inject(), preload(['jest', 'jest-circus', 'jest-environment-node'])]);
  const argv = await jestArgv(words);
  await native<typeof Jest>('jest').runCLI(argv, [process.cwd()]);
  return run.exitStatus ?? exitStatus.failed;
}

/** The options that the verdict on one claim depends on, the engine apart. */
function repeated({ waivers, baseline, reach, image, privilegedDiagnosis, fullEvidence, strict, fault }: RunOptions): string[] {
  const named = (option: string, values: readonly string[] | undefined) => (values ? [option, ...values] : []);
  return [
    ...named('--waivers', waivers === undefined ? undefined : [waivers]),
    ...named('--baseline', baseline),
    ...named('--reach', reach === undefined ? undefined : [reach]),
    ...named('--image', image === undefined ? undefined : [image]),
    ...named('--fault', fault === undefined ? undefined : [fault]),
    ...[privilegedDiagnosis && '--privileged-diagnosis', fullEvidence && '--full-evidence', strict && '--strict'].filter(
      (it) => typeof it === 'string',
    ),
  ];
}

/** Who names claims knows what could be judged of them. */
function leastJudged({ claim, minJudged }: RunOptions): number {
  return claim === undefined ? (minJudged ?? defaultLeastJudged) : 0;
}

/** How Jest runs the claims when a matrix wants to know how far it is. */
const toldToMatrix: Jest.Config = {
  ...config,
  reporters: [
    '<rootDir>/helpers/jest/standing-reporter.cjs',
    '<rootDir>/helpers/matrix/progress-reporter.cjs',
    '<rootDir>/helpers/jest/reporter.cjs',
  ],
};

/** @throws UserError for an option that Jest does not know. */
async function jestArgv(words: string[]): Promise<Awaited<ReturnType<typeof Jest.buildArgv>>> {
  try {
    return await native<typeof Jest>('jest').buildArgv(words);
  } catch (error) {
    // its first lines say what is wrong, the rest is an address
    const [what] = (error as Error).message.split(/\n\s*CLI Options/);
    throw new UserError(
      `Jest does not accept what follows --: ${what?.replace(/\s+/g, ' ').trim()}`,
      'See its options with: npx jest --help',
      exitStatus.usage,
      { cause: error },
    );
  }
}
