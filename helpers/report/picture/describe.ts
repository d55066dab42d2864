import type { ObservedTopology } from '../../results/results';
import type { PictureLanguage } from './labels';
import { portName, type Publication } from './ports';
import type { Host, OwnLink, Place } from './model';
import { drawingOf } from './drawing';
import { sentences, type Sentences } from './sentences';

/** The whole picture of a topology in sentences, for whoever cannot see it. Plain text: it is not escaped. */
export function describeTopology(topology: ObservedTopology, language: PictureLanguage): string {
  const { host, places } = drawingOf(topology);
  const say = sentences[language];
  const guests = host?.guests ?? [];
  return [
    ...(host ? tellHost(host, say) : [say.hostUnseen]),
    ...places.flatMap((place) => tellPlace(place, say)),
    ...guests.flatMap((guest) => [say.guest(list(guest.containers)), ...tellPorts(guest, say)]),
  ].join(' ');
}

function tellHost({ namespace, gateways, links, otherLinks }: Host, say: Sentences): string[] {
  // an end of a veth pair is told with the container that has the other
  const own = links.filter(({ bridge }) => bridge === undefined);
  return [
    say.host(namespace),
    ...tellGateways(gateways, say),
    ...(own.length > 0 ? [say.hostLinks(list(own.map(({ name, addresses }) => bracketed(name, addresses))), otherLinks)] : []),
    ...links.flatMap(({ name, networks }) =>
      networks.length > 0 ? [say.bridge(name, list(networks.map(({ name: network, subnets }) => bracketed(network, subnets))))] : [],
    ),
  ];
}

function tellPlace(place: Place, say: Sentences): string[] {
  const { containers, namespace, links, gateways, otherNetworks, publications } = place;
  return [
    namespace === undefined ? say.placeUnseen(list(containers)) : say.place(list(containers), containers.length, namespace),
    ...links.map((link) => tellLink(link, say)),
    ...(otherNetworks.length > 0
      ? [say.networks(list(otherNetworks.map(({ name, address }) => bracketed(name, address ? [address] : []))))]
      : []),
    ...tellGateways(gateways, say),
    ...tellPorts(place, say),
    ...publications.map((publication) => tellPublication(publication, say)),
  ];
}

function tellLink({ name, addresses, network, peer, parent }: OwnLink, say: Sentences): string {
  const own = bracketed(name, addresses);
  if (peer?.bridge !== undefined) return say.vethInBridge(own, peer.name, peer.bridge);
  if (peer) return say.veth(own, peer.name);
  const named = network && bracketed(network.name, network.subnets);
  if (named !== undefined) return parent ? say.stacked(own, parent.name, named) : say.endpoint(own, named);
  return name === 'lo' ? say.onlyLoopback(own) : say.unknownEnd(own);
}

function tellGateways(gateways: readonly string[], say: Sentences): string[] {
  return gateways.length > 0 ? [say.gateways(list(gateways))] : [];
}

function tellPorts({ sockets }: Place, say: Sentences): string[] {
  const telling = (inside: boolean) =>
    list(sockets.filter(({ insideOnly }) => insideOnly === inside).map(({ port, addresses }) => bracketed(String(port), addresses)));
  return [...(telling(false) ? [say.listens(telling(false))] : []), ...(telling(true) ? [say.listensInside(telling(true))] : [])];
}

function tellPublication({ hostPort, hostAddresses, containerPort, protocol }: Publication, say: Sentences): string {
  return say.published(portName(containerPort, protocol), portName(hostPort, protocol), list(hostAddresses));
}

/** `eth0 (172.17.0.2/16)` */
function bracketed(name: string, details: readonly string[]): string {
  return details.length > 0 ? `${name} (${list(details)})` : name;
}

function list(words: readonly string[]): string {
  return words.join(', ');
}
