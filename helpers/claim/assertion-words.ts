/** Characters of what was expected, and of what was seen, that a sentence has room for. */
const room = 200;

/**
 * What a failed assertion says, in one sentence instead of the lines and differences that Jest prints. What is no message
 * of an assertion comes back as one line.
 * @param message without colour codes
 */
export function inOneSentence(message: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !/^expect\(.*\)/.test(line));
  const difference = lines.some((line) => /^- Expected\b/.test(line)) && lines.some((line) => /^\+ Received\b/.test(line));
  const [expected, seen] = difference ? sides(lines) : labelled(lines);
  if (expected === '') return shortened(oneLine(lines));
  // a negation repeats no value
  return `expected ${shortened(expected)}${seen === '' ? '' : `, but saw ${shortened(seen)}`}`;
}

/** The two sides of a difference. */
function sides(lines: readonly string[]): [string, string] {
  const side = (mark: '-' | '+') =>
    oneLine(lines.filter((line) => line.startsWith(mark) && !/^(- Expected|\+ Received)\b/.test(line)).map((line) => line.slice(1)));
  return [side('-'), side('+')];
}

/** What stands behind the words for expected and for seen; of several lines for one, the first says most. */
function labelled(lines: readonly string[]): [string, string] {
  const text = (label: RegExp) => {
    const first = lines.findIndex((line) => label.test(line));
    if (first < 0) return '';
    const more = lines.slice(first + 1).findIndex((line) => /^[a-z][a-z ]*:/i.test(line));
    return oneLine(lines.slice(first, more < 0 ? undefined : first + 1 + more)).replace(/^[^:]*:\s*/, '');
  };
  return [text(/^expected[a-z ]*:/i), text(/^(received|actual)[a-z ]*:/i)];
}

function oneLine(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/,$/, '');
}

function shortened(text: string): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
