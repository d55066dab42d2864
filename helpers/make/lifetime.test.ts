import { describe, expect, it } from '@jest/globals';
import { currentLifetime, Lifetime, within } from './lifetime';

describe('what a claim has made', () => {
  it('must be removed with it, containers before the networks that they are in', async () => {
    const removed: string[] = [];
    const removal = (name: string) => () => Promise.resolve(removed.push(name));
    const lifetime = new Lifetime();
    await within(lifetime, async () => {
      currentLifetime().owns('network', 'net', removal('net'));
      await Promise.resolve();
      currentLifetime().owns('container', 'one', removal('one'));
      currentLifetime().owns('container', 'other', removal('other'));
    });
    await lifetime.end();
    expect(removed).toEqual(['one', 'other', 'net']);
  });

  it('must be removed once, whatever becomes of one removal', async () => {
    let attempts = 0;
    const lifetime = new Lifetime();
    lifetime.owns('container', 'one', () => Promise.reject(new Error('gone already')));
    lifetime.owns('network', 'net', () => Promise.resolve((attempts += 1)));
    await lifetime.end();
    await lifetime.end();
    expect(attempts).toBe(1);
  });

  it('must be removed again from an engine that may only have said that it was', async () => {
    const removed: string[] = [];
    const lifetime = new Lifetime();
    lifetime.owns('network', 'net', () => Promise.resolve(removed.push('net')));
    lifetime.owns('container', 'one', () => Promise.resolve(removed.push('one')));
    await lifetime.end();
    await lifetime.endAgain();
    expect(removed).toEqual(['one', 'net', 'one', 'net']);
  });

  it('must belong to a claim', () => {
    expect(currentLifetime).toThrow('within a claim or a scene');
  });
});
