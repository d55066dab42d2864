import { resolve } from 'node:path';
import { writeBadge } from './badge';
import { writeCtrf } from './ctrf';
import { reportToGithub } from './github';
import { writeHtml } from './html';
import { completeJunit } from './junit';
import { writeResults, type Results } from './results';
import { terminalReport } from './terminal';

export interface ReportOptions {
  /** folder against which the paths are resolved */
  directory: string;
  /** where results.json goes */
  json: string;
  /** the file that jest-junit wrote */
  junit?: string;
  html?: string;
  ctrf?: string;
  badge?: string;
  color: boolean;
  /** environment variables; they say whether this is GitHub Actions */
  env: NodeJS.ProcessEnv;
  /** columns of the terminal */
  width?: number;
  verbose?: boolean;
  /** where annotations go, which only count on the standard output of a step */
  print?: (text: string) => void;
}

/** Writes every report that was asked for. The results come first: whatever fails later can be made again from them. */
export function writeReports(results: Results, options: ReportOptions): { files: string[]; terminal: string } {
  const { color, env, width = 100, verbose = false, print = (text: string) => void process.stdout.write(text) } = options;
  const files: string[] = [];
  const write = (path: string | undefined, report: (path: string, results: Results) => void): void => {
    if (path === undefined) return;
    const target = resolve(options.directory, path);
    report(target, results);
    files.push(target);
  };
  write(options.json, writeResults);
  write(options.junit, completeJunit);
  write(options.html, writeHtml);
  write(options.ctrf, writeCtrf);
  write(options.badge, writeBadge);
  reportToGithub(results, env, print);
  return { files, terminal: terminalReport(results, { color, width, files, verbose }) };
}
