import type { Provisioner } from '../containers/nginx';
import type { Trials } from '../faults/trials';
import { OwnLabs } from '../make/own-lab';
import { TopologyPool } from '../containers/topology-pool';

/** What claims are judged with, in a run for trials under faults that come and go. */
export interface SpecProvisioner extends Provisioner {
  trials?: Trials;
}

/** What the spec files of one process share, and what they leave to be removed while others are judged. */
export class SpecWorker {
  readonly pool: TopologyPool;
  /** has the lab that all files may use */
  readonly plainLab: OwnLabs;
  private readonly removals: Promise<void>[] = [];

  constructor(readonly provisioner: SpecProvisioner) {
    this.pool = new TopologyPool(provisioner);
    this.plainLab = new OwnLabs(provisioner);
  }

  /** Takes over a removal that is under way; {@link end} waits for it, and tells what went wrong with it. */
  leave(removal: Promise<void>): void {
    removal.catch(() => undefined);
    this.removals.push(removal);
  }

  /** Settles when everything is removed that spec files have left, their labs included. */
  async end(): Promise<void> {
    await Promise.all(this.removals);
    await this.plainLab.end();
  }
}
