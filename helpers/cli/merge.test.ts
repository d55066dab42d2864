import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { writeFailure } from '../matrix/failure-file';
import { claimsOfShard } from '../run/shard';
import type { ClaimResult, Results } from '../results/results';
import { readResults } from '../results/results-file';
import { resultsOf } from '../results/sample-matrix';
import { sampleResults } from '../results/sample-results';
import { summarize } from '../results/verdict-summary';
import { commandLine, type Ended } from '../selftest/command-line';

let folder: string;
let output: string;
const file = (name: string) => path.join(folder, name);
const written = () => (existsSync(output) ? readdirSync(output).sort() : []);

/** `merge` of files of the folder. */
function merge(names: readonly string[], ...options: string[]): Promise<Ended> {
  return commandLine(['merge', ...names.map(file), '--output', output, ...options]);
}

const [claim] = sampleResults().claims as [ClaimResult];
/** What a run of all claims with `--shard index/total` writes. */
function shard(index: number, total: number): Results {
  const claims = claimsOfShard(catalogue, { index, total }).map(({ id, area, section }) => ({ ...claim, id, area, section }));
  return sampleResults({ shard: { index, total }, claims, suite: { ...sampleResults().suite, runId: `r${index}` } });
}

/** What a shard writes of which a third was judged. */
function blockedShard(index: number, leastJudged = 0.5): Results {
  const whole = shard(index, 2);
  const claims = whole.claims.map((it, nth): ClaimResult =>
    nth % 3 === 0 ? it : { ...it, verdict: 'blocked', reason: 'nobody could look' },
  );
  return { ...whole, claims, summary: summarize(claims, { strict: false, leftovers: [], leastJudged, part: true }) };
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'merge-'));
  const files: Record<string, object> = {
    'docker-26.json': resultsOf('docker-26.1.5', { 'net.same': 'conforms', 'net.other': 'conforms' }),
    'docker-28.json': resultsOf('docker-28.5.2', { 'net.same': 'conforms', 'net.other': 'deviates' }),
    'docker-20.json': resultsOf('docker-20.10.24', { 'net.same': 'conforms', 'net.other': 'waived' }),
    'one.json': shard(1, 2),
    'two.json': shard(2, 2),
    'blocked-one.json': blockedShard(1),
    'blocked-two.json': blockedShard(2),
    'named-one.json': blockedShard(1, 0),
    'named-two.json': blockedShard(2, 0),
    'foreign.json': sampleResults({ suite: { name: 'another', version: '1', runId: 'x' } }),
    'newer.json': { ...sampleResults(), schemaVersion: 99 },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(file(name), JSON.stringify(content));
  writeFileSync(file('short.json'), JSON.stringify(sampleResults()).slice(0, 500));
  writeFailure(file('broken.json'), { engine: 'podman-5.8.6', reason: 'it ended while it was starting' });
});
beforeEach(() => {
  output = path.join(mkdtempSync(path.join(folder, 'output-')), 'merged');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('merge', () => {
  it('must write one report on all runs, in the order of the engines, and end like the worst', async () => {
    const ended = await merge(['docker-28.json', 'docker-20.json', 'docker-26.json']);
    expect(ended).toMatchObject({ status: 1, complained: '' });
    expect([...ended.printed.matchAll(/^ +\d {2}(docker-[\d.]+)/gm)].map(([, id]) => id)).toEqual([
      'docker-20.10.24',
      'docker-26.1.5',
      'docker-28.5.2',
    ]);
    expect(ended.printed).toContain('Engines differ on 1 of 2 claims');
    expect(ended.printed).toContain('exit status 1: at least one claim deviates (docker-28.5.2)');
    expect(written()).toEqual([
      'docker-20.10.24.json',
      'docker-26.1.5.json',
      'docker-28.5.2.json',
      'junit.xml',
      'report.html',
      'report.md',
    ]);
  });

  it('must write the same report from what it wrote, and whatever the order of the files', async () => {
    await merge(['docker-28.json', 'broken.json', 'docker-26.json'], '--ctrf', '--badge');
    const first = output;
    expect(written()).toEqual([
      'badges',
      'ctrf',
      'docker-26.1.5.json',
      'docker-28.5.2.json',
      'junit.xml',
      'podman-5.8.6.failed.json',
      'report.html',
      'report.md',
    ]);
    const columns = written().filter((name) => name.endsWith('.json'));
    output = path.join(path.dirname(output), 'again');
    const ended = await commandLine(['merge', ...columns.reverse().map((name) => path.join(first, name)), '--output', output]);
    expect(ended.status).toBe(3);
    for (const name of [...columns, 'report.html', 'report.md'])
      expect(readFileSync(path.join(output, name))).toEqual(readFileSync(path.join(first, name)));
    // jest-junit takes the time of all suites by the clock, to the millisecond
    const [one, other] = [output, first].map((folder) =>
      readFileSync(path.join(folder, 'junit.xml'), 'utf8').replace(/(<testsuites [^>]*) time="[^"]*"/, '$1'),
    );
    expect(one).toBe(other);
  });

  it('must show an engine without results by its reason, and end with 3', async () => {
    const ended = await merge(['docker-26.json', 'broken.json']);
    expect(ended.status).toBe(3);
    expect(ended.printed).toMatch(/2 {2}podman-5\.8\.6 +no results: it ended while it was starting\n/);
    for (const name of ['report.md', 'report.html']) expect(readFileSync(path.join(output, name), 'utf8')).toContain('podman-5.8.6');
  });

  it('must join the shards of one run to one engine and one file', async () => {
    const ended = await merge(['two.json', 'docker-26.json', 'one.json']);
    expect(ended).toMatchObject({ status: 0, complained: '' });
    const joined = readResults(path.join(output, 'docker-28.5.2.json'));
    expect(joined.shard).toBeUndefined();
    expect(joined.claims.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
  });

  it('must show runs of the same engine beside each other', async () => {
    await merge(['docker-26.json', 'docker-26.json', 'broken.json', 'broken.json']);
    expect(written()).toEqual([
      'docker-26.1.5-2.json',
      'docker-26.1.5.json',
      'junit.xml',
      'podman-5.8.6-2.failed.json',
      'podman-5.8.6.failed.json',
      'report.html',
      'report.md',
    ]);
  });

  it.each<[string, string[], RegExp]>([
    ['a file that is not there', ['docker-26.json', 'none.json'], /^There is no results file .*none\.json\.$/m],
    ['a file that was cut short', ['docker-26.json', 'short.json'], /short\.json is not JSON, or it was cut short/],
    [
      'another format',
      ['newer.json', 'docker-26.json'],
      /newer\.json has results format 99; this version of the suite reads formats 2 and 3\./,
    ],
    [
      'another suite',
      ['docker-26.json', 'foreign.json'],
      /^The files are of different suites: .*docker-26\.json of docker-network-conformance, .*foreign\.json of another\.$/m,
    ],
    ['a folder', ['.'], /is a folder/],
    ['a missing shard', ['docker-26.json', 'two.json'], /^Of docker-28\.5\.2, shard 1\/2 is missing\.$/m],
    ['a shard twice', ['one.json', 'two.json', 'one.json'], /^Shard 1\/2 of docker-28\.5\.2 is there twice: /m],
    ['no file', [], /missing required argument 'file'/],
  ])('must refuse %s with status 2 and one message, and write nothing', async (_, names, message) => {
    const ended = await merge(names);
    expect(ended).toMatchObject({ status: 2, printed: '' });
    expect(ended.complained).toMatch(message);
    expect(ended.complained).not.toMatch(/^ +at /m);
    expect(written()).toEqual([]);
  });

  it.each([
    ['is a file', () => file('docker-26.json')],
    ['is below one', () => path.join(file('docker-26.json'), 'folder')],
    ['nobody can write', () => '/proc/nowhere'],
  ])('must say with status 3 that it cannot write to a folder that %s', async (_, place) => {
    output = place();
    const ended = await merge(['docker-26.json']);
    expect(ended).toMatchObject({ status: 3, printed: '' });
    expect(ended.complained).toMatch(/^The folder .* cannot take reports: /m);
    expect(ended.complained).not.toMatch(/^ +at /m);
  });

  it('must write the job summary of GitHub Actions, once', async () => {
    const summary = file('summary.md');
    const ended = await commandLine(['merge', file('docker-26.json'), file('docker-28.json'), '--output', output], {
      env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    });
    expect(readFileSync(summary, 'utf8')).toBe(readFileSync(path.join(output, 'report.md'), 'utf8'));
    expect(ended.printed).toMatch(/^::error title=docker-28\.5\.2::1 conform/m);
  });

  it('must go on from earlier reports, and say with which release and on which day a claim changed', async () => {
    const week = (engine: string, day: string, port: 'conforms' | 'deviates', name: 'conforms' | 'deviates') => {
      const results = resultsOf(engine, { 'net.port': port, 'net.name': name }, { startedAt: `2026-01-${day}T04:47:00.000Z` });
      writeFileSync(file(`week-${day}.json`), JSON.stringify(results));
      return `week-${day}.json`;
    };
    const reportOf = (name: string) => path.join(folder, `report-${name}`);
    const last = (name: string) => ['--history', reportOf(name)];
    await merge([week('docker-28.5.2', '05', 'conforms', 'deviates'), 'broken.json'], '--output', reportOf('1'));
    await merge([week('docker-28.5.3', '12', 'deviates', 'deviates')], ...last('1'), '--output', reportOf('2'));
    const ended = await merge([week('docker-29.0.0', '19', 'deviates', 'conforms')], ...last('2'), '--output', reportOf('3'), '--badge');
    expect(ended.complained).toBe('');
    const planted = [
      /2026-01-19 +\|? *docker-29\.0\.0[ :|]+`?net\.name`?[ |]+deviates → conforms/,
      /2026-01-12 +\|? *docker-28\.5\.3[ :|]+`?net\.port`?[ |]+conforms → deviates/,
    ];
    for (const text of [ended.printed, readFileSync(path.join(reportOf('3'), 'report.md'), 'utf8')]) {
      for (const line of planted) expect(text).toMatch(line);
      expect(text.match(/net\.(port|name)`?[ |]+\w+ → /g)).toHaveLength(2);
    }
    expect(readFileSync(path.join(reportOf('3'), 'report.md'), 'utf8')).toMatch(
      /\| `net\.port` \| docker-28\.5\.3 \| 2026-01-12 \| docker-28\.5\.2, 2026-01-05 \|/,
    );
    expect(readdirSync(path.join(reportOf('3'), 'earlier')).sort()).toEqual(['docker-28.5.2.json', 'docker-28.5.3.json']);
    expect(readResults(path.join(reportOf('3'), 'earlier/docker-28.5.3.json')).claims[0]?.evidence).toHaveLength(1);
    expect(readdirSync(path.join(reportOf('3'), 'badges')).sort()).toEqual(['docker-29.0.0.json', 'docker-29.json']);

    // all at once, in any order, it is the same
    const at = path.join(folder, 'at-once');
    const together = await merge(['week-19.json', 'week-05.json', 'week-12.json'], '--output', at);
    for (const line of planted) expect(together.printed).toMatch(line);
    expect(readResults(path.join(at, 'docker-29.0.0.json')).claims).toEqual(
      readResults(path.join(reportOf('3'), 'docker-29.0.0.json')).claims,
    );
  });

  it.each<[string, () => string, RegExp]>([
    ['an empty folder', () => mkdtempSync(path.join(folder, 'empty-')), /^There are no results in .*empty-/m],
    ['a place that is not there', () => file('none'), /^There is no results file .*none\.$/m],
    ['results of another suite', () => file('foreign.json'), /foreign\.json is of another suite, another\.$/m],
    ['a file that was cut short', () => file('short.json'), /short\.json is not JSON, or it was cut short/],
  ])('must refuse %s as history with status 2 and one message, and write nothing', async (_, place, message) => {
    const ended = await merge(['docker-26.json'], '--history', place());
    expect(ended).toMatchObject({ status: 2, printed: '' });
    expect(ended.complained).toMatch(message);
    expect(ended.complained).not.toMatch(/^ +at /m);
    expect(written()).toEqual([]);
  });

  it('must end with 4 where the shards together have judged too little, unless less is asked or they named their claims', async () => {
    const [half, less, named, more] = await Promise.all([
      merge(['blocked-one.json', 'blocked-two.json'], '--output', path.join(folder, 'half')),
      merge(['blocked-one.json', 'blocked-two.json'], '--output', path.join(folder, 'less'), '--min-judged', '30%'),
      merge(['named-one.json', 'named-two.json'], '--output', path.join(folder, 'named')),
      merge(['docker-26.json'], '--output', path.join(folder, 'more'), '--min-judged', '1'),
    ]);
    expect([half, less, named, more].map(({ status }) => status)).toEqual([4, 0, 0, 0]);
    expect(half.printed).toMatch(/exit status 4: only \d+ of \d+ applicable claims could be judged/);
    const [joined = ''] = readdirSync(path.join(folder, 'half')).filter((name) => name.endsWith('.json'));
    expect(readResults(path.join(folder, 'half', joined)).summary).toMatchObject({ exitStatus: 4, leastJudged: 0.5 });
  });
});
