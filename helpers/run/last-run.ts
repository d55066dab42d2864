import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { acceptance } from '../results/verdict-summary';
import { cacheFolder, closedFolder } from '../state/closed-folder.cjs';
import { exitStatus, UserError } from '../base/user-error';

/** Results that are kept, of as many result files; the oldest go first. */
const mostKept = 20;

/** Where the results of the run before the last one to a file are kept; undefined where there can be no such folder. */
function keptFor(file: string): string | undefined {
  try {
    const name = createHash('sha256').update(path.resolve(file)).digest('hex').slice(0, 32);
    return path.join(closedFolder(path.join(closedFolder(cacheFolder()), 'last-runs')), `${name}.json`);
  } catch {
    return undefined;
  }
}

/**
 * Keeps what an earlier run wrote to a results file, which the next run removes before it starts anything: `--last-failed`
 * and `explain` still need it when that one comes to nothing. What cannot be kept is done without.
 */
export function keepLastRun(file: string): void {
  const kept = keptFor(file);
  if (kept === undefined) return;
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
    copyFileSync(file, kept);
    const folder = path.dirname(kept);
    const byAge = readdirSync(folder)
      .map((name) => path.join(folder, name))
      .map((it) => ({ it, age: statSync(it).mtimeMs }))
      .sort((a, b) => b.age - a.age);
    for (const { it } of byAge.slice(mostKept)) rmSync(it, { force: true });
  } catch {
    // a full disk, a loop of links: the run is worth more than the memory of the one before
  }
}

/**
 * What the last run wrote to a results file, or the run before it where the last one has come to nothing.
 * @returns undefined where there is neither
 * @throws UserError for a file that is no results file
 */
export function lastRun(file: string): Results | undefined {
  if (isThere(file)) return readResults(file);
  const kept = keptFor(file);
  return kept !== undefined && isThere(kept) ? readResults(kept) : undefined;
}

/**
 * The claims that failed in the last run, for `--last-failed`.
 * @param file where that run wrote its results
 * @throws UserError where there was none, or nothing failed
 */
export function lastFailed(file: string): string[] {
  const results = lastRun(file);
  if (!results)
    throw new UserError(
      `There is no last run: nothing has been written to ${file}.`,
      'Run without --last-failed first, or name the results of a run with --json.',
      exitStatus.usage,
    );
  const failed = results.claims.filter(
    (claim) => (claim.verdict === 'deviates' || claim.verdict === 'error') && acceptance(claim) === undefined,
  );
  if (failed.length === 0)
    throw new UserError(
      `Nothing failed in the last run, of ${results.startedAt}${results.interrupted ? ', which was interrupted' : ''}.`,
      'Run without --last-failed to judge all claims.',
      exitStatus.usage,
    );
  return failed.map(({ id }) => id);
}

/** Whether there is anything: what cannot even be looked at is, and whoever reads it says what is in the way. */
function isThere(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
