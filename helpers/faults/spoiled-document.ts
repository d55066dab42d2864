import { isDeepStrictEqual } from 'node:util';
import type { Steps } from '../../fixtures/faults/model';

/** Sets a value, in place, at all places of a JSON document to which the steps lead. */
export function setAt(document: unknown, steps: Steps, value: unknown): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  for (const members of placesAt(document, steps.slice(0, -1))) {
    if (!isMembers(members)) continue;
    for (const key of last === '*' ? Object.keys(members) : [last]) members[key] = structuredClone(value);
  }
}

/** Takes out, in place, all members of the lists and maps to which the steps lead. */
export function emptyAt(document: unknown, steps: Steps): void {
  for (const members of placesAt(document, steps)) {
    if (Array.isArray(members)) members.length = 0;
    else if (isMembers(members)) for (const key of Object.keys(members)) Reflect.deleteProperty(members, key);
  }
}

/** Whether a document has this value at one of the places. */
export function hasAt(document: unknown, steps: Steps, value: unknown): boolean {
  return placesAt(document, steps).some((it) => isDeepStrictEqual(it, value));
}

/** What is at the places to which the steps lead; nothing where they lead nowhere. */
function placesAt(node: unknown, [step, ...rest]: Steps): unknown[] {
  if (step === undefined) return [node];
  if (!isMembers(node)) return [];
  const next = step === '*' ? Object.values(node) : Object.hasOwn(node, step) ? [node[step]] : [];
  return next.flatMap((it) => placesAt(it, rest));
}

/** A list or a map; the keys of a list are its indexes. */
function isMembers(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}
