import { AsyncLocalStorage } from 'node:async_hooks';

/** Removes one thing from an engine; what is gone already is no error. */
type Removal = () => Promise<unknown>;

/** What a claim, or a scene that claims share, has made on an engine, and how it is removed. */
export class Lifetime {
  private readonly removals = { container: new Map<string, Removal>(), network: new Map<string, Removal>() };
  /** how many of them have been called */
  private readonly ended = { container: 0, network: 0 };

  /** To be called for everything that is made, before anything can go wrong with it. Who says so again of the same id has not made another one. */
  owns(kind: 'container' | 'network', id: string, remove: Removal): void {
    if (!this.removals[kind].has(id)) this.removals[kind].set(id, remove);
  }

  /** Removes all of it: containers first, since a network that has some cannot be removed. Never rejects: the run sweeps up after it. */
  async end(): Promise<void> {
    await this.removeAll('container');
    await this.removeAll('network');
  }

  /** Removes once more what has ended, since the engine may only have said that it did. */
  async endAgain(): Promise<void> {
    for (const kind of ['container', 'network'] as const)
      await Promise.allSettled([...this.removals[kind].values()].slice(0, this.ended[kind]).map((remove) => remove()));
  }

  /** All at once, and then again what could not be removed: Podman keeps a container that others have joined as long as they are there. */
  private async removeAll(kind: 'container' | 'network'): Promise<void> {
    const removals = [...this.removals[kind].values()].slice(this.ended[kind]);
    this.ended[kind] += removals.length;
    const results = await Promise.allSettled(removals.map((remove) => remove()));
    await Promise.allSettled(removals.filter((_, index) => results[index]?.status === 'rejected').map((remove) => remove()));
  }
}

const storage = new AsyncLocalStorage<Lifetime>();

/** Runs something that makes things which live until `lifetime` ends. */
export function within<T>(lifetime: Lifetime, action: () => Promise<T>): Promise<T> {
  return storage.run(lifetime, action);
}

/**
 * The lifetime of whatever is under way.
 * @throws Error outside of a claim, which is a mistake of a spec's author
 */
export function currentLifetime(): Lifetime {
  const lifetime = storage.getStore();
  if (!lifetime) throw new Error('things are made on an engine within a claim or a scene, since they end with it');
  return lifetime;
}
