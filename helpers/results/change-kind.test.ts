import { describe, expect, it } from '@jest/globals';
import type { ClaimResult } from './results';
import { sampleResults } from './sample-results';
import { verdicts, type Verdict } from './verdict';
import { kindOfChange } from './change-kind';
import type { ChangeKind } from './results';

const [sample] = sampleResults().claims as [ClaimResult];
const claim = (verdict: Verdict, reason = 'some reason', more: Partial<ClaimResult> = {}): ClaimResult => ({
  ...sample,
  verdict,
  reason,
  ...more,
});
const superseded = 'superseded in 28.0.0 (release notes); this engine is 28.5.2';
const tooEarly = 'holds since 28.0.0 (release notes); this engine is 26.1.5';
const boundaries: Record<string, ClaimResult['boundary']> = {
  [superseded]: { kind: 'superseded', version: '28.0.0', source: 'release notes' },
  [tooEarly]: { kind: 'not-yet', version: '28.0.0', source: 'release notes' },
};
const withBoundary = (verdict: Verdict, reason: string) => claim(verdict, reason, { boundary: boundaries[reason] });

describe('kindOfChange', () => {
  const expected: Record<Verdict, (ChangeKind | undefined)[]> = {
    conforms: [undefined, 'regressed', 'changed', 'not-compared', 'regressed'],
    deviates: ['improved', undefined, 'changed', 'not-compared', 'not-compared'],
    'not-applicable': ['changed', 'regressed', undefined, 'not-compared', 'regressed'],
    blocked: ['not-compared', 'not-compared', 'not-compared', undefined, 'not-compared'],
    error: ['improved', 'not-compared', 'changed', 'not-compared', undefined],
  };
  const cells = verdicts.flatMap((before) => verdicts.map((after, column) => [before, after, expected[before][column]] as const));

  it.each(cells)('takes %s, then %s, for %s', (before, after, kind) => {
    expect(kindOfChange(claim(before), claim(after))).toBe(kind);
  });

  it.each<[Verdict, string, Verdict, string, ChangeKind | undefined]>([
    ['conforms', '', 'not-applicable', superseded, 'superseded'],
    ['deviates', 'x', 'not-applicable', superseded, 'superseded'],
    ['error', 'x', 'not-applicable', superseded, 'superseded'],
    ['blocked', 'x', 'not-applicable', superseded, 'not-compared'],
    ['not-applicable', tooEarly, 'conforms', '', 'introduced'],
    // what is promised now and does not hold is no mere boundary
    ['not-applicable', tooEarly, 'deviates', 'x', 'regressed'],
    ['not-applicable', tooEarly, 'error', 'x', 'regressed'],
    ['not-applicable', tooEarly, 'blocked', 'x', 'not-compared'],
    // the way back, from the newer engine to the older one
    ['not-applicable', superseded, 'conforms', '', 'introduced'],
    ['conforms', '', 'not-applicable', tooEarly, 'superseded'],
    ['not-applicable', 'no overlay driver', 'not-applicable', superseded, 'changed'],
  ])('takes a version boundary for what it is: %s (%s), then %s (%s), is %s', (before, why, after, whyNow, kind) => {
    expect(kindOfChange(withBoundary(before, why), withBoundary(after, whyNow))).toBe(kind);
  });

  it.each<[Verdict, ChangeKind]>([
    ['deviates', 'changed'],
    ['not-applicable', 'changed'],
    ['blocked', 'not-compared'],
    ['error', 'not-compared'],
  ])('shows %s for another reason', (verdict, kind) => {
    expect(kindOfChange(claim(verdict, 'actual: timed-out'), claim(verdict, 'actual: refused'))).toBe(kind);
  });

  it.each([
    ['superseded in 28.0.0 (release notes); this engine is 28.5.2', 'superseded in 28.0.0 (release notes); this engine is 28.6.0'],
    ['actual: reached 172.17.0.3 in 12 ms\n    at a.spec.ts:31:5', 'actual: reached 172.17.0.4 in 140 ms\n    at a.spec.ts:35:5'],
    ['port 80 is held by process 4711', 'port 80 is held by process 815'],
  ])('shows nothing where only addresses, times and numbers differ: %j', (one, other) => {
    for (const verdict of ['deviates', 'not-applicable', 'blocked', 'error'] as const)
      expect(kindOfChange(claim(verdict, one), claim(verdict, other))).toBeUndefined();
  });

  it('takes the cause, where one was found, for the reason', () => {
    const cause = { code: 'firewall.forward', summary: '', evidence: [], remedy: '' };
    const dropped = claim('deviates', 'timed out', { cause });
    expect(kindOfChange(dropped, claim('deviates', 'refused', { cause }))).toBeUndefined();
    expect(kindOfChange(dropped, claim('deviates', 'timed out', { cause: { ...cause, code: 'dns.none' } }))).toBe('changed');
  });

  it('does not look at how a claim was seen to conform', () => {
    expect(kindOfChange(claim('conforms', 'x', { attempts: 2, evidence: [] }), claim('conforms', 'y'))).toBeUndefined();
  });
});
