import { statSync } from 'node:fs';
import { join } from 'node:path';
import { findInPath, isExecutable } from '../../base/in-path';
import { obstacleToBuilding, obstacleToRunning } from '../../lab/requirements';
import type { Progress } from '../../lab/sources';
import { UserError } from '../../base/user-error';
import { cachedBrowser, fetchBrowser } from './debian';

/** A browser that can be started. */
export interface FoundBrowser {
  /** for messages */
  readonly name: string;
  readonly program: string;
  /** variables that the program needs, on top of others */
  readonly environment: Readonly<Record<string, string>>;
}

/** What Chrome and Chromium are called where they are installed. */
const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

/**
 * The browser that this machine has: what CHROME_PATH names, or else the first on the PATH. Undefined if there is none.
 *
 * @throws UserError when CHROME_PATH names no program
 */
export function installedBrowser(): FoundBrowser | undefined {
  const named = process.env['CHROME_PATH'] ?? '';
  if (named !== '' && !isProgram(named)) throw new UserError(`CHROME_PATH is ${named}, where no program is.`, 'Correct it, or unset it.');
  const program = named !== '' ? named : names.map((name) => findInPath(name)).find((path) => path !== undefined);
  return program === undefined ? undefined : { name: program, program, environment: {} };
}

/**
 * The browser that this machine has, or else Debian's Chromium, which is fetched into the cache if it is not there yet.
 *
 * @param progress told what is done, one line at a time; silent when nothing has to be fetched
 * @throws UserError when there is none and none can be had
 */
export async function findBrowser(progress: Progress): Promise<FoundBrowser> {
  const installed = installedBrowser();
  if (installed !== undefined) return installed;
  const cached = cachedBrowser();
  const obstacle = (await obstacleToRunning()) ?? (cached === undefined ? obstacleToBuilding() : undefined);
  if (obstacle !== undefined) throw noBrowser(`Debian's cannot be had, for it takes what a lab takes (${obstacle.reason})`);
  const { root, version } = cached ?? (await fetchBrowser(progress).catch(explained));
  return { name: `Chromium ${version} of Debian`, program: join(__dirname, 'in-root.sh'), environment: { CHROMIUM_ROOT: root } };
}

/** An error of a set-up whose remedy is that of an engine. */
function explained(error: unknown): never {
  throw error instanceof UserError ? noBrowser(`Debian's cannot be fetched (${error.message})`) : error;
}

function noBrowser(why: string): UserError {
  return new UserError(
    `There is no browser: none of ${names.join(', ')} is on the PATH, and ${why}.`,
    'Install Google Chrome or Chromium, or set CHROME_PATH to its program.',
  );
}

function isProgram(path: string): boolean {
  return isExecutable(path) && statSync(path).isFile();
}
