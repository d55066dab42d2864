import type { z } from 'zod';
import { sizes } from './limits';
import { WrongAnswer } from '../world/wrong-answer';

/**
 * Reads an answer that must be JSON.
 * @throws WrongAnswer where it is none, or deeper than any that an engine gives
 */
export function parsedAnswer(call: string, body: Buffer): unknown {
  const text = decoded(call, body);
  if (text.trim() === '') throw new WrongAnswer(call, 'nothing', 'JSON');
  mustBeFlat(call, body);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new WrongAnswer(call, inWords(text), 'JSON');
  }
}

/**
 * The document of an answer that need not be JSON; undefined where it is none.
 * @throws WrongAnswer where it is deeper than any that an engine gives
 */
export function parsedIfJson(call: string, body: Buffer): unknown {
  let document: unknown;
  try {
    document = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  mustBeFlat(call, body);
  return document;
}

/**
 * The answer, once it has the shape that the suite relies on. What else stands in it is left as it is.
 * @throws WrongAnswer that says what stands where something else was expected
 */
export function shaped<Shape extends z.ZodType>(call: string, shape: Shape, answer: unknown): z.infer<Shape> {
  const { error, data } = shape.safeParse(answer);
  const issue = error?.issues[0];
  if (!issue) return data as z.infer<Shape>;
  const found = issue.path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], answer);
  const place = issue.path.length === 0 ? '' : ` in ${quoted(issue.path.map(String).join('.').slice(0, 200)).slice(1, -1)}`;
  throw new WrongAnswer(call, `${inWords(found)}${place}`, expectedOf(issue));
}

/** Text that came from outside, in quotes; what is no letter of ASCII is written as its number. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function expectedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return nouns[issue.expected] ?? issue.expected;
  if (issue.code === 'too_big' && issue.origin === 'array') return `a list of at most ${issue.maximum} members`;
  return issue.message;
}

const nouns: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** A value in a few words, without quoting much of what came from outside. */
export function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `the ${typeof value} ${JSON.stringify(value)}`;
  if (value === '') return 'an empty text';
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(value)) return 'a page of HTML';
  const start = quoted(value.slice(0, 40));
  return value.length > 40 ? `a text that begins with ${start}` : `the text ${start}`;
}

function mustBeFlat(call: string, body: Buffer): void {
  if (depthOf(body) > sizes.depth)
    throw new WrongAnswer(call, `lists and objects more than ${sizes.depth} deep`, 'an answer of a usual depth');
}

function decoded(call: string, body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new WrongAnswer(call, 'bytes that are no UTF-8', 'JSON');
  }
}

const [quote, backslash] = [0x22, 0x5c];
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/** How deep lists and objects stand within each other in bytes that should be JSON. */
function depthOf(bytes: Buffer): number {
  let [depth, deepest, inText] = [0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (inText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (openers.has(byte)) deepest = Math.max(deepest, (depth += 1));
    else if (closers.has(byte)) depth -= 1;
  }
  return deepest;
}
