import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { subjects, type Subject } from '../../fixtures/claims/subjects';
import { gather } from '../report/html/gather';
import { annotations } from '../report/text/github';
import { junitReport } from '../report/text/junit';
import { markdownReport } from '../report/text/markdown';
import { matrixMarkdown } from '../report/text/matrix-markdown';
import { matrixTerminal } from '../report/text/matrix-terminal';
import { notLookedAt, notLookedAtLine } from './not-looked-at';
import { sampleResults } from './sample-results';
import { terminalReport } from '../report/text/terminal';
import type { Verdict } from './verdict';

const idsOf = (subject: Subject) => catalogue.flatMap((claim) => (claim.subject === subject ? [claim.id] : []));
const [first = '', second = ''] = idsOf('egress');
const claims = (verdicts: Record<string, Verdict>, reason = 'the host has no gateway') =>
  Object.entries(verdicts).map(([id, verdict]) => ({ id, verdict, reason }));

describe('what was not looked at', () => {
  it('must be found by a field of claims, of which every subject has one', () => {
    expect((Object.keys(subjects) as Subject[]).filter((subject) => idsOf(subject).length === 0)).toEqual([]);
  });

  it('must be what claims were selected for, apply to and nobody judged', () => {
    expect(notLookedAt(claims({ [first]: 'blocked', [second]: 'error' }))).toEqual([
      { subject: 'egress', what: subjects.egress, reason: 'the host has no gateway', claims: [first, second] },
    ]);
    expect(notLookedAt(claims({ [first]: 'not-applicable', [second]: 'blocked' }))).toMatchObject([{ claims: [second] }]);
    for (const judged of ['conforms', 'deviates'] as const)
      expect(notLookedAt(claims({ [first]: 'blocked', [second]: judged }))).toEqual([]);
    expect(notLookedAt(claims({ [first]: 'not-applicable', 'another.claim': 'blocked' }))).toEqual([]);
    expect(notLookedAt([])).toEqual([]);
  });

  it('must be one line, in the order of what matters most, with reasons that are short', () => {
    const unseen = [
      ...claims(
        { [idsOf('published-ports-from-beside')[0] ?? '']: 'blocked' },
        'it changes or restarts an engine, which this suite does only to one of its own',
      ),
      ...claims({ [first]: 'blocked' }),
    ];
    expect(notLookedAtLine({ notLookedAt: notLookedAt(unseen) })).toBe(
      'Not looked at: whether containers reach the world (the host has no gateway) · published ports from beside the host',
    );
    expect(notLookedAtLine({ notLookedAt: [] })).toBeUndefined();
    expect(notLookedAtLine({})).toBeUndefined();
  });

  it('must stand before the counts in every report, and in none where all was looked at', async () => {
    const results = sampleResults({ notLookedAt: notLookedAt(claims({ [first]: 'blocked' })) });
    const input = (it: typeof results) => ({ results: [it], failures: [] });
    const terminal = (it: typeof results) => terminalReport(it, { color: false, width: 120, files: [] });
    expect(terminal(results)).toMatch(/^ Not looked at: whether containers reach the world \(the host has no gateway\)\n 2 conform/m);
    expect(markdownReport(results).split('\n\n')[1]).toBe(
      '**Not looked at: whether containers reach the world (the host has no gateway)**',
    );
    expect(annotations(results)).toContain('::warning title=not looked at::Not looked at: whether containers reach the world');
    expect(await junitReport([results])).toContain('not looked at: whether containers reach the world: the host has no gateway');
    expect(matrixMarkdown(input(results))).toContain('Not looked at: whether');
    expect(matrixTerminal(input(results), { color: false, width: 120, files: [] })).toContain('Not looked at: whether');
    expect(gather([results], [], []).columns[0]?.run?.notLookedAt).toEqual([{ what: subjects.egress, reason: 'the host has no gateway' }]);
    const all = sampleResults();
    for (const report of [terminal(all), markdownReport(all), annotations(all), await junitReport([all]), matrixMarkdown(input(all))])
      expect(report.toLowerCase()).not.toContain('not looked at');
  });
});
