import type { PictureLanguage } from './labels';

/** The sentences of a description; names and addresses come ready, several of them with commas between. */
export interface Sentences {
  host: (namespace: string) => string;
  hostUnseen: string;
  hostLinks: (links: string, others: number) => string;
  bridge: (link: string, networks: string) => string;
  place: (containers: string, count: number, namespace: string) => string;
  placeUnseen: (containers: string) => string;
  guest: (containers: string) => string;
  veth: (link: string, peer: string) => string;
  vethInBridge: (link: string, peer: string, bridge: string) => string;
  stacked: (link: string, parent: string, network: string) => string;
  endpoint: (link: string, network: string) => string;
  unknownEnd: (link: string) => string;
  onlyLoopback: (link: string) => string;
  networks: (networks: string) => string;
  gateways: (addresses: string) => string;
  listens: (ports: string) => string;
  listensInside: (ports: string) => string;
  published: (port: string, hostPort: string, addresses: string) => string;
}

const english: Sentences = {
  host: (namespace) => `The host is the network namespace ${namespace}.`,
  hostUnseen: 'The host could not be looked at.',
  hostLinks: (links, others) => `It has the links ${links}${others > 0 ? `, and ${String(others)} more` : ''}.`,
  bridge: (link, networks) => `The link ${link} is the bridge of the network ${networks}.`,
  place: (containers, count, namespace) =>
    count === 1
      ? `The container ${containers} has a network namespace of its own, ${namespace}.`
      : `The containers ${containers} share the network namespace ${namespace}.`,
  placeUnseen: (containers) => `The network namespace of the container ${containers} could not be looked at.`,
  guest: (containers) =>
    `The container ${containers} is in host mode: it is in the host's network namespace, and its links are those of the host.`,
  veth: (link, peer) => `Its link ${link} is one end of a veth pair; the other end is ${peer} on the host.`,
  vethInBridge: (link, peer, bridge) =>
    `Its link ${link} is one end of a veth pair; the other end is ${peer} on the host, a port of the bridge ${bridge}.`,
  stacked: (link, parent, network) => `Its link ${link} is made from the host's link ${parent}, and is in the network ${network}.`,
  endpoint: (link, network) => `Its link ${link} is in the network ${network}.`,
  unknownEnd: (link) => `It has the link ${link}.`,
  onlyLoopback: (link) => `It has no link but ${link}.`,
  networks: (networks) => `It is in the network ${networks}.`,
  gateways: (addresses) => `Its default route leads to ${addresses}.`,
  listens: (ports) => `It listens on these TCP ports: ${ports}.`,
  listensInside: (ports) => `It listens on these for itself alone: ${ports}.`,
  published: (port, hostPort, addresses) =>
    `Its port ${port} is published on port ${hostPort} of the host, ${addresses ? `at ${addresses}` : 'at all addresses'}.`,
};

const korean: Sentences = {
  host: (namespace) => `호스트의 네트워크 네임스페이스는 ${namespace}입니다.`,
  hostUnseen: '호스트는 관찰하지 못했습니다.',
  hostLinks: (links, others) => `호스트의 링크: ${links}${others > 0 ? `, 그 밖에 ${String(others)}개` : ''}.`,
  bridge: (link, networks) => `링크 ${link}: 네트워크 ${networks}의 브리지입니다.`,
  place: (containers, count, namespace) =>
    count === 1
      ? `컨테이너 ${containers}: 자체 네트워크 네임스페이스 ${namespace} 안에 있습니다.`
      : `컨테이너 ${containers}: 네트워크 네임스페이스 ${namespace} 하나를 함께 씁니다.`,
  placeUnseen: (containers) => `컨테이너 ${containers}: 네트워크 네임스페이스를 관찰하지 못했습니다.`,
  guest: (containers) =>
    `컨테이너 ${containers}: 호스트 모드입니다. 호스트의 네트워크 네임스페이스 안에 있으며, 호스트의 링크를 그대로 씁니다.`,
  veth: (link, peer) => `링크 ${link}: veth 쌍의 한쪽 끝이며, 다른 쪽 끝은 호스트의 ${peer}입니다.`,
  vethInBridge: (link, peer, bridge) =>
    `링크 ${link}: veth 쌍의 한쪽 끝이며, 다른 쪽 끝은 브리지 ${bridge}에 연결된 호스트의 ${peer}입니다.`,
  stacked: (link, parent, network) => `링크 ${link}: 호스트의 링크 ${parent} 위에 만들어졌으며, 네트워크 ${network}에 속합니다.`,
  endpoint: (link, network) => `링크 ${link}: 네트워크 ${network}에 속합니다.`,
  unknownEnd: (link) => `링크 ${link}이 있습니다.`,
  onlyLoopback: (link) => `${link} 말고는 링크가 없습니다.`,
  networks: (networks) => `네트워크 ${networks}에 속합니다.`,
  gateways: (addresses) => `기본 게이트웨이는 ${addresses}입니다.`,
  listens: (ports) => `수신 중인 TCP 포트: ${ports}.`,
  listensInside: (ports) => `자신만 접속할 수 있는 TCP 포트: ${ports}.`,
  published: (port, hostPort, addresses) => `포트 ${port}: 호스트의 포트 ${hostPort}(${addresses || '모든 주소'})로 게시되어 있습니다.`,
};

export const sentences: Record<PictureLanguage, Sentences> = { en: english, ko: korean };
