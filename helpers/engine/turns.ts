import { Semaphore } from 'async-mutex';
import semver from 'semver';
import type { EngineFacts } from '../claim/engine-facts';

/** More than ever go on at the same time. */
const many = 1000;

/** Acts of one kind on one engine, and looks that want none of them meanwhile. */
export class Turns {
  private readonly semaphore: Semaphore;

  /** @param atOnce how many of the acts may go on at the same time */
  constructor(private readonly atOnce = many) {
    this.semaphore = new Semaphore(atOnce);
  }

  /** Acts as soon as not too many others do. */
  act<T>(action: () => Promise<T>): Promise<T> {
    return this.semaphore.runExclusive(action, 1);
  }

  /** Looks when those that go on have ended; those that come meanwhile wait. */
  meanwhileNone<T>(look: () => Promise<T>): Promise<T> {
    return this.semaphore.runExclusive(look, this.atOnce);
  }
}

/** The acts that some engines do wrong several at a time. */
export interface EngineTurns {
  networkCreations: Turns;
  containerChanges: Turns;
}

const known = new WeakMap<object, EngineTurns>();

/**
 * Those of the engine behind a client: all spec files of a process share them. Docker before 28.0 looks for the rules that
 * all networks share, deletes them and inserts them anew with each network (EnsureJumpRule in its libnetwork/iptables), and
 * Podman before 5.0 does so with those of a network for each container that comes or goes (append_unique in netavark 1.4). Two
 * at the same time can leave a rule there twice, which is then never removed.
 */
export function turnsOf(client: object, { kind, version }: Pick<EngineFacts, 'kind' | 'version'>): EngineTurns {
  const turns = known.get(client) ?? {
    networkCreations: new Turns(kind === 'docker' && semver.lt(version, '28.0.0') ? 1 : many),
    containerChanges: new Turns(kind === 'podman' && semver.lt(version, '5.0.0') ? 1 : many),
  };
  known.set(client, turns);
  return turns;
}
