import { describe, expect, it } from '@jest/globals';
import { otherwise } from './busy';

describe('verdicts beside a load', () => {
  it('must be those of a quiet machine, without an error on either', () => {
    const quiet = [
      { id: 'a', verdict: 'conforms' },
      { id: 'b', verdict: 'blocked', reason: 'port 80' },
      { id: 'c', verdict: 'error', reason: 'lost' },
      { id: 'd', verdict: 'conforms' },
    ] as const;
    expect(otherwise(quiet.slice(0, 2), quiet.slice(0, 2))).toEqual([]);
    expect(otherwise(quiet, [{ id: 'a', verdict: 'deviates', reason: 'timed-out' }, quiet[1], { id: 'c', verdict: 'conforms' }])).toEqual([
      'c is an error without a load: lost',
      'a: deviates beside the load, conforms without: timed-out',
      'c: conforms beside the load, error without: ',
      'd was not judged beside the load',
    ]);
  });
});
