import ipaddr from 'ipaddr.js';
import { vethPeer } from '../../vantage/procfs';
import type { NetworkNamespace, ObservedTopology } from '../results';
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
  /** networks of its containers that none of its links leads to, such as `none` and `host` */
  otherNetworks: Network[];
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

/** More links of a host in host mode than this drown the picture. */
const mostLinks = 6;

/** Chooses from what was observed what a picture of the topology needs. */
export function sceneOf(topology: ObservedTopology): Scene {
  const { name, host, networks, containers } = topology;
  const places = groupedByNamespace(containers).map((group) => ({ group, place: placeOf(group, topology) }));
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

/** Addresses that say something: those of a link alone (fe80::/10) are left out. */
function tellingAddresses({ addresses }: Pick<Link, 'addresses'>): string[] {
  return addresses.filter((address) => !/^fe[89ab]/i.test(address));
}

function groupedByNamespace(containers: readonly Container[]): Container[][] {
  const groups: Container[][] = [];
  for (const container of containers) {
    const group = container.namespace && groups.find(([first]) => first?.namespace?.id === container.namespace?.id);
    if (group) group.push(container);
    else groups.push([container]);
  }
  return groups;
}

function placeOf(group: readonly Container[], { host, networks }: ObservedTopology): Place {
  const namespace = group.find((container) => container.namespace)?.namespace ?? undefined;
  const endpoints = group.flatMap((container) => container.networks);
  const links = (namespace?.links ?? []).map((link): OwnLink => {
    const peer = host ? vethPeer(link, host.links) : undefined;
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
    otherNetworks: networks.filter(({ name }) => !led.has(name) && endpoints.some((it) => it.name === name)),
  };
}

function hostOf(host: NetworkNamespace, networks: readonly Network[], places: readonly Place[], guests: readonly Place[]): Host {
  const peers = new Set(places.flatMap(({ links }) => links.flatMap(({ peer, parent }) => [peer?.name, parent?.name])));
  const bridges = new Set(host.links.flatMap(({ name, bridge }) => (bridge !== undefined && peers.has(name) ? [bridge] : [])));
  for (const { links } of places) for (const { network } of links) if (network?.bridge !== undefined) bridges.add(network.bridge);
  const needed = host.links.filter((link) => peers.has(link.name) || bridges.has(link.name) || link.name === 'lo' || leadsOut(link, host));
  // containers in host mode have all of the host's links; ports of bridges belong to other containers
  const shared = guests.length > 0 ? host.links.filter((link) => !needed.includes(link) && link.bridge === undefined && tellingAddresses(link).length > 0) : [];
  const shown = [...needed, ...shared.slice(0, Math.max(0, mostLinks - needed.length))].sort((a, b) => a.index - b.index);
  return {
    namespace: host.id,
    gateways: host.gateways,
    links: shown.map((link) => ({ name: link.name, addresses: tellingAddresses(link), bridge: link.bridge, networks: bridges.has(link.name) ? networks.filter(({ bridge }) => bridge === link.name) : [] })),
    otherLinks: host.links.length - shown.length,
    guests: [...guests],
  };
}

/** Whether a default route leads through a link: its subnet has the next hop. */
function leadsOut({ addresses }: Link, { gateways }: NetworkNamespace): boolean {
  return gateways.some((gateway) => addresses.some((address) => inSubnet(gateway, address)));
}

/** False for what is no address: a results file can say anything. */
function inSubnet(address: string, subnet: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(subnet)) return false;
  const parsed = ipaddr.parse(address);
  const range = ipaddr.parseCIDR(subnet);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}
