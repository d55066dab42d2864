import type { Hit } from '../diagnosis/firewall';
import { hostEnd } from '../vantage/veth';
import { holderOf, viewOfMember, type Facts, type Holder } from './facts';
import { layers, listed, type Layer } from './reason';
import type { Hop } from './results';
import { isLoopback, linkWith, listenersOn, type PlaceView, type Socket } from './view';

/** What became of the packet filter while the probes were made; undefined where it could not be looked at. */
export type RulesMet = readonly Hit[] | undefined;

/**
 * The packet's way as it was seen, in its order.
 * @param broken the first layer that breaks, where one does: what lies behind it was not reached
 */
export function hopsOf(facts: Facts, met: RulesMet, broken: Layer | undefined): Hop[] {
  const told = layers.flatMap((layer) => tell[layer](facts, met).map((it) => ({ layer, ...it })));
  const until = broken === undefined ? layers.length : layers.indexOf(broken);
  return told.map(({ known, ...hop }) => {
    const at = layers.indexOf(hop.layer);
    if (at === until) return { ...hop, state: 'broken' };
    // who listens, and what is published, is there whether or not a packet comes so far
    if (at > until) return { ...hop, state: 'after' };
    return { ...hop, state: known ? 'ok' : 'unknown' };
  });
}

interface Telling {
  where: string;
  seen: string[];
  /** whether it was looked at */
  known: boolean;
}

const tell: Record<Layer, (facts: Facts, met: RulesMet) => Telling[]> = {
  source: ({ source, from, sourceView }) => {
    const own =
      source === undefined
        ? []
        : Object.entries(source.endpoints).map(
            ([network, { address, address6 }]) => `${[address, address6].filter(Boolean).join(' and ') || 'no address'} in ${network}`,
          );
    const state =
      source === undefined
        ? "the engine's host"
        : `${source.status}${source.service === undefined ? '' : `, service ${source.service} of ${source.project ?? ''}`}`;
    const mode = source && /^(host|none|container:)/.test(source.networkMode) ? [`network mode ${source.networkMode}`] : [];
    return [{ where: from, seen: [[state, ...mode, ...own].join('; ')], known: source === undefined || sourceView !== undefined }];
  },
  name: ({ lookup, from }) => {
    if (!lookup) return [];
    if (lookup.inHostsFile.length > 0)
      return [{ where: from, seen: [`/etc/hosts says that ${lookup.name} is ${listed(lookup.inHostsFile)}`], known: true }];
    const asked = lookup.answers.map(
      ({ name, type, code, addresses }) =>
        `${name} ${type}: ${addresses.length > 0 ? listed(addresses) : code === 'none' ? 'no answer' : code === 'NOERROR' ? 'no such record' : code}`,
    );
    const whom = lookup.servers.map((it) => (it === '127.0.0.11' ? `${it}, the engine's name server` : it));
    return [
      {
        where: from,
        seen: [
          `/etc/hosts does not have it; ${listed(whom) || 'no name server'} ${whom.length > 0 ? 'answers' : 'is there to be asked'}`,
          ...asked,
        ],
        known: lookup.answers.length > 0,
      },
    ];
  },
  address: (facts) =>
    facts.attempts.map(({ address }) => ({
      where: 'engine',
      seen: [`${address} is ${whoseInWords(holderOf(address, facts), facts)}`],
      known: true,
    })),
  route: ({ attempts, sourceView, from }) =>
    attempts.flatMap(({ address }) => {
      const route = sourceView?.routes[address];
      return route === undefined ? [] : [{ where: from, seen: [routeInWords(address, route)], known: true }];
    }),
  link: (facts) => linksOf(facts),
  rules: ({ attempts, host }, met) => {
    if (attempts.length === 0) return [];
    if (met === undefined || !host?.rules)
      return [
        {
          where: 'host',
          seen: [
            "not looked at: the rules of the engine's host cannot be seen from here (--privileged-diagnosis lets a helper container look)",
          ],
          known: false,
        },
      ];
    const inWords = met.map(({ rule, packets }) => `${rule.table}/${rule.chain}: ${rule.text} (${packets} packets)`);
    return [{ where: 'host', seen: inWords.length > 0 ? inWords : ['no rule that counts met the packets'], known: true }];
  },
  port: (facts) =>
    facts.attempts.flatMap(({ address }) => {
      const holder = holderOf(address, facts);
      if (holder.kind !== 'container' || !holder.binding) return [];
      const { binding, member } = holder;
      const proxies = listenersOn(facts.hostView, binding.hostPort, binding.transport).map(socketInWords);
      return [
        {
          where: 'host',
          seen: [
            `port ${binding.hostPort}${binding.hostAddress === '' ? '' : ` of ${binding.hostAddress}`} leads to ${binding.containerPort}/${binding.transport} of ${member.name}`,
            ...(proxies.length > 0 ? [`held by ${listed(proxies)}`] : []),
          ],
          known: true,
        },
      ];
    }),
  listener: (facts) => {
    const places = facts.attempts.map(({ address }) => listenerAt(holderOf(address, facts), facts)).filter((it) => it !== undefined);
    return places.filter((it, index) => places.findIndex(({ where }) => where === it.where) === index);
  },
  answer: ({ attempts, from }) => attempts.map(({ address, says }) => ({ where: from, seen: [`${address}: ${says}`], known: true })),
};

/** Who has an address, in words. */
export function whoseInWords(holder: Holder, { meant }: Pick<Facts, 'meant'>): string {
  switch (holder.kind) {
    case 'container': {
      const isMeant = meant.length === 0 || meant.some(({ id }) => id === holder.member.id);
      return `${holder.member.name}'s${holder.binding ? ', by a published port' : ''}${isMeant ? '' : ', and that is not who is meant'}`;
    }
    case 'host':
      return "the engine's host";
    case 'itself':
      return 'the source itself';
    case 'somebody':
      return 'of nobody that the engine knows';
  }
}

function routeInWords(address: string, route: string): string {
  const field = (name: string) => new RegExp(`\\b${name} (\\S+)`).exec(route)?.[1];
  if (field('dev') === undefined) return `no route to ${address}: ${route}`;
  const via = field('via');
  return `to ${address} ${via === undefined ? 'directly' : `via ${via}`} on ${field('dev') ?? ''}, from ${field('src') ?? 'an address of its own'}`;
}

/** The ends on the host of the veth pairs of source and target. */
function linksOf(facts: Facts): Telling[] {
  const { source, sourceView, attempts, hostView } = facts;
  const holders = attempts.map(({ address }) => ({ address, holder: holderOf(address, facts) }));
  const ends = holders.flatMap(({ address, holder }) => {
    const view = holder.kind === 'container' && holder.member.networkMode !== 'host' ? viewOfMember(facts, holder.member) : undefined;
    const own = holder.kind === 'container' && holder.binding ? undefined : address;
    return holder.kind === 'container' && view ? [pairOf(holder.member.name, view, own, hostView)] : [];
  });
  const route = attempts
    .map(({ address }) => /\bdev (\S+)/.exec(sourceView?.routes[address] ?? '')?.[1])
    .find((it) => it !== undefined && it !== 'lo');
  const first =
    source && source.networkMode !== 'host' && sourceView && route !== undefined
      ? [pairNamed(facts.from, sourceView, route, hostView)]
      : [];
  return [...first, ...ends]
    .filter((it, index, all) => all.findIndex((other) => other.seen[0] === it.seen[0]) === index)
    .map((it) => ({ ...it, where: 'host' }));
}

function pairOf(
  name: string,
  view: PlaceView,
  address: string | undefined,
  hostView: PlaceView | undefined,
): { seen: string[]; known: boolean } {
  const link = (address === undefined ? undefined : linkWith(view, address)) ?? Object.keys(view.links).find((it) => it !== 'lo');
  return link === undefined ? { seen: [`${name} has no link`], known: false } : pairNamed(name, view, link, hostView);
}

function pairNamed(name: string, view: PlaceView, link: string, hostView: PlaceView | undefined): { seen: string[]; known: boolean } {
  const own = view.links[link];
  const there = Object.entries(hostView?.links ?? {}).map(([it, state]) => ({ name: it, ...state }));
  const end = own && hostEnd(own, there);
  if (!end) return { seen: [`${link} of ${name}; its other end is not seen`], known: false };
  return { seen: [`${link} of ${name} <-> ${end.name}${end.bridge === undefined ? '' : `, a port of ${end.bridge}`}`], known: true };
}

const socketInWords = ({ address, port, process }: Socket): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}${process === undefined ? '' : `, ${process}`}`;

function listenerAt(holder: Holder, facts: Facts): Telling | undefined {
  const { target, hostView, sourceView, from } = facts;
  if (holder.kind === 'somebody') return undefined;
  const port = holder.kind === 'container' ? holder.port : target.port;
  const where = holder.kind === 'container' ? holder.member.name : holder.kind === 'host' ? 'host' : from;
  const view = holder.kind === 'container' ? viewOfMember(facts, holder.member) : holder.kind === 'host' ? hostView : sourceView;
  if (!view) return { where, seen: ['not looked at'], known: false };
  const sockets = listenersOn(view, port, target.transport);
  const others = [
    ...new Set(
      view.sockets
        .filter((it) => it.state === 'listening' && it.transport === target.transport && it.address !== '127.0.0.11')
        .map((it) => it.port),
    ),
  ];
  return {
    where,
    seen: [
      sockets.length > 0
        ? `${target.transport.toUpperCase()} port ${port}: ${listed(sockets.map(socketInWords))}${sockets.every(({ address }) => isLoopback(address)) ? ' (its own loopback)' : ''}`
        : `nobody listens on ${target.transport.toUpperCase()} port ${port}; there is somebody at ${listed(others.map(String)) || 'no port'}`,
    ],
    known: true,
  };
}
