import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conformingResults, sampleResults } from '../results/sample-results';
import { commandLine } from '../selftest/command-line';

let folder: string;
const file = (name: string) => path.join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'diff-'));
  const good = conformingResults();
  const claims = good.claims.map((claim) => ({ ...claim, verdict: 'deviates', reason: 'it does not' }));
  writeFileSync(file('good.json'), JSON.stringify(good));
  writeFileSync(file('bad.json'), JSON.stringify({ ...good, claims }));
  writeFileSync(file('short.json'), JSON.stringify(good).slice(0, 500));
  writeFileSync(file('newer.json'), JSON.stringify({ ...good, schemaVersion: 99 }));
  writeFileSync(file('foreign.json'), JSON.stringify(sampleResults({ suite: { name: 'another', version: '1', runId: 'x' } })));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('diff', () => {
  it.each<[string, string[], number, RegExp]>([
    ['nothing', ['good.json', 'good.json'], 0, /^ Nothing changed: 2 unchanged \(2 conform\)$/m],
    ['regressions', ['good.json', 'bad.json'], 1, /^ 2 regressed · 0 unchanged$/m],
    ['improvements as Markdown', ['bad.json', 'good.json', '--markdown'], 0, /^### Improved$/m],
    ['regressions as JSON', ['good.json', 'bad.json', '--json'], 1, /"kind": "regressed"/],
  ])('must show %s: %j', async (_, [before = '', after = '', ...options], status, printed) => {
    const ended = await commandLine(['diff', file(before), file(after), ...options]);
    expect(ended).toMatchObject({ status, complained: '' });
    expect(ended.printed).toMatch(printed);
  });

  it.each<[string, string[], RegExp]>([
    ['a file that is not there', ['good.json', 'none.json'], /^There is no results file .*none\.json\.$/m],
    ['a file that was cut short', ['short.json', 'good.json'], /short\.json is not JSON, or it was cut short/],
    ['another format', ['good.json', 'newer.json'], /newer\.json has results format 99; this version of the suite reads formats 2 and 3\./],
    ['another suite', ['good.json', 'foreign.json'], /The files are of different suites, docker-network-conformance and another/],
    ['one file', ['good.json'], /missing required argument 'after'/],
    ['two forms at once', ['good.json', 'good.json', '--json', '--markdown'], /cannot be used with option/],
  ])('must refuse %s with status 2 and one message', async (_, [before = '', ...others], message) => {
    const ended = await commandLine(['diff', file(before), ...others.map((word) => (word.startsWith('-') ? word : file(word)))]);
    expect(ended).toMatchObject({ status: 2, printed: '' });
    expect(ended.complained).toMatch(message);
    expect(ended.complained).not.toMatch(/^ +at /m);
  });

  it('must say in its help what its exit statuses mean', async () => {
    const { status, printed } = await commandLine(['diff', '--help']);
    expect(status).toBe(0);
    expect(printed).toMatch(/Exit status: 0 nothing regressed, 1 at least one claim regressed .* 2 wrong usage/);
  });
});
