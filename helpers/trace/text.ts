import pc from 'picocolors';
import { formatDuration } from '../base/text';
import type { Hop, TraceResults } from './results';

/** How a trace is printed. */
export interface TextStyle {
  color: boolean;
}

const marks: Record<Hop['state'], string> = { ok: '✓', broken: '✗', unknown: '?', after: '·' };

/** What a trace found, for a terminal. */
export function renderTrace(
  { asked, reached, summary, hops, cause, notes, compared, durationMs, engine }: TraceResults,
  { color }: TextStyle,
): string {
  const { green, red, dim, bold } = pc.createColors(color);
  const verdict = reached ? green('reached') : red('not reached');
  const paint: Record<Hop['state'], (text: string) => string> = { ok: green, broken: red, unknown: dim, after: dim };
  const way = hops.flatMap(({ layer, where, state, seen }) =>
    seen.map((line, index) => {
      const label =
        index === 0 ? `${paint[state](marks[state])} ${layer.padEnd(9)}${where.padEnd(width(hops))}` : ' '.repeat(11 + width(hops));
      return `  ${label}  ${state === 'after' ? dim(line) : line}`;
    }),
  );
  const why = cause
    ? [
        '',
        `  ${bold('cause')}    ${cause.summary} (${cause.code})`,
        `  ${bold('remedy')}   ${cause.remedy}`,
        ...cause.seen.flatMap(({ where, what, answer }) => proof(where, what, answer, dim)),
      ]
    : ['', `  ${summary}`];
  return [
    `${bold(`${asked.from} -> ${asked.to}`)} over ${asked.transport.toUpperCase()}: ${verdict}`,
    '',
    ...way,
    ...why,
    ...notes.map((note) => `  ${dim('note')}     ${note}`),
    ...(compared ? ['', ...changesInWords(compared)] : []),
    '',
    dim(`${engine.id}, ${engine.reachedBy}; ${formatDuration(durationMs)}`),
    '',
  ].join('\n');
}

const width = (hops: readonly Hop[]): number => Math.max(0, ...hops.map(({ where }) => where.length));

/** Lines of a proof that are shown; the rest is in the JSON. */
const mostLines = 6;

function proof(where: string, what: string, answer: string, dim: (text: string) => string): string[] {
  const lines = answer.trim().split('\n');
  const shown = lines.slice(0, mostLines).map((line) => line.slice(0, 300));
  const [first = ''] = shown;
  if (lines.length === 1) return [`  seen     ${dim(`${where}, ${what}:`)} ${first}`];
  const more = lines.length > mostLines ? [`           … ${lines.length - mostLines} more lines, with --json`] : [];
  return [`  seen     ${dim(`${where}, ${what}:`)}`, ...shown.map((line) => `           ${line}`), ...more];
}

/** What is different from an earlier trace, a line each. */
export function changesInWords({ with: earlier, changes }: NonNullable<TraceResults['compared']>): string[] {
  if (changes.length === 0) return [`  Nothing is different from the trace of ${earlier}.`];
  return [
    `  Different from the trace of ${earlier}:`,
    ...changes.flatMap(({ what, was, is }) => [
      ...was.map((line) => `  - ${what.padEnd(9)}${line}`),
      ...is.map((line) => `  + ${what.padEnd(9)}${line}`),
    ]),
  ];
}
