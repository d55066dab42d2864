import { stripVTControlCharacters } from 'node:util';

/** What engines and containers answered is not trusted: without colours, cursor moves, changes of writing direction and other control characters. */
export function plain(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(/(?![\n\t])[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu, '');
}

/** {@link plain}, with every run of white space made one space. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** Text for an element or a quoted attribute of HTML or XML; line breaks survive in attributes too. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'\n\r\t]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** Milliseconds as people read them: `320 ms`, `3.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${String(Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const wide = /^(?:\p{Emoji_Presentation}|\p{Script=Hangul}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303f\uff00-\uff60])|\ufe0f/u;

/** Columns that a terminal needs for the text: Korean, Chinese, Japanese and emoji take two each. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

function widthOf(grapheme: string): number {
  return wide.test(grapheme) ? 2 : 1;
}

/** The text cut to `width` columns, with `…` where something is missing. */
export function truncate(text: string, width: number): string {
  return take(text, width) === text ? text : `${take(text, width - 1)}…`;
}

/**
 * The text in lines of at most `width` columns, broken at spaces where possible; existing line breaks stay. No more
 * than `maximum` lines are made, for what a container answers may be long.
 */
export function wrap(text: string, width: number, maximum = Infinity): string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    for (let rest: string | undefined = line.replaceAll('\t', '  ').trimEnd(); rest !== undefined; ) {
      if (lines.length >= maximum) return lines;
      const cut = breakAt(rest, width);
      lines.push(rest.slice(0, cut).trimEnd());
      rest = cut < rest.length ? rest.slice(cut).trimStart() : undefined;
    }
  }
  return lines;
}

/** Where a line of `width` columns ends: behind its last whole word, or within a word that is longer than the line. */
function breakAt(line: string, width: number): number {
  const head = take(line, width);
  if (head === line || line.charAt(head.length) === ' ') return head.length;
  const space = head.lastIndexOf(' ');
  return head.slice(0, Math.max(space, 0)).trim() ? space : head.length;
}

/** The longest beginning that fits; at least one character, so that callers that loop come to an end. */
function take(text: string, width: number): string {
  if (/^[\x20-\x7e]*$/.test(text.slice(0, width + 1))) return text.slice(0, width);
  // finding the characters of a long text takes long, even when only its beginning is looked at
  const beginning = text.slice(0, 8 * width + 64);
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(beginning)) {
    used += widthOf(segment);
    if (taken && used > width) break;
    taken += segment;
  }
  return taken;
}
