import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';

import { judgedBy, overBudget } from './budget';

const limits = { containers: 4, networks: 0, execs: 2, daemons: 1, processes: 400 };
const claimsOf = (area: string) => catalogue.filter((it) => it.area === area).map(({ id }) => ({ id, area }));
const judged = (claims: object[]) => ({ claims }) as Parameters<typeof judgedBy>[0];

describe('what a run used', () => {
  it('must be no more than its budget', () => {
    expect(overBudget(limits, limits)).toEqual([]);
    expect(overBudget({ ...limits, containers: 5, networks: 1 }, limits)).toEqual([
      'containers: 5, where 4 are allowed',
      'networks: 1, where 0 are allowed',
    ]);
  });

  it('may be some more processes, for how often something is asked for depends on the machine', () => {
    expect(overBudget({ ...limits, processes: 450 }, limits)).toEqual([]);
    expect(overBudget({ ...limits, processes: 470 }, limits)).toEqual(['processes: 470, where 400 are allowed']);
  });
});

describe('the budget of a run', () => {
  it('must be that of its area, or that of all', () => {
    expect(judgedBy(judged(claimsOf('document')))).toBe('document');
    expect(judgedBy(judged([...catalogue]))).toBe('all');
  });

  it.each([
    ['a part of an area', claimsOf('document').slice(1)],
    ['two areas', [...claimsOf('document'), ...claimsOf('icc')]],
    ['nothing', []],
  ])('must be none for %s', (_, claims) => {
    expect(() => judgedBy(judged(claims))).toThrow(/one area alone/);
  });
});
