import { inline } from '../text/markdown';
import { oneLine, truncate } from '../../base/text';
import { changesByKind, type Change, type Comparison } from './compare';
import { kindWords } from '../../results/change-kind';
import { changesLine, rowsOf, sideLines } from './summary';

/** Columns of one line in a cell. */
const longestLine = 300;

/** The comparison as GitHub-flavoured Markdown: one table for the two runs, and one for each kind of change. */
export function diffMarkdown(comparison: Comparison): string {
  const { before, after } = comparison;
  const groups = changesByKind(comparison).map(
    ({ kind, changes }) => `### ${kindWords[kind].heading}\n\n${table(['claim', 'before', 'after'], changes.map(cells))}`,
  );
  const parts = [
    `## ${inline(before.engine.id)} → ${inline(after.engine.id)}`,
    inline(changesLine(comparison)),
    table(
      ['', 'before', 'after'],
      rowsOf(comparison).map((row) => row.map(cut)),
    ),
    ...groups,
  ];
  return `${parts.join('\n\n')}\n`;
}

function cells(change: Change): string[] {
  const { id, level, title, before, after } = change;
  const claim = `${cut(title)}<br>\`${id}\` (${level})`;
  return [claim, ...[before, after].map((side) => sideLines(change, side).map(cut).join('<br>'))];
}

function table(head: string[], rows: string[][]): string {
  const line = (row: string[]) => `| ${row.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(line).join('\n');
}

function cut(text: string): string {
  return inline(truncate(oneLine(text), longestLine));
}
