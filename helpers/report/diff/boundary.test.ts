import { describe, expect, it } from '@jest/globals';
import type { Claim } from '../../../fixtures/claims/model';
import { applicability, type Availability } from '../../claim/applicability';
import type { EngineFacts } from '../../engine/facts';
import { boundaryIn } from './boundary';

const boundary = { version: '28.0.0', source: 'random since (really), Engine 28.0 release notes' };

describe('boundaryIn', () => {
  it.each<[string, Pick<Claim, 'since' | 'until'>, string]>([
    ['since', { since: boundary }, '26.1.5'],
    ['until', { until: boundary }, '28.5.2'],
  ])('reads the boundary "%s" from the reason that a run gives', (_, limits, version) => {
    const reason = applicability({ ...limits } as Claim, { kind: 'docker', version } as EngineFacts, {} as Availability);
    if (!reason) throw new Error('the claim applies');
    expect(boundaryIn(reason)).toEqual(boundary);
  });

  it('sees none in any other reason', () => {
    expect(boundaryIn({ verdict: 'not-applicable', reason: 'this engine has no overlay driver' })).toBeUndefined();
    expect(boundaryIn({ verdict: 'error', reason: 'holds since 28.0.0 (somewhere); this engine is 26.1.5' })).toBeUndefined();
    expect(boundaryIn({ verdict: 'conforms' })).toBeUndefined();
  });
});
