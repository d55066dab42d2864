import { recordOnce, recording, type Evidence } from './evidence';
import type { Container } from './container';
import { startNginx, type NginxOptions, type Provisioner } from './nginx';

/** The members of a topology, by the names that the spec gave them. */
export type Members<Names extends string> = Record<Names, NginxOptions>;

/**
 * Containers that the claims of one `describe` share. They are started together, once, and removed whatever happens.
 * A failed start is kept and thrown to each claim that touches a member, so that it becomes that claim's verdict.
 */
export class Topology<Names extends string> {
  private starting: Promise<void> | undefined;
  private readonly containers = new Map<Names, Container>();
  private failure: unknown;
  private evidence: Evidence[] = [];

  constructor(
    private readonly members: Members<Names>,
    private readonly provisioner: Provisioner,
  ) {}

  /** Starts all members unless that was done already. Never rejects. */
  start(): Promise<void> {
    this.starting ??= this.startAll();
    return this.starting;
  }

  private async startAll(): Promise<void> {
    const starts = (Object.entries(this.members) as [Names, NginxOptions][]).map(async ([name, options]) => {
      this.containers.set(name, await startNginx(name, options, this.provisioner));
    });
    this.evidence = await recording(() => Promise.all(starts), (error) => (this.failure = error));
    await Promise.allSettled(starts);
  }

  /**
   * A running member. How it came to be is added to the evidence of the claim that asks.
   * @throws what made the start fail.
   */
  member(name: Names): Container {
    const started = this.evidence.filter(({ kind }) => kind === 'api').map(({ what, answer }) => `${what} -> ${answer}`);
    recordOnce(this, { kind: 'note', where: 'suite', what: 'topology', answer: started.join('\n') });
    if (this.failure !== undefined) throw this.failure as Error;
    const container = this.containers.get(name);
    if (!container) throw new Error(`the topology was not started before ${name} was used`);
    return container;
  }

  /** Begins to remove all members; the end of the run waits for it and checks that nothing is left. */
  remove(): void {
    for (const { id } of this.containers.values()) {
      this.provisioner.docker.getContainer(id).remove({ force: true, v: true }).catch(() => undefined);
    }
  }
}
