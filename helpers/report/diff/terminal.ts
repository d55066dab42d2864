import { createColors } from 'picocolors';
import { oneLine, plain, withoutCommands, wrap } from '../../base/text';
import { changesByKind, type Change, type Comparison } from './compare';
import { kindWords } from '../../results/change-kind';
import { changesLine, rowsOf, sideLines } from './summary';

export interface DiffTerminalOptions {
  color: boolean;
  /** columns of the terminal */
  width: number;
}

/** Lines that one reason or answer may take. */
const shownLines = 3;
const margin = 13;

/** The comparison as a person reads it in a terminal. */
export function diffTerminal(comparison: Comparison, options: DiffTerminalOptions): string {
  // a line that looks like a command of a CI system becomes two columns longer
  const width = Math.max(options.width, 40) - 2;
  const { bold, dim } = createColors(options.color);

  const field = (label: string, value: string): string[] => {
    const lines = wrap(value, width - margin, shownLines + 1);
    const shown = lines.length > shownLines ? [...lines.slice(0, shownLines), '…'] : lines;
    return shown.map((line, index) => `     ${dim((index === 0 ? label : '').padEnd(margin - 5))}${line}`);
  };

  const side = (label: string, lines: string[]): string[] => lines.flatMap((line, index) => field(index === 0 ? label : '', line));

  const change = (it: Change): string[] => [
    '',
    ...wrap(oneLine(it.title), width - 3).map((line, index) => `${index === 0 ? ' • ' : '   '}${bold(line)}`),
    dim(`     ${it.id} (${it.level})`),
    ...side('before', sideLines(it, it.before)),
    ...side('after', sideLines(it, it.after)),
  ];

  const head = rowsOf(comparison).flatMap(([what, before, after]) => [
    '',
    ` ${bold(what)}`,
    ...field('before', before),
    ...field('after', after),
  ]);
  const groups = changesByKind(comparison).flatMap(({ kind, changes }) => [
    '',
    ` ${bold(kindWords[kind].heading)}`,
    ...changes.flatMap(change),
  ]);
  const title = ` ${bold(`${plain(comparison.after.suite.name)} diff`)}`;
  const lines = ['', title, ...head, ...groups, '', ...wrap(changesLine(comparison), width - 1).map((line) => ` ${line}`)];
  return `${lines.map(withoutCommands).join('\n')}\n`;
}
