import path from 'node:path';
import TestRunner from 'jest-runner';
import { currentRun } from '../run/current-session';

type RunTests = Parameters<TestRunner['runTests']>;

/** Spec files that run at a time: while the last claims of one are judged, those of the next can begin. */
const atOnce = 2;

/** Whether the claims of a spec file share containers, and so have the engine's host for themselves. */
const runsAlone = ({ path: file }: RunTests[0][number]) => path.basename(path.dirname(file)) === 'document';

/**
 * Runs spec files in this process, some at a time, as Jest itself does only in workers: these would each have to load
 * everything and to find the engine again, and know nothing of the containers that the run has started already.
 */
export default class LaneRunner extends TestRunner {
  override async runTests(tests: RunTests[0], watcher: RunTests[1], options: RunTests[2]): Promise<void> {
    if (!options.serial) return super.runTests(tests, watcher, options);
    const oneByOne = await isOneByOne();
    await super.runTests(tests.filter((test) => oneByOne || runsAlone(test)), watcher, options);
    const queue = tests.filter((test) => !oneByOne && !runsAlone(test));
    const lane = async () => {
      for (let test = queue.shift(); test; test = queue.shift()) await super.runTests([test], watcher, options);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  }
}

/** Whether the run changes the engine for one claim at a time. */
async function isOneByOne(): Promise<boolean> {
  const session = await currentRun()?.session;
  return session?.context.mutants !== undefined || session?.context.trials !== undefined;
}
