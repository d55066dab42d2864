/** Data in which each longer text stands once; what a text was replaced by begins with a control character, which no text of a report has. */
export interface Interned {
  texts: string[];
  data: unknown;
}

const sign = '\u0001';

/** Shorter texts cost less than what would stand for them. */
const shortest = 12;

/** Puts each text of some length into a list, once: engines answer the same again and again, farther apart than compression looks back. */
export function interned(data: unknown): Interned {
  const places = new Map<string, number>();
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length < shortest ? value : referenceTo(value);
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, replaced(it)]));
  };
  const referenceTo = (text: string): string => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return `${sign}${place.toString(36)}`;
  };
  const whole = replaced(data);
  return { texts: [...places.keys()], data: whole };
}

/** Undoes {@link interned}. */
export function restored({ texts, data }: Interned): unknown {
  if (typeof data === 'string') return data.startsWith(sign) ? texts[parseInt(data.slice(1), 36)] : data;
  if (Array.isArray(data)) return data.map((it) => restored({ texts, data: it }));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, it]) => [key, restored({ texts, data: it })]));
}
