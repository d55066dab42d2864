import { createColors } from 'picocolors';
import {
  columnsOf,
  countsIn,
  differs,
  failsEverywhere,
  matrixMeaning,
  matrixStatus,
  rowsOf,
  sizeOf,
  warningsOn,
  type Column,
  type Count,
  type Row,
} from './matrix-summary';
import { changesIn, releaseOf, stepOf } from './over-time';
import { wordsOf } from './summary';
import { dayOf } from '../../results/history';
import type { ReportInput } from '../../results/report-input';
import type { ClaimResult } from '../../results/results';
import { formatDuration, plain, truncate, withoutCommands, wrap } from '../../base/text';

export interface MatrixTerminalOptions {
  color: boolean;
  /** columns of the terminal */
  width: number;
  /** reports that were written, named at the end */
  files: readonly string[];
}

/** Columns before an engine's name: its number. */
const margin = 6;
/** Columns that a name gets at least, however many engines there are. */
const narrowest = 8;
/** Lines that the reason of an engine without results may take. */
const shownReasonLines = 4;
/** Changes over time that are shown. */
const shownChanges = 12;

/** What a person reads when several engines have been judged: their counts, and the claims on which they differ. */
export function matrixTerminal(input: ReportInput, options: MatrixTerminalOptions): string {
  const report = new MatrixTerminal(input, { ...options, width: Math.max(options.width, 40) });
  return `${report.lines().map(withoutCommands).join('\n')}\n`;
}

class MatrixTerminal {
  private readonly colors;
  private readonly columns: Column[];

  constructor(
    private readonly input: ReportInput,
    private readonly options: MatrixTerminalOptions,
  ) {
    this.colors = createColors(options.color);
    this.columns = columnsOf(input);
  }

  lines(): string[] {
    const rows = rowsOf(this.input);
    const judged = this.input.results.length;
    const differing = rows.filter(differs);
    const failing = rows.filter(failsEverywhere);
    return [
      ...this.counts(),
      ...this.claims(`Engines differ on ${differing.length} of ${rows.length} claims`, differing),
      ...this.changes(),
      ...this.claims(judged > 1 ? 'Alike on all engines' : 'What does not conform', failing),
      ...this.warnings(),
      ...this.end(),
    ];
  }

  /** A line of counts for each engine, or the reason why there are none. The numbers in front are the heads of the other tables. */
  private counts(): string[] {
    const { bold, dim, red } = this.colors;
    const counts = countsIn(this.input);
    const cells = this.columns.map(({ results }) =>
      results ? [...counts.map((count) => String(count.of(results))), formatDuration(results.durationMs)] : [],
    );
    const longest = Math.max(...this.columns.map(({ label }) => label.length));
    const heads = [counts.map(({ counted }) => counted), counts.map(({ mark }) => mark)].map((words) => [...words, 'in']);
    const candidates = heads.map((words) =>
      words.map((word, index) => ({ word, width: 2 + Math.max(word.length, ...cells.map((row) => row[index]?.length ?? 0)) })),
    );
    const roomBeside = (table: (typeof candidates)[number]) =>
      this.options.width - margin - table.reduce((sum, { width }) => sum + width, 0);
    const table = candidates.find((it) => roomBeside(it) >= longest) ?? candidates.at(-1) ?? [];
    const labels = Math.max(narrowest, Math.min(longest, roomBeside(table)));
    const engines = this.columns.flatMap(({ label, results, failure }, index): string[] => {
      const start = ` ${dim(String(index + 1).padStart(3))}  ${truncate(label, labels).padEnd(labels)}`;
      if (results)
        return [
          start + table.map(({ width }, at) => this.paintCount(counts[at]?.kind, (cells[index]?.[at] ?? '').padStart(width))).join(''),
        ];
      const room = this.options.width - margin - labels - 2;
      const [first = '', ...more] = wrap(truncate(`no results: ${failure}`, shownReasonLines * room), room);
      return [`${start}  ${red(first)}`, ...more.map((line) => `${' '.repeat(margin + labels + 2)}${line}`)];
    });
    const head = `${' '.repeat(margin)}${'engine'.padEnd(labels)}${table.map(({ word, width }) => word.padStart(width)).join('')}`;
    return ['', ` ${bold(sizeOf(this.input))}`, '', dim(head), ...engines];
  }

  private claims(heading: string, rows: readonly Row[]): string[] {
    if (rows.length === 0) return [];
    const judged = this.columns.flatMap(({ results }, index) => (results ? [String(index + 1)] : []));
    const column = Math.max(...judged.map(({ length }) => length)) + 1;
    const room = Math.max(
      narrowest,
      Math.min(this.options.width - 4 - column * judged.length, Math.max(heading.length, ...rows.map(({ claim }) => claim.id.length + 2))),
    );
    const head = ` ${this.colors.bold(truncate(heading, room + 1).padEnd(room + 1))} ${this.colors.dim(judged.map((number) => number.padStart(column)).join(''))}`;
    const lines = rows.map(
      ({ claim, cells }) =>
        `   ${truncate(claim.id, room - 1).padEnd(room)}${cells.map((cell) => ' '.repeat(column - 1) + this.mark(cell)).join('')}`,
    );
    return ['', head, ...lines];
  }

  /** The latest changes, from one run to the next. */
  private changes(): string[] {
    const all = changesIn(this.input);
    if (all.length === 0) return [];
    const lines = all
      .slice(0, shownChanges)
      .flatMap((change) =>
        wrap(plain(`${dayOf(change.after)}  ${releaseOf(change)}: ${change.claim.id} ${stepOf(change)}`), this.options.width - 5).map(
          (line, index) => `   ${index === 0 ? '' : '  '}${line}`,
        ),
      );
    const more = all.length > shownChanges ? [`   and ${all.length - shownChanges} before, which report.md has`] : [];
    return ['', ` ${this.colors.bold('What changed, and with which release')}`, ...lines, ...more];
  }

  private warnings(): string[] {
    const lines = this.columns.flatMap(({ label, results }) => (results ? warningsOn(results).map((line) => `${label}: ${line}`) : []));
    const wrapped = lines.flatMap((line) =>
      wrap(plain(line), this.options.width - 5).map((part, index) => ` ${index === 0 ? this.colors.yellow('!') : ' '} ${part}`),
    );
    return wrapped.length > 0 ? ['', ...wrapped] : [];
  }

  private end(): string[] {
    const meaning = matrixMeaning(this.input);
    const status =
      meaning === undefined
        ? []
        : wrap(`exit status ${matrixStatus(this.input)}: ${plain(meaning)}`, this.options.width - 2).map((line) => ` ${line}`);
    const files = this.options.files.map((file) => ` ${this.colors.dim('written')} ${file}`);
    // a mark and its word are not parted at the end of a line
    const explained = wrap(
      countsIn(this.input)
        .map(({ mark, label }) => `${mark} ${label}`.replaceAll(' ', '\u00a0'))
        .join(' · '),
      this.options.width - 2,
    );
    return [
      '',
      ...explained.map((line) => ` ${this.colors.dim(line)}`),
      ...(status.length > 0 ? ['', ...status] : []),
      ...(files.length > 0 ? ['', ...files] : []),
    ];
  }

  private mark(cell: ClaimResult | undefined): string {
    if (!cell) return ' ';
    return this.paint(cell.waiver?.state === 'applies' ? 'waived' : cell.verdict, wordsOf(cell).mark);
  }

  private paintCount(kind: Count['kind'] | undefined, cell: string): string {
    return kind === undefined || cell.trim() === '0' ? this.colors.dim(cell) : this.paint(kind, cell);
  }

  private paint(kind: Count['kind'], text: string): string {
    const { green, red, dim, yellow, magenta } = this.colors;
    return { conforms: green, deviates: red, waived: yellow, 'not-applicable': dim, blocked: yellow, error: magenta }[kind](text);
  }
}
