import { rmSync } from 'node:fs';
import path from 'node:path';
import type * as Jest from 'jest';
import { native } from '../native';
import { currentRun, setCurrentRun } from '../run/current-session';
import { preload } from '../run/preload';
import { projectRoot } from '../run/project';
import { selectClaims, specFile } from '../run/selection';
import { Session } from '../run/session';
import { exitStatus } from '../user-error';
import { endOnSignals } from './signals';
import { selectionOf, type SelectingOptions } from './options';

export interface RunOptions extends SelectingOptions {
  strict: boolean;
  json: string;
  junit: string;
  html?: string;
  verbose: boolean;
}

/**
 * Judges the selected claims and writes the reports.
 * @returns the exit status of the run
 */
export async function runCommand(jestArguments: readonly string[], options: RunOptions): Promise<number> {
  const { engine, strict, json, junit, html, verbose } = options;
  const claims = selectClaims(selectionOf(options));
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const session = Session.open({ claims, progress, ...(engine !== undefined && { engine }) });
  setCurrentRun({ session, targets: { json, junit, verbose, ...(html !== undefined && { html }) }, strict });
  endOnSignals(session);
  void preload();
  const { pool } = await session;
  // containers start while Jest, which takes as long, is loaded; its own filters may need fewer of them
  if (jestArguments.length === 0) pool.startAll();
  const { buildArgv, runCLI } = native<typeof Jest>('jest');
  const junitFile = path.resolve(junit);
  rmSync(junitFile, { force: true });
  process.env['JEST_JUNIT_OUTPUT_FILE'] = junitFile;
  const specs = [...new Set(claims.map(specFile))].map((file) => path.join(projectRoot, file));
  const argv = await buildArgv(['--config', path.join(projectRoot, 'jest.config.ts'), '--runTestsByPath', ...specs, ...jestArguments]);
  await runCLI(argv, [projectRoot]);
  return currentRun()?.exitStatus ?? exitStatus.failed;
}
