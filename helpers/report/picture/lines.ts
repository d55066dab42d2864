import { displayWidth, oneLine, truncate } from '../../base/text';

/** How a line of text is set; `code` and `name` are in a typeface in which all characters are of one width. */
export type TextStyle = 'title' | 'name' | 'code' | 'note';

export interface Line {
  style: TextStyle;
  text: string;
}

/** Size of the letters, and distance of one line from the next, in units of the picture. */
export const typography: Record<TextStyle, { size: number; height: number }> = {
  title: { size: 14, height: 19 },
  name: { size: 12.5, height: 17 },
  code: { size: 11.5, height: 16 },
  note: { size: 11.5, height: 16 },
};

/** Columns after which names and addresses, which can be anything, are cut; the longest address in CIDR notation has so many. */
const longest = 43;

/** One line of text that is safe to be drawn and has an end. */
export function line(style: TextStyle, text: string): Line {
  return { style, text: truncate(oneLine(text), longest) };
}

/** The room that lines need; a browser's own typefaces are at most that wide. */
export function sizeOf(lines: readonly Line[]): { width: number; height: number } {
  const widths = lines.map(({ style, text }) => displayWidth(text) * typography[style].size * 0.61);
  return { width: Math.ceil(Math.max(0, ...widths)), height: lines.reduce((height, { style }) => height + typography[style].height, 0) };
}
