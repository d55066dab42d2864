import { resolve } from 'node:path';
import { printCommands } from '../base/output';
import { UserError } from '../base/user-error';
import { writeBadge } from './text/badge';
import { writeCtrf } from './text/ctrf';
import { reportToGithub } from './text/github';
import { writeJunit } from './text/junit';
import type { Results } from '../results/results';
import { writeResults } from '../results/results-file';
import { terminalReport } from './text/terminal';
import type { ReportLanguage } from './languages';
import { inLanguage } from './translation';

export interface ReportOptions {
  /** folder against which the paths are resolved */
  directory: string;
  /** where results.json goes */
  json: string;
  junit?: string;
  /** JUnit without what Jenkins' schema does not know */
  junitStrict?: boolean;
  html?: string;
  ctrf?: string;
  badge?: string;
  color: boolean;
  /** environment variables; they say whether this is GitHub Actions */
  env: NodeJS.ProcessEnv;
  /** columns of the terminal */
  width?: number;
  verbose?: boolean;
  /** of the terminal and the page; all other reports are for programs */
  lang?: ReportLanguage;
  /** where annotations go, which only count on the standard output of a step */
  print?: (text: string) => void;
}

/**
 * Writes every report that was asked for. The results come first: whatever fails later can be made again from them. One
 * that cannot be written costs no other one.
 * @returns the files that were written, what people read, and a sentence for each file that could not be written
 */
export async function writeReports(
  results: Results,
  options: ReportOptions,
): Promise<{ files: string[]; terminal: string; problems: string[] }> {
  const { color, env, width = 100, verbose = false, print = printCommands, lang = 'en' } = options;
  const forPeople = inLanguage(results, lang);
  const files: string[] = [];
  const problems: string[] = [];
  const orProblem = async (write: () => void | Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(`${error.message} ${error.remedy}`);
    }
  };
  const write = async (path: string | undefined, report: (path: string, results: Results) => void | Promise<void>): Promise<void> => {
    if (path === undefined) return;
    const target = resolve(options.directory, path);
    await orProblem(async () => {
      await report(target, results);
      files.push(target);
    });
  };
  await write(options.json, writeResults);
  await write(options.junit, (path, it) => writeJunit(path, it, { strict: options.junitStrict ?? false }));
  await write(options.html, (path) => writePage(path, forPeople));
  await write(options.ctrf, writeCtrf);
  await write(options.badge, writeBadge);
  await orProblem(() => reportToGithub(results, env, print));
  return { files, problems, terminal: terminalReport(forPeople, { color, width, files, verbose }) };
}

/** The page is loaded where one is asked for: it brings a compiler along. */
function writePage(path: string, results: Results): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  return (require('./html') as typeof import('./html')).writeHtml(path, [results]);
}
