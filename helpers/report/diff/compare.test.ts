import { describe, expect, it } from '@jest/globals';
import { exitStatus } from '../../base/user-error';
import type { ClaimResult, Results, Verdict } from '../../results/results';
import { sampleResults } from '../../results/sample-results';
import { changesByKind, compareResults } from './compare';
import { sampleComparison } from './sample-comparison';

const [sample] = sampleResults().claims as [ClaimResult];
const run = (...claims: [id: string, verdict: Verdict][]): Results =>
  sampleResults({
    claims: claims.map(([id, verdict]) => ({ ...sample, id, verdict, ...(verdict !== 'conforms' && { reason: 'a reason' }) })),
  });

describe('compareResults', () => {
  it('finds nothing between a file and itself', () => {
    const { changes, details, unchanged, exitStatus: status } = compareResults(sampleResults(), sampleResults());
    expect({ changes, details, status }).toEqual({ changes: [], details: [], status: 0 });
    expect(unchanged).toEqual({ conforms: 2, deviates: 2, 'not-applicable': 4, blocked: 1, error: 1 });
  });

  it('finds what only one file has, and that alone is no regression', () => {
    const { changes, exitStatus: status } = compareResults(
      run(['a', 'conforms'], ['b', 'conforms']),
      run(['b', 'conforms'], ['c', 'deviates']),
    );
    expect(changes.map(({ kind, id, before, after }) => [kind, id, before?.verdict, after?.verdict])).toEqual([
      ['new', 'c', undefined, 'deviates'],
      ['gone', 'a', 'conforms', undefined],
    ]);
    expect(status).toBe(0);
  });

  it.each<[Verdict, Verdict, number]>([
    ['conforms', 'deviates', 1],
    ['conforms', 'error', 1],
    ['conforms', 'blocked', 0],
    ['conforms', 'not-applicable', 0],
    ['deviates', 'conforms', 0],
  ])('ends %s, then %s, with %d', (before, after, status) => {
    expect(compareResults(run(['a', before], ['b', 'conforms']), run(['a', after], ['b', 'conforms'])).exitStatus).toBe(status);
  });

  it('orders changes by kind, then as the later file does, whatever the order of the earlier one', () => {
    const after = run(['a', 'deviates'], ['b', 'conforms'], ['c', 'deviates'], ['d', 'blocked'], ['e', 'conforms']);
    const earlier: [string, Verdict][] = [
      ['e', 'deviates'],
      ['d', 'conforms'],
      ['c', 'conforms'],
      ['b', 'deviates'],
      ['a', 'conforms'],
    ];
    const ids = (claims: [string, Verdict][]) => compareResults(run(...claims), after).changes.map(({ kind, id }) => `${kind} ${id}`);
    expect(ids(earlier)).toEqual(['regressed a', 'regressed c', 'improved b', 'improved e', 'not-compared d']);
    expect(ids(earlier.toReversed())).toEqual(ids(earlier));
  });

  it('has verdict, reason, cause and the telling evidence of both sides', () => {
    const before = sampleResults();
    const after = sampleResults();
    const [, deviating] = before.claims as [ClaimResult, ClaimResult];
    after.claims[1] = { ...sample, id: deviating.id };
    expect(compareResults(before, after).changes).toMatchObject([
      {
        kind: 'improved',
        before: { verdict: 'deviates', reason: deviating.reason, cause: deviating.cause, evidence: deviating.evidence.slice(-2) },
        after: { verdict: 'conforms', evidence: sample.evidence },
      },
    ]);
  });

  it('names what else differs, and nothing that one side does not know', () => {
    const { engine } = sampleResults();
    const later = sampleResults({
      engine: { ...engine, kernel: '6.18.0', firewallBackend: 'unknown' },
      suite: { name: 'docker-network-conformance', version: '0.2.0', runId: 'x' },
      notes: [],
    });
    expect(compareResults(sampleResults(), later).details).toEqual([
      { what: 'suite', before: '0.1.0', after: '0.2.0' },
      { what: 'kernel', before: '6.12.9', after: '6.18.0' },
      { what: 'notes', before: 'the operator configured 10.200.0.0/16 for the default bridge', after: 'none' },
    ]);
  });

  it('refuses files of different suites in one line', () => {
    const other = sampleResults({ suite: { name: 'another\nsuite', version: '1.0.0', runId: 'x' } });
    const message = 'The files are of different suites, docker-network-conformance and another suite: there is nothing to compare.';
    expect(() => compareResults(sampleResults(), other)).toThrow(
      expect.objectContaining({ name: 'UserError', message, status: exitStatus.usage }),
    );
  });

  it('takes both sides of a version boundary for what they are', () => {
    const boundary = { version: '28.0.0', source: 'MAC addresses are random since, Engine 28.0 release notes' };
    const comparison = sampleComparison();
    const found = comparison.changes.filter(({ kind }) => kind === 'superseded' || kind === 'introduced');
    expect(found).toMatchObject([
      { kind: 'superseded', id: 'mac.derived', boundary },
      { kind: 'introduced', id: 'mac.random', boundary },
    ]);
    expect(changesByKind(comparison).map(({ kind }) => kind)).toEqual([
      'regressed',
      'improved',
      'superseded',
      'introduced',
      'changed',
      'not-compared',
      'new',
      'gone',
    ]);
  });
});
