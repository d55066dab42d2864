import path from 'node:path';
import type { Fault } from '../../fixtures/faults/model';
import { topologies, type TopologyName } from '../../fixtures/topologies';
import type { Container } from '../containers/container';
import type { Provisioner } from '../containers/nginx';
import type { Lab } from '../lab';
import { run } from '../base/process';
import { exitStatus, UserError } from '../base/user-error';
import { hostVariables, memberVariables, scriptOf, type Variables } from './script';
import { spoilingProxy, type SpoilingProxy } from './spoiling-proxy';

/** Name of the socket of a spoiling proxy, beside the engine's own, so that programs in the lab find it, too. */
const proxySocket = 'fault.sock';

const pathBeside = ({ socketPath }: Lab) => path.join(path.dirname(socketPath), proxySocket);

/** Seconds that a script may take; it waits for nothing but what it has just done itself. */
const scriptTime = 20;

/** What a topology needs to be broken: the members that run. */
export interface Started {
  readonly name: TopologyName;
  members(): Container[];
}

/** Arguments with which the daemon of a lab is started that has this fault. */
export function daemonArgsOf(fault: Fault | undefined): readonly string[] {
  return fault === undefined || fault.kind === 'api' ? [] : (fault.daemonArgs ?? []);
}

/** A fault in a lab, from the start of the engine to its end. */
export class Injection {
  private constructor(
    private readonly fault: Fault,
    private readonly lab: Lab,
    private readonly proxy: SpoilingProxy | undefined,
  ) {}

  /** Prepares a fault in a lab whose daemon was started with {@link daemonArgsOf} it. Nothing is broken yet. */
  static async in(lab: Lab, fault: Fault): Promise<Injection> {
    const proxy = fault.kind === 'api' ? await spoilingProxy(lab.socketPath, pathBeside(lab)) : undefined;
    return new Injection(fault, lab, proxy);
  }

  /** What reports say of it. */
  get note(): string {
    return `broken on purpose, by the fault ${this.fault.id}: ${this.fault.title}`;
  }

  /** Path of the socket at which the suite finds the engine; undefined for the engine's own. */
  get socketPath(): string | undefined {
    return this.proxy && pathBeside(this.lab);
  }

  /** The last part of {@link socketPath}; the folder has another path inside the lab. */
  get socketName(): string | undefined {
    return this.proxy && proxySocket;
  }

  /** Breaks what is to be broken before any container is started. */
  async beforeContainers({ docker, context }: Provisioner): Promise<void> {
    if (this.fault.kind === 'api') this.proxy?.spoil(this.fault.calls);
    if (this.fault.kind === 'host' && this.fault.before !== undefined)
      await this.onHost(this.fault.before, await hostVariables(docker, context.image.reference));
  }

  /**
   * Breaks what is to be broken when containers run.
   * @param started the topologies of the run, all of whose members have started or failed to
   */
  async withContainers(started: readonly Started[], { docker, context, host }: Provisioner): Promise<void> {
    if (this.fault.kind !== 'host') return;
    const scripts = Object.entries(this.fault.within ?? {}) as [TopologyName, string][];
    for (const [name, script] of scripts) {
      const members = started.find((it) => it.name === name)?.members();
      if (!members) continue;
      if (members.length < Object.keys(topologies[name]).length) throw this.failed(`the topology ${name} did not start`);
      const known = await Promise.all([
        hostVariables(docker, context.image.reference),
        ...members.map((member) => memberVariables(member, docker, host)),
      ]);
      await this.onHost(script, Object.assign({}, ...known) as Variables);
    }
  }

  /** The API says again what the engine says: what follows is no part of the claims. */
  end(): void {
    this.proxy?.spoil([]);
  }

  /** To be called when nobody asks the engine any more. */
  close(): void {
    this.proxy?.close();
  }

  private async onHost(script: string, variables: Variables): Promise<void> {
    const { exitCode, stdout, stderr } = await run(
      this.lab.enter(['timeout', '-s', 'KILL', `${scriptTime}`, 'sh', '-euc', scriptOf(script, variables)]),
    );
    if (exitCode !== 0)
      throw this.failed(
        `its script ended with status ${exitCode}: ${(stderr.trim() || stdout.trim()).replace(/\s+/g, ' ') || 'no message'}`,
      );
  }

  private failed(why: string): UserError {
    return new UserError(
      `The fault ${this.fault.id} could not be injected: ${why}.`,
      'Correct it in fixtures/faults, or name the engines in which it can be injected.',
      exitStatus.failed,
    );
  }
}

/**
 * Refuses to break an engine that the suite did not start.
 * @throws UserError (usage)
 */
export function mustBeLab(fault: Fault | undefined, ownLab: boolean): void {
  if (fault === undefined || ownLab) return;
  throw new UserError(
    `The fault ${fault.id} breaks an engine on purpose, and this engine is not the suite's own.`,
    'Name an engine to be started in a lab, with --engine.',
    exitStatus.usage,
  );
}
