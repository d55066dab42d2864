import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Display } from '../matrix/display';
import { runProgram } from '../matrix/engine-run';
import { ParallelRuns } from '../matrix/parallel-runs';
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

/** Runs of the suite that the kill matrix is made of, each in a lab of its own, some at the same time. */
export class LabRuns {
  private readonly runs: ParallelRuns<LabRun>;

  constructor(private readonly options: LabRunsOptions) {
    const { runs, folder, jobs, timeLimit, display, program = runProgram } = options;
    const made = ({ id, args }: LabRun) => {
      const json = path.join(folder, `${id}.json`);
      return { argv: program(['--json', json, '--junit', path.join(folder, `${id}.xml`), ...args]), json };
    };
    this.runs = new ParallelRuns(runs, { jobs, timeLimit, display, made });
  }

  /** Makes all runs. @returns what became of them, by id */
  async all(): Promise<Map<string, EndedRun>> {
    const ended = new Map<string, EndedRun>();
    await this.runs.all(({ id }, outcome, durationMs) => ended.set(id, { outcome, durationMs }));
    this.options.display.close();
    return ended;
  }

  /** Ends all runs and what they made. */
  async end(): Promise<void> {
    this.options.display.close();
    await this.runs.end();
    rmSync(this.options.folder, { recursive: true, force: true });
  }
}
