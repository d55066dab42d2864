import { describe, expect, it } from '@jest/globals';
import { markdownReport } from './markdown';
import { nasty, sampleResults } from '../../results/sample-results';

const report = markdownReport(sampleResults());
const outsideCode = report.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '');

describe('markdownReport', () => {
  it('has a row of as many cells as its head for every claim', () => {
    const rows = outsideCode.split('\n').filter((line) => /^\| [✓✗–!?] /u.test(line) && line.includes('`'));
    expect(rows).toHaveLength(sampleResults().claims.length);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  it('tells what keeps many claims from being judged once, before all of them', () => {
    const sample = sampleResults();
    const [first] = sample.claims;
    const claims = Array.from({ length: 4 }, (_, index) => ({
      ...first,
      id: `some.claim-${index}`,
      verdict: 'blocked',
      reason: 'the engine starts no container',
      evidence: [],
    })) as typeof sample.claims;
    const told = markdownReport({ ...sample, claims });
    expect(told.match(/the engine starts no container/g)).toHaveLength(1);
    expect(told).toContain('| the engine starts no container |  | `some.claim-0`, `some.claim-1`, `some.claim-2`, `some.claim-3` |');
    expect(told.match(/\| see above \|/g)).toHaveLength(4);
  });

  it('lets no markup of others through', () => {
    expect(outsideCode).not.toContain('<script');
    expect(outsideCode.match(/<[a-z/]+/g)?.every((tag) => /^<\/?(details|summary)$/.test(tag))).toBe(true);
    expect(outsideCode).toContain('\\`c\\`');
    // eslint-disable-next-line no-control-regex
    expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('puts evidence in code blocks that it cannot close', () => {
    expect(report).toMatch(/^````text\n[^]*?\n```\n\| not \| a table \|\n```\n````$/m);
  });

  it('explains what does not conform, with cause, remedy and the command', () => {
    expect(report).toContain('<details><summary>✗ bridge.default.no-name-resolution: a container');
    expect(report).toContain('Cause: the embedded DNS server answers on the default bridge (`dns.embedded-on-default-bridge`)');
    expect(report).toContain('Again:\n\n```text\nnpm test -- --claim bridge.default.no-name-resolution\n```');
    expect(report).toContain('Exit status 3: the suite itself failed');
  });

  it('names what the run left behind', () => {
    const { host } = sampleResults();
    expect(markdownReport(sampleResults({ host: { ...host, leftovers: ['network a_b_c'] } }))).toContain(
      'The run left behind:\n\n- network a\\_b\\_c',
    );
  });

  it('leaves out evidence, and says so, where there is a limit', () => {
    const [first] = sampleResults().claims;
    if (!first) throw new Error('the sample has claims');
    const claims = Array.from({ length: 400 }, (_, index) => ({
      ...first,
      id: `claim.${String(index)}`,
      verdict: 'deviates' as const,
      reason: nasty.repeat(100),
    }));
    const short = markdownReport(sampleResults({ claims }), 500_000);
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(500_000);
    expect(short).toContain('`claim.399`');
    expect(short).toMatch(/_\d+ parts of this report do not fit in here; results\.json has them all\._\n$/);
    for (let limit = 1000; limit < 20_000; limit += 61) {
      expect(Buffer.byteLength(markdownReport(sampleResults(), limit))).toBeLessThanOrEqual(limit);
    }
  });
});
