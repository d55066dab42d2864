import { describe, expect, it } from '@jest/globals';
import type { ClaimResult } from '../results/results';
import { bisect, NoChange, type Judgement } from './bisect';

const releases = Array.from({ length: 64 }, (_, index) => `docker-${20 + Math.floor(index / 8)}.${index % 8}.0`);
const [oldest = '', newest = ''] = [releases[0], releases.at(-1)];

const verdict = (it: ClaimResult['verdict']): Judgement => ({ verdict: it, reason: it });

/** Judges as if the claim deviated from one release on. */
function from(release: string, otherwise: Record<string, Judgement> = {}) {
  const asked: string[] = [];
  const judge = (engine: string) => {
    asked.push(engine);
    const deviates = releases.indexOf(engine) >= releases.indexOf(release);
    return Promise.resolve(otherwise[engine] ?? verdict(deviates ? 'deviates' : 'conforms'));
  };
  return { asked, judge };
}

describe('a bisection', () => {
  it.each(releases.slice(1))('must find that %s is the first, in few runs', async (release) => {
    const { asked, judge } = from(release);
    const shuffled = [...releases].sort((one, other) => (one.split('').reverse().join('') < other.split('').reverse().join('') ? -1 : 1));
    const { first, last, unjudged } = await bisect(shuffled, { good: oldest, bad: newest }, judge);
    expect([last.engine, first.engine]).toEqual([releases[releases.indexOf(release) - 1], release]);
    expect(unjudged).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(8);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('must go backwards, too, where something was mended', async () => {
    const { first, last } = await bisect(releases, { good: newest, bad: oldest }, from('docker-23.4.0').judge);
    expect([last.engine, first.engine]).toEqual(['docker-23.4.0', 'docker-23.3.0']);
  });

  it('must say which engines could not be judged where the change is', async () => {
    const lost = {
      'docker-23.3.0': { reason: 'it did not start' },
      'docker-23.4.0': verdict('error'),
      'docker-21.0.0': verdict('blocked'),
    };
    const { first, last, unjudged } = await bisect(releases, { good: oldest, bad: newest }, from('docker-23.4.0', lost).judge);
    expect([last.engine, first.engine]).toEqual(['docker-23.2.0', 'docker-23.5.0']);
    expect(unjudged.map(({ engine }) => engine).sort()).toEqual(['docker-23.3.0', 'docker-23.4.0']);
  });

  it('must stay within the two ends, and among their kind', async () => {
    const { asked, judge } = from('docker-22.0.0');
    await bisect([...releases, 'podman-21.5.0'], { good: 'docker-21.0.0', bad: 'docker-24.0.0' }, judge);
    expect(asked.every((it) => releases.indexOf(it) >= 8 && releases.indexOf(it) <= 32)).toBe(true);
  });

  it.each<[string, Record<string, Judgement>, RegExp]>([
    ['both ends are alike', { [newest]: verdict('conforms') }, /^the verdict is "conforms" on docker-20\.0\.0 and on docker-27\.7\.0$/],
    [
      'an end cannot be judged',
      { [oldest]: { reason: 'it did not start' } },
      /^the claim could not be judged on docker-20\.0\.0: it did not start$/,
    ],
  ])('must be refused where %s', async (_, otherwise, says) => {
    const judging = bisect(releases, { good: oldest, bad: newest }, from('docker-22.0.0', otherwise).judge);
    await expect(judging).rejects.toThrow(NoChange);
    await expect(judging).rejects.toThrow(says);
  });
});
