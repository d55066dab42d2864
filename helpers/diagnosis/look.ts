import type Dockerode from 'dockerode';
import type { HostAccess } from '../claim/context';
import { execInContainer } from '../vantage/exec';
import { networkViewWithSockets } from '../vantage/procfs';
import type { CommandResult, VantagePoint } from '../world/vantage-point';
import type { Rule } from './firewall';
import { readRules, readState, rulesScript, stateFromInside, stateScript, type NamespaceState } from './namespace-state';
import type { RouteQuestion } from './route-question';
import type { ContainerView, ProxyView } from './scene';

/** What a look needs to know of where it is made. */
export interface LookingFrom {
  docker: Dockerode;
  host: VantagePoint;
  access: HostAccess;
  /** another way into a container than the engine's own exec, for what its image need not have and must not be changed by */
  inside?: (containerId: string) => VantagePoint | undefined;
}

/** Enters namespaces of a process: util-linux's program where it is, else that of busybox. */
const enter = (process: number, namespaces: string) =>
  `enter=nsenter; command -v nsenter >/dev/null || enter='busybox nsenter'; exec $enter -t ${process} ${namespaces} "$@"`;

/**
 * The state of a namespace, seen from the engine's host. Where that is out of reach, what a container tells of its own
 * namespace is all that there is, and of the host there is nothing.
 */
export async function look(
  place: string,
  from: LookingFrom,
  container: ContainerView | undefined,
  questions: readonly RouteQuestion[],
): Promise<NamespaceState | undefined> {
  const script = stateScript(questions);
  if (!container) return seesHost(from.access) ? whole(readState(place, await onHost(from, ['sh', '-c', script]))) : undefined;
  if (container.pid === 0) return undefined;
  if (!seesProcesses(from.access)) return fromInside(place, from, container);
  // the container's own resolv.conf, for the script runs with the files of the host
  const ownFiles = script.replaceAll(/cat (\/etc\/\w+)/g, `cat /proc/${container.pid}/root$1`);
  return whole(readState(place, await onHost(from, ['sh', '-c', enter(container.pid, '-n'), 'sh', 'sh', '-c', ownFiles])));
}

/** The rules of the engine's host alone, for who does not want the whole state; undefined where they cannot be read. */
export async function rulesOnHost(from: LookingFrom): Promise<Rule[] | undefined> {
  return seesHost(from.access) ? readRules(await onHost(from, ['sh', '-c', rulesScript])) : undefined;
}

/** A look that saw no link at all was no look: a program is missing, or the namespace could not be entered. */
function whole(state: NamespaceState): NamespaceState | undefined {
  return state.links.length > 0 ? state : undefined;
}

async function fromInside(place: string, { docker, inside }: LookingFrom, { id }: ContainerView): Promise<NamespaceState | undefined> {
  try {
    const own: VantagePoint = { name: place, exec: (argv) => execInContainer(docker, id, place, argv) };
    return stateFromInside(place, await networkViewWithSockets(inside?.(id) ?? own));
  } catch {
    return undefined;
  }
}

/** A command on the engine's host, with its files: a helper container that may do so enters the host's first process. */
function onHost({ host, access }: LookingFrom, argv: readonly string[]): Promise<CommandResult> {
  return access.kind === 'helper' ? host.exec(['sh', '-c', enter(1, '-m -n'), 'sh', ...argv]) : host.exec(argv);
}

/** As {@link onHost}, in the network of a process where one is named. */
export function onHostOf(from: LookingFrom, argv: readonly string[], process: number | undefined): Promise<CommandResult> {
  return onHost(from, process === undefined ? argv : ['sh', '-c', enter(process, '-n'), 'sh', ...argv]);
}

/** Whether packets may be followed there: a lab is the suite's own, and elsewhere the user has to allow it. */
export function mayWatch(access: HostAccess): boolean {
  return (access.kind === 'lab' && access.readOnly !== true) || (access.kind === 'helper' && access.privileged === true);
}

/** Whether the programs of the engine's host can be asked. */
export function seesHost(access: HostAccess): boolean {
  return access.kind === 'helper' ? access.privileged === true : access.kind !== 'unseen';
}

/** Whether process numbers that the engine tells mean the same on the host, and what they stand for can be entered. */
function seesProcesses(access: HostAccess): boolean {
  return seesHost(access) && (access.kind !== 'here' || access.samePids);
}

/** A process of the engine's host. */
export interface HostProcess {
  pid: number;
  /** name of its program, of which the kernel keeps 15 characters */
  name: string;
  /** as /proc words it, e.g. `T (stopped)` */
  state: string;
  /** its PID namespace, as in `pid:[4026531836]`; undefined where that may not be read */
  namespace: string | undefined;
  /** its command line; told of docker-proxy alone */
  commandLine?: string;
}

/** All processes of the engine's host; undefined where they cannot be seen. Two programs print all of /proc: one for each process would cost seconds. */
export async function processesOn(from: LookingFrom): Promise<HostProcess[] | undefined> {
  if (!seesHost(from.access)) return undefined;
  const { stdout } = await onHost(from, [
    'sh',
    '-c',
    'grep -s -E "^(Name|State):" /proc/[0-9]*/status; grep -s -E "refrigerator|do_freezer_trap" /proc/[0-9]*/wchan; ls -l /proc/[0-9]*/ns/pid 2>/dev/null; for it in $(grep -slx docker-proxy /proc/[0-9]*/comm); do it=${it%/comm}; echo "$it/cmdline:$(tr "\\0" " " <$it/cmdline)"; done; true',
  ]);
  return readProcesses(stdout);
}

/** Reads what {@link processesOn} had printed. */
export function readProcesses(printed: string): HostProcess[] {
  const field = (name: string) =>
    new Map(
      [...printed.matchAll(new RegExp(`^/proc/(\\d+)/status:${name}:\\s*(.*)$`, 'gm'))].map(([, pid, value = '']) => [Number(pid), value]),
    );
  const namespaces = new Map(
    [...printed.matchAll(/ \/proc\/(\d+)\/ns\/pid -> (\S+)$/gm)].map(([, pid, namespace]) => [Number(pid), namespace]),
  );
  const states = field('State');
  for (const [, pid] of printed.matchAll(/^\/proc\/(\d+)\/wchan:/gm)) states.set(Number(pid), 'frozen');
  const lines = new Map([...printed.matchAll(/^\/proc\/(\d+)\/cmdline:(.*)$/gm)].map(([, pid, line]) => [Number(pid), line]));
  return [...field('Name')].map(([pid, name]) => {
    const commandLine = lines.get(pid);
    return { pid, name, state: states.get(pid) ?? '', namespace: namespaces.get(pid), ...(commandLine !== undefined && { commandLine }) };
  });
}

const isStopped = ({ state }: HostProcess): boolean => state.startsWith('T');

/** The programs that an engine uses for published ports, as `docker-proxy (process 4711)`. */
export function proxiesAmong(processes: readonly HostProcess[]): { all: string[]; stopped: string[]; leading: ProxyView[] } {
  const proxies = processes.filter(({ name }) =>
    /^(docker-proxy|dockerd|rootlesskit|rootlessport|conmon|podman|pasta.*|slirp4netns|netavark)$/.test(name),
  );
  const named = (some: HostProcess[]) => some.map(({ name, pid }) => `${name} (process ${pid})`);
  const leading = proxies.flatMap(({ name, pid, commandLine = '' }): ProxyView[] => {
    const [, address] = / -container-ip (\S+)/.exec(commandLine) ?? [];
    const [, port] = / -container-port (\d+)/.exec(commandLine) ?? [];
    return address === undefined || port === undefined ? [] : [{ process: `${name} (process ${pid})`, address, port: Number(port) }];
  });
  return { all: named(proxies), stopped: named(proxies.filter(isStopped)), leading };
}

/** States of the processes that share a container's PID namespace. */
export function statesIn({ pid }: ContainerView, processes: readonly HostProcess[], { access }: LookingFrom): string[] {
  const own = processes.find((process) => process.pid === pid)?.namespace;
  return own === undefined || !seesProcesses(access)
    ? []
    : processes.filter(({ namespace }) => namespace === own).map(({ state, pid: process }) => `${state}, process ${process}`);
}
