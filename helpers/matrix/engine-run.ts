import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dieWithUs } from '../lab/die-with-us';
import type { Failure } from '../results/report-input';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { oneLine, truncate } from '../base/text';
import { projectRoot } from '../base/project';
import { UserError } from '../base/user-error';
import { isRunProgress, type RunProgress } from './run-progress';

/** How far the run of one engine is. */
export type Stage =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'preparing'; readonly what: string }
  | { readonly kind: 'judging'; readonly judged: number; readonly claims: number }
  | { readonly kind: 'done'; readonly results: Results }
  | { readonly kind: 'failed'; readonly reason: string };

/** What the run of one engine is started with. */
export interface EngineRunOptions {
  /** the engine's id */
  readonly engine: string;
  /** program and arguments of the run */
  readonly argv: readonly string[];
  /** the file to which it writes its results */
  readonly json: string;
  /** milliseconds after which it is given up */
  readonly timeLimit: number;
  readonly onStage: (stage: Stage) => void;
}

/** Milliseconds that a run may take to end when it is asked to. */
const killedAfter = 3000;
/** Milliseconds to wait for the last words of a process that is gone. */
const lastWords = 500;
/** Characters of what a run last said that are kept. */
const keptOutput = 8192;
/** Columns of a reason. */
const longestReason = 500;
/** Variables by which GitHub Actions is known: the matrix reports to it, once for all. */
const githubVariables = new Set(['GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY']);

/** The program that an engine's run is, with its arguments. */
export function runProgram(args: readonly string[]): string[] {
  return [process.execPath, path.join(projectRoot, 'helpers', 'bin.cjs'), 'run', '--for-matrix', ...args];
}

/**
 * The run of one engine, as a process of its own: whatever becomes of it costs this engine's column and no other. The
 * kernel ends it when this process ends.
 */
export class EngineRun {
  /** settles, never rejects, when the process is gone */
  readonly ended: Promise<Results | Failure>;
  private readonly child: ChildProcess;
  private stage: Stage = { kind: 'starting' };
  private said = '';
  private asked = false;
  /** why there are no results, as far as that is known before the process ends */
  private reason: string | undefined;

  constructor(private readonly options: EngineRunOptions) {
    const [program = '', ...args] = [...dieWithUs, ...options.argv];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !githubVariables.has(name)));
    // in a session of its own: Ctrl-C is for the matrix, which ends its runs itself
    this.child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true, env });
    this.child.on('message', (message) => {
      if (isRunProgress(message)) this.told(message);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.said = (this.said + text).slice(-keptOutput)));
    options.onStage(this.stage);
    this.ended = this.outcome();
  }

  /** Ends it, and all that it started: first by asking it. May be called when it has ended. */
  async end(): Promise<void> {
    this.asked = true;
    this.child.kill('SIGTERM');
    const killing = setTimeout(() => this.child.kill('SIGKILL'), killedAfter);
    await this.ended;
    clearTimeout(killing);
  }

  private told(progress: RunProgress): void {
    if (progress.kind === 'failed') this.reason ??= progress.reason;
    else this.reach(stageAfter(this.stage, progress));
  }

  private reach(stage: Stage): void {
    this.stage = stage;
    this.options.onStage(stage);
  }

  private async outcome(): Promise<Results | Failure> {
    const { engine, timeLimit } = this.options;
    const limit = setTimeout(() => {
      this.reason = `it was given up after ${timeLimit / 1000} s, ${where(this.stage)}`;
      void this.end();
    }, timeLimit);
    const how = await ending(this.child);
    clearTimeout(limit);
    const outcome = this.reason === undefined ? this.judgedBy(how) : this.reason;
    if (typeof outcome !== 'string') {
      this.reach({ kind: 'done', results: outcome });
      return outcome;
    }
    const reason = truncate(oneLine(outcome), longestReason);
    this.reach({ kind: 'failed', reason });
    return { engine, reason };
  }

  /** The results of a run that ended by itself, or why there are none. */
  private judgedBy({ status, words }: Ending): Results | string {
    try {
      const results = readResults(this.options.json);
      // whoever asked it to end has what it had judged by then
      if (results.interrupted && this.asked) return results;
      return results.summary.exitStatus === status ? results : `its process ${words}, which is not what its results say`;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const last = this.said.trim().split('\n').at(-1) ?? '';
      return `its process ${words} and left no results that can be read: ${last || error.message}`;
    }
  }
}

interface Ending {
  readonly status: number | null;
  /** how the process ended, behind "it" */
  readonly words: string;
}

async function ending(child: ChildProcess): Promise<Ending> {
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    // what it said last may still be in the pipe, which something that it started can hold open
    await Promise.race([closed, delay(lastWords, undefined, { ref: false })]);
    return { status, words: signal === null ? `ended with status ${status ?? 0}` : `was ended by ${signal}` };
  } catch (error) {
    return { status: null, words: `could not be started (${(error as Error).message})` };
  }
}

function stageAfter(stage: Stage, progress: Exclude<RunProgress, { kind: 'failed' }>): Stage {
  switch (progress.kind) {
    case 'progress':
      return stage.kind === 'judging' ? stage : { kind: 'preparing', what: oneLine(progress.line) };
    case 'opened':
      return { kind: 'judging', judged: 0, claims: progress.claims };
    case 'judged':
      return stage.kind === 'judging' ? { ...stage, judged: Math.min(stage.judged + progress.claims, stage.claims) } : stage;
  }
}

function where(stage: Stage): string {
  if (stage.kind === 'judging') return `when it had judged ${stage.judged} of ${stage.claims} claims`;
  return stage.kind === 'preparing' ? `while it said: ${stage.what}` : 'before its engine answered';
}
