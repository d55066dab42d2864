import { claimById } from '../../fixtures/claims';
import type { TopologyName } from '../../fixtures/topologies';
import { isChecked } from '../claim/context';
import type { Container } from './container';
import type { Provisioner } from './nginx';
import { Topology } from './topology';
import type { ClaimRecord } from '../claim/verdict';

/**
 * The topologies of one process. Each is started when it is first asked for, or ahead of that for all claims of a run at
 * once, and its removal begins when the last claim that needs it has its verdict.
 */
export class TopologyPool {
  private readonly running = new Map<TopologyName, Topology>();
  private readonly outstanding = new Map<TopologyName, Set<string>>();
  private readonly failed = new Set<TopologyName>();

  constructor(private readonly provisioner: Provisioner) {
    const { context } = provisioner;
    for (const id of context.selected.filter((it) => isChecked(it, context))) {
      const { topology } = claimById(id);
      if (topology) this.outstanding.set(topology, (this.outstanding.get(topology) ?? new Set()).add(id));
    }
  }

  /** A topology, started if nobody asked for it before. */
  get(name: TopologyName): Topology {
    const before = this.running.get(name);
    // a call that took too long is no reason to leave all other claims without the containers
    if (before?.mayBeTriedAgain) before.remove();
    const topology = before && !before.mayBeTriedAgain ? before : new Topology(name, this.provisioner);
    this.running.set(name, topology);
    return topology;
  }

  /** Starts, in the background, everything that the selected claims of the run are going to need. */
  startAll(): void {
    for (const name of this.outstanding.keys()) this.get(name);
  }

  /** Settles when every member of every topology that was asked for has started or failed to. */
  async started(): Promise<Topology[]> {
    const topologies = [...this.running.values()];
    await Promise.all(topologies.map((topology) => topology.started));
    return topologies;
  }

  /** To be told when a claim has its verdict. With `--keep-failed` the topology of one that failed stays up. */
  judged(claimId: string, verdict: ClaimRecord['verdict']): void {
    const { topology } = claimById(claimId);
    if (!topology) return;
    const waiting = this.outstanding.get(topology);
    if (verdict === 'deviates' || verdict === 'error') this.failed.add(topology);
    if (waiting?.delete(claimId) && waiting.size === 0 && !this.isKept(topology)) this.running.get(topology)?.remove();
  }

  /** Settles when every topology that was started here has been observed, or will not be. */
  async observed(): Promise<void> {
    await Promise.all([...this.running.values()].map((topology) => topology.observed));
  }

  /** What claims call a container of a topology, by its id. */
  nameOf(containerId: string): string | undefined {
    return [...this.running.values()].flatMap((topology) => topology.members()).find(({ id }) => id === containerId)?.name;
  }

  /** The running containers that `--keep-failed` left up. */
  kept(): Container[] {
    return [...this.running.values()].filter(({ name }) => this.isKept(name)).flatMap((topology) => topology.members());
  }

  private isKept(name: TopologyName): boolean {
    return this.provisioner.context.wishes.keepFailed === true && this.failed.has(name);
  }
}
