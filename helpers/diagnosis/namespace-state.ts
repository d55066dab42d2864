import type { ViewWithSockets } from '../vantage/procfs';
import type { CommandResult } from '../world/vantage-point';
import { parseNftables, parseSave, type Rule } from './firewall';
import { keyOf, markedRoutes, wordsOf, type RouteQuestion } from './route-question';
import {
  json,
  parseDescriptors,
  parseHosts,
  parseQueues,
  parseSysctls,
  parseTrafficActions,
  type Descriptors,
  type Queue,
  type TrafficAction,
} from './namespace-parts';

/** A link as `ip -d -s link` tells of it. */
export interface LinkState {
  name: string;
  index: number;
  /** index of the other end of a veth pair, in the namespace where that end is */
  peerIndex: number | undefined;
  /** the administrator wants it up */
  up: boolean;
  /** its other end is up as well */
  carrier: boolean;
  /** it asks for no neighbour's address and answers nobody who asks for its own */
  noArp: boolean;
  mtu: number;
  macAddress: string;
  /** what kind of link it is, e.g. `veth`, `bridge`; empty for hardware and the loopback */
  kind: string;
  /** the bridge of which it is a port */
  bridge: string | undefined;
  /** as a port of a bridge: `forwarding`, or the state that keeps it from that */
  portState: string | undefined;
  /** as a port of a bridge: it does not talk to other isolated ports */
  isolated: boolean;
  /** as a port of a bridge: only senders that the bridge was told of may use it */
  locked: boolean;
  /** as a port of a bridge: the bridge learns which addresses are behind it */
  learning: boolean;
  /** as a port of a bridge: it gets frames for addresses that the bridge does not know */
  flood: boolean;
  /** as a port of a bridge: it gets broadcasts, ARP among them */
  broadcastFlood: boolean;
  /** as a port of a bridge: it gets multicasts that nobody asked for, and with them the questions for neighbours of IPv6 */
  multicastFlood: boolean;
  /** packets that came in or were to go out, and were dropped by the link itself */
  droppedPackets: number;
  receivedPackets: number;
  sentPackets: number;
}

export interface AddressState {
  address: string;
  prefixLength: number;
  link: string;
}

export interface NeighbourState {
  address: string;
  link: string;
  macAddress: string | undefined;
  /** e.g. `REACHABLE`, `FAILED`, `PERMANENT` (ip-neighbour(8)) */
  state: string;
}

/** What `ip route get` answers: the way that the kernel itself would take. */
export type RouteAnswer =
  | {
      found: true;
      link: string;
      gateway: string | undefined;
      type: string;
      /** the address that packets get which have none yet */
      source?: string;
    }
  /** in the kernel's words, e.g. `RTNETLINK answers: Network is unreachable` */
  | { found: false; why: string };

export interface ListeningSocket {
  address: string;
  port: number;
  /** `name (pid)` of who listens, where it can be told */
  process: string | undefined;
  /** connections that are made and wait for the server to take them, and how many may */
  waiting?: number;
  mayWait?: number;
}

/** An entry of a bridge's table, as `bridge fdb` tells of it. */
export interface ForwardingEntry {
  macAddress: string;
  link: string;
  state: string;
}

/** What one network namespace looks like, as far as a packet can break on it. */
export interface NamespaceState {
  /** `host`, or the name of the container whose namespace it is */
  place: string;
  /** of a container: its address in the network of the probe, by which the link is known that the probe's packets take */
  ownAddress?: string;
  links: LinkState[];
  addresses: AddressState[];
  neighbours: NeighbourState[];
  /** by the address that was asked for */
  routes: Record<string, RouteAnswer>;
  listening: ListeningSocket[];
  /** where the namespace's bridges send frames for a MAC address */
  forwarding: ForwardingEntry[];
  /** the queues of links */
  queues: Queue[];
  /** what filters of links did with packets that came in or went out */
  trafficActions: TrafficAction[];
  /** counters of IPsec, e.g. `XfrmInPolBlock` */
  ipsec: Record<string, number>;
  /** processes that listen, with the file descriptors that they have open and may have */
  descriptors: Descriptors[];
  /** by path below /proc/sys/net */
  sysctls: Record<string, string>;
  /** rules of all tables and both families; undefined where they cannot be read */
  rules: Rule[] | undefined;
  /** name servers of resolv.conf; undefined where it was not read */
  nameServers: string[] | undefined;
  /** addresses by name, as the hosts file has them */
  hosts: Record<string, string[]>;
  /** what the commands printed, by section, for evidence */
  printed: Record<Section, string>;
}

const sections = [
  'link',
  'address',
  'neighbour',
  'route',
  'routes',
  'listening',
  'sysctl',
  'iptables',
  'iptablesLegacy',
  'ip6tables',
  'nftables',
  'forwarding',
  'policy',
  'queues',
  'ipsec',
  'descriptors',
  'resolv',
  'filters',
  'hosts',
] as const;
export type Section = (typeof sections)[number];

const mark = '--section--';

/** The commands that print rules, each in its section. */
const rulesCommands = {
  iptables: 'iptables-nft-save -c || iptables-save -c',
  iptablesLegacy: 'grep -q . /proc/net/ip_tables_names && iptables-legacy-save -c',
  ip6tables: 'ip6tables-save -c',
  nftables: 'nft -j list ruleset',
};

/** Shell script that prints the rules of a namespace and nothing else of it. */
export const rulesScript = `${Object.values(rulesCommands)
  .map((command) => `echo '${mark}'; { ${command}; } 2>/dev/null`)
  .join('\n')}\ntrue`;

/** Reads what {@link rulesScript} printed; undefined where no rules can be read there. */
export function readRules({ stdout }: CommandResult): Rule[] | undefined {
  const texts = stdout.split(`${mark}\n`).slice(1);
  return rulesIn(Object.fromEntries(Object.keys(rulesCommands).map((section, index) => [section, texts[index] ?? ''])) as Printed);
}

type Printed = Record<keyof typeof rulesCommands, string>;

function rulesIn({ iptables, iptablesLegacy, ip6tables, nftables }: Printed): Rule[] | undefined {
  if (iptables === '' && nftables === '') return undefined;
  return [
    ...parseSave(iptables, 'iptables'),
    ...parseSave(iptablesLegacy, 'iptables-legacy'),
    ...parseSave(ip6tables, 'ip6tables'),
    ...parseNftables(nftables),
  ];
}

/**
 * Shell script that prints a namespace's state. It only reads. Programs that are missing print nothing, so that what
 * they would have told counts as unknown.
 * @param addresses to which the kernel is asked for a route, each with the way in if packets for it are forwarded
 */
export function stateScript(addresses: readonly RouteQuestion[]): string {
  const questions = addresses.map((question) => `echo '@ ${keyOf(question)}'; ip -j route get ${wordsOf(question)} 2>&1`);
  const commands: Record<Section, string> = {
    link: 'ip -j -d -s link',
    address: 'ip -j address',
    neighbour: 'ip -j neighbour',
    route:
      [
        ...questions,
        ...addresses.filter(({ from, selectors }) => from === undefined && selectors === undefined).map(({ to }) => markedRoutes(to)),
      ].join('; ') || 'true',
    routes: 'ip route show table all',
    listening: 'ss -H -l -t -n -p',
    sysctl:
      'grep -s . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/conf/*/arp_ignore /proc/sys/net/ipv4/conf/*/route_localnet /proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/netfilter/nf_conntrack_count /proc/sys/net/netfilter/nf_conntrack_max',
    ...rulesCommands,
    forwarding: 'bridge -j fdb',
    policy: 'ip rule',
    queues: 'tc -s -j qdisc',
    ipsec: 'cat /proc/net/xfrm_stat; ip xfrm policy',
    descriptors: `for pid in $(ss -Hltnp | grep -o 'pid=[0-9]*' | cut -d = -f 2 | sort -u | head -n 50); do echo "$pid $(ls /proc/$pid/fd | wc -l) $(grep -s '^Max open files' /proc/$pid/limits)"; done`,
    resolv: 'cat /etc/resolv.conf',
    filters: `for it in $(tc qdisc | sed -n 's/^qdisc \\(ingress\\|clsact\\) .* dev \\([^ ]*\\).*/\\2/p' | sort -u); do for way in ingress egress; do echo "@ $it $way"; tc -s filter show dev "$it" $way; done; done`,
    hosts: 'cat /etc/hosts',
  };
  return (
    sections.map((section) => `echo '${mark}'; { ${commands[section]}; } ${section === 'route' ? '' : '2>/dev/null'}`).join('\n') + '\ntrue'
  );
}

/** Reads what {@link stateScript} printed. */
export function readState(place: string, { stdout }: CommandResult): NamespaceState {
  const texts = stdout.split(`${mark}\n`).slice(1);
  const printed = Object.fromEntries(sections.map((section, index) => [section, texts[index] ?? ''])) as Record<Section, string>;
  return {
    place,
    links: parseLinks(printed.link),
    addresses: parseAddresses(printed.address),
    neighbours: parseNeighbours(printed.neighbour),
    routes: parseRoutes(printed.route),
    listening: parseListening(printed.listening),
    forwarding: parseForwarding(printed.forwarding),
    queues: parseQueues(printed.queues),
    ipsec: Object.fromEntries([...printed.ipsec.matchAll(/^(Xfrm\w+)\s+(\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)])),
    descriptors: parseDescriptors(printed.descriptors),
    trafficActions: parseTrafficActions(printed.filters),
    hosts: parseHosts(printed.hosts),
    sysctls: parseSysctls(printed.sysctl),
    rules: rulesIn(printed),
    nameServers: [...printed.resolv.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server = '']) => server),
    printed,
  };
}

/**
 * The part of a state that /proc and /sys of a container tell without any tool. What they do not tell counts as it should
 * be, so that no rung of the ladder takes what was not seen for broken.
 */
export function stateFromInside(place: string, { links, listening }: ViewWithSockets): NamespaceState {
  const told = { address: JSON.stringify(links), listening: listening.join('\n'), link: JSON.stringify(links) };
  return {
    place,
    links: Object.entries(links).map(([name, { index, peerIndex, macAddress, bridge }]) => ({
      name,
      index,
      peerIndex: peerIndex === index ? undefined : peerIndex,
      up: true,
      carrier: true,
      noArp: false,
      mtu: 0,
      macAddress,
      kind: '',
      bridge,
      portState: undefined,
      isolated: false,
      locked: false,
      learning: true,
      flood: true,
      broadcastFlood: true,
      multicastFlood: true,
      droppedPackets: 0,
      receivedPackets: 0,
      sentPackets: 0,
    })),
    addresses: Object.entries(links).flatMap(([link, { addresses }]) =>
      addresses.map((cidr) => ({ address: cidr.split('/')[0] ?? '', prefixLength: Number(cidr.split('/')[1]), link })),
    ),
    neighbours: [],
    routes: {},
    listening: listening.map((socket) => ({
      // whether a socket of IPv6 takes IPv4 as well is not told there
      address: socket
        .slice(0, socket.lastIndexOf(':'))
        .replace(/^\[|\]$/g, '')
        .replace(/^::$/, '*'),
      port: Number(socket.slice(socket.lastIndexOf(':') + 1)),
      process: undefined,
    })),
    forwarding: [],
    queues: [],
    ipsec: {},
    descriptors: [],
    trafficActions: [],
    hosts: {},
    sysctls: {},
    rules: undefined,
    nameServers: undefined,
    printed: { ...(Object.fromEntries(sections.map((section) => [section, ''])) as Record<Section, string>), ...told },
  };
}

interface IpLink {
  ifname: string;
  ifindex: number;
  link_index?: number;
  flags?: string[];
  mtu?: number;
  address?: string;
  master?: string;
  linkinfo?: {
    info_kind?: string;
    info_slave_data?: {
      state?: string;
      isolated?: boolean;
      locked?: boolean;
      learning?: boolean;
      flood?: boolean;
      bcast_flood?: boolean;
      mcast_flood?: boolean;
    };
  };
  stats64?: { rx?: { packets?: number; dropped?: number }; tx?: { packets?: number; dropped?: number } };
}

/** Output of `ip -j -d -s link`. */
export function parseLinks(text: string): LinkState[] {
  return json<IpLink>(text).map((link) => ({
    name: link.ifname,
    index: link.ifindex,
    peerIndex: link.link_index,
    up: link.flags?.includes('UP') ?? false,
    carrier: link.flags?.includes('LOWER_UP') ?? false,
    noArp: link.flags?.includes('NOARP') ?? false,
    mtu: link.mtu ?? 0,
    macAddress: link.address ?? '',
    kind: link.linkinfo?.info_kind ?? '',
    bridge: link.master,
    portState: link.linkinfo?.info_slave_data?.state,
    isolated: link.linkinfo?.info_slave_data?.isolated ?? false,
    locked: link.linkinfo?.info_slave_data?.locked ?? false,
    learning: link.linkinfo?.info_slave_data?.learning ?? true,
    flood: link.linkinfo?.info_slave_data?.flood ?? true,
    broadcastFlood: link.linkinfo?.info_slave_data?.bcast_flood ?? true,
    multicastFlood: link.linkinfo?.info_slave_data?.mcast_flood ?? true,
    droppedPackets: (link.stats64?.rx?.dropped ?? 0) + (link.stats64?.tx?.dropped ?? 0),
    receivedPackets: link.stats64?.rx?.packets ?? 0,
    sentPackets: link.stats64?.tx?.packets ?? 0,
  }));
}

/** Output of `ip -j address`. */
export function parseAddresses(text: string): AddressState[] {
  return json<{ ifname: string; addr_info?: { local?: string; prefixlen?: number }[] }>(text).flatMap(({ ifname, addr_info = [] }) =>
    addr_info.flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined ? [] : [{ address: local, prefixLength: prefixlen, link: ifname }],
    ),
  );
}

/** Output of `ip -j neighbour`. */
export function parseNeighbours(text: string): NeighbourState[] {
  return json<{ dst: string; dev: string; lladdr?: string; state?: string[] }>(text).map(({ dst, dev, lladdr, state = [] }) => ({
    address: dst,
    link: dev,
    macAddress: lladdr,
    state: state.join(' '),
  }));
}

/** Answers of `ip -j route get`, each after a line that says what was asked. */
export function parseRoutes(text: string): Record<string, RouteAnswer> {
  const answers = text
    .split(/^@ /m)
    .slice(1)
    .map((part): [string, RouteAnswer] => {
      const [asked = '', ...rest] = part.split('\n');
      const said = rest.join('\n').trim();
      const [{ dev, gateway, type = 'unicast', prefsrc } = {}] = json<{ dev?: string; gateway?: string; type?: string; prefsrc?: string }>(
        said,
      );
      if (dev === undefined) return [asked, { found: false, why: said }];
      return [asked, { found: true, link: dev, gateway, type, ...(prefsrc !== undefined && { source: prefsrc }) }];
    });
  return Object.fromEntries(answers);
}

/** Output of `ss -H -l -t -n -p`. */
export function parseListening(text: string): ListeningSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, waiting, mayWait, local] = line.trim().split(/\s+/);
    const [, address = '', port] = /^(.*):(\d+)$/.exec(local ?? '') ?? [];
    if (port === undefined) return [];
    const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    return [
      {
        address: address.replace(/^\[|\]$/g, '').replace(/%.*$/, ''),
        port: Number(port),
        process: name === undefined ? undefined : `${name} (process ${pid})`,
        waiting: Number(waiting),
        mayWait: Number(mayWait),
      },
    ];
  });
}

/** Output of `bridge -j fdb`. */
export function parseForwarding(text: string): ForwardingEntry[] {
  return json<{ mac: string; ifname: string; state?: string }>(text).map(({ mac, ifname, state = '' }) => ({
    macAddress: mac,
    link: ifname,
    state,
  }));
}
