import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { matrixAnnotations, reportMatrixToGithub } from './matrix-github';
import { matrixMarkdown } from './matrix-markdown';
import { differs, failsEverywhere, matrixMeaning, matrixStatus, rowsOf } from './matrix-summary';
import { matrixTerminal } from './matrix-terminal';
import { resultsOf, sampleMatrix } from '../../results/sample-matrix';
import { displayWidth } from '../../base/text';

const input = sampleMatrix();
const plainly = (width: number) => matrixTerminal(input, { color: false, width, files: ['reports/matrix/report.html'] });
const terminal = plainly(100);
const markdown = matrixMarkdown(input);
const good = { results: [resultsOf('docker-28.5.2', { 'net.good': 'conforms' })], failures: [] };
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0009\u000b-\u001f]/;
/** What is between the heading and the next empty line, or the next heading. */
const section = (text: string, heading: string) => (text.split(heading)[1] ?? '').split('\n\n')[0] ?? '';

describe('the summary of a matrix', () => {
  it('must tell claims on which engines differ from those that fail on all', () => {
    const ids = (wanted: typeof differs) =>
      rowsOf(input)
        .filter(wanted)
        .map(({ claim }) => claim.id);
    expect(ids(differs)).toEqual(['net.moves', 'net.known', 'net.port']);
    expect(ids(failsEverywhere)).toEqual(['same.bad']);
  });

  it('must end like the worst engine, and name it', () => {
    expect(matrixStatus(good)).toBe(0);
    expect(matrixMeaning(good)).toBeUndefined();
    const deviating = {
      ...good,
      results: [
        ...good.results,
        resultsOf('podman-5.4.2', { 'net.good': 'deviates' }),
        resultsOf('podman-5.8.6', { 'net.good': 'deviates' }),
      ],
    };
    expect(matrixStatus(deviating)).toBe(1);
    expect(matrixMeaning(deviating)).toBe('at least one claim deviates (podman-5.4.2, podman-5.8.6)');
    const failed = { ...deviating, failures: [{ engine: 'podman-4.3.1', reason: 'x' }] };
    expect(matrixStatus(failed)).toBe(3);
    expect(matrixMeaning(failed)).toBe('there are no results (podman-4.3.1)');
    expect(matrixStatus({ results: [], failures: failed.failures })).toBe(3);
  });
});

describe('every report of a matrix', () => {
  it.each([
    ['terminal', terminal],
    ['markdown', markdown],
  ])('must have the same numbers, and why an engine has none: %s', (_, text) => {
    const rows = text.split('\n').map((line) =>
      line
        .split(/ {2,}|\|/)
        .map((it) => it.trim())
        .filter(Boolean),
    );
    const numbers = (label: string) => rows.find((row) => row.includes(label))?.slice(-7);
    expect(numbers('docker-26.1.5')).toEqual(['2', '1', '0', '2', '1', '0', '3.2 s']);
    expect(numbers('docker-28.5.2')).toEqual(['4', '2', '1', '1', '0', '0', '3.2 s']);
    expect(numbers('docker-28.5.2 (2)')).toEqual(['1', '1', '0', '0', '0', '1', '3.2 s']);
    expect(text).toContain('no results: it ended while it was starting: ');
    expect(text).toMatch(/ngines differ on 3 of 7 claims/);
    expect(text).toContain('docker-28.5.2 (2): The run left behind: network');
    expect(text.replace(/\s+/g, ' ')).toMatch(
      /xit status 3: the suite itself failed on at least one claim; .* \(docker-28\.5\.2 \(2\)\); there are no results \(podman-5\.8\.6\)/,
    );
    expect(text).not.toMatch(controls);
  });
});

describe('matrixTerminal', () => {
  it('must mark what became of each claim on each engine', () => {
    const [, ...rows] = section(terminal, 'Engines differ on 3 of 7 claims').split('\n');
    expect(rows.map((row) => [row.trim().split(' ')[0], row.slice(-5)])).toEqual([
      ['net.moves', '– ✓ ?'],
      ['net.known', '✓ ~  '],
      ['net.port', '! ✓  '],
    ]);
    expect(terminal).toMatch(/Alike on all engines +1 2 3\n {3}same\.bad +✗ ✗ ✗\n/);
    expect(terminal.replaceAll('\u00a0', ' ')).toContain('~ deviates, waived');
  });

  it.each([40, 60, 80, 120])('must stay within %d columns', (width) => {
    for (const line of plainly(width)
      .split('\n')
      .filter((it) => !it.includes('written')))
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it('must have no line that a CI system takes for a command, and colours only where they are wanted', () => {
    for (const width of [40, 41, 42, 43, 60]) expect(plainly(width)).not.toMatch(/^\s*::/m);
    expect(matrixTerminal(input, { color: true, width: 100, files: [] })).toContain('\u001b[1m');
  });
});

describe('matrixMarkdown', () => {
  it('must have as many cells in every row as in its head', () => {
    for (const table of markdown.split('\n\n').filter((part) => part.startsWith('|'))) {
      const [head = '', ...rows] = table
        .trim()
        .split('\n')
        .map((row) => row.match(/(?<!\\)\|/g)?.length);
      for (const row of rows) expect(row).toBe(head);
    }
  });

  it('must let no markup of others through', () => {
    expect(markdown.match(/<[a-z/]+/g)?.filter((tag) => !['<br', '<details', '</details', '<summary', '</summary'].includes(tag))).toEqual(
      [],
    );
    expect(markdown).toContain('&#60;script&#62;');
  });

  it('must say why claims do not conform, engine by engine', () => {
    expect(markdown).toContain('<summary>docker-26.1.5: why 2 claims do not conform</summary>');
    expect(markdown).toMatch(/\| ! blocked \| .*<br>`net\.port` \| docker-26\.1\.5 says /);
  });

  it('must leave out reasons first where there is no room, and say so', () => {
    const short = matrixMarkdown(input, 2500);
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(2500);
    expect(short).toContain('Where engines differ');
    expect(short).toContain('parts of this report do not fit in here; the results files have them all.');
  });
});

describe('a matrix on GitHub Actions', () => {
  it('must have one error for each engine that does not end well, whatever stands in it', () => {
    const lines = matrixAnnotations(input).trimEnd().split('\n');
    expect(lines.map((line) => /^::(\w+) title=([^:]*)::/.exec(line)?.slice(1).join(' '))).toEqual([
      'error docker-26.1.5',
      'error docker-28.5.2',
      'error docker-28.5.2 (2)',
      'warning docker-28.5.2 (2)',
      'error podman-5.8.6',
    ]);
    expect(matrixAnnotations(good)).toBe('');
  });

  it('must append its summary once, within what GitHub accepts, and do nothing elsewhere', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'summary-'));
    const file = path.join(folder, 'summary.md');
    const printed: string[] = [];
    const report = (env: NodeJS.ProcessEnv) => reportMatrixToGithub(input, env, (text) => printed.push(text));
    try {
      report({ GITHUB_STEP_SUMMARY: file });
      expect({ printed, size: statSync(file, { throwIfNoEntry: false }) }).toEqual({ printed: [], size: undefined });
      writeFileSync(file, 'of an earlier command\n');
      report({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
      expect(readFileSync(file, 'utf8')).toBe(`of an earlier command\n${markdown}`);
      writeFileSync(file, 'x'.repeat(1024 * 1024 - 1000));
      report({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file });
      expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
