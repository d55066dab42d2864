import { cleanLabs } from '../lab';
import type { Failure } from '../results/report-input';
import type { Results } from '../results/results';
import type { Display } from './display';
import { EngineRun, type Stage } from './engine-run';

/** One of several runs, and how far it is. */
export type Entry<R> = R & {
  stage: Stage;
  /** milliseconds since the epoch, as is the next */
  startedAt?: number;
  endedAt?: number;
  process?: EngineRun;
};

export interface ParallelRunsOptions<R> {
  /** how many go on at the same time */
  readonly jobs: number;
  /** whether the last one need not wait for a place */
  readonly lastAtOnce?: boolean;
  /** milliseconds after which one of them is given up */
  readonly timeLimit: number;
  readonly display: Display;
  /** which is started next, of those that wait; without it, the first */
  readonly next?: (waiting: readonly Entry<R>[], all: readonly Entry<R>[]) => Entry<R> | undefined;
  /** what a run is made by: its program with arguments, and the file to which that writes its results */
  readonly made: (run: R) => { argv: readonly string[]; json: string };
}

/** Runs of the suite that have nothing to do with each other, each a process with a lab of its own, some at the same time. */
export class ParallelRuns<R extends { readonly id: string }> {
  readonly entries: readonly Entry<R>[];
  private ending = false;

  constructor(
    runs: readonly R[],
    private readonly options: ParallelRunsOptions<R>,
  ) {
    this.entries = runs.map((it) => ({ ...it, stage: { kind: 'waiting' } }));
  }

  /**
   * Makes all runs. It never settles when they are ended meanwhile: who ends them ends this process, too.
   * @param ended told of each one
   * @param placeFree told when a place stays free, since all have been started
   */
  async all(
    ended: (run: R, outcome: Results | Failure, durationMs: number) => void,
    placeFree: () => void = () => undefined,
  ): Promise<void> {
    const place = async (): Promise<void> => {
      for (let entry = this.next(); entry; entry = this.next()) {
        const running = this.make(entry);
        const last = this.options.lastAtOnce && this.waiting.length === 1 ? place() : undefined;
        const outcome = await running;
        if (!this.ending) ended(entry, outcome, Date.now() - (entry.startedAt ?? 0));
        await last;
      }
      if (!this.ending) placeFree();
    };
    await Promise.all(Array.from({ length: this.options.jobs }, place));
    if (this.ending) await new Promise(() => undefined);
  }

  /**
   * Ends all runs and what they made.
   * @returns what each of them came to: of one that was under way, what it had judged
   */
  async end(): Promise<(Results | Failure)[]> {
    this.ending = true;
    const ended: (Results | Failure)[] = await Promise.all(this.entries.map(endedEarly));
    // the labs of a run that had to be killed are gone, and what they left on disk may not be yet
    cleanLabs();
    return ended;
  }

  private next(): Entry<R> | undefined {
    if (this.ending) return undefined;
    const { next } = this.options;
    return next ? next(this.waiting, this.entries) : this.waiting[0];
  }

  private get waiting(): Entry<R>[] {
    return this.entries.filter(({ stage }) => stage.kind === 'waiting');
  }

  private async make(entry: Entry<R>): Promise<Results | Failure> {
    const { timeLimit, made } = this.options;
    entry.startedAt = Date.now();
    entry.process = new EngineRun({
      engine: entry.id,
      ...made(entry),
      timeLimit,
      onStage: (stage) => {
        entry.stage = stage;
        if (stage.kind === 'done' || stage.kind === 'failed') entry.endedAt = Date.now();
        this.show();
      },
    });
    return await entry.process.ended;
  }

  private show(): void {
    if (this.ending) return;
    const now = Date.now();
    this.options.display.show(
      this.entries.map(({ id, stage, startedAt, endedAt = now }) => ({
        id,
        stage,
        ...(startedAt !== undefined && { elapsed: endedAt - startedAt }),
      })),
    );
  }
}

/** Ends a run. @returns what it came to: if it was under way, what it had judged */
async function endedEarly({ id, process }: Entry<{ readonly id: string }>): Promise<Results | Failure> {
  if (!process) return { engine: id, reason: 'it was interrupted before this run began' };
  await process.end();
  return await process.ended;
}
