import type { ClaimResult } from '../../results/results';
import { oneLine, truncate } from '../../base/text';

type Step = ClaimResult['evidence'][number];

const shownSteps = 2;
/** Columns of an answer that a report has room for. */
const longestExcerpt = 100;

/**
 * The few steps that tell most of a claim: those whose answers have what its title names, such as a field of an object,
 * else the last ones, for then the verdict was made.
 */
export function tellingSteps({ title, evidence }: Pick<ClaimResult, 'title' | 'evidence'>): Step[] {
  const observed = evidence.filter(({ kind }) => kind !== 'note');
  const steps = observed.length > 0 ? observed : evidence;
  const names = namesIn(title);
  const score = ({ answer }: Step) => names.filter((name) => answer.includes(name)).length;
  const best = Math.max(0, ...steps.map(score));
  return steps.filter((step) => score(step) === best).slice(-shownSteps);
}

/** One line of what a step answered, from the place on that the claim's title names. */
export function excerpt(answer: string, title: string): string {
  const line = oneLine(answer);
  if (truncate(line, longestExcerpt) === line) return line;
  const [place = 0] = namesIn(title)
    .map((name) => line.indexOf(name))
    .filter((at) => at >= 0);
  const from = line[place - 1] === '"' ? place - 1 : place;
  return `${from > 0 ? '…' : ''}${truncate(line.slice(from), longestExcerpt)}`;
}

/** The words of a title that are names of data: with a capital inside (`MacAddress`) or a number and a mark (`02:42`). */
function namesIn(title: string): string[] {
  const words = title.match(/[\w.:/]+/g) ?? [];
  const names = words.filter((word) => /[a-z][A-Z]|\d[.:/]\d/.test(word));
  // of `NetworkSettings.Bridge`, an answer has the field
  return names.map((name) => (/^[A-Za-z]+(?:\.[A-Za-z]+)+$/.test(name) ? `"${name.slice(name.lastIndexOf('.') + 1)}"` : name));
}
