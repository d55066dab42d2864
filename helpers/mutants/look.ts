import { AsyncLocalStorage } from 'node:async_hooks';
import type { Change } from './change';
import { Reads } from './reads';

/** Who looks at the engine's answers: a judgement that notes what it reads, or a trial that is shown one thing otherwise. */
export interface Look {
  /** 0 is the claim itself; an action that claims share counts the questions that it asks apart from theirs */
  scope: number;
  /** how often each question was asked so far */
  asked: Map<string, number>;
  reads?: Reads;
  change?: Change;
  /** whether the trial concerns anything that a shared action has read */
  concerns?: (read: Reads) => boolean;
}

/** Outside a run for mutants it is never set, and answers are passed on as they are. */
export const looking = new AsyncLocalStorage<Look>();

/** Milliseconds that a trial waits for something to settle: it did before, and what is changed stays so. */
const patienceInTrials = 200;

/** How long to wait for something, in milliseconds, of which a judgement would wait `within`. */
export function waitingAtMost(within: number): number {
  return looking.getStore()?.concerns ? Math.min(within, patienceInTrials) : within;
}

type Action = () => Promise<unknown>;

const scopes = new WeakMap<Action, { scope: number; reads: Reads }>();
let lastScope = 0;

/** Runs a judgement of which every reading is noted. */
export function noting<T>(judge: () => Promise<T>): { reads: Reads; judged: Promise<T> } {
  const reads = new Reads();
  return { reads, judged: looking.run({ scope: 0, asked: new Map(), reads }, judge) };
}

/** Runs a trial: a judgement that is shown one thing otherwise, or without a change everything as it is. */
export function showing<T>({ change, concerns }: Pick<Look, 'change' | 'concerns'>, judge: () => Promise<T>): Promise<T> {
  return looking.run({ scope: 0, asked: new Map(), ...(change && { change }), ...(concerns && { concerns }) }, judge);
}

/** Runs, for the first time, an action that claims share. What it reads is kept, for each claim that asks for its result. */
export function forAll<T>(action: () => Promise<T>): Promise<T> {
  if (!looking.getStore()) return action();
  const own = { scope: (lastScope += 1), reads: new Reads() };
  scopes.set(action, own);
  // never with a change: the result is going to be shared
  return looking.run({ ...own, asked: new Map() }, action);
}

/**
 * The shared result of an action. What the action read counts as read by the claim that asks. A trial that concerns any
 * of it runs the action again, for itself, since the shared result has been made of the true answers; other results are
 * looked at as they are, so that what changes the world and reads nothing is done once.
 */
export async function sharing<T>(action: () => Promise<T>, shared: () => Promise<T>): Promise<T> {
  const look = looking.getStore();
  const own = scopes.get(action);
  if (own && look?.concerns?.(own.reads)) return looking.run({ ...look, scope: own.scope, asked: new Map() }, action);
  try {
    return await shared();
  } finally {
    const read = scopes.get(action)?.reads;
    if (read) look?.reads?.adopt(read);
  }
}

/** Runs what is no part of a judgement or a trial: all answers are passed on as they are, and no reading counts. */
export function unwatched<T>(action: () => Promise<T>): Promise<T> {
  return looking.exit(action);
}

/** Runs one look of many at a thing that settles: it asks the same questions as the look before, not further ones. */
export function oneOfMany<T>(step: () => Promise<T>): Promise<T> {
  const look = looking.getStore();
  return look ? looking.run({ ...look, asked: new Map(look.asked) }, step) : step();
}
