import type { Container } from '../containers/container';
import { currentLifetime, Lifetime, within } from './lifetime';

/** Another machine, at the other end of a veth link to the host of a lab. */
export interface ExternalHost {
  /** the machine: it can fetch, and serves a page of its own on port 80 */
  machine: Container;
  /** its address */
  address: string;
  /** the subnet of the veth link, in CIDR notation */
  subnet: string;
  /** the host's address there */
  hostAddress: string;
  /** the host's end of the veth link */
  link: string;
  /** whether a claim has changed it in a way that is not taken back, so that it is lent to no other */
  isSpoilt?: boolean;
}

/** External hosts of one lab: each is one claim's at a time, or one scene's, and the next one's afterwards. */
export class Machines {
  private readonly idle = new Map<string, ExternalHost[]>();
  private readonly lifetime = new Lifetime();

  /**
   * Lends one until whatever is under way has ended.
   * @param kind what tells those apart that are not alike
   * @param make makes one where none is free
   */
  async lend(kind: string, make: () => Promise<ExternalHost>): Promise<ExternalHost> {
    const machine = this.idle.get(kind)?.pop() ?? (await within(this.lifetime, make));
    const borrower = currentLifetime();
    borrower.owns('loan', machine.machine.id, () => {
      // who has failed, or said that it is changed for good, leaves it as nobody else is to find it
      if (!borrower.isDoubtful && !machine.isSpoilt) this.idle.set(kind, [...(this.idle.get(kind) ?? []), machine]);
      return Promise.resolve();
    });
    return machine;
  }

  /** Removes all of them. */
  async end(): Promise<void> {
    this.idle.clear();
    await this.lifetime.end();
  }
}
