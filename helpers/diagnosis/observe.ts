import type { Outcome } from '../claim/outcome';
import type { VantagePoint } from '../world/vantage-point';
import { containersOf, networkOf, targetOf, type AskedEngine } from './engine-view';
import { hits, hitsInTraces } from './firewall';
import { look, processesOn, proxiesAmong, statesIn, type LookingFrom } from './look';
import type { LinkState, NamespaceState } from './namespace-state';
import type { RouteQuestion } from './route-question';
import { containerLink, hostEnd, ofFamily, relevant, sourceAddressOf, type ContainerView, type NetworkView, type Scene } from './scene';
import type { Watched } from './watch';

/** A probe that did not do what a claim expects. */
export interface FailedProbe {
  from: VantagePoint;
  /** `http://host:port` */
  origin: string;
  outcome: Outcome;
  /** id of the container that had to answer, where the claim says so */
  expectedId: string | undefined;
}

/** Where a diagnosis looks. */
export interface Surroundings extends LookingFrom, AskedEngine {
  /** what the claim calls a container, by its id */
  nameOf: (containerId: string) => string | undefined;
}

/** Who talks to whom in a probe. */
export interface Parties {
  hostname: string;
  port: number;
  source: ContainerView | undefined;
  target: ContainerView | undefined;
  targetPort: number;
  targetAddress: string | undefined;
  viaHostPort: boolean;
  network: NetworkView | undefined;
  sourceNetwork: NetworkView | undefined;
  /** all of the engine's */
  containers?: readonly ContainerView[];
}

/** The namespaces of a probe at one moment; a container in host mode has the host's. */
export interface Look {
  host: NamespaceState | undefined;
  source: NamespaceState | undefined;
  target: NamespaceState | undefined;
}

/** Finds out from the engine who talks to whom. */
export async function partiesOf(
  { from, origin, expectedId }: Pick<FailedProbe, 'from' | 'origin' | 'expectedId'>,
  { docker, kind, host, nameOf }: Surroundings,
): Promise<Parties> {
  const { hostname, port } = addressOf(origin);
  const containers = await containersOf(docker, nameOf);
  const source =
    from === host ? undefined : containers.find(({ id, name }) => id === (from as Partial<ContainerView>).id || name === from.name);
  const found = targetOf({ hostname, port, expectedId, fromHost: source === undefined, containers });
  const target = found?.container;
  const engine = { docker, kind };
  const network = target && (await networkOf(engine, target, { hostname, other: source }));
  const isShared = network !== undefined && source !== undefined && network.name in source.addresses;
  const sourceNetwork = isShared ? network : source && (await networkOf(engine, source));
  const own6 = network && hostname.includes(':') ? target.addresses6?.[network.name] : undefined;
  const targetAddress = own6 || (network && target.addresses[network.name]) || addressIn(target);
  return {
    hostname,
    port,
    source,
    target,
    targetPort: found?.port ?? port,
    targetAddress,
    viaHostPort: found?.viaHostPort ?? false,
    network,
    sourceNetwork,
    containers,
  };
}

/** Looks at the namespaces of all parties. */
export async function lookAt(parties: Parties, from: Surroundings): Promise<Look> {
  const { source, target, targetAddress, network, sourceNetwork } = parties;
  const sourceAddress = sourceAddressOf({ sourceContainer: source, sourceNetwork, targetAddress });
  const fromHost: RouteQuestion[] = [
    ...(targetAddress ? [{ to: targetAddress }, { to: targetAddress, selectors: `ipproto tcp dport ${parties.targetPort}` }] : []),
    ...(sourceAddress && target && sharesHost(target) ? [{ to: sourceAddress }] : []),
    ...(targetAddress && sourceAddress && sourceNetwork?.bridge
      ? [{ to: targetAddress, from: sourceAddress, arrivingAt: sourceNetwork.bridge }]
      : []),
  ];
  const asked = [...new Set([numeric(parties.hostname), targetAddress].filter((it): it is string => it !== undefined))];
  const fromSource: RouteQuestion[] = asked.flatMap((to, index) => [
    { to },
    ...(index === 0 ? [{ to, selectors: `ipproto tcp dport ${parties.port}` }] : []),
  ]);
  const hostLook = look('host', from, undefined, fromHost);
  const sourceLook = source && !sharesHost(source) ? look(source.name, from, source, fromSource).then(at(sourceAddress)) : hostLook;
  const targetLook = async () => {
    if (!target || (target.pid === 0 && !sharesHost(target))) return undefined;
    if (sharesHost(target)) return hostLook;
    if (target.id === source?.id) return sourceLook;
    const back =
      sourceAddress ??
      (await hostLook)?.addresses.find(({ link, address }) => link === network?.bridge && ofFamily(parties, address))?.address;
    const questions: RouteQuestion[] = [
      ...(back === undefined ? [] : [{ to: back }]),
      ...(back === undefined || !targetAddress
        ? []
        : [{ to: back, from: targetAddress, selectors: `ipproto tcp sport ${parties.targetPort}` }]),
      ...(targetAddress ? [{ to: targetAddress }] : []),
    ];
    return look(target.name, from, target, questions).then(at(targetAddress));
  };
  const [hostState, sourceState, targetState] = await Promise.all([hostLook, sourceLook, targetLook()]);
  return { host: hostState, source: sourceState, target: targetState };
}

/** The scene that two looks and what happened between them make. */
export async function sceneOf(
  parties: Parties,
  probe: Pick<FailedProbe, 'origin' | 'outcome'>,
  [before, after]: readonly [Look, Look],
  from: Surroundings,
  { traces, drops }: Pick<Scene, 'traces' | 'drops'> = { traces: new Map(), drops: undefined },
): Promise<Scene> {
  const { source: sourceContainer, target: targetContainer, ...rest } = parties;
  const processes = await processesOn(from);
  const proxies = processes && proxiesAmong(processes);
  const targetProcesses = targetContainer && processes ? statesIn(targetContainer, processes, from) : [];
  const partial = {
    ...rest,
    origin: probe.origin,
    outcome: probe.outcome,
    sourceContainer,
    targetContainer,
    ...after,
    proxies: proxies?.all,
    stoppedProxies: proxies?.stopped ?? [],
    leadingProxies: proxies?.leading ?? [],
    targetProcesses,
  };
  const earlier = new Map([before.host, before.source, before.target].flatMap((state) => (state ? [[state.place, state]] : [])));
  const places = new Set([after.source, after.host, after.target].filter((state) => state !== undefined));
  const met = [...places].flatMap((state) => {
    const counted = relevant(partial, hits(state.place, earlier.get(state.place)?.rules, state.rules));
    const followed = traces.get(state.place) ?? [];
    // the kernel's own tables of iptables are not followed
    return followed.length === 0
      ? counted
      : [
          ...hitsInTraces(state.place, followed, state.rules ?? [], state.printed.nftables),
          ...counted.filter(({ rule }) => rule.backend === 'iptables-legacy'),
        ];
  });
  return { ...partial, hits: met, traces, drops, earlier, traffic: trafficOf(earlier, places) };
}

/** The namespaces through which a probe's packets go, each with the links at which they come in. */
export function watchedIn(parties: Parties, { host, source, target }: Look): Watched[] {
  const named = (links: readonly (LinkState | undefined)[]) => [...new Set(links.flatMap((link) => (link ? [link.name] : [])))];
  const inside = [
    { container: parties.source, state: source },
    { container: parties.target, state: target },
  ].flatMap(({ container, state }): Watched[] =>
    container && state && state !== host && container.pid > 0
      ? [{ place: state.place, process: container.pid, links: named([containerLink(state)]) }]
      : [],
  );
  const places = inside.filter(({ place }, index) => inside.findIndex((it) => it.place === place) === index);
  return [
    ...(host ? [{ place: 'host', process: undefined, links: named([hostEnd(host, source), hostEnd(host, target)]) }] : []),
    ...places,
  ];
}

function trafficOf(earlier: ReadonlyMap<string, NamespaceState>, later: ReadonlySet<NamespaceState>): Scene['traffic'] {
  const traffic: Scene['traffic'] = new Map();
  for (const { place, links } of later) {
    for (const link of links) {
      const was = earlier.get(place)?.links.find(({ index }) => index === link.index);
      if (was)
        traffic.set(`${place} ${link.name}`, {
          received: link.receivedPackets - was.receivedPackets,
          sent: link.sentPackets - was.sentPackets,
        });
    }
  }
  return traffic;
}

function addressOf(origin: string): { hostname: string; port: number } {
  const url = new URL(origin);
  return { hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 80 : Number(url.port) };
}

/** A container's state, with the address that it has in the network of the probe. */
const at =
  (ownAddress: string | undefined) =>
  (state: NamespaceState | undefined): NamespaceState | undefined =>
    state && ownAddress !== undefined ? { ...state, ownAddress } : state;

function numeric(hostname: string): string | undefined {
  if (hostname === 'localhost') return '127.0.0.1';
  return /^[\d.]+$|:/.test(hostname) ? hostname : undefined;
}

function addressIn(container: ContainerView | undefined): string | undefined {
  return Object.values(container?.addresses ?? {}).find(Boolean);
}

function sharesHost({ networkMode }: ContainerView): boolean {
  return networkMode === 'host';
}
