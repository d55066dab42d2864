import { AsyncLocalStorage } from 'node:async_hooks';

/** One question, asked of a world. */
export interface Asked {
  /** Answers it: by asking live, or with an answer of this world's own. */
  answer: <T>(live: () => Promise<T>) => Promise<T>;
  /**
   * What the asker reads of an answer of the engine's, of which claims take single fields.
   * @param always what the suite itself puts at its top, so that no engine can leave it out
   */
  shown: <T>(answer: T, always?: readonly string[]) => T;
}

/** Looks at a thing that settles, of which the last one tells. */
export interface RepeatedLooks {
  /** Runs one of them: it asks the same questions as the one before. */
  run: <T>(step: () => Promise<T>) => Promise<T>;
  /** What the look that was run last has read counts. */
  tells: () => void;
}

/**
 * Where the answers to a claim's questions come from, and what it draws. Every question to an engine, its host or a
 * container, and every name, number and time that is drawn, goes through the world that the claim is judged in: that is
 * how it can be judged again with the same answers, or with one of them changed.
 */
export interface World {
  /**
   * To be called when a question is asked.
   * @param what how it is named
   * @param about what tells it from others of the same name
   */
  asked(what: string, about: string): Asked;
  /** Draws something by lot, or reads a clock. */
  drawn<T>(what: string, draw: () => T): T;
  /** How many milliseconds to wait for something for which a claim would wait `within`. */
  waits(within: number): number;
  /** Takes from an answer what no claim is about. */
  unexamined<T>(take: () => T): T;
  /** Runs, for the first time, an action whose result claims share. */
  first<T>(action: () => Promise<T>): Promise<T>;
  /** The result of an action that claims share, or what the action comes to here. */
  shared<T>(action: () => Promise<T>, result: () => Promise<T>): Promise<T>;
  /** To be called before the first of several looks at one thing. */
  looks(): RepeatedLooks;
}

/** The world itself: everything is asked and drawn when it is wanted. */
const live: World = {
  asked: () => ({ answer: (ask) => ask(), shown: (answer) => answer }),
  drawn: (_, draw) => draw(),
  waits: (within) => within,
  unexamined: (take) => take(),
  first: (action) => action(),
  shared: (_, result) => result(),
  looks: () => ({ run: (step) => step(), tells: () => undefined }),
};

const entered = new AsyncLocalStorage<World>();

/** The world of whatever is under way. */
export function world(): World {
  return entered.getStore() ?? live;
}

/** Runs something in a world. */
export function inWorld<T>(other: World, action: () => T): T {
  return entered.run(other, action);
}

/** Runs what is no part of a judgement, in the world itself. */
export function outsideJudgement<T>(action: () => T): T {
  return entered.exit(action);
}
