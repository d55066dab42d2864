import { rmSync } from 'node:fs';
import path from 'node:path';
import { cleanLabs } from '../lab';
import type { Display } from '../matrix/display';
import { EngineRun, runProgram, type Stage } from '../matrix/engine-run';
import type { Failure } from '../results/report-input';
import type { Results } from '../results/results';

/** A run of the suite in a lab of its own. */
export interface LabRun {
  /** what it is called while it goes on */
  readonly id: string;
  /** options of `run` besides where its reports go */
  readonly args: readonly string[];
}

/** What became of a {@link LabRun}. */
export interface EndedRun {
  readonly outcome: Results | Failure;
  readonly durationMs: number;
}

export interface LabRunsOptions {
  /** in the order in which they are started */
  readonly runs: readonly LabRun[];
  /** for files of the runs, nobody else's; {@link LabRuns.end} removes it */
  readonly folder: string;
  /** how many go on at the same time */
  readonly jobs: number;
  /** milliseconds after which one of them is given up */
  readonly timeLimit: number;
  readonly display: Display;
  /** the program that makes a run, for tests */
  readonly program?: (args: readonly string[]) => string[];
}

interface Entry extends LabRun {
  stage: Stage;
  startedAt?: number;
  endedAt?: number;
  process?: EngineRun;
}

/** Runs of the suite that have nothing to do with each other, each a process with a lab of its own, some at the same time. */
export class LabRuns {
  private readonly entries: Entry[];
  private ending = false;

  constructor(private readonly options: LabRunsOptions) {
    this.entries = options.runs.map((it) => ({ ...it, stage: { kind: 'waiting' } }));
  }

  /** Makes all runs. @returns what became of them, by id */
  async all(): Promise<Map<string, EndedRun>> {
    const ended = new Map<string, EndedRun>();
    const waiting = [...this.entries];
    const slot = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry && !this.ending; entry = waiting.shift()) ended.set(entry.id, await this.make(entry));
    };
    await Promise.all(Array.from({ length: this.options.jobs }, slot));
    // whoever ends the runs ends this process, too
    if (this.ending) await new Promise(() => undefined);
    this.options.display.close();
    return ended;
  }

  /** Ends all runs and what they made. */
  async end(): Promise<void> {
    this.ending = true;
    this.options.display.close();
    await Promise.all(this.entries.map(async ({ process }) => await process?.end()));
    rmSync(this.options.folder, { recursive: true, force: true });
    // the labs of a run that had to be killed are gone, and what they left on disk may not be yet
    cleanLabs();
  }

  private async make(entry: Entry): Promise<EndedRun> {
    const { folder, timeLimit, program = runProgram } = this.options;
    const json = path.join(folder, `${entry.id}.json`);
    entry.startedAt = Date.now();
    entry.process = new EngineRun({
      engine: entry.id,
      argv: program(['--json', json, '--junit', path.join(folder, `${entry.id}.xml`), ...entry.args]),
      json,
      timeLimit,
      onStage: (stage) => {
        entry.stage = stage;
        if (stage.kind === 'done' || stage.kind === 'failed') entry.endedAt = Date.now();
        this.show();
      },
    });
    const outcome = await entry.process.ended;
    return { outcome, durationMs: Date.now() - entry.startedAt };
  }

  private show(): void {
    if (this.ending) return;
    const now = Date.now();
    this.options.display.show(this.entries.map(({ id, stage, startedAt, endedAt = now }) => ({ id, stage, ...(startedAt !== undefined && { elapsed: endedAt - startedAt }) })));
  }
}
