import { keyNamed, keyOf, type Place } from './place';
import type { Read } from './reads';

/** Members of a list or map, changed in one thing; `was` and `is` say in which. */
export interface Changed {
  members: object;
  was: unknown;
  is: unknown;
}

/** One thing that a trial is shown otherwise than the engine said it. */
export class Change {
  private readonly made = new WeakMap<object, object>();
  private readonly where: string;
  /** what was changed; absent as long as the trial has not come to the place */
  seen: Pick<Changed, 'was' | 'is'> | undefined;

  constructor(
    /** the reading that it concerns */
    readonly read: Read,
    /** the list or map among whose members it is made */
    container: Place,
    /** undefined where there is nothing to change */
    private readonly make: (members: object) => Changed | undefined,
  ) {
    this.where = keyOf(container);
  }

  /** A list or map as the trial sees it; always the same for the same one. */
  of(place: Place, members: object): object {
    if (keyOf(place) !== this.where) return members;
    const before = this.made.get(members);
    if (before) return before;
    const changed = this.make(members);
    if (changed) this.seen = { was: changed.was, is: changed.is };
    const after = changed?.members ?? members;
    this.made.set(members, after);
    return after;
  }
}

/** Puts another value in the place of a member. */
export function replacing(name: string, by: (value: unknown) => unknown) {
  return (members: object): Changed | undefined => {
    const key = keyNamed(members, name);
    if (key === undefined) return undefined;
    const was = (members as Record<string, unknown>)[key];
    const is = by(was);
    const copy = Array.isArray(members) ? [...(members as unknown[])] : { ...members };
    (copy as Record<string, unknown>)[key] = is;
    return { members: copy, was, is };
  };
}

/** Leaves a member out. */
export function without(name: string) {
  return (members: object): Changed | undefined => {
    const key = keyNamed(members, name);
    if (key === undefined) return undefined;
    const was = (members as Record<string, unknown>)[key];
    const rest = Array.isArray(members)
      ? members.filter((_, index) => index !== Number(key))
      : Object.fromEntries(Object.entries(members).filter(([it]) => it !== key));
    return { members: rest, was: Array.isArray(members) ? was : { [key]: was }, is: undefined };
  };
}

/** Adds a member that is none of those there. */
export function adding(key: string, member: unknown) {
  return (members: object): Changed => {
    if (Array.isArray(members)) return { members: [...(members as unknown[]), member], was: undefined, is: member };
    return { members: { ...members, [key]: member }, was: undefined, is: { [key]: member } };
  };
}
