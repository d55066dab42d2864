import { Semaphore } from 'async-mutex';

/** More creations than ever go on at the same time. */
const all = 1000;

/** The creations of networks on one engine, and looks that want none of them meanwhile. */
export class Creations {
  private readonly semaphore = new Semaphore(all);

  /** Creates something; any number of creations go on at the same time. */
  create<T>(creation: () => Promise<T>): Promise<T> {
    return this.semaphore.runExclusive(creation, 1);
  }

  /** Looks when those that go on have ended; those that begin meanwhile wait. */
  whileThereIsNone<T>(look: () => Promise<T>): Promise<T> {
    return this.semaphore.runExclusive(look, all);
  }
}

const known = new WeakMap<object, Creations>();

/** Those of the engine behind a client: all spec files of a process share them. */
export function creationsOf(client: object): Creations {
  const creations = known.get(client) ?? new Creations();
  known.set(client, creations);
  return creations;
}
