import type Dockerode from 'dockerode';
import { inPath } from '../base/in-path';
import { UserError } from '../base/user-error';
import type { HostAccess } from '../claim/context';
import { SetUpFailed } from '../claim/set-up';
import { ownTools } from '../lab/own-tools';
import { engineBehind, type EngineProcess } from '../run/daemon-behind';
import { pidSpace, sysShowsOwnLinks } from '../run/host-access';
import { askedInside } from '../vantage/exec';
import { namesIn, readOrNothing } from '../vantage/procfs';
import { servingShell } from '../vantage/shell';
import type { VantagePoint } from '../world/vantage-point';
import { spawnShell } from './spawn-shell';

/** Seconds after which what was started in a namespace ends by itself, where it does not end with who started it. */
const lifetime = 600;

/** Programs of this machine that enter namespaces and mount there. */
const programs = ['nsenter', 'unshare', 'mount', 'chroot'];

/** What programs are given, whatever this machine has set. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };

/** Makes a root of the suite's own files, in a mount namespace that goes with its processes, and goes on there. */
const enterWithTools = `
root=$1 hosts=$2 resolv=$3; shift 3
mount -t tmpfs tmpfs "$root/tmp" && mount -t proc proc "$root/proc" && mount -t sysfs sysfs "$root/sys" && mount --bind /dev "$root/dev" || exit 1
printf %s "$hosts" >"$root/tmp/hosts"; printf %s "$resolv" >"$root/tmp/resolv.conf"
exec chroot "$root" "$@"`;

/** With the program of util-linux where the place has it, else with that of busybox. */
const unshareAnywhere = 'unshare=unshare; command -v unshare >/dev/null || unshare="busybox unshare"; exec $unshare -m "$@"';

/** Goes on with the files of the place. What programs keep for a moment is kept in memory of their own. */
const enterAsItIs = 'mount -t tmpfs tmpfs /tmp || exit 1; exec "$@"';

/** What a container's own description tells of it, as far as it can be entered by that. */
interface Described {
  State: { Pid?: number; Running?: boolean };
  HostsPath?: string;
  ResolvConfPath?: string;
}

/** What an entrance is looked for with. */
export interface Entering {
  docker: Dockerode;
  /** the local socket on which the engine is reached, if it is one */
  socketPath: string | undefined;
  /** whether the user allows more than to look */
  privileged: boolean;
  /** told what takes long, one line at a time */
  progress: (line: string) => void;
}

/**
 * The way into the namespaces of an engine that runs on this very kernel, for root: nothing is started on that engine. A shell of the
 * suite's own enters the network of a place, and the processes there, with the suite's own files.
 */
export class Entrance {
  private constructor(
    private readonly docker: Dockerode,
    private readonly engine: EngineProcess,
    private readonly tools: string,
    /** where the engine's host is seen from */
    readonly access: HostAccess,
  ) {}

  /** @returns undefined where helper containers have to look */
  static async find({ docker, socketPath, privileged, progress }: Entering): Promise<Entrance | undefined> {
    if (process.getuid?.() !== 0 || socketPath === undefined || !programs.every((it) => inPath(it))) return undefined;
    const engine = engineBehind(socketPath);
    if (!engine) return undefined;
    try {
      return new Entrance(docker, engine, await ownTools(progress), accessTo(engine, privileged));
    } catch (error) {
      // a helper container's image may be on the engine already
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** The inside of a container that runs; undefined where it cannot be entered so. */
  async inside(id: string, name: string): Promise<VantagePoint | undefined> {
    const { State, HostsPath: hosts, ResolvConfPath: resolv } = (await this.docker.getContainer(id).inspect()) as Described;
    const pid = State.Running ? this.numberHere(State.Pid ?? 0, id) : undefined;
    return pid !== undefined && hosts && resolv ? this.enter(pid, { name, hosts, resolv }) : undefined;
  }

  /** The engine's host, with the suite's own tools; undefined where it cannot be entered so. */
  onHost(): Promise<VantagePoint | undefined> {
    return this.enter(this.engine.pid, { name: 'host', hosts: '/etc/hosts', resolv: '/etc/resolv.conf' });
  }

  /** The engine's host, with its own programs; undefined where it cannot be entered so. */
  host(): Promise<VantagePoint | undefined> {
    return this.serving('host', [
      ...['nsenter', '--target', this.engine.pid, '--mount', '--net', '--pid'],
      ...['sh', '-c', unshareAnywhere, 'enter', 'sh', '-c', enterAsItIs, 'enter'],
    ]);
  }

  /** Files that tell whom to ask for names are read as the engine sees them: a container could have put links in their place. */
  private enter(pid: string, { name, hosts, resolv }: { name: string; hosts: string; resolv: string }): Promise<VantagePoint | undefined> {
    const asEngineSees = (file: string) => readOrNothing(`/proc/${this.engine.pid}/root${file}`);
    return this.serving(name, [
      ...['nsenter', '--target', pid, '--net', '--pid', 'unshare', '--mount', 'sh', '-c', enterWithTools, 'enter'],
      ...[this.tools, asEngineSees(hosts), asEngineSees(resolv)],
    ]);
  }

  private async serving(name: string, through: readonly string[]): Promise<VantagePoint | undefined> {
    const started = await spawnShell([...through, ...servingShell('echo in', { lifetime, atTheEnd: 'ends' })], environment);
    if (!started) return undefined;
    const { shell } = started;
    const run = async (argv: readonly string[]) => {
      const result = await shell.run(argv);
      if (!result) throw new SetUpFailed(`${name} cannot be looked at any more`);
      return result;
    };
    const process = childOf(started.pid);
    return {
      name,
      ...(process !== undefined && { process }),
      exec: (argv, telling) => askedInside({ containerId: name, name, argv, telling }, () => run(argv)),
    };
  }

  /** A process that the engine numbers in its own PID namespace, as it is numbered here. */
  private numberHere(pid: number, containerId: string): string | undefined {
    if (pid === 0) return undefined;
    if (this.engine.pids === pidSpace()) return `${pid}`;
    const depth = numbersOf(this.engine.pid).length - 1;
    // other engines' processes have such numbers as well
    return namesIn('/proc').find(
      (it) => /^\d+$/.test(it) && numbersOf(it)[depth] === `${pid}` && readOrNothing(`/proc/${it}/cgroup`).includes(containerId),
    );
  }
}

function accessTo({ pid, pids, inOwnNetwork }: EngineProcess, privileged: boolean): HostAccess {
  if (inOwnNetwork && sysShowsOwnLinks()) return { kind: 'here', samePids: pids === pidSpace(), daemon: pid };
  const argv = [
    'nsenter',
    '--target',
    pid,
    '--mount',
    '--net',
    '--pid',
    '--',
    'env',
    ...Object.entries(environment).map((it) => it.join('=')),
  ];
  return { kind: 'lab', enter: argv, ...(!privileged && { readOnly: true }) };
}

/** The only child of a process: who enters a PID namespace is not in it, and its child is. */
function childOf(pid: number | undefined): number | undefined {
  const [first] = readOrNothing(`/proc/${pid ?? 0}/task/${pid ?? 0}/children`).split(' ');
  return first ? Number(first) : undefined;
}

/** The numbers of a process, in each PID namespace from this one on inwards. */
function numbersOf(pid: string): string[] {
  return (/^NSpid:\s*(.*)$/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? '').split(/\s+/);
}
