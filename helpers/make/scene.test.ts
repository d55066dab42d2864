import { describe, expect, it } from '@jest/globals';
import { record, recording } from '../world/evidence';
import { TooSlow } from '../world/wrong-answer';
import { currentLifetime } from './lifetime';
import { scenes } from './scene';

describe('a scene', () => {
  it('must be made once, when somebody looks, and be evidence of everybody who does', async () => {
    let made = 0;
    const { scene } = scenes();
    const look = scene(() => {
      made += 1;
      record({ kind: 'api', where: 'engine', what: 'POST /networks/create', answer: '201' });
      return Promise.resolve('it');
    });
    expect(made).toBe(0);
    const evidence = await Promise.all(
      [1, 2].map(() =>
        recording(
          async () => expect(await look()).toBe('it'),
          (error) => {
            throw error;
          },
        ),
      ),
    );
    expect(made).toBe(1);
    for (const steps of evidence)
      expect(steps).toEqual([
        expect.objectContaining({
          kind: 'note',
          what: 'the scene that claims share',
          answer: expect.stringContaining('POST /networks/create -> 201'),
        }),
      ]);
  });

  it('must last until the end of its file', async () => {
    const removed: string[] = [];
    const { scene, end } = scenes();
    const look = scene(() => {
      currentLifetime().owns('network', 'net', () => Promise.resolve(removed.push('net')));
      return Promise.resolve('it');
    });
    await look();
    expect(removed).toEqual([]);
    await end();
    expect(removed).toEqual(['net']);
  });

  it('must be made again for the others where a call stayed without an answer', async () => {
    let made = 0;
    const { scene } = scenes();
    const look = scene(() => {
      made += 1;
      return made === 1 ? Promise.reject(new TooSlow('POST /containers/x/start', 'idle', 30_000)) : Promise.resolve('it');
    });
    const [first, atTheSameTime] = await Promise.allSettled([look(), look()]);
    expect(first).toMatchObject({ status: 'rejected' });
    expect(atTheSameTime).toEqual({ status: 'fulfilled', value: 'it' });
    await expect(look()).resolves.toBe('it');
    expect(made).toBe(2);
  });

  it('must fail for everybody who looks where it cannot be made', async () => {
    const { scene } = scenes();
    const look = scene(() => Promise.reject(new Error('pool is empty')));
    await expect(look()).rejects.toThrow('pool is empty');
    await expect(look()).rejects.toThrow('pool is empty');
  });

  it('must be made anew for an action that wants it so, removed after it, and kept for others', async () => {
    const removed: number[] = [];
    let made = 0;
    const { scene, anew } = scenes();
    const look = scene(() => {
      const one = (made += 1);
      currentLifetime().owns('network', `net ${one}`, () => Promise.resolve(removed.push(one)));
      return Promise.resolve(one);
    });
    expect(await look()).toBe(1);
    expect(await anew(async () => [await look(), await look()])).toEqual([2, 2]);
    expect(removed).toEqual([2]);
    expect(await look()).toBe(1);
    await expect(anew(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await look()).toBe(1);
  });
});
