import path from 'node:path';
import type { AggregatedResult, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { currentRun, type CurrentRun } from '../run/current-session';
import { assembleResults, readTopologies, type SpecReport } from '../run/assemble';
import { terminalStyle, note, print } from '../base/output';
import { writeMutants } from '../mutants';
import { writeReports } from '../report';
import { failuresReport } from '../report/text/terminal';
import type { Results } from '../results/results';
import { redacted } from '../run/redaction';
import type { RunContext } from '../claim/context';
import { removeReports } from '../run/report-targets';
import type { HostReport } from '../run/session';
import type { UnfinishedRun } from '../run/unfinished';
import { projectRoot } from '../base/project';
import { exitStatus } from '../base/user-error';
import { claimIdOf } from './claim-of-test';

/**
 * Jest's reporter of a conformance run. When the specs are done it ends the session, puts the results together and
 * writes every report from them.
 */
export default class ConformanceReporter {
  private failure: Error | undefined;
  /** whether Jest was told to run tests of some names only: then claims that cannot be judged are not left out with the others */
  private readonly some: boolean;

  constructor({ testNamePattern }: Pick<Config.GlobalConfig, 'testNamePattern'>) {
    this.some = Boolean(testNamePattern);
  }

  async onRunComplete(_contexts: unknown, { testResults }: AggregatedResult): Promise<void> {
    const run = currentRun();
    if (!run) return;
    // who interrupts a run tells what was judged so far, and ends the process
    if (run.interruption) await run.interruption;
    const finishing = this.finish(run, testResults);
    run.finishing = finishing.catch(() => undefined);
    await finishing;
  }

  private async finish(run: CurrentRun, testResults: readonly TestResult[]): Promise<void> {
    try {
      const session = await run.session;
      const { unfinished } = run;
      if (!unfinished) throw new Error('the run has no results to put together');
      unfinished.close();
      await session.pool.observed();
      const topologies = readTopologies(session.context.directory);
      const { color, width } = terminalStyle();
      await session.hold(() =>
        failuresReport(
          assembled(this.some, unfinished, [], testResults, {
            before: session.countedBefore,
            after: session.countedBefore,
            leftovers: [],
            notes: [],
          }),
          { color, width },
        ),
      );
      const mutants = mutantsOf(session.context);
      const host = await session.end();
      const whole = assembled(this.some, unfinished, topologies, testResults, host);
      const results = session.redaction ? redacted(whole, session.redaction) : whole;
      // what was decided before the run is told only beside what was judged
      if (!results.claims.some(({ attempts }) => attempts > 0) && leftOutByJest(session.context, results) > 0) {
        run.exitStatus = exitStatus.usage;
        this.failure = new Error(
          `No claim was judged: what Jest was told to run leaves none of the ${session.context.selected.length} that are selected.`,
        );
        note(
          `\n${this.failure.message}\nSee which there are with: npx docker-network-conformance list. What follows -- is for Jest, whose -t looks for words in the ids and titles of claims.`,
        );
        removeReports(run.targets);
        return;
      }
      const { terminal, problems } = await writeReports(results, {
        ...run.targets,
        directory: process.cwd(),
        color,
        width,
        env: process.env,
      });
      print(`${terminal}\n${mutants}`, { color });
      for (const problem of problems) note(problem);
      run.exitStatus = problems.length > 0 ? exitStatus.failed : results.summary.exitStatus;
      if (run.exitStatus !== 0) this.failure = new Error(`exit status ${run.exitStatus}`);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  /** An error here makes Jest itself end with a failure, for runs that were started by `npx jest`. */
  getLastError(): Error | undefined {
    return this.failure;
  }
}

/** The results of a run that is done. @param some whether Jest was told to run tests of some names only */
function assembled(
  some: boolean,
  { parts, records }: UnfinishedRun,
  topologies: Results['topologies'],
  testResults: readonly TestResult[],
  host: HostReport,
): Results {
  return assembleResults({ ...parts, records, topologies, specs: testResults.map(specReport), host, ...(some && { leastJudged: 0 }) });
}

/** Writes the report on mutants, if the run is one for them, and says so in a line. */
function mutantsOf({ wishes: { mutants }, engine, directory }: RunContext): string {
  if (mutants === undefined) return '';
  return ` ${writeMutants(mutants, engine, directory)}\n`;
}

/** What Jest says of one spec file, by claim ids: titles of claims begin with them. */
function specReport({ testFilePath, testExecError, failureMessage, testResults }: TestResult): SpecReport {
  const failed = testResults.filter(({ status }) => status === 'failed');
  return {
    file: path.relative(projectRoot, testFilePath).split(path.sep).join('/'),
    crash: testResults.length === 0 ? crashOf(testExecError, failureMessage) : undefined,
    leftOut: new Set(testResults.filter(({ status }) => status === 'pending').map(({ title }) => claimIdOf(title))),
    failures: new Map(failed.map(({ title, failureMessages }) => [claimIdOf(title), failureMessages.join('\n')])),
  };
}

/** How many claims that could have been judged Jest was told to leave out. */
function leftOutByJest(context: RunContext, { claims }: Results): number {
  const told = new Set(claims.map(({ id }) => id));
  return context.selected.filter((id) => !told.has(id)).length;
}

/** Why a spec file could not be run, and where in it: the message, and the first line of the stack that is this project's. */
function crashOf(error: TestResult['testExecError'], failureMessage: TestResult['failureMessage']): string | undefined {
  if (!error) return failureMessage ?? undefined;
  const place = error.stack
    ?.split('\n')
    .find((line) => /^\s+at /.test(line) && line.includes(projectRoot) && !line.includes('node_modules'));
  const message = error.message === '' ? (error.stack?.split('\n')[0] ?? '') : error.message;
  return place === undefined ? message : `${message}\n${place.replaceAll(`${projectRoot}${path.sep}`, '')}`;
}
