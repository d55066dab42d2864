import { compareResults } from '../report/diff/compare';
import { diffMarkdown } from '../report/diff/markdown';
import { diffTerminal } from '../report/diff/terminal';
import { readResults } from '../report/results';

export interface DiffOptions {
  markdown?: boolean;
  json?: boolean;
}

/**
 * Prints what changed between two results files; it starts nothing.
 * @returns 1 where a claim regressed
 */
export function diffCommand(before: string, after: string, { markdown, json }: DiffOptions): number {
  const comparison = compareResults(readResults(before), readResults(after));
  const color = process.stdout.isTTY && !process.env['NO_COLOR'];
  const { columns: width = 100 } = process.stdout as Partial<NodeJS.WriteStream>;
  if (json) process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
  else process.stdout.write(markdown ? diffMarkdown(comparison) : diffTerminal(comparison, { color, width }));
  return comparison.exitStatus;
}
