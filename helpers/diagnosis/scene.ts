import { vethPeer } from '../vantage/veth';
import type { Outcome, OutcomeKind } from '../claim/outcome';
import { couldMatch, type Flow, type Hit, type Rule } from './firewall';
import type { Drop } from './drops';
import type { Trace } from './trace';
import type { LinkState, NamespaceState, RouteAnswer } from './namespace-state';
import { keyOf } from './route-question';

/** A docker-proxy, and where it leads. */
export interface ProxyView {
  process: string;
  address: string;
  port: number;
}

/** A container as the engine describes it, as far as packets to it depend on that. */
export interface ContainerView {
  id: string;
  /** as reports call it */
  name: string;
  /** what commands of the docker client call it */
  containerName: string;
  /** e.g. `running`, `exited`, `paused` */
  status: string;
  exitCode: number | undefined;
  /** process number in the engine's PID namespace; 0 when it does not run */
  pid: number;
  networkMode: string;
  /** IPv4 address by network, as the engine tells it */
  addresses: Record<string, string>;
  /** the same of IPv6, where it has any */
  addresses6?: Record<string, string>;
  /** MAC addresses of its links, as the engine tells them */
  macAddresses?: string[];
  /** names by which it is found, by network; none where the engine does not tell them */
  names?: Record<string, string[]>;
  /** TCP ports of the host that are published, with the container's port */
  published: { hostAddress: string; hostPort: number; containerPort: number }[];
}

/** A network as the engine describes it. */
export interface NetworkView {
  name: string;
  driver: string;
  /** link of the host that is its bridge */
  bridge: string | undefined;
}

/** Everything that was found out about one probe that did not do what it should. */
export interface Scene {
  outcome: Outcome;
  origin: string;
  /** name or address that the probe was sent to */
  hostname: string;
  port: number;
  /** undefined while the host is the source */
  sourceContainer: ContainerView | undefined;
  targetContainer: ContainerView | undefined;
  /** all containers of the engine */
  containers?: readonly ContainerView[];
  /** port on which the target has to listen; another one than the probe's where it is published */
  targetPort: number;
  /** address that the target has, as the engine tells it */
  targetAddress: string | undefined;
  /** whether the probe went to a port of the host that leads to a container */
  viaHostPort: boolean;
  /** the one over which the target is reached */
  network: NetworkView | undefined;
  /** the client's own */
  sourceNetwork: NetworkView | undefined;
  /** state after one more probe; undefined where it cannot be looked at from here */
  source: NamespaceState | undefined;
  host: NamespaceState | undefined;
  target: NamespaceState | undefined;
  /** rules that met packets during that probe and could have met its own */
  hits: Hit[];
  /** by namespace, the way of the probe's own packets through its filters; absent where they could not be followed */
  traces: ReadonlyMap<string, readonly Trace[]>;
  /** packets that the kernel dropped during that probe and shortly before it, in all namespaces; undefined where it does not tell */
  drops?: readonly Drop[] | undefined;
  /** by namespace, its state before that probe */
  earlier: ReadonlyMap<string, NamespaceState>;
  /** packets that links received and sent during that probe, by namespace and link */
  traffic: Map<string, { received: number; sent: number }>;
  /** programs on the host, as `name (process 4711)`, of which a published port depends */
  proxies: string[] | undefined;
  /** those of them that a signal has stopped */
  stoppedProxies: string[];
  /** where those of docker-proxy lead */
  leadingProxies: ProxyView[];
  /** state of the target's processes, by /proc/<pid>/status, e.g. `S (sleeping), process 4711` */
  targetProcesses: string[];
}

/** The namespace that packets leave from when they go to the target's own address. */
export function lastSource({ viaHostPort, host, source }: Scene): NamespaceState | undefined {
  return viaHostPort ? host : source;
}

/** How the kernel of a namespace would send to the target. */
export function routeToTarget(from: NamespaceState | undefined, scene: Scene): RouteAnswer | undefined {
  return scene.targetAddress === undefined ? undefined : from?.routes[scene.targetAddress];
}

/** The client's address in the network over which it sends; the first that it has where that network gives it none. */
export function sourceAddressOf({
  sourceContainer,
  sourceNetwork,
  targetAddress,
}: Pick<Scene, 'sourceContainer' | 'sourceNetwork'> & Partial<Pick<Scene, 'targetAddress'>>): string | undefined {
  const addresses = (targetAddress?.includes(':') ? sourceContainer?.addresses6 : sourceContainer?.addresses) ?? {};
  return addresses[sourceNetwork?.name ?? ''] || Object.values(addresses).find(Boolean);
}

/** How the host would forward from the source container to the target. */
export function forwardingRoute({ host, sourceContainer, sourceNetwork, targetAddress }: Scene): RouteAnswer | undefined {
  const from = sourceAddressOf({ sourceContainer, sourceNetwork, targetAddress });
  return from === undefined || targetAddress === undefined ? undefined : host?.routes[keyOf({ to: targetAddress, from })];
}

/** The link of a namespace that has an address. */
export function linkWith(state: NamespaceState | undefined, address: string | undefined): LinkState | undefined {
  const name = state?.addresses.find((it) => it.address === address)?.link;
  return state?.links.find((link) => link.name === name);
}

/** A link by its name. */
export function linkNamed(state: NamespaceState | undefined, name: string | undefined): LinkState | undefined {
  return state?.links.find((link) => link.name === name);
}

/** The end on the host of the veth pair whose other end is a container's link to the network of the probe. */
export function hostEnd(host: NamespaceState | undefined, inside: NamespaceState | undefined): LinkState | undefined {
  const eth = containerLink(inside);
  return eth && vethPeer(eth, host?.links.filter(({ kind }) => kind === 'veth') ?? []);
}

/** A container's link to the network of the probe: the one with its address there, and without that the first that is no loopback. */
export function containerLink(inside: NamespaceState | undefined): LinkState | undefined {
  const withAddress = inside?.ownAddress === undefined ? undefined : linkWith(inside, inside.ownAddress);
  if (withAddress) return withAddress;
  return inside?.links.find(({ name }) => name !== 'lo' && !name.startsWith('tunl') && !name.startsWith('sit'));
}

/** Whether two states are of one namespace: a container in host mode is the host. */
export function isHost({ host }: Scene, state: NamespaceState | undefined): boolean {
  return state !== undefined && state === host;
}

/** Whether source and target are both in the network that the probe takes, so that no host routes between them. */
export function isBridged(scene: Scene): boolean {
  const { sourceContainer, targetContainer, network, viaHostPort } = scene;
  if (!sourceContainer || !targetContainer || !network || viaHostPort) return false;
  return Boolean(sourceContainer.addresses[network.name] && targetContainer.addresses[network.name]);
}

/** Rules that took packets of the probe from their way. */
export function takenAway(scene: Scene, place: string, effects: readonly Rule['effect'][]): Hit[] {
  return scene.hits.filter((hit) => hit.place === place && effects.includes(hit.rule.effect));
}

/**
 * A command as it is typed on the engine's host, for the namespace that it is about: a container's own programs may lack it.
 * Where a container is only known by its name in reports, that name stands for it.
 */
export function commandAt(scene: Scene, state: Pick<NamespaceState, 'place'> | undefined, command: string): string {
  if (!state || state.place === 'host') return command;
  const container = [scene.sourceContainer, scene.targetContainer].find((it) => it?.name === state.place);
  return `nsenter -t "$(docker inspect --format '{{.State.Pid}}' ${container?.containerName ?? state.place})" -n ${command}`;
}

/** How much a counter of a link, a queue or a namespace went up during the probe; 0 where there was no look before. */
export function increase(scene: Scene, state: NamespaceState | undefined, read: (state: NamespaceState) => number | undefined): number {
  const before = state && scene.earlier.get(state.place);
  return state && before ? (read(state) ?? 0) - (read(before) ?? 0) : 0;
}

/** What identifies the probe's packets, on both legs of a published port. */
export function flowOf({ sourceContainer, sourceNetwork, targetAddress, hostname, port, targetPort }: Scene): Flow {
  return {
    source: sourceAddressOf({ sourceContainer, sourceNetwork, targetAddress }),
    destinations: [...new Set([targetAddress, hostname].filter((it): it is string => it !== undefined && /^[\d.]+$|:/.test(it)))],
    ports: [...new Set([port, targetPort])],
  };
}

/** Hits that the probe's packets could have caused. */
export function relevant(
  scene: Pick<Scene, 'sourceContainer' | 'sourceNetwork' | 'targetAddress' | 'hostname' | 'port' | 'targetPort'>,
  all: readonly Hit[],
): Hit[] {
  const flow = flowOf(scene as Scene);
  return all.filter(({ rule }) => couldMatch(rule, flow));
}

/** Whether an address is of the family that the probe takes to the server. */
export const ofFamily = ({ targetAddress }: Pick<Scene, 'targetAddress'>, address: string): boolean =>
  address.includes(':') === (targetAddress ?? '').includes(':');

/** The packets of a place that came in or went out there, of TCP alone. */
export function packetsAt({ traces }: Scene, place: string, way: 'in' | 'out', link?: string): Trace[] {
  return (traces.get(place) ?? []).filter(
    ({ packet }) =>
      packet.startsWith('iif') === (way === 'in') &&
      packet.includes('tcp sport') &&
      (link === undefined || packet.startsWith(`iif "${link}"`)),
  );
}

/** Whether the probe ended in one of these ways. */
export const endedIn = ({ outcome }: Scene, ...kinds: OutcomeKind[]): boolean => kinds.includes(outcome.kind);
