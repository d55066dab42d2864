import { currentObserver } from './observer';
import { nameOf, type Place } from './place';

/** One face for one object, so that what was the same stays the same. */
const faces = new WeakMap<object, object>();

/** Shows a list or map of an answer as the observer at work is to see it; what is read of it is noted. */
export function watched(members: object, place: Place): object {
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
    return currentObserver()?.change?.of(this.place, this.members) ?? this.members;
  }

  private member(now: object, key: string): unknown {
    const value: unknown = (now as Record<string, unknown>)[key];
    const place = this.placeOf(nameOf(now, key));
    currentObserver()?.reads?.note({ of: 'value', place, value });
    return typeof value === 'object' && value !== null ? watched(value, place) : value;
  }

  private noteMembers(): void {
    currentObserver()?.reads?.note({ of: 'members', place: this.place, value: this.members });
  }

  private notePresence(now: object, key: string): void {
    if (Object.hasOwn(now, key)) currentObserver()?.reads?.note({ of: 'presence', place: this.placeOf(nameOf(now, key)) });
    else this.noteNothing(key);
  }

  private noteNothing(key: string): void {
    currentObserver()?.reads?.note({ of: 'nothing', place: this.placeOf(key) });
  }

  private placeOf(name: string): Place {
    return { answer: this.place.answer, path: [...this.place.path, name] };
  }
}
