import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { projectRoot } from '../../base/project';
import { junitReport, writeJunit, writeJunitOf } from './junit';
import type { ClaimResult } from '../../results/results';
import { sampleResults } from '../../results/sample-results';
import { plain } from '../../base/text';

interface Testcase {
  classname: string;
  name: string;
  time: string;
  file?: string;
  properties?: { property: { name: string; value: string }[] }[];
  failure?: string[];
  error?: string[];
  skipped?: string[];
}
type Counts = Record<'tests' | 'failures' | 'errors', string>;
interface Suite extends Counts {
  name: string;
  skipped: string;
  timestamp: string;
  time: string;
  testcase: Testcase[];
  'system-out'?: string;
}
interface Document {
  testsuites: Counts & { testsuite: Suite[] };
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'junit-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function parse(xml: string): Document {
  expect(XMLValidator.validate(xml)).toBe(true);
  // eslint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    htmlEntities: true,
    processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
    isArray: (name, _path, _leaf, isAttribute) =>
      !isAttribute && ['testsuite', 'testcase', 'property', 'properties', 'failure', 'error', 'skipped'].includes(name),
  });
  return parser.parse(xml) as Document;
}

const testcases = (document: Document) => document.testsuites.testsuite.flatMap(({ testcase }) => testcase);
const propertyOf = (testcase: Testcase | undefined, name: string) =>
  testcase?.properties?.flatMap(({ property }) => property).find((it) => it.name === name)?.value;
const find = (document: Document, id: string) => testcases(document).find(({ name }) => name === id);
const readReport = async (...runs: Parameters<typeof junitReport>[0]) => parse(await junitReport(runs));
const isRed = ({ verdict, waiver }: ClaimResult) => verdict === 'error' || (verdict === 'deviates' && waiver?.state !== 'applies');

describe('the JUnit report', () => {
  it('must have a case for each claim, with its verdict and its reason', async () => {
    const results = sampleResults();
    const document = await readReport(results);
    expect(
      testcases(document)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(results.claims.map(({ id }) => id).sort());
    for (const claim of results.claims) {
      const testcase = find(document, claim.id);
      expect([testcase?.failure?.length, testcase?.skipped?.length, testcase?.error]).toEqual([
        isRed(claim) ? 1 : undefined,
        !isRed(claim) && claim.verdict !== 'conforms' ? 1 : undefined,
        undefined,
      ]);
      expect(propertyOf(testcase, 'claim.id')).toBe(claim.id);
      expect(propertyOf(testcase, 'claim.title')).toBe(plain(claim.title));
      expect(propertyOf(testcase, 'claim.verdict')).toBe(claim.verdict);
      expect(propertyOf(testcase, 'claim.level')).toBe(claim.level);
      expect(propertyOf(testcase, 'claim.area')).toBe(claim.area);
      expect(propertyOf(testcase, 'claim.section')).toBe(claim.section);
      expect(propertyOf(testcase, 'engine.id')).toBe('docker-28.5.2');
      expect(propertyOf(testcase, 'claim.reason') === undefined).toBe(claim.verdict === 'conforms');
    }
  });

  it('must know a claim by names that stay when its title is reworded', async () => {
    const [claim] = sampleResults().claims as [ClaimResult];
    const named = async (title: string) => {
      const document = await readReport(sampleResults({ claims: [{ ...claim, title }] }));
      return [document.testsuites.testsuite[0]?.name, testcases(document)[0]?.classname, testcases(document)[0]?.name];
    };
    expect(await named('a sentence')).toEqual(['document.default-bridge', 'document.default-bridge', claim.id]);
    expect(await named('another one')).toEqual(await named('a sentence'));
  });

  it('must begin a failure with the sentence, and tell why, the cause and what to do', async () => {
    const failure = find(await readReport(sampleResults()), 'bridge.default.no-name-resolution')?.failure?.[0] ?? '';
    expect(failure.split('\n')[0]).toBe('a container on the default bridge must not resolve the name of another');
    for (const part of [
      'deviates: expected: name-unknown\nactual:   reached(nginx02, 200)',
      'cause:  the embedded DNS server',
      'remedy: start the engine',
      'again:  npm test -- --claim bridge.default.no-name-resolution',
    ]) {
      expect(failure).toContain(part);
    }
  });

  it('must keep every character that XML can hold, and none of the others', async () => {
    const failure = find(await readReport(sampleResults()), 'bridge.user.isolated-from-default')?.failure?.[0];
    expect(failure).toContain(`<script>alert("x")</script> & ' ]]> red 😀 한국어 a|b`);
  });

  it('must tell the reason of what is skipped in the output of its section, too', async () => {
    const document = await readReport(sampleResults());
    const suite = document.testsuites.testsuite.find(({ testcase }) => testcase.some(({ name }) => name === 'host.port-80'));
    expect(JSON.parse(suite?.['system-out'] ?? '')).toContain('host.port-80: blocked: port 80 of the host is in use by another process');
  });

  it('must have the times of the results', async () => {
    const [claim] = sampleResults().claims as [ClaimResult];
    const claims = [
      { ...claim, id: 'some.first', startedAt: '2026-11-30T12:00:05.000Z', durationMs: 1500 },
      { ...claim, id: 'some.second', startedAt: '2026-11-30T12:00:02.000Z', durationMs: 4000 },
    ];
    const document = await readReport(sampleResults({ claims }));
    expect(testcases(document).map(({ name, time }) => [name, time])).toEqual([
      ['some.first', '1.5'],
      ['some.second', '4'],
    ]);
    expect(document.testsuites.testsuite[0]).toMatchObject({ timestamp: '2026-11-30T12:00:02', time: '4.5' });
    expect(propertyOf(testcases(document)[0], 'claim.startedAt')).toBe('2026-11-30T12:00:05.000Z');
  });

  it('must name a file only where its reader has it', async () => {
    const before = process.cwd();
    try {
      process.chdir(projectRoot);
      expect(find(await readReport(sampleResults()), 'host.port-80')?.file).toBe('specs/document/host.spec.ts');
      process.chdir(folder);
      expect(find(await readReport(sampleResults()), 'host.port-80')).not.toHaveProperty('file');
    } finally {
      process.chdir(before);
    }
  });

  it('must keep several engines apart', async () => {
    const one = sampleResults();
    const other = { ...one, engine: { ...one.engine, id: 'podman-5.8.6' } };
    const document = await readReport(one, other);
    expect(testcases(document)).toHaveLength(2 * one.claims.length);
    expect(new Set(testcases(document).map(({ classname, name }) => `${classname} ${name}`)).size).toBe(2 * one.claims.length);
    expect(document.testsuites.testsuite[0]?.name).toMatch(/^docker-28_5_2\./);
    expect(document.testsuites.testsuite.at(-1)?.name).toMatch(/^podman-5_8_6\./);
  });

  it("must not be changed by settings that are for the user's own tests", async () => {
    const expected = await readReport(sampleResults());
    const variables = {
      JEST_JUNIT_TITLE: '{title} of mine',
      JEST_JUNIT_CLASSNAME: 'mine',
      JEST_JUNIT_OUTPUT_FILE: join(folder, 'mine.xml'),
      JEST_SUITE_NAME: 'mine',
    };
    Object.assign(process.env, variables);
    try {
      expect(testcases(await readReport(sampleResults()))).toEqual(testcases(expected));
      expect(process.env).toMatchObject(variables);
    } finally {
      for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
    }
  });

  it('must have a case that fails where too little was judged, and none where enough was', async () => {
    const results = sampleResults();
    const summary = { ...results.summary, conforms: 1, deviates: 0, blocked: 2, error: 0, leastJudged: 0.5, exitStatus: 4 };
    const added = (await readReport({ ...results, summary })).testsuites.testsuite.find(({ name }) => name === results.suite.name);
    expect(added).toMatchObject({
      tests: '1',
      failures: '1',
      testcase: [
        { name: 'at least 50 % of the applicable claims must be judged', failure: [expect.stringMatching(/^exit status 4: only 1 of 3 /)] },
      ],
    });
    expect(await junitReport([results])).not.toContain('must be judged');
  });

  it('must replace the file of an earlier run, and make its folder', async () => {
    const file = join(folder, 'reports', 'junit.xml');
    await writeJunit(file, sampleResults());
    writeFileSync(file, 'old');
    await writeJunitOf(file, [sampleResults(), sampleResults()]);
    expect(testcases(parse(readFileSync(file, 'utf8'))).length).toBe(2 * sampleResults().claims.length);
  });
});

describe('readers of JUnit that others have written', () => {
  /** Runs a few lines in a process of their own, for some of the readers are ES modules. */
  const read = (file: string, lines: string): unknown =>
    JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '--eval', `const file = ${JSON.stringify(file)};\n${lines}`], {
        cwd: projectRoot,
        encoding: 'utf8',
      }),
    );

  it.each([
    [
      'test-results-parser',
      `import parser from 'test-results-parser';
      const cases = parser.parse({ type: 'junit', files: [file] }).suites.flatMap((suite) => suite.cases);
      const having = (status) => cases.filter((it) => it.status === status).length;
      console.log(JSON.stringify({ tests: cases.length, failures: having('FAIL'), skipped: having('SKIP') }));`,
    ],
    [
      'junit2json',
      `import { parse } from 'junit2json';
      import { readFileSync } from 'node:fs';
      const cases = (await parse(readFileSync(file, 'utf8'))).testsuite.flatMap((suite) => suite.testcase);
      console.log(JSON.stringify({ tests: cases.length, failures: cases.filter((it) => it.failure).length, skipped: cases.filter((it) => it.skipped).length }));`,
    ],
    [
      'junit-to-ctrf',
      `import { convertJUnitToCTRFReport } from 'junit-to-ctrf';
      const { summary } = (await convertJUnitToCTRFReport(file)).results;
      console.log(JSON.stringify({ tests: summary.tests, failures: summary.failed, skipped: summary.skipped }));`,
    ],
  ])('must count the same: %s', async (_name, lines) => {
    const results = sampleResults();
    const file = join(folder, 'junit.xml');
    await writeJunit(file, results);
    const failures = results.claims.filter(isRed).length;
    const passed = results.claims.filter(({ verdict }) => verdict === 'conforms').length;
    expect(read(file, lines)).toEqual({ tests: results.claims.length, failures, skipped: results.claims.length - failures - passed });
  });
});

describe("Jenkins' schema", () => {
  /** Attributes and children of each element in junit-10.xsd of Jenkins' xUnit plugin, of those that jest-junit writes. */
  const schema: Record<string, { attributes: string[]; children: string[] }> = {
    testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
    testsuite: {
      attributes: ['name', 'tests', 'failures', 'errors', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file'],
      children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    },
    testcase: { attributes: ['name', 'time', 'classname', 'group'], children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
    skipped: { attributes: ['type', 'message'], children: [] },
    failure: { attributes: ['type', 'message'], children: [] },
    'system-out': { attributes: [], children: [] },
  };
  interface Node {
    ':@'?: Record<string, string>;
    [element: string]: unknown;
  }

  /** What an element and all below it have that the schema does not know. */
  function unknownTo(nodes: readonly Node[], parent?: string): string[] {
    return nodes.flatMap((node) => {
      const attributes = Object.keys(node[':@'] ?? {});
      const [name = ''] = Object.keys(node).filter((it) => it !== ':@');
      if (name === '#text') return [];
      const known = schema[name];
      const allowed = parent === undefined ? name === 'testsuites' : schema[parent]?.children.includes(name);
      return [
        ...(known && allowed ? [] : [`${name} in ${parent}`]),
        ...attributes.filter((it) => !known?.attributes.includes(it)).map((it) => `${it} of ${name}`),
        ...unknownTo(node[name] as Node[], name),
      ];
    });
  }
  const parsed = (xml: string): Node[] =>
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      preserveOrder: true,
      ignoreDeclaration: true,
      processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
    }).parse(xml) as Node[];

  it('must be kept to where that is asked for, of one engine and of several', async () => {
    expect(unknownTo(parsed(await junitReport([sampleResults()], { strict: true })))).toEqual([]);
    expect(unknownTo(parsed(await junitReport([sampleResults(), sampleResults()], { strict: true })))).toEqual([]);
  });

  it('must have its times', async () => {
    const times = [...(await junitReport([sampleResults()], { strict: true })).matchAll(/<testsuites? [^>]*\btime="([^"]*)"/g)];
    expect(times.length).toBeGreaterThan(1);
    for (const [, time] of times) expect(time).toMatch(/^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?$/);
  });

  it('knows no properties of a test case, which stand there otherwise', async () => {
    expect(unknownTo(parsed(await junitReport([sampleResults()])))).toContain('properties in testcase');
  });
});
