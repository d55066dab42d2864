import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cleanLabs } from '../lab';
import type { Failure, ReportInput } from '../results/report-input';
import type { Results } from '../results/results';
import { inOrder } from '../results/engine-order';
import type { Display } from './display';
import { EngineRun, runProgram, type Stage } from './engine-run';
import type { Candidate } from './engines';
import { writeFailure } from './failure-file';
import { nextOf } from './schedule';

/** What a matrix is made of. */
export interface MatrixOptions {
  readonly engines: readonly Candidate[];
  /** options of `run` that are the same for every engine */
  readonly runArguments: readonly string[];
  /** folder, which exists, for the files of each engine */
  readonly output: string;
  /** how many engines run at the same time */
  readonly jobs: number;
  /** whether the last engine need not wait for a place: alone at the end, it would leave processors idle */
  readonly lastAtOnce: boolean;
  /** milliseconds after which the run of an engine is given up */
  readonly timeLimit: number;
  readonly display: Display;
  /** told of the results of each engine, early, but not before all engines have been started */
  readonly onResults?: (results: Results) => void;
  /** the program that runs an engine, for tests */
  readonly program?: (args: readonly string[]) => string[];
}

interface Entry extends Candidate {
  stage: Stage;
  startedAt?: number;
  endedAt?: number;
  run?: EngineRun;
}

/** Several engines, each judged in a lab of its own by a process of its own, some of them at the same time. */
export class Matrix {
  private readonly entries: Entry[];
  private ending = false;

  constructor(private readonly options: MatrixOptions) {
    this.entries = options.engines.map((it) => ({ ...it, stage: { kind: 'waiting' } }));
  }

  /**
   * Judges all engines and leaves the files of each in the folder: `<engine>.json` and `<engine>.xml`, or
   * `<engine>.failed.json` where there are no results.
   */
  async run(): Promise<ReportInput> {
    const { output, jobs, lastAtOnce, onResults = () => undefined } = this.options;
    for (const { id } of this.entries) for (const file of Object.values(filesOf(output, id))) rmSync(file, { force: true });
    const results: Results[] = [];
    const failures: Failure[] = [];
    let announced = 0;
    const slot = async (): Promise<void> => {
      for (let entry = this.next(); entry; entry = this.next()) {
        const judged = this.judge(entry);
        const last = lastAtOnce && this.waiting.length === 1 ? slot() : undefined;
        const outcome = await judged;
        if (isResults(outcome)) results.push(outcome);
        else failures.push(outcome);
        await last;
      }
      // this place stays free: all engines have been started
      for (const early of results.slice(announced)) onResults(early);
      announced = results.length;
    };
    await Promise.all(Array.from({ length: jobs }, slot));
    // whoever ends a matrix ends this process, too; there is nothing to report
    if (this.ending) await new Promise(() => undefined);
    return inOrder({ results, failures });
  }

  /** Ends all runs and what they made; the matrix itself then ends, without results of them. */
  async end(): Promise<void> {
    this.ending = true;
    // whoever ends it has written something below
    this.options.display.stop();
    await Promise.all(this.entries.map(async ({ run }) => await run?.end()));
    // the labs of a run that had to be killed are gone, and what they left on disk may not be yet
    cleanLabs();
  }

  /** Milliseconds that the runs took together, as if one had followed the other. */
  get spent(): number {
    return this.entries.reduce((sum, { startedAt = 0, endedAt = startedAt }) => sum + endedAt - startedAt, 0);
  }

  private next(): Entry | undefined {
    if (this.ending) return undefined;
    const preparing = this.entries.some(({ ready, stage }) => !ready && (stage.kind === 'starting' || stage.kind === 'preparing'));
    return nextOf(this.waiting, preparing);
  }

  private get waiting(): Entry[] {
    return this.entries.filter(({ stage }) => stage.kind === 'waiting');
  }

  private async judge(entry: Entry): Promise<Results | Failure> {
    const { output, runArguments, timeLimit, program = runProgram } = this.options;
    const { id } = entry;
    const { json, junit, failed } = filesOf(output, id);
    entry.startedAt = Date.now();
    entry.run = new EngineRun({
      engine: id,
      argv: program(['--engine', id, '--json', json, '--junit', junit, ...runArguments]),
      json,
      timeLimit,
      onStage: (stage) => {
        entry.stage = stage;
        if (stage.kind === 'done' || stage.kind === 'failed') entry.endedAt = Date.now();
        this.show();
      },
    });
    const outcome = await entry.run.ended;
    if (this.ending) return outcome;
    if (!isResults(outcome)) writeFailure(failed, outcome);
    else if (outcome.engine.id !== id) this.rename(id, outcome.engine.id);
    return outcome;
  }

  /** Preparing an engine can bring a newer version than was known when its run was started. */
  private rename(from: string, to: string): void {
    const [before, after] = [filesOf(this.options.output, from), filesOf(this.options.output, to)];
    renameSync(before.json, after.json);
    renameSync(before.junit, after.junit);
  }

  private show(): void {
    if (this.ending) return;
    const now = Date.now();
    this.options.display.show(this.entries.map(({ id, stage, startedAt, endedAt = now }) => ({ id, stage, ...(startedAt !== undefined && { elapsed: endedAt - startedAt }) })));
  }
}

/** The files of one engine in a folder of reports. */
export function filesOf(folder: string, engine: string): { json: string; junit: string; failed: string } {
  const file = (ending: string): string => path.join(folder, `${engine}.${ending}`);
  return { json: file('json'), junit: file('xml'), failed: file('failed.json') };
}

function isResults(outcome: Results | Failure): outcome is Results {
  return 'claims' in outcome;
}
