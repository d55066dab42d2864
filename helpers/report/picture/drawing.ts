import { hostEnd } from '../../vantage/veth';
import type { ObservedTopology } from '../../results/results';
import { hostOf, tellingAddresses } from './host-links';
import type { OwnLink, Place, Drawing } from './model';
import { publicationsOf, socketsOf } from './ports';

type Container = ObservedTopology['containers'][number];

/** Chooses from what was observed what a picture of the topology needs. */
export function drawingOf(observed: ObservedTopology): Drawing {
  // links and networks are told apart by their names; in a results file that somebody edited two may have the same
  const topology = {
    ...observed,
    networks: byName(observed.networks),
    host: observed.host && { ...observed.host, links: byName(observed.host.links) },
  };
  const { name, host, networks, containers } = topology;
  const places = groupedByNamespace(containers, host?.id).map((group) => ({ group, place: placeOf(group, topology) }));
  const isGuest = (group: readonly Container[]) => host !== null && group[0]?.namespace?.id === host.id;
  const own = places.filter(({ group }) => !isGuest(group)).map(({ place }) => place);
  const guests = places.filter(({ group }) => isGuest(group)).map(({ place }) => ({ ...place, links: [], gateways: [] }));
  const shown = host ? hostOf(host, networks, own, guests) : undefined;
  const used = new Set(
    own.flatMap(({ links }) => links.flatMap(({ network, peer, parent }) => (network && !peer && !parent ? [network.name] : []))),
  );
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
