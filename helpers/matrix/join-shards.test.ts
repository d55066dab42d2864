import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import type { ClaimResult, Results } from '../results/results';
import { sampleResults } from '../results/sample-results';
import { UserError } from '../base/user-error';
import { joinShards, type Read } from './join-shards';
import { claimsOfShard } from '../run/shard';

const [template] = sampleResults().claims as [ClaimResult];
const { suite, engine } = sampleResults();

/** What `run --shard index/total` of all claims would write; every claim of the catalogue conforms unless changed. */
function shard(index: number, total: number, changes: Partial<Results> = {}): Read {
  const claims = claimsOfShard(catalogue, { index, total }).map(({ id, area, section }) => ({ ...template, id, area, section }));
  return {
    file: `${engine.id}-${index}.json`,
    results: sampleResults({ shard: { index, total }, claims, suite: { ...suite, runId: `r${index}` }, notes: [], ...changes }),
  };
}

function refusal(...parts: Read[]): UserError {
  try {
    joinShards(parts);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('these shards were joined');
}

describe('joining shards', () => {
  it('must give what one run would have: all claims in the order of the catalogue, counted together', () => {
    const [joined, ...more] = joinShards([shard(3, 3), shard(1, 3), shard(2, 3)]);
    expect(more).toEqual([]);
    expect(joined?.shard).toBeUndefined();
    expect(joined?.claims.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
    expect(joined?.summary).toMatchObject({ conforms: catalogue.length, deviates: 0, exitStatus: 0 });
    expect(joined?.suite.runId).toBe('r1+r2+r3');
    expect(joined?.durationMs).toBe(3 * sampleResults().durationMs);
  });

  it('must end as badly as the worst shard, and keep what each left behind and noted, once', () => {
    const { host } = sampleResults();
    const left = shard(2, 2, { host: { ...host, leftovers: ['network n'] }, notes: ['a note'], startedAt: '2026-01-01T00:00:00.000Z' });
    const [joined] = joinShards([shard(1, 2, { notes: ['a note'] }), left]);
    expect(joined).toMatchObject({
      host: { leftovers: ['network n'] },
      notes: ['a note'],
      summary: { exitStatus: 3 },
      startedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('must have a picture of each topology once, in the order that one run would have', () => {
    const seen = (name: string) => ({ name, host: null, networks: [], containers: [] });
    const [joined] = joinShards([
      shard(1, 2, { topologies: [seen('host-mode'), seen('half-published')] }),
      shard(2, 2, { topologies: [seen('half-published'), seen('bridge-pair')] }),
    ]);
    expect(joined?.topologies.map(({ name }) => name)).toEqual(['bridge-pair', 'half-published', 'host-mode']);
  });

  it('must say where shards ran on hosts that are not alike', () => {
    const [joined] = joinShards([shard(1, 2), shard(2, 2, { engine: { ...engine, kernel: '6.1.0' } })]);
    expect(joined?.notes).toEqual(['the shards ran on hosts that are not alike, kernel: 6.12.9; 6.1.0']);
  });

  it('must leave whole runs as they are, also of the same engine', () => {
    const whole = sampleResults();
    expect(joinShards([{ file: 'a', results: whole }, { file: 'b', results: whole }, shard(1, 1)])).toHaveLength(3);
  });

  it('must keep the shards of several engines apart', () => {
    const other = { ...engine, id: 'docker-26.1.5' };
    const joined = joinShards([shard(1, 2), shard(2, 2, { engine: other }), shard(2, 2), shard(1, 2, { engine: other })]);
    expect(joined.map((it) => [it.engine.id, it.claims.length])).toEqual([
      [engine.id, catalogue.length],
      [other.id, catalogue.length],
    ]);
  });

  it.each<[string, Read[], RegExp]>([
    ['a missing shard', [shard(1, 3), shard(3, 3)], /^Of docker-28\.5\.2, shard 2\/3 is missing\.$/],
    ['several missing shards', [shard(2, 4)], /^Of docker-28\.5\.2, shards 1\/4, 3\/4, 4\/4 are missing\.$/],
    ['shards of different totals', [shard(1, 2), shard(2, 3)], /^Of docker-28\.5\.2, shard 2\/2 is missing\.$/],
    [
      'shards of different versions of the suite',
      [shard(1, 2), shard(2, 2, { suite: { ...suite, version: '9.0.0' } })],
      /^Of docker-28\.5\.2, shard 2\/2 is missing\.$/,
    ],
    [
      'a shard twice',
      [shard(1, 2), shard(2, 2), shard(2, 2)],
      /^Shard 2\/2 of docker-28\.5\.2 is there twice: docker-28\.5\.2-2\.json and docker-28\.5\.2-2\.json\.$/,
    ],
    [
      'shards of different selections',
      [shard(1, 2), shard(2, 2, { claims: shard(1, 2).results.claims })],
      /are no shards of one run of docker-28\.5\.2: both judge /,
    ],
  ])('must refuse %s with status 2, and name it', (_, parts, message) => {
    const error = refusal(...parts);
    expect(error.message).toMatch(message);
    expect(error.status).toBe(2);
  });
});
