import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CTRFReport } from 'ctrf';
import { XMLParser } from 'fast-xml-parser';
import { run } from '../base/process';
import { projectRoot } from '../base/project';
import type { ClaimResult } from '../results/results';
import { readResults } from '../results/results-file';
import { ownEnvironment } from './command-line';

interface Testcase {
  name: string;
  time: string;
  properties: { property: { name: string; value: string }[] };
}
interface Junit {
  testsuites: { testsuite: { timestamp: string; testcase: Testcase[] }[] };
}
interface JestJson {
  testResults: { assertionResults: { title: string; status: string; duration?: number }[] }[];
}

let folder: string;
let claims: readonly ClaimResult[];

/** One run of several areas, whose claims are judged some at a time. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'same-facts-'));
  const { exitCode, stdout, stderr } = await run(
    [
      'env',
      `--chdir=${folder}`,
      'node',
      path.join(projectRoot, 'helpers/bin.cjs'),
      'run',
      '--engine',
      'docker-28',
      '--area',
      'models',
      'mac-addresses',
      'document',
      '--ctrf',
      'ctrf.json',
      '--',
      '--json',
      '--outputFile=jest.json',
    ],
    { env: ownEnvironment, timeout: 300_000 },
  );
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  ({ claims } = readResults(path.join(folder, 'reports/results.json')));
}, 310_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string) => readFileSync(path.join(folder, name), 'utf8');

describe('the reports of one run', () => {
  it('must have the same claims in the same order, with the same starts and times', () => {
    const facts = claims.map(({ id, startedAt, durationMs }) => ({ id, startedAt, durationMs }));
    expect(facts.filter(({ startedAt }) => startedAt !== undefined).length).toBeGreaterThan(50);

    const ctrf = JSON.parse(written('ctrf.json')) as CTRFReport;
    expect(ctrf.results.tests.map(({ name, start, duration }) => ({ id: name, startedAt: start, durationMs: duration }))).toEqual(
      facts.map(({ id, startedAt, durationMs }) => ({
        id,
        startedAt: startedAt === undefined ? undefined : Date.parse(startedAt),
        durationMs,
      })),
    );

    const isArray = (name: string) => ['testsuite', 'testcase', 'property'].includes(name);
    const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false, isArray }).parse(
      written('reports/junit.xml'),
    ) as Junit;
    const cases = testsuites.testsuite.flatMap(({ testcase }) => testcase);
    const startOf = ({ properties }: Testcase) => properties.property.find(({ name }) => name === 'claim.startedAt')?.value;
    expect(cases.map((it) => ({ id: it.name, startedAt: startOf(it), durationMs: Math.round(Number(it.time) * 1000) }))).toEqual(facts);
    for (const { timestamp, testcase } of testsuites.testsuite) {
      const [first] = testcase
        .map(startOf)
        .filter((it) => it !== undefined)
        .sort();
      if (first !== undefined) expect(timestamp).toBe(first.slice(0, 19));
    }
  });

  it("must have times that are Jest's own, too: a test takes what its claim takes", () => {
    const { testResults } = JSON.parse(written('jest.json')) as JestJson;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed');
    const shorter = tests.flatMap(({ title, duration = 0 }) => {
      const claim = claims.find(({ id }) => title.startsWith(`${id}: `));
      // Jest's clock counts whole milliseconds
      return claim && duration < claim.durationMs - 20 ? [`${claim.id}: ${duration} of ${claim.durationMs} ms`] : [];
    });
    expect(tests.length).toBeGreaterThan(50);
    expect(shorter).toEqual([]);
  });
});
