import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { profiles } from '../../fixtures/profiles';
import type { ClaimResult, Results } from './results';
import { sampleResults } from './sample-results';
import { statementsOf } from './statements';

const ids = new Set<string>(profiles.flatMap(({ id, claims }) => (id === 'macvlan' ? claims : [])));
const [first = '', second = ''] = ids;

/** Results of the claims of macvlan, all of which conform but for these. */
function resultsOf(changes: Record<string, Partial<ClaimResult>> = {}, rest: Partial<Results> = {}): Results {
  const [sample] = sampleResults().claims;
  const claims = catalogue
    .filter(({ id }) => ids.has(id))
    .map(({ id, area, section, level, title, sources }) => ({
      ...(sample as ClaimResult),
      ...{ id, area, section, level, title, sources, verdict: 'conforms' as const },
      ...changes[id],
    }));
  return sampleResults({ claims, ...rest });
}

const waiver = { reason: 'known', link: 'https://example.org/1', expires: '2030-01-01', state: 'applies' } as ClaimResult['waiver'];
const textsOf = (results: Results) => statementsOf(results).map(({ text }) => text);

describe('what a run lets somebody say of its engine', () => {
  it('must be that it conforms to a profile, all of whose claims do, with the command that judges it again', () => {
    const again = {
      program: 'npm' as const,
      script: 'test',
      variables: [],
      options: ['--engine', 'docker-28.5.2', '--waivers', 'my waivers.json'],
    };
    expect(statementsOf(resultsOf({}, { again }))).toEqual([
      {
        profile: 'macvlan',
        version: '1.0',
        conforms: true,
        waivers: 0,
        deviations: 0,
        unjudged: 0,
        text: 'Docker Engine 28.5.2 conforms to macvlan 1.0',
        command: "npx docker-network-conformance@0.1.0 run --engine docker-28.5.2 --waivers 'my waivers.json' --profile macvlan",
      },
    ]);
  });

  it('must count waivers, and pass over what does not apply', () => {
    const changes = { [first]: { verdict: 'deviates' as const, waiver }, [second]: { verdict: 'not-applicable' as const, reason: 'no' } };
    expect(textsOf(resultsOf(changes))).toEqual(['Docker Engine 28.5.2 conforms to macvlan 1.0, with 1 waiver']);
  });

  it('must be that it does not where a claim deviates', () => {
    expect(textsOf(resultsOf({ [first]: { verdict: 'deviates' }, [second]: { verdict: 'deviates', waiver } }))).toEqual([
      'Docker Engine 28.5.2 does not conform to macvlan 1.0: 1 deviation',
    ]);
  });

  it.each(['blocked', 'error'] as const)('must be that it cannot be said where a claim is %s, unless another one deviates', (verdict) => {
    const unjudged = { [first]: { verdict, reason: 'no' } };
    expect(textsOf(resultsOf(unjudged))).toEqual([
      'It cannot be said whether Docker Engine 28.5.2 conforms to macvlan 1.0: 1 claim could not be judged',
    ]);
    expect(textsOf(resultsOf({ ...unjudged, [second]: { verdict: 'deviates' } }))).toEqual([
      'Docker Engine 28.5.2 does not conform to macvlan 1.0: 1 deviation',
    ]);
  });

  it.each<[string, Results]>([
    ['nothing applies', resultsOf(Object.fromEntries([...ids].map((id) => [id, { verdict: 'not-applicable' as const, reason: 'no' }])))],
    ['a claim is missing', { ...resultsOf(), claims: resultsOf().claims.slice(1) }],
    ['the run was interrupted', resultsOf({}, { interrupted: true })],
    ['it is one shard', resultsOf({}, { shard: { index: 1, total: 2 } })],
    ['something was left behind', resultsOf({}, { host: { ...sampleResults().host, leftovers: ['network x'] } })],
  ])('must be nothing where %s', (_, results) => {
    expect(statementsOf(results)).toEqual([]);
  });
});
