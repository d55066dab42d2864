import { inSubnet } from '../../vantage/veth';
import type { NetworkNamespace, ObservedTopology } from '../../results/results';
import type { Host, Place } from './model';

type Link = NetworkNamespace['links'][number];
type Network = ObservedTopology['networks'][number];

/** More links of the host than this are not drawn for containers in host mode alone: they drown the picture. */
const mostLinks = 6;

/**
 * The links of the host that matter to the containers of a topology: other ends of their veth pairs, the bridges of
 * their networks, the loopback link and the way out. A container in host mode has all of them, so some more are shown.
 */
export function hostOf(host: NetworkNamespace, networks: readonly Network[], places: readonly Place[], guests: readonly Place[]): Host {
  const peers = new Set(places.flatMap(({ links }) => links.flatMap(({ peer, parent }) => [peer?.name, parent?.name])));
  const bridges = new Set(host.links.flatMap(({ name, bridge }) => (bridge !== undefined && peers.has(name) ? [bridge] : [])));
  for (const { links } of places) for (const { network } of links) if (network?.bridge !== undefined) bridges.add(network.bridge);
  const needed = host.links.filter((link) => peers.has(link.name) || bridges.has(link.name) || link.name === 'lo' || leadsOut(link, host));
  // other ends stand in the order of their containers, which is the same on every engine and crosses fewest lines
  const order = [...peers];
  const place = ({ name }: Link): number => order.indexOf(name);
  // containers in host mode have all of the host's links; ports of bridges belong to other containers
  const shared =
    guests.length > 0
      ? host.links.filter((link) => !needed.includes(link) && link.bridge === undefined && tellingAddresses(link).length > 0)
      : [];
  const shown = [...needed, ...shared.slice(0, Math.max(0, mostLinks - needed.length))].sort(
    (a, b) => place(a) - place(b) || a.index - b.index,
  );
  return {
    namespace: host.id,
    gateways: host.gateways,
    links: shown.map((link) => ({
      name: link.name,
      addresses: tellingAddresses(link),
      bridge: link.bridge,
      networks: bridges.has(link.name) ? networks.filter(({ bridge }) => bridge === link.name) : [],
    })),
    otherLinks: host.links.length - shown.length,
    guests: [...guests],
  };
}

/** Addresses that say something: those of a link alone (fe80::/10) are left out. */
export function tellingAddresses({ addresses }: Pick<Link, 'addresses'>): string[] {
  return addresses.filter((address) => !/^fe[89ab]/i.test(address));
}

/** Whether a default route leads through a link: its subnet has the next hop. */
function leadsOut({ addresses }: Link, { gateways }: NetworkNamespace): boolean {
  return gateways.some((gateway) => addresses.some((address) => inSubnet(gateway, address)));
}
