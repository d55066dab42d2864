import { topologies, type NginxOptions, type TopologyName } from '../../fixtures/topologies';
import type { Container } from './container';
import { call } from '../engine/client';
import { recordOnce, recording, type Evidence } from '../world/evidence';
import { startNginx, type Provisioner } from './nginx';
import { isUnanswered } from '../world/wrong-answer';
import { handOverTopology, observeTopology } from './observed-topology';
import { SetUpFailed, settingUp } from '../claim/set-up';
import { Deviation } from '../claim/verdict';

/** The names of a topology's members. */
export type MemberOf<Name extends TopologyName> = keyof (typeof topologies)[Name] & string;

/**
 * The containers of one topology. They are started together, once. A failed start is kept and thrown to each claim that
 * touches a member, so that it becomes that claim's verdict.
 */
export class Topology {
  private readonly containers = new Map<string, Container>();
  private failure: unknown;
  private told = false;
  private evidence: Evidence[] = [];
  private plainStarted: Promise<void> | undefined;
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
   * @throws what made the start fail: SetUpFailed where the engine refused it
   */
  member(name: string): Container {
    this.tellHowItCameToBe();
    this.told = true;
    if (this.failure !== undefined) throw this.failure as Error;
    const container = this.containers.get(name);
    if (!container) throw new Error(`the topology ${this.name} has no running member ${name}`);
    return container;
  }

  /**
   * For a claim whose sentence is that the engine starts these containers as they are. Where it refused that, one without
   * their ports, or without host mode, is started, too: only what it then grants makes a deviation.
   * @throws Deviation, or SetUpFailed where it starts none
   */
  async mustStart(): Promise<void> {
    await this.started;
    this.tellHowItCameToBe();
    const { failure } = this;
    if (!(failure instanceof SetUpFailed) || failure.statusCode === undefined) return;
    await (this.plainStarted ??= this.startPlain());
    throw Object.assign(new Deviation(failure.message), { statusCode: failure.statusCode });
  }

  private tellHowItCameToBe(): void {
    const started = this.evidence
      .filter(({ kind }) => kind === 'api')
      .map(({ what, answer, durationMs }) => `${what} -> ${answer} (${durationMs} ms)`);
    recordOnce(this, { kind: 'note', where: 'suite', what: `topology ${this.name}`, answer: started.join('\n') });
  }

  /** Starts what any engine can start, and removes it. @throws SetUpFailed */
  private async startPlain(): Promise<void> {
    const { context, docker } = this.provisioner;
    const onHost = Object.values<NginxOptions>(topologies[this.name]).some(({ network }) => network === 'host');
    await settingUp('a container that the claim needs could not be started', async () => {
      const container = await docker.createContainer({
        Image: context.image.reference,
        Labels: context.labels,
        HostConfig: { NetworkMode: onHost ? 'none' : 'default' },
      });
      try {
        await call(`POST /containers/${container.id.slice(0, 12)}/start (without what the claim is about)`, () => container.start());
      } finally {
        await container.remove({ force: true, v: true });
      }
    });
  }

  /** Whether it did not start because a call stayed without an answer, and a claim was told so: the next one may find it otherwise. */
  get mayBeTriedAgain(): boolean {
    return this.told && isUnanswered(this.failure);
  }

  /** The members that have started. */
  members(): Container[] {
    return [...this.containers.values()];
  }

  /** Begins to remove all members; the end of the run waits for it and checks that nothing is left. */
  remove(): void {
    void this.observed.then(() => {
      for (const { id } of this.containers.values()) {
        this.provisioner.docker
          .getContainer(id)
          .remove({ force: true, v: true })
          .catch(() => undefined);
      }
    });
  }
}
