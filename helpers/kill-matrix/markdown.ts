import { formatDuration } from '../base/text';
import type { KillMatrix } from './kill-matrix';
import { isGood, killersOf, summaryOf, totals } from './terminal';

/** The matrix in Markdown: the faults, the claims and the controls, each in a table. */
export function killMatrixMarkdown({ engine, faults, claims, controls, problems, failures }: KillMatrix): string {
  const judged = claims.filter(({ verdict }) => verdict === 'conforms');
  const bad = [...failures, ...problems];
  return [
    `# Kill matrix of ${engine}`,
    totals(faults, judged),
    ...(bad.length > 0 ? [bad.map((it) => `- ${cell(it)}`).join('\n')] : []),
    table(
      ['', 'fault', 'what is broken', 'claims', 'cause', 'time'],
      faults.map((row) => [
        isGood(row) ? '✓' : '✗',
        code(row.fault),
        row.title,
        row.failure === undefined ? row.killed.map(code).join(', ') : summaryOf(row),
        row.cause === undefined ? '' : `${code(row.cause)}${row.named === 'rightly' ? '' : ` ${row.named}`}`,
        formatDuration(row.durationMs),
      ]),
    ),
    table(
      ['claim', 'turned red by'],
      judged.map((row) => [code(row.claim), killersOf(row)]),
    ),
    ...(controls.length > 0
      ? [
          table(
            ['must-not', 'its control broken by', 'verdict'],
            controls.map(({ claim, fault, verdict }) => [code(claim), code(fault), verdict]),
          ),
        ]
      : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const code = (word: string) => `\`${word}\``;

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', String.raw`\|`);
}
