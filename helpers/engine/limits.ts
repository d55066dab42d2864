import { scaledLimit } from '../base/pace';

/**
 * How long an engine may take, in milliseconds, and how much it may say. These are all of the limits on calls to an
 * engine; docs/engines.md ("On a slow machine") states them. Times count only while this process runs (`Deadline`).
 */
const times = {
  /** until something that was just dialled has said that it is an engine: both first questions together */
  connect: 10_000,
  /** without a byte, in any call */
  idle: 30_000,
  /** from a question to the last byte of its answer */
  answer: 60_000,
  /** a call that carries an archive, or that is followed while it goes on: a command, a log, a load of an image */
  stream: 600_000,
} as const;

/** What one answer may hold: more than any engine in use says, and little enough to be kept in memory. */
export const sizes = {
  /** bytes of one answer */
  answer: 32 * 1024 * 1024,
  /** bytes of a stream: what a command prints, or what happened meanwhile */
  stream: 64 * 1024 * 1024,
  /** members of one list */
  list: 20_000,
  /** lists and objects within each other */
  depth: 64,
  /** interim answers (100 to 199) before the one that counts */
  interim: 16,
} as const;

/** A time limit by what it is for. */
export type TimeLimit = keyof typeof times;

/** A time limit as it is here and now, in milliseconds: longer on a machine that is busy. */
export function limit(what: TimeLimit): number {
  return scaledLimit(times[what]);
}
