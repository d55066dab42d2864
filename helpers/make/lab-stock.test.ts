import { describe, expect, it } from '@jest/globals';
import { LabStock } from './lab-stock';

/** A lab that was found empty. */
const labOf = (name: string, state = () => Promise.resolve('empty')) => {
  const ended: string[] = [];
  const lab = { name, found: 'empty', state, end: () => Promise.resolve(void ended.push(name)) };
  return { lab, ended };
};

const stockOf = () => new LabStock<ReturnType<typeof labOf>['lab']>([0]);

describe('labs that files hand on', () => {
  it('must go to the next file that asks for such a one, and be waited for where they are on their way', async () => {
    const stock = stockOf();
    const { lab, ended } = labOf('plain');
    let clear: () => void = () => undefined;
    const cleared = new Promise<void>((resolve) => (clear = resolve));
    void stock.handBack('plain', Promise.resolve(lab), cleared);
    const taking = stock.take('plain');
    expect(await stock.take('with other arguments')).toBeUndefined();
    clear();
    expect(await taking).toBe(lab);
    expect(await stock.take('plain')).toBeUndefined();
    expect(ended).toEqual([]);
  });

  it('must be ended where they are not what they were', async () => {
    const stock = stockOf();
    const { lab, ended } = labOf('plain', () => Promise.resolve('with a rule'));
    await stock.handBack('plain', Promise.resolve(lab), Promise.resolve());
    expect(await stock.take('plain')).toBeUndefined();
    expect(ended).toEqual(['plain']);
  });

  it('must be ended where nobody can tell what they are', async () => {
    const stock = stockOf();
    const { lab, ended } = labOf('plain', () => Promise.reject(new Error('the engine is gone')));
    await stock.handBack('plain', Promise.resolve(lab), Promise.resolve());
    expect(ended).toEqual(['plain']);
  });

  it('must pass over those that could not be started', async () => {
    const stock = stockOf();
    await stock.handBack('plain', Promise.reject(new Error('no such option')), Promise.resolve());
    expect(await stock.take('plain')).toBeUndefined();
  });

  it('must end with the run', async () => {
    const stock = stockOf();
    const { lab, ended } = labOf('plain');
    void stock.handBack('plain', Promise.resolve(lab), Promise.resolve());
    await stock.end();
    expect(ended).toEqual(['plain']);
  });
});
