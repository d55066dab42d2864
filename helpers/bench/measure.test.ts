import { describe, expect, it } from '@jest/globals';
import { statistics, takingTurns } from './measure';

describe('measuring', () => {
  it('lets contenders take turns, and does not count the first one of each', async () => {
    const turns: string[] = [];
    const contender = (id: string, times: number[]) => ({
      id,
      title: id,
      measure: () => {
        turns.push(id);
        return Promise.resolve(times.shift() ?? NaN);
      },
    });
    const [a, b] = await takingTurns(
      [contender('a', [900, 1, 3]), contender('b', [900, 5, 5])],
      2,
      () => undefined,
      () => turns.push('warm'),
    );
    expect(turns).toEqual(['a', 'b', 'warm', 'a', 'b', 'a', 'b']);
    expect(a).toMatchObject({ id: 'a', median: 2, min: 1, max: 3, samples: [1, 3] });
    expect(b).toMatchObject({ id: 'b', median: 5 });
  });

  it('takes the middle one of an odd number', () => {
    expect(statistics([10, 2, 7])).toEqual({ median: 7, min: 2, max: 10, samples: [10, 2, 7] });
  });
});
