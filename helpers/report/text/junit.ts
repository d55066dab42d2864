import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot, suite } from '../../base/project';
import { temporaryRoot } from '../../state/temporary';
import { exitStatus } from '../../base/user-error';
import { percent } from '../../results/judged-share';
import { kindWords } from '../../results/change-kind';
import { sinceBaselineOf, isFailure, rerun, sectionsOf, specOf, wordsOf, type Section } from './summary';
import type { ClaimResult, Results } from '../../results/results';
import { harmless, harmlessThroughout } from '../../base/text';
import { exitMeaning } from '../../results/verdict-summary';
import { writeFileAtomically } from '../../base/write-file';

/** What jest-junit reads of a test of Jest's, and the properties that `junit-properties.cjs` hands to it. */
interface TestCase {
  ancestorTitles: [classname: string];
  title: string;
  duration: number;
  status: 'passed' | 'failed' | 'pending';
  failureMessages: string[];
  properties: Record<string, string>;
}

/** jest-junit, used as what it is: a reporter of Jest (https://jestjs.io/docs/configuration#reporters-arraymodulename--modulename-options). */
type JestJunit = new (
  globalConfig: { rootDir: string },
  options: object,
) => { onTestResult: (test: unknown, result: object) => void; onRunComplete: (contexts: Set<never>, results: object) => Promise<void> };

/** How a JUnit file is written. */
export interface JunitOptions {
  /**
   * only what the schema of Jenkins' xUnit plugin knows, which has neither properties nor a file of a test case
   * (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd)
   */
  readonly strict?: boolean;
}

/** Writes the JUnit file of one run. */
export async function writeJunit(file: string, results: Results, options: JunitOptions = {}): Promise<void> {
  await writeJunitOf(file, [results], options);
}

/**
 * Writes one JUnit file of one or several engines, by jest-junit. A test suite is a section, a test case is a claim:
 * `classname` is its area and section, joined by a dot, and `name` its id, so that neither changes when a title is
 * reworded. With several engines the engine's id stands before both.
 */
export async function writeJunitOf(file: string, columns: readonly Results[], options: JunitOptions = {}): Promise<void> {
  writeFileAtomically(file, await junitReport(columns, options));
}

/** The text of {@link writeJunitOf}'s file. */
export async function junitReport(told: readonly Results[], { strict = false }: JunitOptions = {}): Promise<string> {
  const columns = harmlessThroughout(told);
  const folder = mkdtempSync(path.join(temporaryRoot(), 'junit-'));
  try {
    const written = path.join(folder, 'junit.xml');
    await withVariables(settings(written, columns, strict), () => report(columns));
    return readFileSync(written, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * How jest-junit writes, by its variables: they alone win over those that the user's environment or package.json has for
 * tests of the user's own.
 */
function settings(file: string, columns: readonly Results[], strict: boolean): Record<string, string> {
  // a path that the reader of the report has: installed as a package, the specs are below node_modules
  const inCheckout = columns.length === 1 && process.cwd() === projectRoot;
  // of a file that is not there, jest-junit takes no properties
  const none = 'no-properties.cjs';
  return {
    JEST_JUNIT_OUTPUT_FILE: file,
    JEST_SUITE_NAME: columns[0]?.suite.name ?? suite.name,
    JEST_JUNIT_SUITE_NAME: '{title}',
    JEST_USE_PATH_FOR_SUITE_NAME: 'false',
    JEST_JUNIT_CLASSNAME: '{classname}',
    JEST_JUNIT_TITLE: '{title}',
    JEST_JUNIT_FILE_PATH_PREFIX: '.',
    JEST_JUNIT_ADD_FILE_ATTRIBUTE: String(inCheckout && !strict),
    JEST_JUNIT_NO_STACK_TRACE: 'false',
    JEST_JUNIT_INCLUDE_CONSOLE_OUTPUT: 'false',
    JEST_JUNIT_INCLUDE_SHORT_CONSOLE_OUTPUT: 'true',
    JEST_JUNIT_TEST_CASE_PROPERTIES_DIR: __dirname,
    JEST_JUNIT_TEST_CASE_PROPERTIES_JSON_FILE: strict ? none : 'junit-properties.cjs',
    JEST_JUNIT_TEST_SUITE_PROPERTIES_DIR: __dirname,
    JEST_JUNIT_TEST_SUITE_PROPERTIES_JSON_FILE: none,
  };
}

/** Does something while the environment has these variables. */
async function withVariables(variables: Record<string, string>, action: () => Promise<void>): Promise<void> {
  const before = Object.keys(variables).map((name): [string, string | undefined] => [name, process.env[name]]);
  Object.assign(process.env, variables);
  try {
    await action();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

async function report(columns: readonly Results[]): Promise<void> {
  const Reporter = require('jest-junit') as JestJunit; // eslint-disable-line @typescript-eslint/no-require-imports -- it comes without types
  const reporter = new Reporter({ rootDir: projectRoot }, {});
  const several = columns.length > 1;
  const suites: object[] = columns.flatMap((results) =>
    sectionsOf(results.claims).map((section) => suiteOf(section, results, several ? results.engine.id.replaceAll('.', '_') : '')),
  );
  suites.push(...columns.flatMap(ownSuiteOf));
  for (const it of suites) reporter.onTestResult(undefined, it);
  const duration = columns.reduce((sum, { durationMs }) => sum + durationMs, 0);
  await reporter.onRunComplete(new Set(), { startTime: Date.now() - duration, testResults: suites });
}

/** A section as Jest tells a test file. */
function suiteOf(section: Section, results: Results, engine: string) {
  const { claims } = section;
  const classname = [engine, section.area, section.section].filter(Boolean).join('.');
  const cases = claims.map((claim) => testCaseOf(claim, classname, results));
  const count = (status: TestCase['status']) => cases.filter((it) => it.status === status).length;
  const runStarted = Date.parse(results.startedAt);
  const times = claims.flatMap(({ startedAt, durationMs }) =>
    startedAt === undefined ? [] : [{ start: Date.parse(startedAt), end: Date.parse(startedAt) + durationMs }],
  );
  const start = Math.min(...times.map((it) => it.start), ...(times.length === 0 ? [runStarted] : []));
  return {
    // jest-junit keeps what belongs to a file by its path, which must therefore be one for each engine
    testFilePath: path.join(projectRoot, engine, specOf(section)),
    perfStats: { start, end: Math.max(start, ...times.map((it) => it.end)) },
    numFailingTests: count('failed'),
    numPassingTests: count('passed'),
    numPendingTests: count('pending'),
    testResults: cases,
    // JUnit's `skipped` has no room for a reason in jest-junit, so that the section's output tells it
    console: claims
      .filter((claim) => statusOf(claim) === 'pending')
      .map((claim) => ({ type: 'log', origin: '', message: xmlText(`${claim.id}: ${reasonOf(claim)}`) })),
  };
}

/** What is of no single claim: that the run was interrupted or too little was judged, on which readers of JUnit gate by a case that failed, what nobody looked at, and what only the baseline has. */
function ownSuiteOf(results: Results) {
  const { suite: own, engine, startedAt, notLookedAt = [] } = results;
  const since = sinceBaselineOf(results);
  const gone = since?.changes.filter(({ kind }) => kind === 'gone') ?? [];
  const cases = [
    ...gate(results),
    ...[...notLookedAt.map(({ what }) => what), ...gone.map(({ id }) => `gone since the baseline: ${id}`)].map((title) => ({
      title: xmlText(title),
      status: 'pending' as const,
      failureMessages: [],
    })),
  ];
  if (cases.length === 0 && !since) return [];
  const start = Date.parse(startedAt);
  const count = (status: TestCase['status']) => cases.filter((it) => it.status === status).length;
  return [
    {
      testFilePath: path.join(projectRoot, engine.id),
      perfStats: { start, end: start },
      ...{ numFailingTests: count('failed'), numPassingTests: 0, numPendingTests: count('pending') },
      testResults: cases.map((it): TestCase => ({
        ancestorTitles: [own.name],
        duration: 0,
        properties: { 'engine.id': engine.id },
        ...it,
      })),
      console: [
        ...notLookedAt.map(({ what, reason }) => `not looked at: ${what}: ${reason}`),
        ...(since
          ? [
              since.line,
              ...since.changes.map(({ kind, id, step }) => `${kindWords[kind].counted}: ${id}${step === '' ? '' : ` (${step})`}`),
            ]
          : []),
      ].map((message) => ({ type: 'log', origin: '', message: xmlText(message) })),
    },
  ];
}

function gate(results: Results): Pick<TestCase, 'title' | 'status' | 'failureMessages'>[] {
  const { exitStatus: status, leastJudged = 0 } = results.summary;
  if (results.interrupted)
    return [{ title: 'the run must not be interrupted', status: 'failed', failureMessages: [exitMeaning(results) ?? ''] }];
  if (status !== exitStatus.tooLittle) return [];
  return [
    {
      title: `at least ${percent(leastJudged)} of the applicable claims must be judged`,
      status: 'failed',
      failureMessages: [`exit status ${status}: ${exitMeaning(results)}`],
    },
  ];
}

/** An error fails too: readers gate on failures, and the property `claim.verdict` tells them apart. */
function statusOf(claim: ClaimResult): TestCase['status'] {
  if (isFailure(claim)) return 'failed';
  return claim.verdict === 'conforms' ? 'passed' : 'pending';
}

function testCaseOf(claim: ClaimResult, classname: string, results: Results): TestCase {
  const status = statusOf(claim);
  return {
    ancestorTitles: [classname],
    title: claim.id,
    duration: claim.durationMs,
    status,
    failureMessages: status === 'failed' ? [xmlText(failureOf(claim, results))] : [],
    properties: propertiesOf(claim, results.engine.id),
  };
}

/** What helps whoever reads the failure in a CI system: the sentence, why, what to do, and how to run nothing but this. */
function failureOf(claim: ClaimResult, results: Results): string {
  const { cause } = claim;
  return [
    claim.title,
    '',
    `${wordsOf(claim).label}: ${claim.reason ?? ''}`,
    ...(cause ? [`cause:  ${cause.summary} (${cause.code})`, `remedy: ${cause.remedy}`] : []),
    `again:  ${rerun(results, claim)}`,
  ].join('\n');
}

/** Why a claim is not judged, or why its deviation is accepted. */
function reasonOf(claim: ClaimResult): string {
  const { waiver, reason = '' } = claim;
  const accepted = waiver?.state === 'applies' ? `${waiver.reason} (until ${waiver.expires}, ${waiver.link}) ` : '';
  return `${wordsOf(claim).label}: ${accepted}${reason}`;
}

function propertiesOf(claim: ClaimResult, engineId: string): Record<string, string> {
  const values = {
    'claim.id': claim.id,
    'claim.title': claim.title,
    'claim.level': claim.level,
    'claim.verdict': claim.verdict,
    'claim.reason': claim.reason,
    'claim.area': claim.area,
    'claim.section': claim.section,
    'claim.startedAt': claim.startedAt,
    'claim.sinceBaseline': claim.sinceBaseline?.kind,
    'claim.waiver': claim.waiver && `${claim.waiver.state}: ${claim.waiver.reason} (until ${claim.waiver.expires}, ${claim.waiver.link})`,
    'cause.code': claim.cause?.code,
    'cause.summary': claim.cause?.summary,
    'cause.remedy': claim.cause?.remedy,
    'engine.id': engineId,
  };
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, xmlText(value)]])));
}

/** Without the characters that XML 1.0 cannot hold; jest-junit escapes the others. */
function xmlText(text: string): string {
  return harmless(text).replace(/[\ufffe\uffff]/g, '');
}
