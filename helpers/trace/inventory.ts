import type Dockerode from 'dockerode';
import { labels as composeLabels } from '../run/compose-labels';
import { inSubnet } from '../vantage/veth';

/** A port of a container that leads, or was to lead, to a port of the host. */
export interface Binding {
  transport: 'tcp' | 'udp';
  containerPort: number;
  hostAddress: string;
  /** 0 where the engine was to choose one */
  hostPort: number;
}

/** A container's connection to a network. */
export interface Endpoint {
  address: string;
  address6: string;
  /** what others in this network may call it */
  names: string[];
}

/** A container as the engine describes it, as far as who reaches whom depends on that. */
export interface Member {
  id: string;
  name: string;
  /** of a compose project */
  project: string | undefined;
  service: string | undefined;
  labels: Record<string, string>;
  /** when it was last started: a network namespace lasts no longer than that */
  startedAt: string;
  /** e.g. `running`, `exited`, `paused` */
  status: string;
  exitCode: number;
  networkMode: string;
  usernsMode: string;
  /** by the network's name */
  endpoints: Record<string, Endpoint>;
  /** what `ports:` or `--publish` asked for */
  wished: Binding[];
  /** what is in force */
  published: Binding[];
  /** TCP and UDP ports that its image or its configuration names, e.g. `80/tcp` */
  exposed: string[];
  environment: Record<string, string>;
  extraHosts: string[];
  health: { test: string; status: string } | undefined;
}

/** A network as the engine describes it. */
export interface NetworkMember {
  name: string;
  driver: string;
  internal: boolean;
  subnets: string[];
  gateways: string[];
  options: Record<string, string>;
}

/** All containers and networks of an engine. */
export interface Inventory {
  members: Member[];
  networks: NetworkMember[];
}

interface RawContainer {
  Id: string;
  Name?: string;
  State: { Status?: string; ExitCode?: number; StartedAt?: string; Health?: { Status?: string } | null };
  Config?: {
    Labels?: Record<string, string> | null;
    Env?: string[] | null;
    ExposedPorts?: Record<string, unknown> | null;
    Healthcheck?: { Test?: string[] | null } | null;
  };
  HostConfig?: {
    NetworkMode?: string;
    UsernsMode?: string;
    ExtraHosts?: string[] | null;
    PortBindings?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
  };
  NetworkSettings?: {
    Ports?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
    Networks?: Record<
      string,
      { IPAddress?: string; GlobalIPv6Address?: string; Aliases?: string[] | null; DNSNames?: string[] | null }
    > | null;
  };
}

interface RawNetwork {
  Name: string;
  Driver: string;
  Internal?: boolean;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] | null };
  Options?: Record<string, string> | null;
}

/**
 * Asks the engine for all of its containers and networks. What is removed meanwhile is left out.
 * @param own label of what the suite itself made, which is left out
 */
export async function takeInventory(docker: Dockerode, own: string): Promise<Inventory> {
  const [containers, networks] = await Promise.all([docker.listContainers({ all: true }), docker.listNetworks()]);
  const foreign = containers.filter(({ Labels }) => (Labels as Record<string, string> | null)?.[own] === undefined);
  const inspected = await Promise.all(
    foreign.map(({ Id }) =>
      docker
        .getContainer(Id)
        .inspect()
        .catch((error: unknown) => {
          if ((error as { statusCode?: number }).statusCode === 404) return undefined;
          throw error;
        }),
    ),
  );
  return {
    members: inspected.flatMap((it) => (it ? [memberOf(it as unknown as RawContainer)] : [])),
    networks: (networks as unknown as RawNetwork[]).map(networkOf),
  };
}

/** A container as the API describes it. */
export function memberOf({ Id, Name = Id, State, Config = {}, HostConfig = {}, NetworkSettings = {} }: RawContainer): Member {
  const labels = Config.Labels ?? {};
  const name = Name.replace(/^\//, '');
  const test = Config.Healthcheck?.Test?.join(' ');
  return {
    id: Id,
    name,
    project: labels[composeLabels.project],
    service: labels[composeLabels.service],
    labels,
    startedAt: State.StartedAt ?? '',
    status: State.Status ?? 'unknown',
    exitCode: State.ExitCode ?? 0,
    networkMode: HostConfig.NetworkMode ?? '',
    usernsMode: HostConfig.UsernsMode ?? '',
    // of one that shares another one's namespace Podman tells the networks of that, and Docker none
    endpoints: Object.fromEntries(
      Object.entries((sharesNamespace(HostConfig.NetworkMode) ? undefined : NetworkSettings.Networks) ?? {}).map(
        ([network, { IPAddress = '', GlobalIPv6Address = '', Aliases, DNSNames }]) => [
          network,
          {
            address: IPAddress,
            address6: GlobalIPv6Address,
            names: [...new Set([name, Id.slice(0, 12), ...(Aliases ?? []), ...(DNSNames ?? [])])],
          },
        ],
      ),
    ),
    wished: bindingsOf(HostConfig.PortBindings),
    published: bindingsOf(NetworkSettings.Ports),
    exposed: Object.keys(Config.ExposedPorts ?? {}),
    environment: Object.fromEntries((Config.Env ?? []).map((it) => [it.split('=')[0] ?? '', it.slice(it.indexOf('=') + 1)])),
    extraHosts: HostConfig.ExtraHosts ?? [],
    health: test === undefined || test === 'NONE' ? undefined : { test, status: State.Health?.Status ?? 'none' },
  };
}

const sharesNamespace = (networkMode = ''): boolean => networkMode.startsWith('container:');

/** A container with the networks that its packets go to: those of the owner, where it shares a namespace. */
export function withOwnersNetworks(member: Member, inventory: Inventory): Member {
  return { ...member, endpoints: ownerOfNamespace(member, inventory).endpoints };
}

function bindingsOf(ports: NonNullable<RawContainer['NetworkSettings']>['Ports']): Binding[] {
  return Object.entries(ports ?? {}).flatMap(([port, bindings]) => {
    const [number, transport = 'tcp'] = port.split('/');
    if (transport !== 'tcp' && transport !== 'udp') return [];
    return (bindings ?? []).map(({ HostIp = '', HostPort = '' }) => ({
      transport,
      containerPort: Number(number),
      hostAddress: HostIp,
      hostPort: Number(HostPort),
    }));
  });
}

function networkOf({ Name, Driver, Internal = false, IPAM, Options }: RawNetwork): NetworkMember {
  const ranges = IPAM?.Config ?? [];
  return {
    name: Name,
    driver: Driver,
    internal: Internal,
    subnets: ranges.flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
    gateways: ranges.flatMap(({ Gateway }) => (Gateway === undefined ? [] : [Gateway])),
    options: Options ?? {},
  };
}

/** The container in whose network namespace another one is: itself, unless it shares one (`--network container:…`). */
export function ownerOfNamespace(member: Member, { members }: Inventory): Member {
  const [, owner] = /^container:(.+)$/.exec(member.networkMode) ?? [];
  const found = owner === undefined ? undefined : members.find(({ id, name }) => id === owner || name === owner || id.startsWith(owner));
  return found && found !== member ? found : member;
}

/** The containers that have an address. */
export function ownersOf(address: string, { members }: Inventory): Member[] {
  return members.filter(
    ({ endpoints, status }) =>
      ['running', 'paused'].includes(status) && Object.values(endpoints).some((it) => it.address === address || it.address6 === address),
  );
}

/** The networks whose subnets have an address. */
export function networksAround(address: string, { networks }: Inventory): NetworkMember[] {
  return networks.filter(({ subnets }) => subnets.some((subnet) => inSubnet(address, subnet)));
}

/** Networks that two containers share, by name. */
export function sharedNetworks(one: Member, other: Member): string[] {
  return Object.keys(one.endpoints).filter((network) => network in other.endpoints && !['host', 'none'].includes(network));
}

/** The default networks of Docker and of Podman, in which nobody has a name. */
export const nameless: ReadonlySet<string> = new Set(['bridge', 'podman']);

/** Whether a container is called so in a network where the engine resolves names: not in the default bridge. */
export function isCalled(member: Member, name: string, network: string): boolean {
  return !nameless.has(network) && (member.endpoints[network]?.names ?? []).some((it) => it.toLowerCase() === name.toLowerCase());
}

/** Whom a person means by a name, and who of them it is that the sentence is about. */
export function meantBy(name: string, source: Member | undefined, { members }: Inventory, project?: string): Member[] {
  const wanted = name.toLowerCase();
  const ofProject = project ?? source?.project;
  const isSo = (it: string | undefined) => it?.toLowerCase() === wanted;
  const choices = [
    members.filter((it) => ofProject !== undefined && it.project === ofProject && isSo(it.service)),
    members.filter((it) => isSo(it.name) || it.id === wanted || (/^[\da-f]{12,}$/.test(wanted) && it.id.startsWith(wanted))),
    members.filter((it) => source !== undefined && sharedNetworks(source, it).some((network) => isCalled(it, name, network))),
    members.filter((it) => isSo(it.service)),
    members.filter((it) => Object.values(it.endpoints).some(({ names }) => names.some(isSo))),
  ];
  return choices.find((it) => it.length > 0) ?? [];
}
