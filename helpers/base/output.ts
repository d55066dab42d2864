import { harmless, plain, withoutCommands, wrap } from './text';

/** A colour, bold or dim: the only sequences of a terminal that reports of the suite have in them. */
const colour = /(\u001b\[[\d;]*m)/; // eslint-disable-line no-control-regex -- the escape character is what makes it a colour

/**
 * Text as it may leave for a terminal or a log, whatever engines, files and variables have put into it: what could move a
 * cursor, change colours or be taken for a command of a CI system is gone.
 */
export function leaving(text: string, { color = false }: { color?: boolean } = {}): string {
  if (!color) return harmless(text);
  const cleaned = text.split(colour).map((part, index) => (index % 2 === 1 ? part : plain(part)));
  return cleaned.join('').split('\n').map(withoutCommands).join('\n');
}

/** Prints on the standard output; `color` says that the text is a report that was coloured for it. */
export function print(text: string, options?: { color?: boolean }): void {
  process.stdout.write(leaving(text, options));
}

/** Prints commands of GitHub's runner, which only count on the standard output. What is in them has been escaped for that. */
export function printCommands(commands: string): void {
  process.stdout.write(commands);
}

/** Says something besides, in a line of the standard error output. */
export function note(line: string): void {
  process.stderr.write(`${leaving(line)}\n`);
}

/** How a report is printed here: in colours where it is a terminal, and as wide as that is, or as COLUMNS says of a pipe's reader. */
export function terminalStyle(): { color: boolean; width: number } {
  const { columns = Number(process.env['COLUMNS']) } = process.stdout as Partial<NodeJS.WriteStream>;
  return { color: process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb', width: columns > 0 ? columns : 100 };
}

/**
 * Text whose lines go on below themselves where the terminal is narrower: behind their label, where they begin with one
 * that is set off by two spaces. On a pipe they stay whole, for programs read them.
 */
export function fitted(text: string): string {
  if (!process.stdout.isTTY) return text;
  const { width } = terminalStyle();
  const fold = (line: string) => {
    const [label = ''] = /^ *(?:\S+(?: \S+)*? {2,})?/.exec(line) ?? [];
    const [first = '', ...more] = wrap(line.slice(label.length), Math.max(width - label.length, 20));
    return [`${label}${first}`, ...more.map((it) => `${' '.repeat(label.length)}${it}`)];
  };
  return text.split('\n').flatMap(fold).join('\n');
}
