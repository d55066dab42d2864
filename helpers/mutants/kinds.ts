import ipaddr from 'ipaddr.js';

/** A way in which a single value can be wrong. */
interface Mutation {
  kind: string;
  /** why engines may well be wrong in this way, or where the other value is from */
  why: string;
  /** @param name of the field that has the value */
  fits: (value: unknown, name?: string) => boolean;
  /** the wrong value; it depends on the right one alone */
  instead: (value: never) => unknown;
}

/** Addresses that nobody has: RFC 5737, RFC 3849, and RFC 9542 for hardware addresses. */
const nobody = { ipv4: '192.0.2.77', ipv6: '2001:db8::77', mac: '00:00:5e:00:53:4d' };

const hexDigits = '0123456789abcdef';

const isText = (value: unknown): value is string => typeof value === 'string';
const isIp = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
const isAddress = (value: unknown) => isText(value) && isIp(value.replace(/\/\d+$/, ''));
const isSubnet = (value: unknown) => isText(value) && isAddress(value) && value.includes('/');
const isMac = (value: unknown) => isText(value) && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value);
const isId = (value: unknown) => isText(value) && /^[0-9a-f]{12,}$/.test(value);
const isStatus = (value: unknown, name?: string) => typeof value === 'number' && name === 'status';
const isNumber = (value: unknown) => typeof value === 'number' || (isText(value) && /^\d{1,11}$/.test(value));
const isProse = (value: unknown) => isText(value) && /\s/.test(value.trim());
const isWord = (value: unknown) => isText(value) && value !== '' && ![isAddress, isMac, isId, isNumber, isProse].some((is) => is(value));

/** The wrong values of single fields. A value gets every mutation that fits. */
export const mutations: readonly Mutation[] = [
  {
    kind: 'other-address',
    why: 'the address of another endpoint; one of a documentation range, so that no probe meets somebody by chance',
    fits: isAddress,
    instead: (text: string) => text.replace(/^[^/]+/, text.includes(':') ? nobody.ipv6 : nobody.ipv4),
  },
  {
    kind: 'other-length',
    why: 'the right address with the prefix length of another subnet',
    fits: isSubnet,
    instead: (text: string) => text.replace(/\d+$/, (length) => String(Number(length) > 0 ? Number(length) - 1 : 1)),
  },
  {
    kind: 'other-mac',
    why: 'the hardware address of another endpoint, of the sort that is in cards',
    fits: isMac,
    instead: () => nobody.mac,
  },
  {
    kind: 'other-digits',
    why: 'the id of another object: ids are random, and a wrong one looks like the right one',
    fits: isId,
    instead: (text: string) => text.replace(/./g, (digit) => hexDigits[(hexDigits.indexOf(digit) + 1) % hexDigits.length] ?? ''),
  },
  {
    kind: 'other-status',
    why: 'an engine refuses what it should do, or pretends to have done what it should refuse',
    fits: isStatus,
    instead: (status: number) => (status < 400 ? 500 : 200),
  },
  {
    kind: 'other-number',
    why: 'a port or a length next to the right one',
    fits: (value, name) => isNumber(value) && !isStatus(value, name),
    instead: (value: number | string) => (isText(value) ? String(Number(value) + 1) : value + 1),
  },
  { kind: 'other-word', why: 'the name of another thing', fits: isWord, instead: (text: string) => `other-${text}` },
  { kind: 'other-text', why: 'a message about something else', fits: isProse, instead: () => 'something else' },
  { kind: 'flipped', why: 'the other of two states', fits: (value) => typeof value === 'boolean', instead: (value: boolean) => !value },
  {
    kind: 'emptied',
    why: 'engines write an empty text where they have nothing to say',
    fits: (value) => isText(value) && value !== '',
    instead: () => '',
  },
  {
    kind: 'filled',
    why: 'something where there should be nothing',
    fits: (value) => value === '' || value === null,
    instead: (value: '' | null) => (value === '' ? 'filled' : { filled: 'filled' }),
  },
  {
    kind: 'null',
    why: 'a list or map that was never made is null in the JSON that Go writes; an empty one says the same',
    fits: (value) => isCollection(value) && Object.keys(value as object).length > 0,
    instead: () => null,
  },
];

/** Mutations of what a list or map has, each with its reason. They take more than one value, so the plan makes them. */
const membership: Readonly<Record<string, string>> = {
  absent: 'another version of the API, or another engine, leaves a field out',
  dropped: 'an object is there and is not listed',
  added: 'an object is listed that is not there: one of an earlier answer to the same question, else one made up',
  stale: 'an engine answers as it did before something was removed',
};

/** Every kind of mutation, with its reason. */
export const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(mutations.map(({ kind, why }) => [kind, why])),
  ...membership,
};

/**
 * Whether a value is a list or a map, which can be empty, and not one of the structures that the API always sends whole:
 * their fields begin with capital letters, and the keys of maps are names, ids and ports.
 */
export function isCollection(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return Array.isArray(value) || keys.length === 0 || !keys.every((key) => /^[A-Z]/.test(key));
}
