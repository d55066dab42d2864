import { describe, expect, it } from '@jest/globals';
import { badge } from './badge';
import { conformingResults, sampleResults } from '../../results/sample-results';
import type { Results } from '../../results/results';
import type { Verdict } from '../../results/verdict';
import { summarize } from '../../results/verdict-summary';

const run = (list: Verdict[], { strict = false, leftovers = [] as string[] } = {}): Results => {
  const [sample] = conformingResults().claims;
  const claims = sample ? list.map((verdict) => ({ ...sample, verdict })) : [];
  return sampleResults({ claims, host: { ...sampleResults().host, leftovers }, summary: summarize(claims, { strict, leftovers }) });
};

describe('badge', () => {
  it('is what shields.io reads', () => {
    expect(badge(run(['conforms', 'conforms', 'not-applicable']))).toEqual({
      schemaVersion: 1,
      label: 'docker-28.5.2',
      message: '2 conform, 0 deviate',
      color: 'brightgreen',
    });
  });

  it.each<[Results, string, string]>([
    [run(['conforms', 'deviates']), '1 conform, 1 deviate', 'red'],
    [run(['conforms', 'blocked']), '1 conform, 0 deviate, 1 blocked', 'brightgreen'],
    [run(['conforms', 'blocked'], { strict: true }), '1 conform, 0 deviate, 1 blocked', 'red'],
    [run(['conforms', 'deviates', 'error']), '1 conform, 1 deviate, 1 error', 'orange'],
    [run(['conforms'], { leftovers: ['a link'] }), '1 conform, 0 deviate, 1 left behind', 'orange'],
    [run([]), 'no claim was selected', 'lightgrey'],
  ])('has the colour of the exit status, and says why it is not green', (results, message, color) => {
    expect(badge(results)).toMatchObject({ message, color });
  });
});
