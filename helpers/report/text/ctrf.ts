import { acceptance } from '../../results/verdict-summary';
import { specOf } from './summary';
import type { ClaimResult, Results } from '../../results/results';
import { jsonText, plain } from '../../base/text';
import { verdicts, type Verdict } from '../../results/verdict';
import { writeFileAtomically } from '../../base/write-file';

/** Version of the Common Test Report Format, https://ctrf.io, that is written. */
const specVersion = '0.0.0';

/**
 * The status by which CTRF says a verdict. An error counts as failed, for its readers gate on nothing else; a claim that
 * is blocked was meant to be judged, which `skipped` would hide, and so was one whose deviation is accepted.
 */
const statusOf = {
  conforms: 'passed',
  deviates: 'failed',
  'not-applicable': 'skipped',
  blocked: 'other',
  error: 'failed',
} as const satisfies Record<Verdict, string>;

/** The results in the Common Test Report Format, for the many tools that read it. */
export function ctrfReport(results: Results) {
  const { suite, engine, startedAt, durationMs, notes, host, notLookedAt = [], interrupted, notReached, baseline } = results;
  const start = Date.parse(startedAt);
  const stop = start + Math.round(durationMs);
  const tests = results.claims.map(testOf);
  const having = (status: (typeof tests)[number]['status']) => tests.filter((test) => test.status === status).length;
  return {
    reportFormat: 'CTRF' as const,
    specVersion,
    timestamp: new Date(stop).toISOString(),
    generatedBy: `${suite.name} ${suite.version}`,
    extra: { runId: suite.runId },
    results: {
      tool: { name: suite.name, version: suite.version },
      summary: {
        tests: tests.length,
        passed: having('passed'),
        failed: having('failed'),
        skipped: having('skipped'),
        pending: 0,
        other: having('other'),
        flaky: tests.filter(({ flaky }) => flaky).length,
        suites: new Set(tests.map(({ filePath }) => filePath)).size,
        start,
        stop,
        duration: stop - start,
        extra: { ...countsOf(results), exitStatus: results.summary.exitStatus },
      },
      tests,
      environment: {
        reportName: `${suite.name}: ${engine.id}`,
        appName: engine.name,
        appVersion: engine.version,
        osRelease: engine.kernel,
        testEnvironment: engine.reachedBy,
        healthy: results.summary.exitStatus === 0,
        extra: {
          engine,
          notes,
          leftovers: host.leftovers,
          notLookedAt,
          ...(interrupted && { interrupted, notReached }),
          ...(baseline && { baseline }),
        },
      },
    },
  };
}

/** Writes {@link ctrfReport}. */
export function writeCtrf(path: string, results: Results): void {
  writeFileAtomically(path, jsonText(ctrfReport(results)));
}

/** Evidence is for what must be looked into; results.json has the rest. */
function testOf(claim: ClaimResult) {
  const {
    id,
    area,
    section,
    level,
    title,
    sources,
    verdict,
    reason,
    boundary,
    waiver,
    sinceBaseline,
    startedAt,
    durationMs,
    attempts,
    cause,
    evidence,
  } = claim;
  const status = acceptance(claim) === undefined ? statusOf[verdict] : 'other';
  return {
    // what dashboards follow; titles get reworded
    name: id,
    status,
    rawStatus: verdict,
    duration: Math.round(durationMs),
    ...(startedAt !== undefined && { start: Date.parse(startedAt), stop: Date.parse(startedAt) + Math.round(durationMs) }),
    suite: [area, section],
    filePath: specOf(claim),
    type: 'conformance',
    tags: [area, section, level],
    flaky: verdict === 'conforms' && attempts > 1,
    retries: Math.max(attempts - 1, 0),
    ...(reason !== undefined && { message: plain(reason) }),
    extra: {
      id,
      title,
      area,
      section,
      level,
      sources,
      ...(cause && { cause }),
      ...(boundary && { boundary }),
      ...(waiver && { waiver }),
      ...(sinceBaseline && { sinceBaseline }),
      ...(status === 'failed' && { evidence }),
    },
  };
}

/** The suite's own counts, for CTRF's put errors and deviations together. */
function countsOf({ summary }: Results): Record<string, number> {
  return { ...Object.fromEntries(verdicts.map((verdict) => [verdict, summary[verdict]])), waived: summary.waived };
}
