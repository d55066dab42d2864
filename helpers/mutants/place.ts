/** One answer to one question, told from other answers to the same one. */
export interface Answer {
  /** scope, number and words of the question; the same in each judgement of a claim */
  key: string;
  /** the question, as evidence words it */
  call: string;
  /** what the suite itself puts at the top of the answer, so that no engine can leave it out */
  always?: readonly string[];
}

/** A value within an answer: the names that lead to it from the top, as {@link nameOf} gives them. */
export interface Place {
  answer: Answer;
  path: readonly string[];
}

/** What identifies a place within one judgement of a claim, and the same place in the next. */
export function keyOf({ answer, path }: Place): string {
  return [answer.key, ...path].join('\0');
}

/** A member's name. An element of a list is named by what it is, because engines give lists in any order. */
export function nameOf(container: object, key: string): string {
  if (!Array.isArray(container)) return key;
  const element: unknown = container[Number(key)];
  if (typeof element !== 'object' || element === null) return `*${String(element)}`;
  const { Id, Name } = element as { Id?: string; Name?: string };
  return `*${Id ?? Name ?? key}`;
}

/** The key under which a container has the member of that name; undefined where it has none. */
export function keyNamed(container: object, name: string): string | undefined {
  return Object.keys(container).find((key) => nameOf(container, key) === name);
}

/** What a path leads to; undefined where it leads to nothing. */
export function valueAt(top: unknown, path: readonly string[]): unknown {
  return path.reduce((value: unknown, name) => {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = keyNamed(value, name);
    return key === undefined ? undefined : (value as Record<string, unknown>)[key];
  }, top);
}

/** What differs from run to run: ids, and the end of names that the suite draws. */
const drawnAnew = /\b[0-9a-f]{12,64}\b|(?<=\bdnc-[a-z0-9-]+-)[0-9a-f]{8}\b/g;

/** A question without what differs from run to run, and without what was sent with it. */
export function callInGeneral(call: string): string {
  return call.replace(/ [{"].*$/s, '').replace(drawnAnew, '*');
}

/**
 * A path without ids and elements, e.g. `Containers.*.IPv4Address`; the whole answer is a dot.
 * @param isListed whether members were looked through at that depth, so that it matters not which it is
 */
export function pathInGeneral(path: readonly string[], isListed: (depth: number) => boolean = () => false): string {
  return path.map((name, depth) => (isListed(depth) || name.startsWith('*') ? '*' : name.replace(drawnAnew, '*'))).join('.') || '.';
}
