import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeReports } from './index';
import { readResults } from '../results/results-file';
import { sampleResults } from '../results/sample-results';
import { verdicts, verdictWords } from '../results/verdict';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'reports-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const common = { json: 'results.json', color: false, env: {} };

describe('writeReports', () => {
  it('writes what was asked for and names it', async () => {
    const { files, terminal } = await writeReports(sampleResults(), { ...common, directory, junit: 'ci/junit.xml', html: 'report.html' });
    expect(files).toEqual(['results.json', 'ci/junit.xml', 'report.html'].map((name) => join(directory, name)));
    for (const file of files) expect(terminal).toContain(` written ${file}\n`);
    expect(readResults(join(directory, 'results.json'))).toEqual(sampleResults());
    expect((await writeReports(sampleResults(), { ...common, directory })).files).toEqual([join(directory, 'results.json')]);
  });

  it("writes JUnit of Jenkins' schema where that is asked for", async () => {
    await writeReports(sampleResults(), { ...common, directory, junit: 'junit.xml', junitStrict: true });
    expect(readFileSync(join(directory, 'junit.xml'), 'utf8')).not.toContain('<property ');
  });

  it('writes CTRF and a badge where they were asked for', async () => {
    const { files } = await writeReports(sampleResults(), { ...common, directory, ctrf: 'ctrf.json', badge: 'badges/network.json' });
    expect(files.slice(1)).toEqual(['ctrf.json', 'badges/network.json'].map((name) => join(directory, name)));
    const [, ctrf, badge] = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as unknown);
    expect(ctrf).toMatchObject({ reportFormat: 'CTRF', results: { summary: { passed: 2, failed: 3, extra: { deviates: 2, error: 1 } } } });
    expect(badge).toMatchObject({ schemaVersion: 1, message: '2 conform, 2 deviate, 1 blocked, 1 error' });
  });

  it('speaks to GitHub where the environment says so', async () => {
    let printed = '';
    await writeReports(sampleResults(), { ...common, directory, env: { GITHUB_ACTIONS: 'true' }, print: (text) => (printed += text) });
    expect(printed).toMatch(/^::error title=/);
  });

  it('writes all other reports when one cannot be written, and says which', async () => {
    const { files, problems, terminal } = await writeReports(sampleResults(), {
      ...common,
      directory,
      junit: 'results.json/junit.xml',
      badge: 'badge.json',
    });
    expect(files).toEqual(['results.json', 'badge.json'].map((name) => join(directory, name)));
    expect(problems).toEqual([expect.stringMatching(/junit\.xml cannot be written \(ENOTDIR\)/)]);
    expect(terminal).toContain('2 conform');
    expect(readResults(join(directory, 'results.json')).claims).toHaveLength(10);
  });

  it('has the same numbers in every report', async () => {
    const summary = join(directory, 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { terminal } = await writeReports(sampleResults(), {
      ...common,
      directory,
      junit: 'junit.xml',
      html: 'report.html',
      env,
      print: () => undefined,
    });
    const [junit, html, markdown] = ['junit.xml', 'report.html', 'summary.md'].map((name) => readFileSync(join(directory, name), 'utf8'));
    const expected = verdicts.map((verdict) => sampleResults().summary[verdict]);

    const inTerminal = verdicts.map((verdict) =>
      Number(new RegExp(`(\\d+) ${verdictWords[verdict].counted}`).exec(terminal.slice(terminal.lastIndexOf(' conform') - 4))?.[1]),
    );
    const inHtml = verdicts.map((verdict) => Number(new RegExp(`data-count="${verdict}"[^>]*>.*?</svg>\\s*(\\d+)`).exec(html ?? '')?.[1]));
    const inJunit = verdicts
      .map((verdict) => junit?.split(`name="claim.verdict" value="${verdict}"`).length ?? 0)
      .map((parts) => parts - 1);
    const row = markdown?.split('\n').find((line) => /^(\| \d+ )+\|$/.test(line));
    const inMarkdown = [...(row ?? '').matchAll(/\d+/g)].map(Number);
    expect({ inTerminal, inHtml, inJunit, inMarkdown }).toEqual({
      inTerminal: expected,
      inHtml: expected,
      inJunit: expected,
      inMarkdown: expected,
    });

    const root = /<testsuites[^>]*>/.exec(junit ?? '')?.[0];
    const { deviates, error, blocked, 'not-applicable': notApplicable } = sampleResults().summary;
    // an error of the suite fails as well
    expect(root).toContain(`failures="${String(deviates + error)}" errors="0"`);
    expect(junit?.split('<skipped/>').length).toBe(1 + blocked + notApplicable);
  });
});
