import type Dockerode from 'dockerode';
import type { HostAccess } from '../run/context';
import { execInContainer } from '../vantage/exec';
import { networkView } from '../vantage/procfs';
import type { CommandResult, VantagePoint } from '../vantage/vantage';
import { readState, stateFromInside, stateScript, type NamespaceState, type RouteQuestion } from './namespace-state';
import type { ContainerView } from './scene';

/** What a look needs to know of where it is made. */
export interface LookingFrom {
  docker: Dockerode;
  host: VantagePoint;
  access: HostAccess;
}

/** Enters namespaces of a process: util-linux's program where it is, else that of busybox. */
const enter = (process: number, namespaces: string) => `enter=nsenter; command -v nsenter >/dev/null || enter='busybox nsenter'; exec $enter -t ${process} ${namespaces} "$@"`;

/**
 * The state of a namespace, seen from the engine's host. Where that is out of reach, what a container tells of its own
 * namespace is all that there is, and of the host there is nothing.
 */
export async function look(place: string, from: LookingFrom, container: ContainerView | undefined, questions: readonly RouteQuestion[]): Promise<NamespaceState | undefined> {
  const script = stateScript(questions);
  if (!container) return seesHost(from.access) ? whole(readState(place, await onHost(from, ['sh', '-c', script]))) : undefined;
  if (container.pid === 0) return undefined;
  if (!seesProcesses(from.access)) return fromInside(place, from.docker, container);
  // the container's own resolv.conf, for the script runs with the files of the host
  const ownFiles = script.replace('cat /etc/resolv.conf', `cat /proc/${container.pid}/root/etc/resolv.conf`);
  return whole(readState(place, await onHost(from, ['sh', '-c', enter(container.pid, '-n'), 'sh', 'sh', '-c', ownFiles])));
}

/** A look that saw no link at all was no look: a program is missing, or the namespace could not be entered. */
function whole(state: NamespaceState): NamespaceState | undefined {
  return state.links.length > 0 ? state : undefined;
}

async function fromInside(place: string, docker: Dockerode, { id }: ContainerView): Promise<NamespaceState | undefined> {
  try {
    return stateFromInside(place, await networkView({ name: place, exec: (argv) => execInContainer(docker, id, place, argv) }));
  } catch {
    return undefined;
  }
}

/** A command on the engine's host, with its files: a helper container that may do so enters the host's first process. */
function onHost({ host, access }: LookingFrom, argv: readonly string[]): Promise<CommandResult> {
  return access.kind === 'helper' ? host.exec(['sh', '-c', enter(1, '-m -n'), 'sh', ...argv]) : host.exec(argv);
}

function seesHost(access: HostAccess): boolean {
  return access.kind !== 'helper' || access.privileged === true;
}

/** Whether process numbers that the engine tells mean the same on the host, and what they stand for can be entered. */
function seesProcesses(access: HostAccess): boolean {
  return seesHost(access) && (access.kind !== 'here' || access.samePids);
}

/** The programs that the engine uses for published ports, as `name (process 4711)`; undefined where they cannot be seen. */
export async function proxiesOn(from: LookingFrom): Promise<{ all: string[]; stopped: string[] } | undefined> {
  if (!seesHost(from.access)) return undefined;
  const { stdout } = await onHost(from, ['sh', '-c', 'for p in /proc/[0-9]*; do read -r c <$p/comm && case $c in docker-proxy|dockerd|rootlesskit|rootlessport|conmon|podman|pasta*|slirp4netns|netavark) echo "$c (process ${p#/proc/})$(sed -n "s/^State:[[:space:]]*\\(.\\).*/ \\1/p" $p/status)";; esac; done 2>/dev/null; true']);
  const lines = stdout.split('\n').filter(Boolean);
  const named = (line: string) => line.replace(/ \w$/, '');
  return { all: lines.map(named), stopped: lines.filter((line) => line.endsWith(' T')).map(named) };
}

/** State lines of the processes that share the target's PID namespace. */
export async function processesOf({ pid }: ContainerView, from: LookingFrom): Promise<string[]> {
  if (pid === 0 || !seesProcesses(from.access)) return [];
  const { stdout } = await onHost(from, ['sh', '-c', `own=$(readlink /proc/${pid}/ns/pid); for p in /proc/[0-9]*; do [ "$(readlink $p/ns/pid)" = "$own" ] && sed -n 's/^State:[[:space:]]*//p' $p/status; done 2>/dev/null; true`]);
  return stdout.split('\n').filter(Boolean);
}
