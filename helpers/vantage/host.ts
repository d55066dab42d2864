import type Dockerode from 'dockerode';
import { record, withoutEvidence } from '../world/evidence';
import { SetUpFailed } from '../claim/set-up';
import { Deviation } from '../claim/verdict';
import type { HostAccess } from '../claim/context';
import { execInContainer } from './exec';
import { fetchFrom } from './fetch';
import type { Outcome } from '../claim/outcome';
import { networkView, type Link } from './procfs';
import { runCommand } from './run-command';
import { read, type CommandResult, type Telling, type VantagePoint } from '../world/vantage-point';

/** The engine's host, wherever it is: the place where the document types `curl localhost`. */
export class EngineHost implements VantagePoint {
  readonly name = 'host';

  constructor(
    private readonly access: HostAccess,
    private readonly docker: Dockerode,
  ) {}

  /**
   * Runs a command in the network namespace of the engine's host.
   * @throws SetUpFailed where the host is not looked at
   */
  async exec(argv: readonly string[], telling?: Telling): Promise<CommandResult> {
    if (this.access.kind === 'unseen') throw new SetUpFailed(this.access.why);
    if (this.access.kind === 'helper') return execInContainer(this.docker, this.access.containerId, this.name, argv, telling);
    return runCommand(this.access.kind === 'lab' ? [...this.access.enter, ...argv] : argv, {
      kind: 'host',
      where: this.name,
      argv,
      telling,
    });
  }

  /** Fetches a page from the engine's host; `origin` is `http://address:port`. */
  fetches(origin: string): Promise<Outcome> {
    return fetchFrom(this, origin);
  }

  /** Command lines of the processes on the host whose program has this name, arguments joined by blanks. */
  async commandLines(program: string): Promise<string[]> {
    // one program for all processes; that some have just ended makes it complain, and is no reason to stop
    const output = await this.quietly([
      'sh',
      '-c',
      'tail -n +1 /proc/self/cmdline /proc/[0-9]*/cmdline 2>/dev/null || tail -n +1 /proc/self/cmdline',
    ]);
    const lines = output.split(/^==> .* <==$/m).map((text) => text.trim().split('\0').join(' '));
    const found = lines.filter((line) => line.split(' ')[0]?.split('/').at(-1) === program);
    record({ kind: 'host', where: this.name, what: `processes called ${program}`, answer: found.join('\n') });
    return found;
  }

  /**
   * Name of the host's link that has an address.
   * @throws Deviation when none has it
   */
  async linkWith(address: string): Promise<string> {
    const { links } = await networkView(this);
    const found = Object.keys(links).find((name) => links[name]?.addresses.some((it) => it.startsWith(`${address}/`)));
    if (found === undefined) throw new Deviation(`no link of the host has the address ${address}`);
    return found;
  }

  /** The links that are ports of a bridge of the host. One that the host does not have has none. */
  async bridgePorts(bridge: string): Promise<Link[]> {
    return Object.values((await networkView(this)).links).filter((link) => link.bridge === bridge);
  }

  /** As exec, for output of which only a part is evidence. */
  private quietly(argv: readonly string[]): Promise<string> {
    return withoutEvidence(() => read(this, argv));
  }
}

/**
 * The engine's host, for what is looked at before claims are judged and without which a run goes on: where it is not
 * looked at, no command is found there.
 */
export function hostAsFarAsSeen(access: HostAccess, docker: Dockerode): VantagePoint {
  if (access.kind !== 'unseen') return new EngineHost(access, docker);
  return { name: 'host', exec: () => Promise.resolve({ exitCode: 127, stdout: '', stderr: access.why }) };
}
