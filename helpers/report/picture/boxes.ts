import type { Labels } from './labels';
import { line, type Line } from './lines';
import { portName, type Publication, type Socket } from './ports';
import type { Host, HostLink, OwnLink, Place, Drawing } from './model';

/** What a box stands for; its class in the picture is `pic-` and this word. */
export type BoxKind = 'host' | 'container' | 'unseen' | 'link' | 'bridge' | 'network' | 'socket' | 'silent' | 'port';

/** A box with lines of text and with boxes in it. Its id is the picture's own, for names of containers and links can be anything. */
export interface Box {
  id: string;
  kind: BoxKind;
  lines: Line[];
  /** boxes that stand side by side at the edge that faces the host */
  plugs: Box[];
  /** boxes that find a place of their own in it */
  inside: Box[];
}

/** More ports of one container than this are counted, not drawn. */
const mostPorts = 5;

/** Ids of the boxes that lines lead to. */
export const idOf = {
  place: (index: number) => `place${index}`,
  link: (place: string, index: number) => `${place}.link.${index}`,
  socket: (place: string, port: number, protocol = 'tcp') => `${place}.socket.${protocol}.${port}`,
  port: (place: string, index: number) => `${place}.port.${index}`,
  hostLink: (name: string) => `host.${name}`,
  network: (name: string) => `network.${name}`,
};

/** The published ports of a place that are drawn. */
export function drawnPublications({ publications }: Place): Publication[] {
  return publications.slice(0, mostPorts);
}

/** All boxes of a picture: those of containers, then the host, then networks that nothing on the host stands for. */
export function boxesOf({ host, places, detached }: Drawing, words: Labels): Box[] {
  const ports = places.flatMap((place, index) => portBoxes(place, idOf.place(index), words));
  return [
    ...places.map((place, index) => placeBox(idOf.place(index), place, words)),
    ...(host ? [hostBox(host, ports, words)] : ports),
    ...detached.map((network) => box(idOf.network(network.name), 'network', networkLines(network, words))),
  ];
}

function box(id: string, kind: BoxKind, lines: Line[]): Box {
  return { id, kind, lines, plugs: [], inside: [] };
}

function hostBox({ namespace, gateways, links, otherLinks, guests }: Host, ports: readonly Box[], words: Labels): Box {
  const lines = [
    line('title', words.host),
    line('code', namespace),
    ...gatewayLines(gateways, words),
    ...(otherLinks > 0 ? [line('note', words.otherLinks(otherLinks))] : []),
  ];
  const inside = [
    ...links.map((link) => hostLinkBox(link, words)),
    ...ports,
    ...guests.map((guest, index) => guestBox(`guest${index}`, guest, words)),
  ];
  return { ...box('host', 'host', lines), inside };
}

function hostLinkBox({ name, addresses, networks }: HostLink, words: Labels): Box {
  return box(idOf.hostLink(name), networks.length > 0 ? 'bridge' : 'link', [
    line('name', name),
    ...addressLines(addresses),
    ...networks.flatMap((network) => networkLines(network, words)),
  ]);
}

function placeBox(id: string, place: Place, words: Labels): Box {
  const { containers, namespace, links, gateways, otherNetworks } = place;
  const identity = namespace === undefined ? line('note', words.unseen) : line('code', namespace);
  const lines = [
    line('title', containers.join(' + ')),
    identity,
    ...gatewayLines(gateways, words),
    ...otherNetworks.flatMap(({ name, address }) => [line('note', words.network(name)), ...addressLines(address ? [address] : [])]),
  ];
  const plugs = [...links.map((link, index) => ownLinkBox(idOf.link(id, index), link, words)), ...socketBoxes(id, place, words)];
  return { ...box(id, namespace === undefined ? 'unseen' : 'container', lines), plugs };
}

function guestBox(id: string, guest: Place, words: Labels): Box {
  return {
    ...box(id, 'container', [line('title', guest.containers.join(' + ')), line('note', words.hostMode)]),
    plugs: socketBoxes(id, guest, words),
  };
}

function ownLinkBox(id: string, { name, addresses, network, peer, parent }: OwnLink, words: Labels): Box {
  // a network that has a box of its own, or a bridge, is named there
  const named = network && (parent ?? (peer && peer.bridge === undefined)) ? [line('note', words.network(network.name))] : [];
  return box(id, 'link', [line('name', name), ...addressLines(addresses), ...named]);
}

/** Sockets that somebody else may reach, the published ones first, and published ports on which nobody is known to listen. */
function socketBoxes(id: string, place: Place, words: Labels): Box[] {
  const published = drawnPublications(place);
  const isPublished = ({ port }: Socket) => published.some((it) => it.containerPort === port && it.protocol === 'tcp');
  const reachable = place.sockets.filter(({ insideOnly }) => !insideOnly).sort((a, b) => Number(isPublished(b)) - Number(isPublished(a)));
  const drawn = reachable
    .slice(0, mostPorts)
    .map(({ port, addresses }) =>
      box(idOf.socket(id, port), 'socket', [line('name', `:${portName(port)}`), ...addressLines(addresses), line('note', words.listens)]),
    );
  const silent = published.map(({ containerPort, protocol }) =>
    box(idOf.socket(id, containerPort, protocol), 'silent', [line('name', `:${portName(containerPort, protocol)}`)]),
  );
  const more =
    reachable.length > mostPorts ? [box(`${id}.sockets`, 'socket', [line('note', words.more(reachable.length - mostPorts))])] : [];
  const all = [...drawn, ...silent];
  return [...all.filter(({ id: own }, index) => all.findIndex((it) => it.id === own) === index), ...more];
}

function portBoxes(place: Place, id: string, words: Labels): Box[] {
  const drawn = drawnPublications(place).map(({ hostPort, hostAddresses, protocol }, index) =>
    box(idOf.port(id, index), 'port', [
      line('name', `:${portName(hostPort, protocol)}`),
      ...addressLines(hostAddresses),
      line('note', words.published),
    ]),
  );
  const hidden = place.publications.length - drawn.length;
  return hidden > 0 ? [...drawn, box(`${id}.ports`, 'port', [line('note', words.more(hidden))])] : drawn;
}

function addressLines(addresses: readonly string[]): Line[] {
  return addresses.map((address) => line('code', address));
}

function gatewayLines(gateways: readonly string[], words: Labels): Line[] {
  return gateways.length > 0 ? [line('note', words.gateway(gateways.join(', ')))] : [];
}

function networkLines({ name, subnets }: { name: string; subnets: readonly string[] }, words: Labels): Line[] {
  return [line('note', words.network(name)), ...addressLines(subnets)];
}
