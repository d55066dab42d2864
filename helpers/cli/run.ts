import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type * as Jest from 'jest';
import config from '../../jest.config';
import { makeFolder } from '../base/make-folder';
import { claimsOfShard, parseShard } from '../run/shard';
import { tellingWhy, tellMatrix } from '../matrix/run-progress';
import { faultById } from '../faults/select';
import { defaultLeastJudged } from '../results/judged-share';
import { native } from '../base/native';
import { currentRun, setCurrentRun } from '../run/current-session';
import { note } from '../base/output';
import { preload } from '../run/preload';
import { projectRoot } from '../base/project';
import { selectClaims, specFile } from '../run/selection';
import { Session, type SessionWishes } from '../run/session';
import { readWaivers } from '../run/waivers';
import { exitStatus, UserError } from '../base/user-error';
import { endOnSignals } from './signals';
import { selectionOf, type SelectingOptions } from './options';

export interface RunOptions extends SelectingOptions, SessionWishes {
  strict: boolean;
  /** share; without it half, or nothing where claims are named */
  minJudged?: number;
  json: string;
  junit: string;
  html?: string;
  ctrf?: string;
  badge?: string;
  verbose: boolean;
  waivers?: string;
  shard?: string;
  /** a matrix started this run, and is told how far it is */
  forMatrix: boolean;
  fault?: string;
}

/**
 * Judges the selected claims and writes the reports.
 * @returns the exit status of the run
 */
export async function runCommand(jestArguments: readonly string[], options: RunOptions): Promise<number> {
  return options.forMatrix ? await tellingWhy(() => judge(jestArguments, options)) : await judge(jestArguments, options);
}

async function judge(jestArguments: readonly string[], options: RunOptions): Promise<number> {
  const { strict, json, junit, html, ctrf, badge, verbose, mutants, trials, calls } = options;
  const fault = options.fault === undefined ? undefined : faultById(options.fault);
  const shard = options.shard === undefined ? undefined : parseShard(options.shard);
  const selected = selectClaims(selectionOf(options));
  const claims = shard ? claimsOfShard(selected, shard) : selected;
  const waivers = options.waivers === undefined ? undefined : readWaivers(options.waivers);
  const progress = options.forMatrix ? (line: string) => void tellMatrix({ kind: 'progress', line }) : note;
  for (const file of [json, junit, html, ctrf, badge, mutants, trials, calls]) if (file !== undefined) mustBeWritable(file);
  const specs = [...new Set(claims.map(specFile))].map((file) => path.join(projectRoot, file));
  const ownArguments = ['--config', JSON.stringify(options.forMatrix ? toldToMatrix : config), '--runTestsByPath', ...specs];
  // a mistake in what follows -- is told before anything is started; without it, Jest is loaded later
  if (jestArguments.length > 0) await jestArgv([...ownArguments, ...jestArguments]);
  const open = () => Session.open({ claims, wishes: options, progress, ...(waivers && { waivers }), ...(fault && { fault }) });
  const session = open();
  setCurrentRun({ session, reopen: open, targets: { json, junit, verbose, ...(html !== undefined && { html }), ...(ctrf !== undefined && { ctrf }), ...(badge !== undefined && { badge }) }, strict, leastJudged: leastJudged(options), ...(shard && { shard }) });
  endOnSignals(session);
  const opened = await session;
  if (options.forMatrix) void tellMatrix({ kind: 'opened', claims: claims.length });
  // containers start while Jest, which takes as long, is loaded; its own filters may need fewer of them, and for mutants one
  // topology starts after another, since what else is on a network must not decide what claims read
  if (jestArguments.length === 0 && mutants === undefined && fault === undefined) opened.pool.startAll();
  await Promise.all([opened.inject(), preload(['jest', 'jest-circus', 'jest-environment-node'])]);
  const argv = await jestArgv([...ownArguments, ...jestArguments]);
  await native<typeof Jest>('jest').runCLI(argv, [process.cwd()]);
  return currentRun()?.exitStatus ?? exitStatus.failed;
}

/** Who names claims knows what could be judged of them. */
function leastJudged({ claim, minJudged }: RunOptions): number {
  return claim === undefined ? (minJudged ?? defaultLeastJudged) : 0;
}

/** How Jest runs the claims when a matrix wants to know how far it is. */
const toldToMatrix: Jest.Config = { ...config, reporters: ['<rootDir>/helpers/matrix/progress-reporter.cjs', '<rootDir>/helpers/jest/reporter.cjs'] };

/** @throws UserError for an option that Jest does not know. */
async function jestArgv(words: string[]): Promise<Awaited<ReturnType<typeof Jest.buildArgv>>> {
  try {
    return await native<typeof Jest>('jest').buildArgv(words);
  } catch (error) {
    // its first lines say what is wrong, the rest is an address
    const [what] = (error as Error).message.split(/\n\s*CLI Options/);
    throw new UserError(`Jest does not accept what follows --: ${what?.replace(/\s+/g, ' ').trim()}`, 'See its options with: npx jest --help', exitStatus.usage, { cause: error });
  }
}

/**
 * Makes sure, before anything is started, that a report can be written at the end.
 * @throws UserError where it cannot.
 */
function mustBeWritable(file: string): void {
  const folder = path.dirname(path.resolve(file));
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}.`, 'Name a file in a folder that you may write to, with --json, --junit, --html, --ctrf or --badge.', exitStatus.failed, { cause: error });
  }
}
