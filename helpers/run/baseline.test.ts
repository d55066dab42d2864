import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { claimIds, sampled } from '../selftest/sample-verdicts';
import { markdownReport } from '../report/text/markdown';
import { junitReport } from '../report/text/junit';
import { terminalReport } from '../report/text/terminal';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { baselineFor, comparedWith, readBaselines, type Baseline } from './baseline';

afterAll(cleanUp);

const catalogue = claimIds.map((id) => ({ id }));
const of = (results: ReturnType<typeof sampled>): Baseline => ({
  from: 'base.json',
  results,
  claims: new Map(results.claims.map((claim) => [claim.id, claim])),
});
const compare = (was: Parameters<typeof sampled>[0], is: Parameters<typeof sampled>[0]) =>
  comparedWith(of(sampled(was)), sampled(is), catalogue);
const lapsed = { state: 'expired', reason: 'known', link: 'https://example.org/1', expires: '2026-01-01', from: 'the suite' } as const;

describe('a run that is compared with a baseline', () => {
  it.each<[string, Parameters<typeof sampled>[0], Parameters<typeof sampled>[0], number]>([
    ['what deviated then, does', { a: 'deviates', b: 'conforms' }, { a: 'deviates', b: 'conforms' }, 0],
    ['it deviates for another reason', { a: 'deviates' }, { a: { verdict: 'deviates', reason: 'refused by somebody' } }, 0],
    ['what conformed deviates', { a: 'conforms' }, { a: 'deviates' }, 1],
    ['what did not apply deviates', { a: 'not-applicable' }, { a: 'deviates' }, 1],
    ['what was fixed conforms', { a: 'deviates' }, { a: 'conforms' }, 0],
    ['a claim that is new deviates', { b: 'conforms' }, { a: 'deviates', b: 'conforms' }, 0],
    ['what was blocked then deviates', { a: 'blocked', b: 'conforms' }, { a: 'deviates', b: 'conforms' }, 0],
    ['the suite fails on a claim', { a: 'deviates' }, { a: 'error' }, 3],
    ['the suite failed on it then', { a: 'error' }, { a: 'error' }, 0],
    [
      'a waiver came to its end',
      { a: { verdict: 'deviates', reason: 'known', waiver: { ...lapsed, state: 'applies' } } },
      { a: { verdict: 'deviates', reason: 'known', waiver: lapsed } },
      1,
    ],
    [
      'a waiver accepts what got worse',
      { a: 'conforms' },
      { a: { verdict: 'deviates', reason: 'known', waiver: { ...lapsed, state: 'applies' } } },
      0,
    ],
    ['little could be judged, as then', { a: 'blocked', b: 'blocked', c: 'conforms' }, { a: 'blocked', b: 'blocked', c: 'conforms' }, 0],
    ['less could be judged than then', { a: 'conforms', b: 'conforms', c: 'conforms' }, { a: 'blocked', b: 'blocked', c: 'conforms' }, 4],
  ])('%s', (_, was, is, status) => {
    expect(compare(was, is).summary.exitStatus).toBe(status);
  });

  it('must count with --strict only what is blocked since', () => {
    const strict = (was: Parameters<typeof sampled>[0]) =>
      comparedWith(of(sampled(was)), sampled({ a: 'blocked', b: 'conforms' }, { strict: true }), catalogue).summary.exitStatus;
    expect([strict({ a: 'blocked', b: 'conforms' }), strict({ a: 'conforms', b: 'conforms' })]).toEqual([0, 1]);
  });

  const changed = compare(
    { a: 'conforms', b: 'deviates', c: 'deviates', gone: 'conforms' },
    { a: 'deviates', b: 'conforms', c: 'deviates', d: 'conforms' },
  );

  it('must tell what is not as it was, in the terminal', () => {
    for (const width of [80, 200]) {
      const report = terminalReport(changed, { color: false, width, files: [] });
      expect(report.replace(/\s+/g, ' ')).toContain(
        'Since the baseline base.json (docker-28.5.2, 2026-01-02 03:04 UTC): 1 regressed · 1 improved · 1 new · 1 gone · 1 unchanged',
      );
      for (const line of [
        /regressed +net\.a \(conforms → deviates\)/,
        /improved +net\.b \(deviates → conforms\)/,
        /new +net\.d \(conforms\)/,
        /gone +net\.gone\n/,
      ])
        expect(report).toMatch(line);
      expect(report).toContain('~ the sentence of net.c');
      expect(report).toContain('2 deviate (1 no worse than the baseline)');
      expect(report).toContain('exit status 1: at least one claim got worse since the baseline');
      expect(report.split('\n').filter((line) => line.length > width && !/^ +again /.test(line))).toEqual([]);
    }
  });

  it('must tell it in Markdown and JUnit, where only what got worse fails', async () => {
    const markdown = markdownReport(changed);
    expect(markdown).toContain('| regressed | `net.a` | conforms → deviates |');
    expect(markdown).toContain('| gone | `net.gone` |');
    const junit = await junitReport([changed]);
    expect(junit).toContain('failures="1"');
    expect(junit).toContain('name="gone since the baseline: net.gone"');
    expect(junit).toContain('name="claim.sinceBaseline" value="improved"');
    expect(junit).toContain('improved: net.b (deviates → conforms)');
  });
});

describe('the file of a baseline', () => {
  const written = (content: unknown): string => {
    const file = path.join(temporaryDirectory(), 'base.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };

  it.each<[string, unknown, RegExp]>([
    ['that is cut short', '{"schemaVersion": 3', /base\.json is not JSON, or it was cut short/],
    [
      'of a run that was interrupted',
      sampled({ a: 'conforms' }, { interrupted: true }),
      /base\.json is no baseline: its run was interrupted\./,
    ],
    ['that has none of the claims', sampled({ b: 'conforms' }), /base\.json is no baseline: it has none of the selected claims\./],
    ['of another format', { schemaVersion: 1 }, /has results format 1/],
  ])('must be refused in one sentence: one %s', (_, content, message) => {
    expect(() => readBaselines([written(content)], ['net.a'])).toThrow(message);
  });

  it('must be there', () =>
    expect(() => readBaselines(['/nowhere/base.json'], ['net.a'])).toThrow('There is no results file /nowhere/base.json.'));

  it('may be of an earlier format', () => {
    const file = written({ ...sampled({ a: 'deviates' }), schemaVersion: 2 });
    expect(readBaselines([file], ['net.a'])('podman-5.8.6')?.claims.get('net.a')?.verdict).toBe('deviates');
  });

  it('must be that of the engine where there are several, in its version if there is one', () => {
    const engine = (id: string) => of(sampled({ a: 'conforms' }, { engine: id }));
    const several = [engine('docker-26.1.5'), engine('docker-28.5.2'), engine('podman-5.8.6'), engine('docker-26.1.5+rootless')];
    const chosen = ['docker-28.5.2', 'docker-29.0.0', 'podman-4.3.1', 'docker-28.5.2+rootless', 'docker-28.5.2+ipv6'].map(
      (id) => baselineFor(id, several)?.results.engine.id,
    );
    expect(chosen).toEqual(['docker-28.5.2', 'docker-26.1.5', 'podman-5.8.6', 'docker-26.1.5+rootless', undefined]);
  });
});
