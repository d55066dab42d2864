import type Dockerode from 'dockerode';
import type { EngineFacts } from '../claim/engine-facts';
import type { ContainerView, NetworkView } from './scene';

interface Summary {
  Id: string;
  Names: string[];
  State: string;
  HostConfig?: { NetworkMode?: string };
  Ports?: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] | null;
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string; GlobalIPv6Address?: string; MacAddress?: string }> | null };
}

/**
 * All containers of the engine.
 * @param nameOf what reports call a container, if not as the engine does
 */
export async function containersOf(docker: Dockerode, nameOf: (containerId: string) => string | undefined): Promise<ContainerView[]> {
  const summaries = (await docker.listContainers({ all: true })) as unknown as Summary[];
  return Promise.all(
    summaries.map(async ({ Id, Names, State, HostConfig, Ports, NetworkSettings }) => {
      const detail = await inspected(docker, Id);
      const containerName = (Names[0] ?? Id).replace(/^\//, '');
      const endpoints = Object.entries(NetworkSettings?.Networks ?? {});
      return {
        id: Id,
        name: nameOf(Id) ?? containerName,
        containerName,
        status: State,
        exitCode: detail.ExitCode,
        pid: detail.Pid,
        networkMode: HostConfig?.NetworkMode ?? '',
        addresses: Object.fromEntries(endpoints.map(([name, { IPAddress = '' }]) => [name, IPAddress])),
        addresses6: Object.fromEntries(endpoints.map(([name, { GlobalIPv6Address = '' }]) => [name, GlobalIPv6Address])),
        macAddresses: endpoints.flatMap(([, { MacAddress = '' }]) => (MacAddress === '' ? [] : [MacAddress])),
        names: detail.names,
        published: (Ports ?? []).flatMap(({ IP = '', PrivatePort, PublicPort, Type }) =>
          PublicPort === undefined || Type !== 'tcp' ? [] : [{ hostAddress: IP, hostPort: PublicPort, containerPort: PrivatePort }],
        ),
      };
    }),
  );
}

/** What only an inspection tells: process number, exit status, and the names that it has in networks; a container that is just being removed has none of them. */
async function inspected(
  docker: Dockerode,
  id: string,
): Promise<{ Pid: number; ExitCode: number | undefined; names: Record<string, string[]> }> {
  try {
    const { State, NetworkSettings } = (await docker.getContainer(id).inspect()) as unknown as {
      State: { Pid: number; ExitCode: number };
      NetworkSettings?: { Networks?: Record<string, { DNSNames?: string[] | null }> | null };
    };
    const names = Object.entries(NetworkSettings?.Networks ?? {}).map(([network, { DNSNames }]) => [network, DNSNames ?? []]);
    return { ...State, names: Object.fromEntries(names) as Record<string, string[]> };
  } catch {
    return { Pid: 0, ExitCode: undefined, names: {} };
  }
}

/** What a probe asked for. */
export interface Asked {
  hostname: string;
  port: number;
  expectedId: string | undefined;
  fromHost: boolean;
  containers: readonly ContainerView[];
}

/** Who has to answer: the container that the claim names, else the one that publishes the port or has the address. */
export function targetOf({
  hostname,
  port,
  expectedId,
  fromHost,
  containers,
}: Asked): { container: ContainerView; port: number; viaHostPort: boolean } | undefined {
  const expected = containers.find(({ id }) => id === expectedId);
  const has = (container: ContainerView) =>
    [...Object.values(container.addresses), ...Object.values(container.addresses6 ?? {})].includes(hostname);
  const owner = expected ?? containers.find(has);
  const own = owner && has(owner);
  const loopback = hostname === 'localhost' || hostname.startsWith('127.');
  const publisher = [...(expected ? [expected] : []), ...containers].find(({ published }) =>
    published.some(({ hostPort }) => hostPort === port),
  );
  if (!own && publisher && (fromHost || !loopback)) {
    return {
      container: publisher,
      port: publisher.published.find(({ hostPort }) => hostPort === port)?.containerPort ?? port,
      viaHostPort: true,
    };
  }
  const hostMode =
    expected ??
    (fromHost && loopback ? containers.find(({ networkMode, status }) => networkMode === 'host' && status === 'running') : undefined);
  const container = owner ?? hostMode;
  return container && { container, port, viaHostPort: false };
}

/** An engine, and whose it is. */
export interface AskedEngine {
  docker: Dockerode;
  kind: EngineFacts['kind'];
}

/** The network of a container's that a probe takes: that of the address which is asked for, else one that it shares with the other one, else its first. */
export async function networkOf(
  { docker, kind }: AskedEngine,
  { addresses, addresses6 = {} }: ContainerView,
  { hostname, other }: { hostname?: string; other?: ContainerView | undefined } = {},
): Promise<NetworkView | undefined> {
  const own = Object.keys(addresses);
  const name =
    own.find((it) => addresses[it] === hostname || (hostname !== undefined && addresses6[it] === hostname)) ??
    own.find((it) => other && it in other.addresses) ??
    own[0];
  if (name === undefined || name === 'host' || name === 'none') return undefined;
  try {
    const { Id, Driver, Options } = (await docker.getNetwork(name).inspect()) as {
      Id: string;
      Driver: string;
      Options?: Record<string, string> | null;
    };
    // libnetwork's own rule for a bridge without a configured name; older Podmans have another one, and do not tell
    const byRule = kind === 'docker' ? `br-${Id.slice(0, 12)}` : undefined;
    const bridge = Driver === 'bridge' ? (Options?.['com.docker.network.bridge.name'] ?? byRule) : undefined;
    return { name, driver: Driver, bridge };
  } catch (error) {
    const absent = (error as { statusCode?: number }).statusCode === 404;
    return { name, driver: absent ? 'absent' : 'unknown', bridge: undefined };
  }
}
