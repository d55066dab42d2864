import { drawnPublications, idOf } from './boxes';
import type { Labels } from './labels';
import { line, type Line } from './lines';
import type { Host, OwnLink, Drawing } from './model';

/**
 * What a line between two boxes stands for; its class in the picture is `pic-` and this word. `veth`: the two ends of a
 * pair; `member`: a port of a bridge; `parent`: a link made from another; `endpoint`: membership in a network, as the
 * engine tells it; `publish`: a port of the host leads to one of a container.
 */
export type EdgeKind = 'veth' | 'member' | 'parent' | 'endpoint' | 'publish';

export interface Edge {
  kind: EdgeKind;
  from: string;
  to: string;
  label: Line | undefined;
}

/** The lines of a picture, from containers towards the host; a published port is the one that is used the other way. */
export function edgesOf(drawing: Drawing, words: Labels): Edge[] {
  const { host, places } = drawing;
  return [
    ...places.flatMap(({ links }, place) =>
      links.flatMap((link, index) => edgesOfLink(idOf.link(idOf.place(place), index), link, drawing, words)),
    ),
    ...(host ? memberships(host) : []),
    ...places.flatMap((place, index) =>
      drawnPublications(place).map(({ containerPort, protocol }, nth) =>
        edge('publish', idOf.socket(idOf.place(index), containerPort, protocol), idOf.port(idOf.place(index), nth)),
      ),
    ),
  ];
}

function edgesOfLink(from: string, { network, peer, parent }: OwnLink, { host, detached }: Drawing, words: Labels): Edge[] {
  if (peer) return [edge('veth', from, idOf.hostLink(peer.name), line('note', words.vethPair))];
  if (parent) return [edge('parent', from, idOf.hostLink(parent.name))];
  const bridge = host?.links.find(({ networks }) => networks.some(({ name }) => name === network?.name));
  if (bridge) return [edge('endpoint', from, idOf.hostLink(bridge.name))];
  return detached.filter(({ name }) => name === network?.name).map(({ name }) => edge('endpoint', from, idOf.network(name)));
}

function memberships({ links }: Host): Edge[] {
  return links.flatMap(({ name, bridge }) =>
    bridge !== undefined && links.some((it) => it.name === bridge) ? [edge('member', idOf.hostLink(name), idOf.hostLink(bridge))] : [],
  );
}

function edge(kind: EdgeKind, from: string, to: string, label?: Line): Edge {
  return { kind, from, to, label };
}
