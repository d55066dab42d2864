import { AsyncLocalStorage } from 'node:async_hooks';

/** Removes one thing from an engine; what is gone already is no error. */
type Removal = () => Promise<unknown>;

/** What ends with a claim, in the order in which it does: a network that has containers cannot be removed, and a link may carry one. */
const kinds = ['container', 'network', 'loan'] as const;
type Kind = (typeof kinds)[number];

/** What a claim, or a scene that claims share, has made on an engine, and how it is removed; and what it has on loan, and how it is given back. */
export class Lifetime {
  /** whether what was on loan may be otherwise than it was: the claim that had it has failed */
  isDoubtful = false;
  private readonly removals: Record<Kind, Map<string, Removal>> = { container: new Map(), network: new Map(), loan: new Map() };
  /** how many of them have been called */
  private readonly ended: Record<Kind, number> = { container: 0, network: 0, loan: 0 };

  /** To be called for everything that is made, before anything can go wrong with it. Who says so again of the same id has not made another one. */
  owns(kind: Kind, id: string, remove: Removal): void {
    if (!this.removals[kind].has(id)) this.removals[kind].set(id, remove);
  }

  /** Removes all of it, and gives back what was on loan. Never rejects: the run sweeps up after it. */
  async end(): Promise<void> {
    for (const kind of kinds) await this.removeAll(kind);
  }

  /** Removes once more what has ended, since the engine may only have said that it did. */
  async endAgain(): Promise<void> {
    for (const kind of ['container', 'network'] as const)
      await Promise.allSettled([...this.removals[kind].values()].slice(0, this.ended[kind]).map((remove) => remove()));
  }

  /** All at once, and then again what could not be removed: Podman keeps a container that others have joined as long as they are there. */
  private async removeAll(kind: Kind): Promise<void> {
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
