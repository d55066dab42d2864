import type Dockerode from 'dockerode';
import type { Container, ContainerObject } from '../containers/container';
import { socketInLab } from '../lab';
import type { EngineHost } from '../vantage/host';
import { networkView, networkViewOf } from '../vantage/procfs';
import { vethPeer } from '../vantage/veth';

/** Variables of a shell script; words only, so that nothing needs quoting. */
export type Variables = Record<string, string>;

/** What every script of a fault knows. */
export async function hostVariables(docker: Dockerode, image: string): Promise<Variables> {
  const { Options } = (await docker.getNetwork('bridge').inspect()) as { Options?: Record<string, string> | null };
  return { BRIDGE: Options?.['com.docker.network.bridge.name'] ?? '', IMAGE: image };
}

/** What a script knows of a member of its topology, which runs in a lab. */
export async function memberVariables({ name, id, ports }: Container, docker: Dockerode, host: EngineHost): Promise<Variables> {
  const { State, NetworkSettings } = (await docker.getContainer(id).inspect()) as unknown as ContainerObject;
  const [inside, outside] = await Promise.all([networkViewOf(State.Pid, host), networkView(host)]);
  const eth0 = inside.links['eth0'];
  const veth =
    eth0 &&
    vethPeer(
      eth0,
      Object.entries(outside.links).map(([link, it]) => ({ ...it, name: link })),
    )?.name;
  const own = name.toUpperCase();
  return {
    [`${own}_ID`]: id,
    [`${own}_PID`]: `${State.Pid}`,
    [`${own}_IP`]: Object.values(NetworkSettings.Networks ?? {})[0]?.IPAddress ?? '',
    [`${own}_VETH`]: veth ?? '',
    [`${own}_PORT`]: `${ports[0] ?? ''}`,
    [`${own}_PORT2`]: `${ports[1] ?? ''}`,
    [`${own}_HOST_PORT`]: NetworkSettings.Ports?.[`${ports[0] ?? ''}/tcp`]?.[0]?.HostPort ?? '',
  };
}

/** The whole text of a script: its variables, what it can call, and what it does. */
export function scriptOf(body: string, variables: Variables): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  // the host's own programs, in the network of a container: an image need not have them
  const inside = 'inside() { eval "pid=\\$${1}_PID"; shift; busybox nsenter -t "$pid" -n "$@"; }';
  return [`export DOCKER_HOST=unix://${socketInLab}`, ...assignments, inside, body].join('\n');
}
