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
  const listed = listedIn(reads);
  const mutants = new Map<string, Mutant>();
  for (const { kind, place, change } of reads.all.flatMap((read) => stepsOf(read, reads, listed))) {
    const { call, path, isOneOfMany } = inGeneral(place, listed);
    const id = kind === 'dropped' || isOneOfMany ? [call, path, kind].join('\0') : `${keyOf(place)}\0${kind}`;
    const mutant = mutants.get(id) ?? { call, path, kind, changes: [] };
    mutant.changes.push(change);
    mutants.set(id, mutant);
  }
  return [...mutants.values()];
}

/** The fields that a judgement has read: single values, and lists and maps whose members were looked through. */
export function fieldsOf(reads: Reads): Pick<Mutant, 'call' | 'path'>[] {
  const listed = listedIn(reads);
  const read = reads.all.filter((it) => it.of === 'members' || (it.of === 'value' && (typeof it.value !== 'object' || it.value === null)));
  const fields = read.map(({ place }) => inGeneral(place, listed));
  return [...new Map(fields.map(({ call, path }) => [`${call}\0${path}`, { call, path }])).values()];
}

/** The places whose members were looked through. */
function listedIn(reads: Reads): ReadonlySet<string> {
  return new Set(reads.all.flatMap((read) => (read.of === 'members' ? [keyOf(read.place)] : [])));
}

/** Question and path of a place without what differs from run to run, and whether it is below something that was looked through. */
function inGeneral({ answer, path }: Place, listed: ReadonlySet<string>): Pick<Mutant, 'call' | 'path'> & { isOneOfMany: boolean } {
  const isListed = (depth: number) => listed.has(keyOf({ answer, path: path.slice(0, depth) }));
  return {
    call: callInGeneral(answer.call),
    path: pathInGeneral(path, isListed),
    isOneOfMany: path.some((name, depth) => name.startsWith('*') || isListed(depth)),
  };
}

/** A change of one kind at one place. */
interface Step {
  kind: string;
  place: Place;
  change: Change;
}

function stepsOf(read: Read, reads: Reads, listed: ReadonlySet<string>): Step[] {
  const { place } = read;
  if (read.of === 'members') {
    const names = Object.keys(read.value).map((key) => nameOf(read.value, key));
    const [key, member] = earlierMember(read, reads) ?? madeUp(read.value);
    return [
      ...names.map((name) => ({ kind: 'dropped', place, change: new Change(read, place, without(name)) })),
      { kind: 'added', place, change: new Change(read, place, adding(key, member)) },
    ];
  }
  const container = { answer: place.answer, path: place.path.slice(0, -1) };
  const name = place.path.at(-1) ?? '';
  if (read.of === 'nothing') {
    const before = earlier(place, reads).at(-1);
    return before === undefined
      ? []
      : [{ kind: 'stale', place, change: new Change(read, container, adding(name, structuredClone(before))) }];
  }
  const wrong = read.of === 'value' ? mutations.filter(({ fits }) => fits(read.value, name)) : [];
  const absent = !listed.has(keyOf(container)) && canBeAbsent(place, reads);
  return [
    ...wrong.map(({ kind, instead }) => ({
      kind,
      place,
      change: new Change(
        read,
        container,
        replacing(name, (value) => instead(value as never)),
      ),
    })),
    ...(absent ? [{ kind: 'absent', place, change: new Change(read, container, without(name)) }] : []),
  ];
}

/** A single value, or an entry of a map. A list or map as a whole is null instead, and structures are always there. */
function canBeAbsent({ answer, path }: Place, reads: Reads): boolean {
  if (path.length === 1 && answer.always?.includes(path[0] ?? '')) return false;
  const whole = reads.answers.find((it) => it.answer.key === answer.key)?.whole;
  const value = valueAt(whole, path);
  return typeof value !== 'object' || value === null || isCollection(valueAt(whole, path.slice(0, -1)));
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
  return mutation ? mutation.instead(value as never) : value;
}
