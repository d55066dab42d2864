import { hostEnd } from '../../vantage/host-end';
import type { NetworkNamespace, ObservedTopology } from '../results';
import { hostOf, tellingAddresses } from './host-links';
import { publicationsOf, socketsOf, type Publication, type Socket } from './ports';

type Link = NetworkNamespace['links'][number];
type Network = ObservedTopology['networks'][number];
type Container = ObservedTopology['containers'][number];

/** A link of a container's namespace, and what it leads to. */
export interface OwnLink {
  name: string;
  addresses: string[];
  /** the network whose endpoint it is, as far as the engine tells */
  network: Network | undefined;
  /** other end of its veth pair on the host */
  peer: Link | undefined;
  /** link of the host that it is made from (macvlan, ipvlan) */
  parent: Link | undefined;
}

/** A network namespace with the containers that are in it. */
export interface Place {
  /** more than one where a container shares the namespace of another */
  containers: string[];
  /** undefined where it could not be looked at */
  namespace: string | undefined;
  links: OwnLink[];
  sockets: Socket[];
  publications: Publication[];
  gateways: string[];
  /** networks of its containers that none of its links leads to, such as `none`; each with the address that the engine tells, if any */
  otherNetworks: (Network & { address: string })[];
}

/** A link of the host that matters to the topology. */
export interface HostLink {
  name: string;
  addresses: string[];
  /** bridge of which it is a port */
  bridge: string | undefined;
  /** networks whose bridge it is */
  networks: Network[];
}

export interface Host {
  namespace: string;
  gateways: string[];
  links: HostLink[];
  /** how many more it has, that have nothing to do with the topology */
  otherLinks: number;
  /** containers in host mode */
  guests: Place[];
}

/** A topology as it is told and drawn: namespaces, what is in each of them, and what of the host matters to them. */
export interface Scene {
  name: string;
  host: Host | undefined;
  places: Place[];
  /** networks that containers have links in and that no link of the host stands for */
  detached: Network[];
}

/** Chooses from what was observed what a picture of the topology needs. */
export function sceneOf(observed: ObservedTopology): Scene {
  // links and networks are told apart by their names; in a results file that somebody edited two may have the same
  const topology = { ...observed, networks: byName(observed.networks), host: observed.host && { ...observed.host, links: byName(observed.host.links) } };
  const { name, host, networks, containers } = topology;
  const places = groupedByNamespace(containers, host?.id).map((group) => ({ group, place: placeOf(group, topology) }));
  const isGuest = (group: readonly Container[]) => host !== null && group[0]?.namespace?.id === host.id;
  const own = places.filter(({ group }) => !isGuest(group)).map(({ place }) => place);
  const guests = places.filter(({ group }) => isGuest(group)).map(({ place }) => ({ ...place, links: [], gateways: [] }));
  const shown = host ? hostOf(host, networks, own, guests) : undefined;
  const used = new Set(own.flatMap(({ links }) => links.flatMap(({ network, peer, parent }) => (network && !peer && !parent ? [network.name] : []))));
  const bridged = new Set(shown?.links.flatMap((link) => link.networks.map((network) => network.name)));
  return {
    name,
    host: shown,
    places: own,
    detached: networks.filter((network) => used.has(network.name) && !bridged.has(network.name)),
  };
}

/** The first of each name. */
function byName<T extends { name: string }>(all: readonly T[]): T[] {
  return all.filter(({ name }, index) => all.findIndex((it) => it.name === name) === index);
}

/** Containers that share a namespace of their own; those in the host's each have the sockets on their own ports. */
function groupedByNamespace(containers: readonly Container[], host: string | undefined): Container[][] {
  const groups: Container[][] = [];
  for (const container of containers) {
    const { namespace } = container;
    const group = namespace && namespace.id !== host ? groups.find(([first]) => first?.namespace?.id === namespace.id) : undefined;
    if (group) group.push(container);
    else groups.push([container]);
  }
  return groups;
}

function placeOf(group: readonly Container[], { host, networks }: ObservedTopology): Place {
  const namespace = group.find((container) => container.namespace)?.namespace ?? undefined;
  const endpoints = group.flatMap((container) => container.networks);
  const links = (namespace?.links ?? []).map((link): OwnLink => {
    const peer = host ? hostEnd(link, host.links) : undefined;
    const endpoint = endpoints.find(({ address }) => address && link.addresses.some((it) => it.startsWith(`${address}/`)));
    const network = networks.find((it) => (endpoint ? it.name === endpoint.name : peer?.bridge !== undefined && it.bridge === peer.bridge));
    const stacked = /^(mac|ip)vlan$/.test(network?.driver ?? '');
    const parent = stacked ? host?.links.find(({ index }) => index === link.peerIndex) : undefined;
    return { name: link.name, addresses: tellingAddresses(link), network, peer, parent };
  });
  const outward = links.filter(({ name }) => name !== 'lo');
  const led = new Set(outward.map(({ network }) => network?.name));
  return {
    containers: group.map(({ name }) => name),
    namespace: namespace?.id,
    // every namespace has lo; it tells something where there is nothing else
    links: outward.length > 0 ? outward : links,
    sockets: socketsOf(group.flatMap(({ listening }) => listening)),
    publications: publicationsOf(group.flatMap(({ published }) => published)),
    gateways: namespace?.gateways ?? [],
    otherNetworks: networks.flatMap((network) => {
      const endpoint = led.has(network.name) ? undefined : endpoints.find(({ name }) => name === network.name);
      return endpoint ? [{ ...network, address: endpoint.address }] : [];
    }),
  };
}
