import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Ask } from '../make/ask';
import { inTurns } from '../make/ask';
import { Turns, turnsOf } from './turns';

/** A step that ends when it is told to, and what has begun and ended so far. */
function steps() {
  const seen: string[] = [];
  const step = (name: string) => {
    const emitter = new EventEmitter();
    const done = once(emitter, 'end');
    const run = async () => {
      seen.push(`${name} begins`);
      await done;
      seen.push(`${name} ends`);
    };
    return { end: () => emitter.emit('end'), run };
  };
  return { seen, step };
}

const turn = () => new Promise(setImmediate);

describe('acts on an engine', () => {
  it('must go on at the same time, and let a look wait for them', async () => {
    const { seen, step } = steps();
    const [one, other, look] = [step('one'), step('other'), step('look')];
    const turns = new Turns();
    const running = [turns.act(one.run), turns.act(other.run), turns.meanwhileNone(look.run)];
    await turn();
    expect(seen).toEqual(['one begins', 'other begins']);
    for (const { end } of [one, other, look]) end();
    await Promise.all(running);
    expect(seen).toEqual(['one begins', 'other begins', 'one ends', 'other ends', 'look begins', 'look ends']);
  });

  it('must wait for a look that has begun, or was there first', async () => {
    const { seen, step } = steps();
    const [look, late] = [step('look'), step('late')];
    const turns = new Turns();
    const running = [turns.meanwhileNone(look.run), turns.act(late.run)];
    await turn();
    expect(seen).toEqual(['look begins']);
    look.end();
    late.end();
    await Promise.all(running);
    expect(seen).toEqual(['look begins', 'look ends', 'late begins', 'late ends']);
  });

  it('must go on after one that failed', async () => {
    const turns = new Turns();
    await expect(turns.act(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await turns.meanwhileNone(() => Promise.resolve('looked'))).toBe('looked');
  });

  it('must go on one at a time where only one may', async () => {
    const { seen, step } = steps();
    const [one, other] = [step('one'), step('other')];
    const turns = new Turns(1);
    const running = [turns.act(one.run), turns.act(other.run)];
    await turn();
    expect(seen).toEqual(['one begins']);
    for (const { end } of [one, other]) end();
    await Promise.all(running);
    expect(await turns.meanwhileNone(() => Promise.resolve('looked'))).toBe('looked');
  });

  it.each([
    ['docker', '27.5.1', 1, 2],
    ['docker', '28.0.0', 2, 2],
    ['podman', '4.9.3', 2, 1],
    ['podman', '5.0.0', 2, 2],
  ] as const)('must be one at a time on the engines that do them wrong: %s %s', async (kind, version, networks, starts) => {
    const { networkCreations, containerChanges } = turnsOf({}, { kind, version });
    for (const [turns, expected] of [
      [networkCreations, networks],
      [containerChanges, starts],
    ] as const) {
      const { seen, step } = steps();
      const both = [step('one'), step('other')];
      const running = both.map(({ run }) => turns.act(run));
      await turn();
      expect(seen).toHaveLength(expected);
      for (const { end } of both) end();
      await Promise.all(running);
    }
  });

  it('must be the same for one client, and others for another', () => {
    const engine = { kind: 'docker', version: '28.5.2' } as const;
    const client = {};
    expect(turnsOf(client, engine)).toBe(turnsOf(client, engine));
    expect(turnsOf({}, engine)).not.toBe(turnsOf(client, engine));
  });
});

describe('calls to an engine', () => {
  /** The calls that are made while another one has the only turn. */
  async function madeMeanwhile(...calls: [method: Parameters<Ask>[0], path: string][]): Promise<string[]> {
    const { step } = steps();
    const other = step('other');
    const made: string[] = [];
    const containerChanges = new Turns(1);
    const ask = inTurns((method, path) => Promise.resolve(void made.push(`${method} ${path}`) as never), { containerChanges });
    const running = [containerChanges.act(other.run), ...calls.map(([method, path]) => ask(method, path))];
    await turn();
    const meanwhile = [...made];
    other.end();
    await Promise.all(running);
    expect(made).toHaveLength(calls.length);
    return meanwhile;
  }

  it.each([
    ['POST', '/containers/web/start'],
    ['POST', '/containers/web/stop?t=1'],
    ['POST', '/containers/web/restart'],
    ['POST', '/containers/web/kill?signal=KILL'],
    ['DELETE', '/containers/web?force=true'],
    ['POST', '/networks/n/connect'],
    ['POST', '/networks/n/disconnect'],
  ] as const)('must wait for their turn where they change the networks of a container: %s %s', async (method, path) => {
    expect(await madeMeanwhile([method, path])).toEqual([]);
  });

  it('must not wait where they do not', async () => {
    const others = [
      ['GET', '/containers/web/json'],
      ['POST', '/containers/create?name=start'],
      ['POST', '/containers/web/rename?name=stop'],
      ['POST', '/networks/create'],
      ['DELETE', '/networks/n'],
      ['POST', '/containers/web/wait'],
    ] as const;
    expect(await madeMeanwhile(...others.map(([method, path]): [Parameters<Ask>[0], string] => [method, path]))).toEqual(
      others.map((call) => call.join(' ')),
    );
  });
});
