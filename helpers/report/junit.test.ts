import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { junit } from '../../jest.config';
import { completedJunit, completeJunit } from './junit';
import { sectionsOf, specOf } from './outline';
import type { ClaimResult } from './results';
import { nasty, sampleResults } from './sample-results';

interface Verdict {
  '#text'?: string;
  message?: string;
}
interface Testcase {
  name: string;
  file?: string;
  properties?: { property: { name: string; value: string }[] }[];
  failure?: Verdict[];
  error?: Verdict[];
  skipped?: Verdict[];
}
type Counts = Record<'tests' | 'failures' | 'errors' | 'skipped', string>;
interface Document {
  testsuites: Counts & { testsuite: (Counts & { name: string; testcase: Testcase[] })[] };
}

type JestStatus = 'passed' | 'failed' | 'pending';
type Reporter = new (globalConfig: object, options: object) => { onRunComplete: (contexts: Set<never>, results: object) => Promise<void> };
const JestJunit = createRequire(__filename)('jest-junit') as Reporter;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'junit-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file as jest-junit writes it for these claims; `crashed` is a spec that could not be loaded. */
async function fromJestJunit(claims: ClaimResult[], statusOf: (claim: ClaimResult) => JestStatus, crashed?: string): Promise<string> {
  const perfStats = { start: 1_767_323_045_678, end: 1_767_323_048_678 };
  const count = (list: ClaimResult[], status: JestStatus) => list.filter((claim) => statusOf(claim) === status).length;
  const suites = sectionsOf(claims).map(({ claims: list, ...section }) => ({
    testFilePath: join(process.cwd(), specOf(section)),
    perfStats,
    numFailingTests: count(list, 'failed'),
    numPassingTests: count(list, 'passed'),
    numPendingTests: count(list, 'pending'),
    testResults: list.map((claim) => ({
      ancestorTitles: ['two containers', 'on <one> "bridge"'],
      title: `${claim.id}: ${claim.title}`,
      duration: claim.durationMs,
      status: statusOf(claim),
      failureMessages: statusOf(claim) === 'failed' ? [`Error: ${claim.reason ?? ''}\n    at <anonymous> ${nasty}`] : [],
    })),
  }));
  const broken = {
    testFilePath: join(process.cwd(), crashed ?? ''),
    perfStats,
    numFailingTests: 0,
    numPassingTests: 0,
    numPendingTests: 0,
    testResults: [],
    failureMessage: `● Test suite failed to run\n\n  SyntaxError ${nasty}`,
  };
  const reporter = new JestJunit(
    { rootDir: process.cwd() },
    {
      ...junit,
      outputDirectory: folder,
    },
  );
  await reporter.onRunComplete(new Set(), { startTime: perfStats.start, testResults: crashed ? [...suites, broken] : suites });
  return readFileSync(join(folder, 'junit.xml'), 'utf8');
}

/** What Jest makes of a verdict when it was decided while the claim ran. */
const atRunTime = ({ verdict }: ClaimResult): JestStatus => (verdict === 'deviates' || verdict === 'error' ? 'failed' : 'passed');
/** ... and when it was decided before. */
const beforehand = (claim: ClaimResult): JestStatus => (claim.attempts === 0 ? 'pending' : atRunTime(claim));

function parse(xml: string): Document {
  expect(XMLValidator.validate(xml)).toBe(true);
  // eslint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    htmlEntities: true,
    processEntities: { enabled: true, maxTotalExpansions: Infinity, maxExpandedLength: Infinity },
    isArray: (name, _path, _leaf, isAttribute) => !isAttribute && ['testsuite', 'testcase', 'property', 'properties', 'failure', 'error', 'skipped'].includes(name),
  });
  const document = parser.parse(xml) as Document;
  for (const suite of document.testsuites.testsuite) {
    for (const testcase of suite.testcase) {
      for (const name of ['failure', 'error', 'skipped'] as const) {
        // an element with nothing but text, and one with nothing at all, are strings to the parser
        const verdicts = testcase[name]?.map((it: Verdict | string) => (typeof it === 'string' ? { '#text': it } : it));
        if (verdicts) testcase[name] = verdicts;
      }
    }
  }
  return document;
}

const testcases = (document: Document) => document.testsuites.testsuite.flatMap(({ testcase }) => testcase);
const propertyOf = (testcase: Testcase | undefined, name: string) => testcase?.properties?.[0]?.property.find((it) => it.name === name)?.value;
const find = (document: Document, id: string) => testcases(document).find((it) => propertyOf(it, 'claim.id') === id);

describe('completeJunit', () => {
  it.each([
    ['at run time', atRunTime],
    ['beforehand', beforehand],
  ])('gives every claim its verdict and its reason, decided %s', async (_name, statusOf) => {
    const results = sampleResults();
    const document = parse(completedJunit(await fromJestJunit(results.claims, statusOf), results));
    expect(testcases(document)).toHaveLength(results.claims.length);
    for (const claim of results.claims) {
      const testcase = find(document, claim.id);
      expect([testcase?.failure?.length, testcase?.error?.length, testcase?.skipped?.length]).toEqual([
        claim.verdict === 'deviates' ? 1 : undefined,
        claim.verdict === 'error' ? 1 : undefined,
        claim.verdict === 'blocked' || claim.verdict === 'not-applicable' ? 1 : undefined,
      ]);
      expect(propertyOf(testcase, 'claim.verdict')).toBe(claim.verdict);
      expect(propertyOf(testcase, 'claim.level')).toBe(claim.level);
      expect(propertyOf(testcase, 'claim.area')).toBe(claim.area);
      expect(propertyOf(testcase, 'claim.section')).toBe(claim.section);
      expect(propertyOf(testcase, 'engine.id')).toBe('docker-28.5.2');
      expect(propertyOf(testcase, 'claim.reason') === undefined).toBe(claim.verdict === 'conforms');
    }
    expect(find(document, 'host.port-80')?.skipped).toEqual([{ message: 'blocked: port 80 of the host is in use by another process' }]);
  });

  it('counts again, on every suite and on the root', async () => {
    const results = sampleResults();
    const { testsuites } = parse(completedJunit(await fromJestJunit(results.claims, atRunTime), results));
    expect(testsuites).toMatchObject({ tests: '10', failures: '2', errors: '1', skipped: '5' });
    expect(testsuites.testsuite.find(({ name }) => name === 'specs/document/host.spec.ts')).toMatchObject({ tests: '2', failures: '0', errors: '1', skipped: '1' });
  });

  it('keeps the text of Jest, with its stack trace and every character that XML can hold', async () => {
    const results = sampleResults();
    const document = parse(completedJunit(await fromJestJunit(results.claims, atRunTime), results));
    const [failure] = find(document, 'bridge.user.isolated-from-default')?.failure ?? [];
    expect(failure?.['#text']).toContain(`at <anonymous> <script>alert("x")</script> & ' ]]> `);
    expect(failure?.['#text']).toContain('😀 한국어 a|b');
    expect(failure?.message).toBe(`<script>alert("x")</script> & ' ]]> red 😀 한국어 a|b \`c\` ::error::d`);
  });

  it('adds the claims of a spec that crashed to its suite, and keeps what Jest said about it', async () => {
    const results = sampleResults();
    const seen = results.claims.filter(({ section }) => section !== 'host');
    const document = parse(completedJunit(await fromJestJunit(seen, atRunTime, 'specs/document/host.spec.ts'), results));
    const suite = document.testsuites.testsuite.find(({ name }) => name === 'specs/document/host.spec.ts');
    expect(suite?.testcase).toHaveLength(3);
    expect(suite?.testcase[0]?.error?.[0]?.['#text']).toContain('Test suite failed to run');
    expect(find(document, 'host.no-own-namespace')?.error).toEqual([
      expect.objectContaining({ message: 'probe-broken: the image has no "ip" | exit status 127' }),
    ]);
    expect(document.testsuites).toMatchObject({ tests: '11', errors: '2' });
  });

  it('never hides a failure that Jest saw behind a claim that conforms', async () => {
    const results = sampleResults();
    const document = parse(completedJunit(await fromJestJunit(results.claims, () => 'failed'), results));
    expect(find(document, 'bridge.default.peers-reach-each-other')?.failure).toHaveLength(1);
  });

  it('changes nothing when it is done twice', async () => {
    const results = sampleResults();
    const once = completedJunit(await fromJestJunit(results.claims, atRunTime), results);
    expect(completedJunit(once, results)).toBe(once);
  });

  it('has a case that fails where too little was judged, once, and none where enough was', async () => {
    const results = sampleResults();
    const summary = { ...results.summary, conforms: 1, deviates: 0, blocked: 2, error: 0, leastJudged: 0.5, exitStatus: 4 };
    const little = { ...results, summary };
    const once = completedJunit(await fromJestJunit(results.claims, atRunTime), little);
    expect(completedJunit(once, little)).toBe(once);
    const added = parse(once).testsuites.testsuite.find(({ name }) => name === results.suite.name);
    expect(added).toMatchObject({ tests: '1', failures: '1', testcase: [{ name: 'at least 50 % of the applicable claims must be judged', failure: [{ message: expect.stringMatching(/^exit status 4: only 1 of 3 /) }] }] });
    expect(completedJunit(once, results)).not.toContain('must be judged');
  });

  it('keeps properties, output and comments of others', () => {
    const xml = `<?xml version="1.0"?><testsuites><testsuite name="s"><!-- c --><properties><property name="p" value="1"/></properties>
      <testcase name="host.port-80: x" flag="true"><properties><property name="other" value="&lt;&#10;2"/></properties></testcase>
      <system-out><![CDATA[ <b> &amp; ]]></system-out></testsuite></testsuites>`;
    const completed = completedJunit(xml, sampleResults());
    for (const part of ['<!-- c -->', 'flag="true"', '<property name="other" value="&lt;&#10;2"', '<![CDATA[ <b> &amp; ]]>', '<property name="p" value="1"']) {
      expect(completed).toContain(part);
    }
  });

  it.each([
    ['is missing', undefined],
    ['was cut short', '<?xml version="1.0"?><testsuites><testsuite name="x"'],
  ])('makes the file from the results where that of jest-junit %s', (_name, text) => {
    const path = join(folder, 'reports', 'junit.xml');
    completeJunit(join(folder, 'reports', 'other.xml'), sampleResults());
    if (text) writeFileSync(path, text);
    completeJunit(path, sampleResults());
    expect(parse(readFileSync(path, 'utf8')).testsuites).toMatchObject({ tests: '10', failures: '2', errors: '1', skipped: '5' });
  });
});
