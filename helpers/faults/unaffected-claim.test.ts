import { describe, expect, it } from '@jest/globals';
import type { Claim } from '../../fixtures/claims/model';
import { unaffectedClaimOf } from './unaffected-claim';

const claim = (id: string, area = 'dns', requires: Claim['requires'] = []) => ({ id, area, requires }) as unknown as Claim;
const fault = { id: 'dns.broken', kills: ['a'] };

describe('the claim on which a fault must show nothing', () => {
  it('must be of the same area, and none that the fault names', () => {
    const claims = [claim('a'), claim('b'), claim('c'), claim('d', 'nat')];
    expect(unaffectedClaimOf({ ...fault, mayKill: ['b'] }, claims)).toBe('c');
    expect(unaffectedClaimOf({ ...fault, mayKill: ['b', 'c'] }, claims)).toBeUndefined();
    expect(unaffectedClaimOf({ ...fault, mayKill: 'any' }, claims)).toBeUndefined();
  });

  it('must look at a lab of its own where the first claim that the fault names does, if there is such a one', () => {
    expect(unaffectedClaimOf(fault, [claim('a', 'dns', ['own-lab']), claim('b'), claim('c', 'dns', ['own-lab'])])).toBe('c');
    expect(unaffectedClaimOf(fault, [claim('a'), claim('b'), claim('c', 'dns', ['own-lab'])])).toBe('b');
    expect(unaffectedClaimOf(fault, [claim('a'), claim('c', 'dns', ['own-lab'])])).toBe('c');
  });

  it('must stay the same when another claim comes, or is the one that came', () => {
    const claims = 'bcdefgh'.split('').map((id) => claim(id));
    const before = unaffectedClaimOf(fault, [claim('a'), ...claims]);
    const after = 'ijklmnop'.split('').map((id) => unaffectedClaimOf(fault, [claim('a'), ...claims, claim(id)]));
    expect(after.filter((it, index) => it !== before && it !== 'ijklmnop'[index])).toEqual([]);
    expect(after.filter((it) => it === before).length).toBeGreaterThan(0);
  });

  it('must not be the same for every fault', () => {
    const claims = 'abcdefgh'.split('').map((id) => claim(id));
    expect(new Set('123456'.split('').map((id) => unaffectedClaimOf({ ...fault, id }, claims))).size).toBeGreaterThan(1);
  });
});
