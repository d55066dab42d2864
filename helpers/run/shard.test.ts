import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { claimWith } from '../selftest/samples';
import { claimsOfShard, parseShard } from './shard';

const ids = (claims: readonly { id: string }[]) => claims.map(({ id }) => id);
const all = (claims: typeof catalogue, total: number) =>
  Array.from({ length: total }, (_, index) => claimsOfShard(claims, { index: index + 1, total }));
const groupOf = ({ area, section, topology }: (typeof catalogue)[number]) => [area, section, topology].join('/');

describe('shards', () => {
  it.each([
    [catalogue.length, 1],
    [catalogue.length, 2],
    [catalogue.length, 3],
    [catalogue.length, 7],
    [60, 59],
    [60, 60],
  ])('must be all of %d claims together, each once, none empty, for a total of %d', (count, total) => {
    const claims = catalogue.slice(0, count);
    const shards = all(claims, total);
    expect(shards.flatMap(ids).sort()).toEqual(ids(claims).sort());
    expect(Math.min(...shards.map(({ length }) => length))).toBeGreaterThan(0);
  });

  it('must keep claims that share containers together while there are enough such groups', () => {
    const groups = new Set(catalogue.map(groupOf)).size;
    for (let total = 2; total <= groups; total += 1) {
      const homes = all(catalogue, total).map((shard) => new Set(shard.map(groupOf)));
      for (const group of new Set(catalogue.map(groupOf))) expect(homes.filter((home) => home.has(group))).toHaveLength(1);
    }
  });

  it('must be even where groups are too large to be', () => {
    const claims = Array.from({ length: 16 }, (_, index) => claimWith({ id: `some.claim-${index}` }));
    expect(all(claims, 4).map(({ length }) => length)).toEqual([4, 4, 4, 4]);
    expect(all(claims, 16).map(({ length }) => length)).toEqual(Array(16).fill(1));
  });

  it('must keep the order of the claims', () => {
    const shard = claimsOfShard(catalogue, { index: 1, total: 2 });
    expect(ids(shard)).toEqual(ids(catalogue).filter((id) => ids(shard).includes(id)));
  });

  it('must refuse more shards than claims, whichever is asked for', () => {
    expect(() => claimsOfShard(catalogue.slice(0, 2), { index: 1, total: 3 })).toThrow('2 claims cannot be divided into 3 shards');
  });

  it('must be read as part of a whole', () => {
    expect(parseShard('2/5')).toEqual({ index: 2, total: 5 });
  });

  it.each(['', '2', '0/3', '4/3', '1/0', '-1/2', '1.5/2', '1/2/3', 'a/b', ' 1/2', '1/99999999'])('must refuse %j', (text) => {
    expect(() => parseShard(text)).toThrow(`"${text}" is not a part of the claims.`);
  });
});
