import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser as LibraryBrowser, Page } from 'playwright-core';
import { native } from '../../base/native';
import { note } from '../../base/output';
import { UserError } from '../../base/user-error';
import { findBrowser } from './find';
import type { FoundBrowser } from './find';
import { watch } from './seen';
import type { Seen } from './seen';

export { axeViolations } from './axe';
export type { Seen } from './seen';

/** Milliseconds for the start of a browser, on a machine that has none and nothing in its cache yet. */
export const browserTimeLimit = 300_000;

/** Milliseconds within which a browser that is there has to start; other tests may be keeping the machine busy. */
const startUpTimeout = 60_000;

/** How a person looks at a page. */
export interface View {
  /** CSS pixels */
  readonly width: number;
  /** CSS pixels */
  readonly height: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  /** false for a browser in which JavaScript is off; true without it */
  readonly javaScript?: boolean;
  /** the language that the browser asks for (BCP 47); without it, en-US */
  readonly language?: string;
}

/** A tab of its own: it shares no storage with others. */
export interface Tab {
  /** for clicks, keys, locators and screenshots; its `goto` opens `file:` addresses only */
  readonly page: Page;
  /** grows as the page goes on */
  readonly seen: Seen;
  /** opens a file and waits until it has loaded */
  readonly openFile: (path: string) => Promise<void>;
  /** opens a document that is given as text, as the only file of a folder */
  readonly openHtml: (html: string) => Promise<void>;
}

/** A browser without a window and without a network. */
export interface Browser {
  /** what it is, for messages */
  readonly name: string;
  newPage(view: View): Promise<Tab>;
  /** ends it, and removes all that it wrote */
  close(): Promise<void>;
}

/**
 * Starts the browser that this machine has, or else Debian's Chromium, which is fetched if need be. It ends with this
 * process at the latest. To be called on the main thread: the kernel ends it with the thread that started it. A file of
 * tests that calls this has `browser` in its path, so that it can be left out.
 *
 * @throws UserError when there is no browser and none can be had, or when it does not start
 */
export async function openBrowser(): Promise<Browser> {
  try {
    return await open(await findBrowser(note));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Jest shows the message of an error and nothing else
    throw new UserError(
      `This test needs a browser. ${error.message} ${error.remedy} To leave such tests out: --testPathIgnorePatterns browser`,
      error.remedy,
      error.status,
      { cause: error.cause },
    );
  }
}

async function open({ name, program, environment }: FoundBrowser): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'dnc-browser-'));
  // of Chrome, one process may be writing for a moment longer
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const browser = await launch(name, program, { ...process.env, ...ownFolders(folder), ...environment }).catch((error: unknown) => {
    remove();
    throw error;
  });
  let pages = 0;
  return {
    name,
    newPage: async ({ width, height, javaScript = true, language = 'en-US', ...media }) => {
      const context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled: javaScript, locale: language, ...media });
      const seen = await watch(context);
      const page = await context.newPage();
      const openFile = async (path: string): Promise<void> => {
        await page.goto(pathToFileURL(path).href);
      };
      return {
        page,
        seen,
        openFile,
        openHtml: async (html) => {
          const file = join(folder, `page-${++pages}`, 'index.html');
          mkdirSync(join(file, '..'));
          writeFileSync(file, html);
          await openFile(file);
        },
      };
    },
    close: async () => {
      await browser.close();
      remove();
    },
  };
}

async function launch(name: string, program: string, env: Record<string, string | undefined>): Promise<LibraryBrowser> {
  const { chromium } = native<typeof import('playwright-core')>('playwright-core');
  try {
    return await chromium.launch({
      executablePath: program,
      env,
      timeout: startUpTimeout,
      // Only the tests' own pages are opened. For what is asked for behind a page's back, no name and no address exists.
      args: ['--disable-gpu', '--disable-software-rasterizer', '--host-resolver-rules=MAP * ~NOTFOUND'],
    });
  } catch (error) {
    throw new UserError(
      `${name} does not start: ${lastWords((error as Error).message)}`,
      'Set CHROME_PATH to a Chrome or Chromium that does.',
      undefined,
      { cause: error },
    );
  }
}

/** Where a browser puts what it keeps of its user: nowhere that outlives it. */
function ownFolders(folder: string): Record<string, string> {
  return {
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
  };
}

/** What the browser itself wrote before it ended, out of all that the library tells. */
function lastWords(message: string): string {
  const written = [...message.matchAll(/^\s*\[pid=\d+\]\[err\] (.+)/gm)].map(([, line = '']) => line);
  if (written.length > 0) return `${written.slice(-3).join('; ')}.`;
  return message.includes('Timeout') ? `it did not answer within ${startUpTimeout / 1000} s.` : 'it ended without a word.';
}
