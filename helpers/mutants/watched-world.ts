import { inWorld, type Asked, type RepeatedLooks, type World } from '../world/world';
import { ObservedWorld, type Observer } from './observer';
import { Memory } from './memory';
import type { Answer } from './place';
import { Reads } from './reads';
import { watched } from './watch';

type Action = () => Promise<unknown>;

/** What actions that claims share have read and were answered. */
const scopes = new WeakMap<Action, { scope: Observer['scope']; reads: Reads; memory: Memory }>();
let lastScope = 0;

const ofTheClaim = () => 'claim';

/** The world as a judgement sees it whose answers are kept and whose readings are noted, or as a trial of it does. */
class WatchedWorld extends ObservedWorld implements World {
  asked(what: string, about: string): Asked {
    const { observer } = this;
    const key = keyOfNext(observer, `${what} ${about}`.trim());
    return {
      answer: (live) => answered(observer, key, what, live),
      shown: <T>(whole: T, always?: readonly string[]) => {
        if (typeof whole !== 'object' || whole === null || Buffer.isBuffer(whole)) return whole;
        const answer: Answer = { key, call: what, ...(always && { always }) };
        observer.reads?.answers.push({ answer, whole });
        return watched(whole, { answer, path: [] }) as T;
      },
    };
  }

  /** In a trial it is what it was in the judgement. */
  drawn<T>(what: string, draw: () => T): T {
    const { observer } = this;
    const key = keyOfNext(observer, what);
    if (!observer.trial) return observer.memory.keepDrawn(key, draw);
    if (observer.memory.has(key)) return observer.memory.recall(key);
    observer.trial.strayed?.push(what);
    return draw();
  }

  /** Answers that are given again stay what they were. */
  waits(within: number): number {
    return this.observer.trial?.strayed ? 0 : within;
  }

  /** It is no reading, and nothing is changed there. */
  unexamined<T>(take: () => T): T {
    const { scope, asked, memory, trial } = this.observer;
    return inWorld(new WatchedWorld({ scope, asked, memory, ...(trial && { trial }) }), take);
  }

  /** What the action reads is kept, for each claim that asks for its result. */
  first<T>(action: () => Promise<T>): Promise<T> {
    const scope = `shared ${(lastScope += 1)}`;
    const own = { scope: () => scope, reads: new Reads(), memory: new Memory() };
    scopes.set(action, own);
    // never with a change: the result is going to be shared
    return inWorld(new WatchedWorld({ ...own, asked: new Map() }), action);
  }

  /**
   * What the action read counts as read by the claim that asks. A trial that concerns any of it runs the action again, for
   * itself, since the shared result has been made of the true answers; other results are looked at as they are.
   */
  async shared<T>(action: () => Promise<T>, result: () => Promise<T>): Promise<T> {
    const { observer } = this;
    const own = scopes.get(action);
    if (own && observer.trial?.concerns(own.reads))
      return inWorld(new WatchedWorld({ ...observer, scope: own.scope, memory: own.memory, asked: new Map() }), action);
    try {
      return await result();
    } finally {
      const read = scopes.get(action)?.reads;
      if (read) observer.reads?.adopt(read);
    }
  }

  looks(): RepeatedLooks {
    const { observer } = this;
    let reads: Reads | undefined;
    let name: string | undefined;
    // by what they ask, since those that go on at the same time begin in any order
    const scope = (question: string) => (name ??= keyOfNext(observer, `looks that ask ${question}`));
    return {
      run: (step) => {
        reads = observer.reads && new Reads();
        return inWorld(new WatchedWorld({ ...observer, scope, asked: new Map(), ...(reads && { reads }) }), step);
      },
      tells: () => reads && observer.reads?.adopt(reads),
    };
  }
}

async function answered<T>({ trial, memory }: Observer, key: string, what: string, live: () => Promise<T>): Promise<T> {
  if (!trial) return memory.keep(key, live);
  if (trial.strayed && memory.has(key)) return memory.recall(key);
  trial.strayed?.push(what);
  return live();
}

/** Counts a question. @returns what tells it from others, within one judgement or trial */
function keyOfNext({ scope, asked }: Pick<Observer, 'scope' | 'asked'>, question: string): string {
  const nth = (asked.get(question) ?? 0) + 1;
  asked.set(question, nth);
  return `${scope(question)} ${nth} ${question}`;
}

/** A judgement of which every reading is noted, and every answer kept. */
export interface Noting<T> {
  reads: Reads;
  memory: Memory;
  judged: Promise<T>;
}

/** Runs a judgement of which everything is noted. */
export function noting<T>(judge: () => Promise<T>): Noting<T> {
  const [reads, memory] = [new Reads(), new Memory()];
  return { reads, memory, judged: inWorld(new WatchedWorld({ scope: ofTheClaim, asked: new Map(), reads, memory }), judge) };
}

/** Runs a trial: a judgement that is shown one thing otherwise, or without a change everything as it is. */
export function showing<T>(
  { memory, change, trial }: Required<Pick<Observer, 'memory' | 'trial'>> & Pick<Observer, 'change'>,
  judge: () => Promise<T>,
): Promise<T> {
  return inWorld(new WatchedWorld({ scope: ofTheClaim, asked: new Map(), memory, trial, ...(change && { change }) }), judge);
}
