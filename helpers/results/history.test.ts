import { describe, expect, it } from '@jest/globals';
import { changesOf, mostStretches, sinceOf, withHistory } from './history';
import type { ClaimResult, Results, Verdict } from './results';
import { resultsOf } from './sample-matrix';
import { sampleResults } from './sample-results';

const day = (date: string, time = '04:47:00') => `${date}T${time}.000Z`;
const monday = day('2026-01-05');
const next = day('2026-01-12');
const third = day('2026-01-19');

function run(engine: string, startedAt: string, verdicts: Record<string, Verdict>, suite = '0.1.0'): Results {
  return resultsOf(engine, verdicts, { startedAt, suite: { ...sampleResults().suite, version: suite } });
}

const claimOf = (results: Results | undefined, id: string): ClaimResult => {
  const claim = results?.claims.find((it) => it.id === id);
  if (!claim) throw new Error(`no claim ${id}`);
  return claim;
};

/** What is told of a claim, in short. */
const told = (results: Results | undefined, id = 'net.port') =>
  changesOf(claimOf(results, id)).map(
    ({ from, to, before, after, sameRelease }) =>
      `${from} → ${to}: ${before.engine} ${before.startedAt.slice(0, 10)}, ${after.engine} ${after.startedAt.slice(0, 10)}${sameRelease ? ', same release' : ''}`,
  );

describe('withHistory', () => {
  it('names release and day of a regression and of a repair, in three reports of different days', () => {
    const first = [run('docker-28.5.2', monday, { 'net.port': 'conforms', 'net.name': 'deviates', 'net.same': 'conforms' })];
    const second = withHistory(
      [run('docker-28.5.3', next, { 'net.port': 'deviates', 'net.name': 'deviates', 'net.same': 'conforms' })],
      first,
    );
    const [now] = withHistory(
      [run('docker-29.0.0', third, { 'net.port': 'deviates', 'net.name': 'conforms', 'net.same': 'conforms' })],
      second.results,
    ).results;
    expect(told(now)).toEqual(['conforms → deviates: docker-28.5.2 2026-01-05, docker-28.5.3 2026-01-12']);
    expect(told(now, 'net.name')).toEqual(['deviates → conforms: docker-28.5.3 2026-01-12, docker-29.0.0 2026-01-19']);
    expect(told(now, 'net.same')).toEqual([]);
    expect(sinceOf(claimOf(now, 'net.port'))?.first).toMatchObject({ engine: 'docker-28.5.3', startedAt: next });
    expect(sinceOf(claimOf(now, 'net.same'))).toEqual({
      first: { engine: 'docker-28.5.2', startedAt: monday, suite: '0.1.0' },
      change: undefined,
    });
  });

  it('says the same of runs that are put together at once, whatever their order', () => {
    const runs = [
      run('docker-28.5.2', monday, { 'net.port': 'conforms' }),
      run('docker-28.5.3', next, { 'net.port': 'deviates' }),
      run('docker-28.5.4', third, { 'net.port': 'conforms' }),
    ];
    const expected = [
      'conforms → deviates: docker-28.5.2 2026-01-05, docker-28.5.3 2026-01-12',
      'deviates → conforms: docker-28.5.3 2026-01-12, docker-28.5.4 2026-01-19',
    ];
    expect(told(withHistory(runs, []).results[2])).toEqual(expected);
    expect(told(withHistory([...runs].reverse(), []).results[0])).toEqual(expected);
    expect(told(withHistory(runs.slice(2), [runs[1] as Results, runs[0] as Results]).results[0])).toEqual(expected);
  });

  it('is the same when it is made again of what it made', () => {
    const made = withHistory(
      [run('docker-28.5.3', next, { 'net.port': 'deviates' })],
      [run('docker-28.5.2', monday, { 'net.port': 'conforms' })],
    );
    expect(withHistory(made.results, []).results).toEqual(made.results);
    expect(withHistory(made.results, made.gone).results).toEqual(made.results);
    expect(withHistory(made.results, made.results).results).toEqual(made.results);
  });

  it('does not blame a release for what changed while it was the same', () => {
    const [now] = withHistory(
      [run('docker-28.5.2', next, { 'net.port': 'deviates' }, '0.2.0')],
      [run('docker-28.5.2', monday, { 'net.port': 'conforms' })],
    ).results;
    expect(told(now)).toEqual(['conforms → deviates: docker-28.5.2 2026-01-05, docker-28.5.2 2026-01-12, same release']);
    expect(changesOf(claimOf(now, 'net.port'))[0]).toMatchObject({ before: { suite: '0.1.0' }, after: { suite: '0.2.0' } });
  });

  it('follows lines apart: an older one that is mended later says nothing of a newer one', () => {
    const first = [run('docker-28.5.2', monday, { 'net.port': 'deviates' }), run('docker-29.0.0', monday, { 'net.port': 'deviates' })];
    const [mended, newer] = withHistory(
      [run('docker-28.5.3', next, { 'net.port': 'conforms' }), run('docker-29.0.0', next, { 'net.port': 'deviates' })],
      first,
    ).results;
    expect(told(mended)).toEqual(['deviates → conforms: docker-28.5.2 2026-01-05, docker-28.5.3 2026-01-12']);
    expect(told(newer)).toEqual([]);
    expect(sinceOf(claimOf(newer, 'net.port'))?.first).toMatchObject({ engine: 'docker-28.5.2', startedAt: monday });
  });

  it('compares only engines of one kind in one mode', () => {
    const { results } = withHistory(
      [run('podman-6.1.1', next, { 'net.port': 'deviates' }), run('docker-29.0.0+rootless', next, { 'net.port': 'deviates' })],
      [run('docker-28.5.2', monday, { 'net.port': 'conforms' })],
    );
    expect(results.map((it) => claimOf(it, 'net.port').history)).toEqual([undefined, undefined]);
  });

  it('passes over runs that could not judge a claim', () => {
    const second = withHistory(
      [run('docker-28.5.2', next, { 'net.port': 'blocked' })],
      [run('docker-28.5.2', monday, { 'net.port': 'conforms' })],
    );
    expect(sinceOf(claimOf(second.results[0], 'net.port'))).toBeUndefined();
    const [now] = withHistory([run('docker-28.5.3', third, { 'net.port': 'deviates' })], second.results).results;
    expect(told(now)).toEqual(['conforms → deviates: docker-28.5.2 2026-01-05, docker-28.5.3 2026-01-19']);
  });

  it('keeps the latest results of engines that are no longer judged, with what is known of them', () => {
    const first = [run('podman-5.8.6', monday, { 'net.port': 'conforms' })];
    const second = withHistory(
      [run('docker-28.5.2', next, {})],
      [...first, run('podman-5.8.6', day('2026-01-07'), { 'net.port': 'deviates' })],
    );
    expect(second.gone.map(({ engine, startedAt }) => [engine.id, startedAt])).toEqual([['podman-5.8.6', day('2026-01-07')]]);
    const [now] = withHistory([run('podman-5.8.6', third, { 'net.port': 'deviates' })], [...second.results, ...second.gone]).results;
    expect(told(now)).toEqual(['conforms → deviates: podman-5.8.6 2026-01-05, podman-5.8.6 2026-01-07, same release']);
  });

  it('says nothing of runs of one day that nothing came before', () => {
    const runs = [
      run('docker-26.1.5', day('2026-01-05', '04:50:00'), { 'net.port': 'conforms' }),
      run('docker-28.5.2', monday, { 'net.port': 'deviates' }),
    ];
    expect(withHistory(runs, [])).toEqual({ results: runs, gone: [] });
  });

  it('keeps no more than so many stretches, the latest', () => {
    let earlier: Results[] = [];
    for (let week = 0; week < mostStretches + 20; week++) {
      const at = new Date(Date.parse(monday) + week * 7 * 86_400_000).toISOString();
      earlier = withHistory([run('docker-28.5.2', at, { 'net.port': week % 2 ? 'deviates' : 'conforms' })], earlier).results;
    }
    const { history = [] } = claimOf(earlier[0], 'net.port');
    expect(history).toHaveLength(mostStretches);
    expect(history.at(-1)?.last.startedAt).toBe(earlier[0]?.startedAt);
  });
});
