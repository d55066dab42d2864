import { describe, expect, it } from '@jest/globals';
import { maximumAnswer, record, recording, recordOnce, withoutEvidence, type Evidence } from './evidence';
import { once } from './shared';

const step = (what: string, answer = '') => ({ kind: 'api', where: 'engine', what, answer }) as const;
const whatOf = (entries: readonly Evidence[]) => entries.map(({ what }) => what);

/** What `body` records, where it must not throw. */
function recorded(body: () => unknown): Promise<Evidence[]> {
  return recording(body, (error) => {
    throw error;
  });
}

describe('the evidence of a claim', () => {
  it('must hold its steps in their order, with times since it began', async () => {
    const began = performance.now();
    const entries = await recorded(async () => {
      record(step('first'));
      await Promise.resolve();
      record(step('second'));
    });
    expect(whatOf(entries)).toEqual(['first', 'second']);
    for (const { atMs, durationMs } of entries) {
      expect(atMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(atMs + durationMs).toBeLessThanOrEqual(Math.ceil(performance.now() - began) + 1);
    }
  });

  it('must be kept apart from that of a claim that runs at the same time', async () => {
    const claims = ['one', 'two'].map((name) =>
      recorded(async () => {
        for (const part of ['a', 'b']) {
          record(step(`${name} ${part}`));
          await new Promise(setImmediate);
        }
      }),
    );
    expect((await Promise.all(claims)).map(whatOf)).toEqual([
      ['one a', 'one b'],
      ['two a', 'two b'],
    ]);
  });

  it('must keep an answer up to its limit, and say of a longer one how long it was', async () => {
    const [fits, cut] = await recorded(() => {
      record(step('fits', 'x'.repeat(maximumAnswer)));
      record(step('cut', 'x'.repeat(maximumAnswer + 1)));
    });
    expect(fits?.answer).toBe('x'.repeat(maximumAnswer));
    expect(cut?.answer).toBe(`${'x'.repeat(maximumAnswer)}… (${maximumAnswer + 1} characters in all)`);
  });

  it('must hold what was seen before a failure, and the failure is handed over, once', async () => {
    const errors: unknown[] = [];
    const entries = await recording(
      () => {
        record(step('seen'));
        throw new Error('then it failed');
      },
      (error) => errors.push(error),
    );
    expect(whatOf(entries)).toEqual(['seen']);
    expect(errors).toEqual([expect.objectContaining({ message: 'then it failed' })]);
  });

  it('must say once per claim what several steps would repeat', async () => {
    const topic = {};
    const claim = () => recorded(() => [1, 2].forEach(() => recordOnce(topic, step('topology'))));
    expect(whatOf(await claim())).toEqual(['topology']);
    expect(whatOf(await claim())).toEqual(['topology']);
  });

  it('must leave out a step that is too much to keep, and hold what follows it', async () => {
    const entries = await recorded(async () => {
      const answer = await withoutEvidence(() => {
        record(step('all processes'));
        return Promise.resolve('docker-proxy');
      });
      record(step('the one that counts', answer));
    });
    expect(entries).toEqual([expect.objectContaining({ what: 'the one that counts', answer: 'docker-proxy' })]);
  });

  it('must not be needed: outside a claim, recording does nothing', () => {
    expect(() => record(step('nowhere'))).not.toThrow();
    expect(() => recordOnce({}, step('nowhere'))).not.toThrow();
  });
});

describe('an action that several claims share', () => {
  /** An action that counts how often it is run. */
  function action(outcome: () => string): { ask: () => Promise<string>; runs: () => number } {
    let runs = 0;
    const ask = once(async () => {
      runs += 1;
      record(step('stop'));
      await new Promise(setImmediate);
      record(step('inspect'));
      return outcome();
    });
    return { ask, runs: () => runs };
  }

  it('must be run once, and be evidence of each claim that asks, between its own steps', async () => {
    const { ask, runs } = action(() => 'stopped');
    const claim = (name: string) =>
      recorded(async () => {
        record(step(`${name} before`));
        expect(await ask()).toBe('stopped');
        record(step(`${name} after`));
      });
    expect(whatOf(await claim('one'))).toEqual(['one before', 'stop', 'inspect', 'one after']);
    expect(whatOf(await claim('two'))).toEqual(['two before', 'stop', 'inspect', 'two after']);
    expect(runs()).toBe(1);
  });

  it('must be run once for claims that ask at the same time', async () => {
    const { ask, runs } = action(() => 'stopped');
    const claims = await Promise.all([recorded(ask), recorded(ask)]);
    expect(claims.map(whatOf)).toEqual([
      ['stop', 'inspect'],
      ['stop', 'inspect'],
    ]);
    expect(runs()).toBe(1);
  });

  it('must fail for each claim in the same way, with its evidence, and be run no second time', async () => {
    const { ask, runs } = action(() => {
      throw new Error('no such container');
    });
    for (const name of ['one', 'two']) {
      let thrown: unknown;
      const entries = await recording(ask, (error) => (thrown = error));
      expect({ name, thrown, what: whatOf(entries) }).toEqual({
        name,
        thrown: expect.objectContaining({ message: 'no such container' }),
        what: ['stop', 'inspect'],
      });
    }
    expect(runs()).toBe(1);
  });

  it('must not be run before a claim asks', () => {
    expect(action(() => 'stopped').runs()).toBe(0);
  });
});
