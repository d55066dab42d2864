import { afterEach, describe, expect, it, jest } from '@jest/globals';
import TestRunner from 'jest-runner';
import { TestWatcher } from 'jest-watcher';
import { setCurrentRun } from '../run/current-session';
import { defaultTargets } from '../run/report-targets';
import type { RunContext } from '../claim/context';
import type { CurrentRun } from '../run/current-session';
import LaneRunner from './runner';

type RunTests = Parameters<TestRunner['runTests']>;

const files = ['specs/dns/names.spec.ts', 'specs/document/bridge.spec.ts', 'specs/document/host-mode.spec.ts', 'specs/events/a.spec.ts', 'specs/ipv6/b.spec.ts'];
const tests = files.map((file) => ({ path: `/suite/${file}` })) as RunTests[0];
const watcher = new TestWatcher({ isWatchMode: false });

/** What Jest is told to run, and how many at a time. */
async function run(serial: boolean, context: Partial<RunContext> = {}) {
  setCurrentRun({ session: Promise.resolve({ context }) as unknown as CurrentRun['session'], reopen: () => Promise.reject(new Error('not again')), targets: defaultTargets, strict: false, leastJudged: 0 });
  const calls: string[][] = [];
  let [running, most] = [0, 0];
  jest.spyOn(TestRunner.prototype, 'runTests').mockImplementation(async (some) => {
    calls.push(some.map(({ path }) => path.replace('/suite/', '')));
    running += some.length > 0 ? 1 : 0;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= some.length > 0 ? 1 : 0;
  });
  await new LaneRunner({} as ConstructorParameters<typeof LaneRunner>[0], {}).runTests(tests, watcher, { serial });
  return { calls, most };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the runner of spec files', () => {
  it('must run those of the document alone and in turn, and then two at a time', async () => {
    const { calls, most } = await run(true);
    expect(calls).toEqual([files.slice(1, 3), ['specs/dns/names.spec.ts'], ['specs/events/a.spec.ts'], ['specs/ipv6/b.spec.ts']]);
    expect(most).toBe(2);
  });

  it.each([{ mutants: 'm.json' }, { trials: 't.json' }])('must run all in turn where the engine is changed for each claim: %j', async (context) => {
    expect(await run(true, context)).toEqual({ calls: [files], most: 1 });
  });

  it('must leave them to Jest where workers were asked for', async () => {
    expect(await run(false)).toEqual({ calls: [files], most: 1 });
  });
});
