import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ClaimId } from '../../fixtures/claims';
import { run } from '../base/process';
import type { ClaimResult, Results, Verdict } from '../results/results';
import { readResults } from '../results/results-file';

/** What one run of the command line left behind. */
export interface Ended {
  status: number;
  printed: string;
  complained: string;
  durationMs: number;
  /** what it wrote to results.json */
  results(): Results;
  /** one claim of it */
  claim(id: ClaimId): ClaimResult;
  /** ids of the claims with one of these verdicts, sorted */
  with(...verdicts: Verdict[]): string[];
  /** what went wrong with the run itself: claims in error or blocked, each with its reason */
  unjudged(): string[];
}

export interface CommandOptions {
  /** variables on top of this process's own; `undefined` unsets one */
  env?: Record<string, string | undefined>;
  /** milliseconds after which it is killed */
  timeout?: number;
  /** argv that the program is started through, in an environment of its own */
  through?: readonly string[];
}

/** Variables of the machine that would change what a test sees: other engines, Jest's own, a CI's summary. */
export const ownEnvironment = {
  ...Object.fromEntries(
    ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_TLS', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_CONFIG'].map((name) => [
      name,
      undefined,
    ]),
  ),
  ...Object.fromEntries(
    ['JEST_WORKER_ID', 'NODE_ENV', 'FORCE_COLOR', 'GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY', 'DOCKER_NETWORK_CONFORMANCE_CONTEXT'].map(
      (name) => [name, undefined],
    ),
  ),
  NO_COLOR: '1',
};

/** Runs the program as a user does, in an empty folder of its own. */
export async function commandLine(
  args: readonly string[],
  { env = {}, timeout = 120_000, through = [] }: CommandOptions = {},
): Promise<Ended> {
  const directory = mkdtempSync(path.join(tmpdir(), 'command-line-'));
  try {
    const startedAt = performance.now();
    const program = ['node', path.resolve(__dirname, '..', 'bin.cjs'), ...args];
    // in the folder, so that reports with default names go there
    const argv = [...through, 'env', `--chdir=${directory}`, ...program];
    const { exitCode, stdout, stderr } = await run(argv, { env: { ...ownEnvironment, ...env }, timeout });
    const durationMs = performance.now() - startedAt;
    const written = readWritten(path.join(directory, 'reports', 'results.json'));
    const results = (): Results => {
      if (!written) throw new Error(`the run wrote no results; it ended with status ${exitCode}\n${stdout}\n${stderr}`);
      return written;
    };
    const claim = (id: string): ClaimResult => {
      const found = results().claims.find((it) => it.id === id);
      if (!found) throw new Error(`the results have no claim ${id}`);
      return found;
    };
    const having = (...verdicts: Verdict[]) =>
      results()
        .claims.flatMap(({ id, verdict }) => (verdicts.includes(verdict) ? [id] : []))
        .sort();
    const unjudged = () =>
      results().claims.flatMap(({ id, verdict, reason }) =>
        verdict === 'error' || verdict === 'blocked' ? [`${id} ${verdict}: ${reason}`] : [],
      );
    return { status: exitCode, printed: stdout, complained: stderr, durationMs, results, claim, with: having, unjudged };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readWritten(file: string): Results | undefined {
  try {
    return readResults(file);
  } catch {
    return undefined;
  }
}
