import { adding, Change, replacing, without } from './change';
import { isCollection, mutations } from './kinds';
import { callInGeneral, keyNamed, keyOf, nameOf, pathInGeneral, valueAt, type Place } from './place';
import type { Read, Reads } from './reads';

/** One field, changed in one way. */
export interface Mutant {
  call: string;
  path: string;
  kind: string;
  /**
   * The places where the change can be made, each of which is tried. There are several only below something whose members
   * were listed: who looks through a list for what is his passes over the rest, so that one of them has to count.
   */
  changes: Change[];
}

/** Every mutant that follows from what a judgement has read, in the order of the reading. */
export function mutantsOf(reads: Reads): Mutant[] {
  const listed = new Set(reads.all.flatMap((read) => (read.of === 'members' ? [keyOf(read.place)] : [])));
  const isBelowListed = ({ answer, path }: Place) => path.some((name, depth) => name.startsWith('*') || listed.has(keyOf({ answer, path: path.slice(0, depth) })));
  const mutants = new Map<string, Mutant>();
  const add = (kind: string, field: Place, change: Change, oneOfSeveral = isBelowListed(field)) => {
    const mutant: Mutant = { call: callInGeneral(field.answer.call), path: pathInGeneral(field.path), kind, changes: [] };
    const id = oneOfSeveral ? [mutant.call, mutant.path, kind].join('\0') : `${keyOf(field)}\0${kind}`;
    const known = mutants.get(id) ?? mutant;
    known.changes.push(change);
    mutants.set(id, known);
  };
  for (const read of reads.all) {
    const { place } = read;
    if (read.of === 'members') {
      for (const key of Object.keys(read.value)) add('dropped', place, new Change(read, place, without(nameOf(read.value, key))), true);
      const [key, member] = earlierMember(read, reads) ?? madeUp(read.value);
      add('added', place, new Change(read, place, adding(key, member)));
      continue;
    }
    const container = { answer: place.answer, path: place.path.slice(0, -1) };
    const name = place.path.at(-1) ?? '';
    if (read.of === 'nothing') {
      const before = earlier(place, reads).at(-1);
      if (before !== undefined) add('stale', place, new Change(read, container, adding(name, structuredClone(before))));
      continue;
    }
    if (read.of === 'value') {
      for (const { kind, fits, instead } of mutations) if (fits(read.value)) add(kind, place, new Change(read, container, replacing(name, instead as (value: unknown) => unknown)));
    }
    if (!listed.has(keyOf(container)) && canBeAbsent(read, container, reads)) add('absent', place, new Change(read, container, without(name)));
  }
  return [...mutants.values()];
}

/** A single value, or an entry of a map. A list or map as a whole is null instead, and structures are always there. */
function canBeAbsent(read: Read, container: Place, reads: Reads): boolean {
  const whole = wholeOf(container, reads);
  const value = valueAt(whole, read.place.path);
  return typeof value !== 'object' || value === null || isCollection(valueAt(whole, container.path));
}

function wholeOf({ answer }: Place, reads: Reads): object | undefined {
  return reads.answers.find((it) => it.answer.key === answer.key)?.whole;
}

/** What was at a place in earlier answers to the same question, where there was something. */
function earlier({ answer, path }: Place, reads: Reads): unknown[] {
  const now = reads.answers.findIndex((it) => it.answer.key === answer.key);
  const before = reads.answers.slice(0, Math.max(now, 0)).filter((it) => it.answer.call === answer.call);
  return before.map(({ whole }) => valueAt(whole, path)).filter((value) => value !== undefined);
}

/** A member that an earlier answer had and this one has not. */
function earlierMember({ place, value: members }: Read & { of: 'members' }, reads: Reads): [string, unknown] | undefined {
  for (const before of earlier(place, reads)) {
    if (typeof before !== 'object' || before === null) continue;
    const key = Object.keys(before).find((it) => keyNamed(members, nameOf(before, it)) === undefined);
    if (key !== undefined) return [key, structuredClone((before as Record<string, unknown>)[key])];
  }
  return undefined;
}

/** A member like those there, under another name; for an empty list or map a word. */
function madeUp(members: object): [string, unknown] {
  const [key, sibling] = (Object.entries(members) as [string, unknown][]).at(-1) ?? ['added', 'added'];
  if (typeof sibling !== 'object' || sibling === null) return [String(other(key)), other(sibling)];
  const names = Object.entries(sibling).filter(([field]) => field === 'Id' || field === 'Name');
  return [String(other(key)), { ...structuredClone(sibling), ...Object.fromEntries(names.map(([field, name]) => [field, other(name)])) }];
}

function other(value: unknown): unknown {
  const mutation = mutations.find(({ fits }) => fits(value));
  return (mutation?.instead as ((value: unknown) => unknown) | undefined)?.(value) ?? value;
}
