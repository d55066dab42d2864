import { keyOfNext, looking, type Look } from './look';
import { nameOf, type Answer, type Place } from './place';

/** A question to the engine whose answer claims read. */
export interface Question {
  /** Asks it. In a trial it is answered as it was in the judgement. */
  ask: <T>(live: () => Promise<T>) => Promise<T>;
  /**
   * What the asker gets of an answer: the answer itself, or in a run for mutants one that is watched.
   * @param always what the suite itself puts at its top, so that no engine can leave it out
   */
  shown: <T>(answer: T, always?: readonly string[]) => T;
}

/**
 * To be called when a question is asked.
 * @param call how evidence words it
 * @param about what tells it from others in the same words
 */
export function questioned(call: string, about = ''): Question {
  const look = looking.getStore();
  if (!look) return { ask: (live) => live(), shown: (answer) => answer };
  const key = keyOfNext(look, `${call} ${about}`.trim());
  return {
    ask: (live) => answered(look, key, call, live),
    shown: <T>(whole: T, always?: readonly string[]) => {
      if (typeof whole !== 'object' || whole === null || Buffer.isBuffer(whole)) return whole;
      const answer: Answer = { key, call, ...(always && { always }) };
      look.reads?.answers.push({ answer, whole });
      return watched(whole, { answer, path: [] }) as T;
    },
  };
}

/** Looks at or changes the world in a way that is no question to the engine: in a trial it is not done, and comes to what it came to in the judgement. */
export function remembered<T>(what: string, live: () => Promise<T>): Promise<T> {
  const look = looking.getStore();
  return look ? answered(look, keyOfNext(look, what), what, live) : live();
}

/** Draws something by lot, or reads a clock: in a trial it is what it was in the judgement. */
export function drawn<T>(what: string, draw: () => T): T {
  const look = looking.getStore();
  if (!look) return draw();
  const key = keyOfNext(look, what);
  if (!look.trial) return look.memory.keepDrawn(key, draw);
  if (look.memory.has(key)) return look.memory.recall(key);
  look.trial.strayed?.push(what);
  return draw();
}

async function answered<T>({ trial, memory }: Look, key: string, what: string, live: () => Promise<T>): Promise<T> {
  if (!trial) return memory.keep(key, live);
  if (trial.strayed && memory.has(key)) return memory.recall(key);
  trial.strayed?.push(what);
  return live();
}

/** One face for one object, so that what was the same stays the same. */
const faces = new WeakMap<object, object>();

function watched(members: object, place: Place): object {
  const face = faces.get(members) ?? new Proxy(Array.isArray(members) ? [] : {}, new Watch(members, place));
  faces.set(members, face);
  return face;
}

/**
 * Shows a list or map of an answer as the trial under way is to see it, and notes what is read. The proxy stands before an
 * empty object of the same sort, since a proxy may not lie about what the object behind it has.
 */
class Watch implements ProxyHandler<object> {
  constructor(
    private readonly members: object,
    private readonly place: Place,
  ) {}

  get(_: object, key: string | symbol, receiver: unknown): unknown {
    const now = this.now();
    if (typeof key === 'symbol') return Reflect.get(now, key, receiver);
    if (!Object.hasOwn(now, key)) {
      if (!(key in now)) this.noteNothing(key);
      return Reflect.get(now, key, receiver);
    }
    if (Array.isArray(now) && key === 'length') {
      this.noteMembers();
      return now.length;
    }
    return this.member(now, key);
  }

  has(_: object, key: string | symbol): boolean {
    const now = this.now();
    if (typeof key === 'string') this.notePresence(now, key);
    return Reflect.has(now, key);
  }

  ownKeys(): (string | symbol)[] {
    this.noteMembers();
    return Reflect.ownKeys(this.now());
  }

  /** A member is described by a getter: who lists keys asks for descriptions, and reads no value. */
  getOwnPropertyDescriptor(_: object, key: string | symbol): PropertyDescriptor | undefined {
    const now = this.now();
    if (typeof key === 'symbol') return Reflect.getOwnPropertyDescriptor(now, key);
    if (Array.isArray(now) && key === 'length') {
      this.noteMembers();
      return Reflect.getOwnPropertyDescriptor(now, key);
    }
    this.notePresence(now, key);
    return Object.hasOwn(now, key) ? { get: () => this.member(now, key), enumerable: true, configurable: true } : undefined;
  }

  set(): never {
    throw new TypeError('an answer of the engine is read, never changed: sort or change a copy of it');
  }

  deleteProperty(): never {
    return this.set();
  }

  defineProperty(): never {
    return this.set();
  }

  private now(): object {
    return looking.getStore()?.change?.of(this.place, this.members) ?? this.members;
  }

  private member(now: object, key: string): unknown {
    const value: unknown = (now as Record<string, unknown>)[key];
    const place = this.placeOf(nameOf(now, key));
    looking.getStore()?.reads?.note({ of: 'value', place, value });
    return typeof value === 'object' && value !== null ? watched(value, place) : value;
  }

  private noteMembers(): void {
    looking.getStore()?.reads?.note({ of: 'members', place: this.place, value: this.members });
  }

  private notePresence(now: object, key: string): void {
    if (Object.hasOwn(now, key)) looking.getStore()?.reads?.note({ of: 'presence', place: this.placeOf(nameOf(now, key)) });
    else this.noteNothing(key);
  }

  private noteNothing(key: string): void {
    looking.getStore()?.reads?.note({ of: 'nothing', place: this.placeOf(key) });
  }

  private placeOf(name: string): Place {
    return { answer: this.place.answer, path: [...this.place.path, name] };
  }
}
