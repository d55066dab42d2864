import { stripVTControlCharacters } from 'node:util';

/**
 * What engines, containers, files and variables say is not trusted: without colours, cursor moves, marks that change the
 * direction of writing or have no width, halves of characters and other control characters, and without passwords of
 * addresses. Line breaks and tabs stay.
 */
export function plain(text: string): string {
  return withoutPasswords(
    stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ''),
  );
}

/** {@link plain}, and no line of it is a command to a CI system that prints it. */
export function harmless(text: string): string {
  return plain(text).split('\n').map(withoutCommands).join('\n');
}

/** The same value, with every text in it made {@link harmless}. */
export function harmlessThroughout<T>(value: T): T {
  if (typeof value === 'string') return harmless(value) as T;
  if (Array.isArray(value)) return value.map(harmlessThroughout) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, harmlessThroughout<unknown>(it)])) as T;
}

/** Addresses such as `tcp://user:secret@host`, without the secret. */
function withoutPasswords(text: string): string {
  return text.includes('@') ? text.replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@"'`]*):[^\s"'`]*@/gi, '$1:…@') : text;
}

/** CI systems execute what looks like their commands in the output, and what a container answers may look like that. */
export function withoutCommands(line: string): string {
  return line.replace(/^(\s*)(?=::)/, '$1│ ').replace(/##(?=\[|vso|teamcity)/g, '# #');
}

/**
 * A document as JSON, indented. Every text survives, and whoever prints the file sees neither control characters nor
 * commands of a CI system: they are written as `\uXXXX`.
 */
export function jsonText(document: unknown): string {
  const escaped = (sign: string) =>
    [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
  return `${JSON.stringify(document, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|#(?=#(?:\[|vso|teamcity))/gu, escaped)}\n`;
}

/** {@link plain}, with every run of white space made one space. */
export function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** A count and what it counts: `1 claim`, `2 claims`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** One word for a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
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
const wide =
  /^(?:\p{Emoji_Presentation}|\p{Script=Hangul}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303f\uff00-\uff60])|\ufe0f/u;

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
    for (let rest: string | undefined = line.replaceAll('\t', '  ').trimEnd(); rest !== undefined;) {
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
