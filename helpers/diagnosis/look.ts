import type { HostAccess } from '../run/context';
import type { VantagePoint } from '../vantage/vantage';
import { readState, stateScript, type NamespaceState, type RouteQuestion } from './namespace-state';
import type { ContainerView } from './scene';

/** The state of a namespace, seen from the engine's host; undefined where it cannot be entered from here. */
export async function look(place: string, host: VantagePoint, access: HostAccess, container: ContainerView | undefined, questions: readonly RouteQuestion[]): Promise<NamespaceState | undefined> {
  const script = stateScript(questions);
  if (!container) {
    const result = await host.exec(['sh', '-c', script]);
    return result.exitCode === 0 ? readState(place, result) : undefined;
  }
  if (!canEnter(access) || container.pid === 0) return undefined;
  const result = await host.exec(['sh', '-c', `enter=nsenter; command -v nsenter >/dev/null || enter='busybox nsenter'; exec $enter -t ${container.pid} -n sh -c "$1"`, 'sh', script.replace('cat /etc/resolv.conf', `cat /proc/${container.pid}/root/etc/resolv.conf`)]);
  return result.exitCode === 0 ? readState(place, result) : undefined;
}

/** Whether process numbers that the engine tells mean the same from the host's vantage point. */
function canEnter(access: HostAccess): boolean {
  return access.kind === 'lab' || (access.kind === 'here' && access.samePids);
}

/** `name (process 4711)` of the programs that the engine uses for published ports. */
export async function proxiesOn(host: VantagePoint): Promise<string[]> {
  const { stdout } = await host.exec(['sh', '-c', 'for p in /proc/[0-9]*; do read -r c <$p/comm && case $c in docker-proxy|dockerd|rootlesskit|rootlessport|conmon|podman|pasta*|slirp4netns|netavark) echo "$c (process ${p#/proc/})";; esac; done 2>/dev/null; true']);
  return stdout.split('\n').filter(Boolean);
}

/** State lines of the processes that share the target's PID namespace. */
export async function processesOf({ pid }: ContainerView, host: VantagePoint, access: HostAccess): Promise<string[]> {
  if (!canEnter(access)) return [];
  const { stdout } = await host.exec(['sh', '-c', `own=$(readlink /proc/${pid}/ns/pid); for p in /proc/[0-9]*; do [ "$(readlink $p/ns/pid)" = "$own" ] && sed -n 's/^State:[[:space:]]*//p' $p/status; done 2>/dev/null; true`]);
  return stdout.split('\n').filter(Boolean);
}
