import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { annotations, appendJobSummary, reportToGithub } from './github';
import { markdownReport } from './markdown';
import { sampleResults } from '../../results/sample-results';

let summary: string;
beforeEach(() => void (summary = join(mkdtempSync(join(tmpdir(), 'github-')), 'summary.md')));
afterEach(() => rmSync(join(summary, '..'), { recursive: true, force: true }));

describe('annotations', () => {
  const lines = annotations(sampleResults()).trimEnd().split('\n');

  it('are one line each: an error for what deviates or failed, a warning for what is blocked', () => {
    expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual(['::error', '::error', '::error', '::warning']);
    expect(lines[3]).toBe(
      '::warning title=blocked%3A host.port-80,file=specs/document/host.spec.ts::nginx on the host network is seen on port 80 of the host%0Aport 80 of the host is in use by another process',
    );
  });

  it('carry line breaks escaped, and no command of others', () => {
    expect(lines[0]).toContain('%0Aexpected: name-unknown%0Aactual:   reached(nginx02, 200)');
    expect(lines[1]).toContain('%0A::error title=forged::not ours%0A');
    expect(annotations(sampleResults({ claims: [] }))).toBe('');
  });

  it('are ten of a kind at most, and say how many more there are', () => {
    const { claims } = sampleResults();
    const many = claims
      .filter(({ verdict }) => verdict === 'error' || verdict === 'blocked')
      .flatMap((claim) => Array.from({ length: 14 }, () => claim));
    const kinds = annotations(sampleResults({ claims: many }))
      .split('\n')
      .map((line) => line.split(/[ :]+/)[1]);
    expect(kinds.filter((kind) => kind === 'error')).toHaveLength(10);
    expect(kinds.filter((kind) => kind === 'warning')).toHaveLength(10);
    expect(annotations(sampleResults({ claims: many }))).toContain('::notice::4 more of kind error: see the job summary\n');
  });
});

describe('the job summary', () => {
  it('is appended to what is there', () => {
    writeFileSync(summary, 'before\n');
    appendJobSummary(summary, sampleResults());
    expect(readFileSync(summary, 'utf8')).toBe(`before\n${markdownReport(sampleResults())}`);
  });

  it.each([0, 1_000_000, 1_048_500, 1_048_576])('stays within what GitHub accepts when %d bytes are there', (bytes) => {
    writeFileSync(summary, ' '.repeat(bytes));
    appendJobSummary(summary, sampleResults());
    expect(statSync(summary).size).toBeLessThanOrEqual(1_048_576);
  });

  it('is a user error where it cannot be written', () => {
    expect(() => appendJobSummary(join(summary, '..'), sampleResults())).toThrow(/cannot be written \(EISDIR\)/);
  });
});

describe('reportToGithub', () => {
  const printed = (env: NodeJS.ProcessEnv) => {
    let text = '';
    reportToGithub(sampleResults(), env, (more) => (text += more));
    return text;
  };

  it('does nothing elsewhere', () => {
    expect(printed({ GITHUB_STEP_SUMMARY: summary })).toBe('');
    expect(statSync(summary, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('prints annotations, and writes a summary where there is a place for it', () => {
    expect(printed({ GITHUB_ACTIONS: 'true' })).toBe(annotations(sampleResults()));
    printed({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary });
    expect(readFileSync(summary, 'utf8')).toBe(markdownReport(sampleResults()));
  });
});
