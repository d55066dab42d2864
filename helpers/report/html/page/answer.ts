/** Longest answer that is shown as a whole from the start, in lines and in characters. */
const shortLines = 12;
const shortLength = 900;

/** An answer as people read it: JSON is laid out, other text is as it came, and of a long one the beginning stands apart. */
export function readable(answer: string): { text: string; lines: number; beginning: string | undefined } {
  const text = laidOut(answer.trim());
  const lines = text.split('\n');
  const long = lines.length > shortLines || text.length > shortLength;
  const beginning = lines.slice(0, 8).join('\n').slice(0, 600).trimEnd();
  return { text, lines: lines.length, beginning: long ? `${beginning} …` : undefined };
}

function laidOut(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
