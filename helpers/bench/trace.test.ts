import { expect, it } from '@jest/globals';
import { statistics } from './measure';
import { traceRatios } from './trace';

it('must hold a trace against a bare curl where the way works, and against the limit of the probe where it is silent', () => {
  const measured = { exec: 100, here: 300, elsewhere: 900, 'silent-exec': 2100, 'silent-here': 5000, 'silent-elsewhere': 7000 } as const;
  const ids = Object.keys(measured) as (keyof typeof measured)[];
  const ratios = traceRatios(ids.map((id) => ({ id, title: id, ...statistics([measured[id]]) })));
  expect(ratios.map(({ value, bar }) => [value, bar])).toEqual([
    [3, 4],
    [9, 4],
    [2.5, 3],
    [3.5, 3],
  ]);
});
