import { AsyncLocalStorage } from 'node:async_hooks';
import type { Change } from './change';
import { Memory } from './memory';
import { Reads } from './reads';

/** Who looks at the engine's answers: a judgement that notes what it reads, or a trial that is shown one thing otherwise. */
export interface Look {
  /** within what a question is counted: the claim itself, an action that claims share, or looks that are repeated */
  scope: (question: string) => string;
  /** how often each question was asked so far */
  asked: Map<string, number>;
  /** what the judgement is answered and draws, and what a trial is given again */
  memory: Memory;
  reads?: Reads;
  change?: Change;
  /** in a trial */
  trial?: {
    /** whether it concerns anything that a shared action has read */
    concerns: (read: Reads) => boolean;
    /** what it asked that its judgement had not asked; without it, it asks everything for itself, and is given only what was drawn by lot */
    strayed?: string[];
  };
}

/** Outside a run for mutants it is never set, and answers are passed on as they are. */
export const looking = new AsyncLocalStorage<Look>();

/** How long to wait for something, in milliseconds, of which a judgement would wait `within`: answers that are given again stay what they were. */
export function waitingAtMost(within: number): number {
  const look = looking.getStore();
  return look?.trial?.strayed ? 0 : within;
}

/** Counts a question. @returns what tells it from others, within one judgement or trial */
export function keyOfNext({ scope, asked }: Pick<Look, 'scope' | 'asked'>, question: string): string {
  const nth = (asked.get(question) ?? 0) + 1;
  asked.set(question, nth);
  return `${scope(question)} ${nth} ${question}`;
}

const ofTheClaim = () => 'claim';

type Action = () => Promise<unknown>;

const scopes = new WeakMap<Action, { scope: Look['scope']; reads: Reads; memory: Memory }>();
let lastScope = 0;

/** A judgement of which every reading is noted, and every answer kept. */
export interface Noting<T> {
  reads: Reads;
  memory: Memory;
  judged: Promise<T>;
}

/** Runs a judgement of which everything is noted. */
export function noting<T>(judge: () => Promise<T>): Noting<T> {
  const [reads, memory] = [new Reads(), new Memory()];
  return { reads, memory, judged: looking.run({ scope: ofTheClaim, asked: new Map(), reads, memory }, judge) };
}

/** Runs a trial: a judgement that is shown one thing otherwise, or without a change everything as it is. */
export function showing<T>({ memory, change, trial }: Required<Pick<Look, 'memory' | 'trial'>> & Pick<Look, 'change'>, judge: () => Promise<T>): Promise<T> {
  return looking.run({ scope: ofTheClaim, asked: new Map(), memory, trial, ...(change && { change }) }, judge);
}

/** Runs, for the first time, an action that claims share. What it reads is kept, for each claim that asks for its result. */
export function forAll<T>(action: () => Promise<T>): Promise<T> {
  if (!looking.getStore()) return action();
  const scope = `shared ${(lastScope += 1)}`;
  const own = { scope: () => scope, reads: new Reads(), memory: new Memory() };
  scopes.set(action, own);
  // never with a change: the result is going to be shared
  return looking.run({ ...own, asked: new Map() }, action);
}

/**
 * The shared result of an action. What the action read counts as read by the claim that asks. A trial that concerns any
 * of it runs the action again, for itself, since the shared result has been made of the true answers; other results are
 * looked at as they are.
 */
export async function sharing<T>(action: () => Promise<T>, shared: () => Promise<T>): Promise<T> {
  const look = looking.getStore();
  const own = scopes.get(action);
  if (own && look?.trial?.concerns(own.reads)) return looking.run({ ...look, scope: own.scope, memory: own.memory, asked: new Map() }, action);
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

/** Takes from an answer what a gesture needs, and no claim is about: it is no reading, and nothing is changed there. */
export function notReading<T>(take: () => T): T {
  const look = looking.getStore();
  if (!look) return take();
  const { scope, asked, memory, trial } = look;
  return looking.run({ scope, asked, memory, ...(trial && { trial }) }, take);
}

/** Looks at a thing that settles, of which the last one tells. */
export interface RepeatedLooks {
  /** Runs one of them: it asks the same questions as the one before. */
  run: <T>(step: () => Promise<T>) => Promise<T>;
  /** What the look that was run last has read counts. */
  tells: () => void;
}

/** To be called before the first of several looks. */
export function repeatedLooks(): RepeatedLooks {
  const look = looking.getStore();
  if (!look) return { run: (step) => step(), tells: () => undefined };
  let reads: Reads | undefined;
  let name: string | undefined;
  // by what they ask, since those that go on at the same time begin in any order
  const scope = (question: string) => (name ??= keyOfNext(look, `looks that ask ${question}`));
  return {
    run: (step) => {
      reads = look.reads && new Reads();
      return looking.run({ ...look, scope, asked: new Map(), ...(reads && { reads }) }, step);
    },
    tells: () => reads && look.reads?.adopt(reads),
  };
}
