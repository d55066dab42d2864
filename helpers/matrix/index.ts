import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Failure, ReportInput } from '../results/report-input';
import type { Results } from '../results/results';
import { inOrder } from '../results/engine-order';
import type { Display } from './display';
import { runProgram } from './engine-run';
import type { Candidate } from './engines';
import { writeFailure } from './failure-file';
import { ParallelRuns } from './parallel-runs';
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

/** Several engines, each judged in a lab of its own by a process of its own, some of them at the same time. */
export class Matrix {
  private readonly runs: ParallelRuns<Candidate>;

  constructor(private readonly options: MatrixOptions) {
    const { engines, output, jobs, lastAtOnce, timeLimit, display, runArguments, program = runProgram } = options;
    this.runs = new ParallelRuns(engines, {
      jobs,
      lastAtOnce,
      timeLimit,
      display,
      next: (waiting, all) =>
        nextOf(
          waiting,
          all.some(({ ready, stage }) => !ready && (stage.kind === 'starting' || stage.kind === 'preparing')),
        ),
      made: ({ id }) => {
        const { json, junit } = filesOf(output, id);
        return { argv: program(['--engine', id, '--json', json, '--junit', junit, ...runArguments]), json };
      },
    });
  }

  /**
   * Judges all engines and leaves the files of each in the folder: `<engine>.json` and `<engine>.xml`, or
   * `<engine>.failed.json` where there are no results.
   */
  async run(): Promise<ReportInput> {
    const { output, onResults = () => undefined } = this.options;
    for (const { id } of this.runs.entries) for (const file of Object.values(filesOf(output, id))) rmSync(file, { force: true });
    const results: Results[] = [];
    const failures: Failure[] = [];
    let announced = 0;
    const ended = ({ id }: Candidate, outcome: Results | Failure) => {
      if (isResults(outcome)) {
        if (outcome.engine.id !== id) this.rename(id, outcome.engine.id);
        results.push(outcome);
      } else {
        writeFailure(filesOf(output, id).failed, outcome);
        failures.push(outcome);
      }
    };
    await this.runs.all(ended, () => {
      for (const early of results.slice(announced)) onResults(early);
      announced = results.length;
    });
    return inOrder({ results, failures });
  }

  /**
   * Ends all runs and what they made; {@link run} then never settles.
   * @returns what there is: of the runs that were under way, the claims that they had judged
   */
  async interrupt(): Promise<ReportInput> {
    // whoever ends it has written something below
    this.options.display.stop();
    const outcomes = await this.runs.end();
    return inOrder({ results: outcomes.filter(isResults), failures: outcomes.filter((it): it is Failure => !isResults(it)) });
  }

  /** Milliseconds that the runs took together, as if one had followed the other. */
  get spent(): number {
    return this.runs.entries.reduce((sum, { startedAt = 0, endedAt = startedAt }) => sum + endedAt - startedAt, 0);
  }

  /** Preparing an engine can bring a newer version than was known when its run was started. */
  private rename(from: string, to: string): void {
    const [before, after] = [filesOf(this.options.output, from), filesOf(this.options.output, to)];
    renameSync(before.json, after.json);
    renameSync(before.junit, after.junit);
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
