import { harmless, plain, withoutCommands } from './text';

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

/** How a report is printed here: in colours where it is a terminal, and as wide as that is. */
export function looks(): { color: boolean; width: number } {
  const { columns: width = 100 } = process.stdout as Partial<NodeJS.WriteStream>;
  return { color: process.stdout.isTTY && !process.env['NO_COLOR'], width };
}
