import { compareResults } from '../report/diff/compare';
import { diffMarkdown } from '../report/diff/markdown';
import { diffTerminal } from '../report/diff/terminal';
import { terminalStyle, print } from '../base/output';
import { readResults } from '../results/results-file';
import { jsonText } from '../base/text';

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
  const { color, width } = terminalStyle();
  if (json) print(jsonText(comparison));
  else print(markdown ? diffMarkdown(comparison) : diffTerminal(comparison, { color, width }), { color: color && !markdown });
  return comparison.exitStatus;
}
