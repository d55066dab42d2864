import { topologies, type NginxOptions, type TopologyName } from '../../fixtures/topologies';
import type { Container } from './container';
import { recordOnce, recording, type Evidence } from './evidence';
import { startNginx, type Provisioner } from './nginx';
import { handOverTopology, observeTopology } from './observed-topology';

/** The names of a topology's members. */
export type MemberOf<Name extends TopologyName> = keyof (typeof topologies)[Name] & string;

/**
 * The containers of one topology. They are started together, once. A failed start is kept and thrown to each claim that
 * touches a member, so that it becomes that claim's verdict.
 */
export class Topology {
  private readonly containers = new Map<string, Container>();
  private failure: unknown;
  private evidence: Evidence[] = [];
  /** settles, never rejects, when every member has started or failed to */
  readonly started: Promise<void>;
  /** settles, never rejects, when what it looks like has been handed over, or never will be; claims do not wait for it */
  readonly observed: Promise<void>;

  constructor(
    readonly name: TopologyName,
    private readonly provisioner: Provisioner,
  ) {
    this.started = this.start();
    this.observed = this.started.then(() => this.observe()).catch(() => undefined);
  }

  private async start(): Promise<void> {
    const members: Record<string, NginxOptions> = topologies[this.name];
    let starts: Promise<void>[] = [];
    const startAll = () => {
      starts = Object.entries(members).map(async ([name, options]) => {
        this.containers.set(name, await startNginx(name, options, this.provisioner));
      });
      return Promise.all(starts);
    };
    this.evidence = await recording(startAll, (error) => (this.failure = error));
    await Promise.allSettled(starts);
  }

  private async observe(): Promise<void> {
    if (this.failure !== undefined) return;
    const members = Object.keys(topologies[this.name]).flatMap((name) => this.containers.get(name) ?? []);
    const seen = await observeTopology(this.name, members, this.provisioner);
    if (seen) handOverTopology(seen, this.provisioner.context.directory);
  }

  /**
   * A running member. How it came to be is added to the evidence of the claim that asks.
   * @throws what made the start fail.
   */
  member(name: string): Container {
    const started = this.evidence.filter(({ kind }) => kind === 'api').map(({ what, answer, durationMs }) => `${what} -> ${answer} (${durationMs} ms)`);
    recordOnce(this, { kind: 'note', where: 'suite', what: `topology ${this.name}`, answer: started.join('\n') });
    if (this.failure !== undefined) throw this.failure as Error;
    const container = this.containers.get(name);
    if (!container) throw new Error(`the topology ${this.name} has no running member ${name}`);
    return container;
  }

  /** The members that have started. */
  members(): Container[] {
    return [...this.containers.values()];
  }

  /** Begins to remove all members; the end of the run waits for it and checks that nothing is left. */
  remove(): void {
    void this.observed.then(() => {
      for (const { id } of this.containers.values()) {
        this.provisioner.docker.getContainer(id).remove({ force: true, v: true }).catch(() => undefined);
      }
    });
  }
}
