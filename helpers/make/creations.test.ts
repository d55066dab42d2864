import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { Creations, creationsOf } from './creations';

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

describe('creations on an engine', () => {
  it('must go on at the same time, and let a look wait for them', async () => {
    const { seen, step } = steps();
    const [one, other, look] = [step('one'), step('other'), step('look')];
    const creations = new Creations();
    const running = [creations.create(one.run), creations.create(other.run), creations.whileThereIsNone(look.run)];
    await turn();
    expect(seen).toEqual(['one begins', 'other begins']);
    for (const { end } of [one, other, look]) end();
    await Promise.all(running);
    expect(seen).toEqual(['one begins', 'other begins', 'one ends', 'other ends', 'look begins', 'look ends']);
  });

  it('must wait for a look that has begun, or was there first', async () => {
    const { seen, step } = steps();
    const [look, late] = [step('look'), step('late')];
    const creations = new Creations();
    const running = [creations.whileThereIsNone(look.run), creations.create(late.run)];
    await turn();
    expect(seen).toEqual(['look begins']);
    look.end();
    late.end();
    await Promise.all(running);
    expect(seen).toEqual(['look begins', 'look ends', 'late begins', 'late ends']);
  });

  it('must go on after one that failed', async () => {
    const creations = new Creations();
    await expect(creations.create(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await creations.whileThereIsNone(() => Promise.resolve('looked'))).toBe('looked');
  });

  it('must be the same for one client, and others for another', () => {
    const client = {};
    expect(creationsOf(client)).toBe(creationsOf(client));
    expect(creationsOf({})).not.toBe(creationsOf(client));
  });
});
