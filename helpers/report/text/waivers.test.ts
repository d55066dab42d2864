import { describe, expect, it } from '@jest/globals';
import { ctrfReport } from './ctrf';
import { annotations } from './github';
import { junitReport } from './junit';
import { markdownReport } from './markdown';
import { waiverLines } from './summary';
import type { ClaimResult, Results } from '../../results/results';
import { sampleResults } from '../../results/sample-results';
import { terminalReport } from './terminal';

const [sample] = sampleResults().claims as [ClaimResult];
const waiver = { reason: 'it is so by design', link: 'https://example.org/1', expires: '2027-06-30', from: 'the suite' };
const deviating: Partial<ClaimResult> = { verdict: 'deviates', reason: 'expected 1, saw 2' };

/** One claim whose deviation is accepted, one whose waiver has expired, one that does not need its waiver. */
const accepted: ClaimResult = { ...sample, ...deviating, id: 'some.accepted', waiver: { ...waiver, state: 'applies' } };
const expired: ClaimResult = {
  ...sample,
  ...deviating,
  id: 'some.expired',
  waiver: { ...waiver, state: 'expired', expires: '2026-01-01' },
};
const needless: ClaimResult = { ...sample, id: 'some.needless', waiver: { ...waiver, state: 'needless', from: 'mine.json' } };
const run = (...claims: ClaimResult[]): Results => sampleResults({ claims, notes: [] });
const terminal = (results: Results) => terminalReport(results, { color: false, width: 200, files: [] });

describe('an accepted deviation', () => {
  it('must not fail a run, and must be counted, marked and explained in every report', async () => {
    const results = run(accepted);
    expect(results.summary).toMatchObject({ deviates: 1, waived: 1, exitStatus: 0 });
    expect(terminal(results)).toContain('1 deviate (1 waived)');
    expect(terminal(results)).toMatch(/~ .*\(waived until 2027-06-30\)\n.*it is so by design \(https:\/\/example\.org\/1\)/);
    expect(markdownReport(results)).toMatch(/~ deviates, waived .*it is so by design.*waived until 2027-06-30/);
    expect(markdownReport(results)).not.toContain('What does not conform');
    expect(annotations(results)).toBe('');
    expect(await junitReport([results])).toMatch(/failures="0".*skipped="1"/s);
    expect(await junitReport([results])).toContain(
      'deviates, waived: it is so by design (until 2027-06-30, https://example.org/1) expected 1, saw 2',
    );
    expect(ctrfReport(results).results.tests).toMatchObject([
      { status: 'other', rawStatus: 'deviates', extra: { waiver: { state: 'applies' } } },
    ]);
  });

  it('must have no line of its own at the end', () => {
    expect(waiverLines(run(accepted))).toEqual([]);
  });
});

describe('an expired waiver', () => {
  it('must fail a run as if there were none, and be told in one line', async () => {
    const results = run(accepted, expired);
    const line =
      'The waiver of some.expired (the suite) expired on 2026-01-01, and the claim still deviates: it is so by design (https://example.org/1)';
    expect(results.summary).toMatchObject({ deviates: 2, waived: 1, exitStatus: 1 });
    expect(waiverLines(results)).toEqual([line]);
    expect(terminal(results)).toContain(` ! ${line}`);
    expect(terminal(results)).toContain('exit status 1: at least one claim deviates without a waiver');
    expect(markdownReport(results)).toContain('- The waiver of some.expired (the suite) expired');
    expect(annotations(results)).toMatch(
      /::error title=deviates%3A some\.expired[\s\S]*::warning title=waiver::The waiver of some\.expired/,
    );
    expect(await junitReport([results])).toMatch(/failures="1"/);
  });
});

describe('a waiver that nothing needs', () => {
  it('must be told in one line, and fail only a strict run', async () => {
    const results = run(needless);
    expect(results.summary.exitStatus).toBe(0);
    expect(waiverLines(results)).toEqual(['The waiver of some.needless (mine.json) is not needed: the claim conforms. Remove it.']);
    expect(waiverLines(run({ ...needless, verdict: 'not-applicable', reason: 'no such thing' }))).toEqual([
      expect.stringContaining('the claim is not applicable'),
    ]);
    expect(await junitReport([results])).toMatch(/failures="0"/);
  });
});
