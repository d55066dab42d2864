import ipaddr from 'ipaddr.js';
import { read, type VantagePoint } from './vantage';

/** What /sys/class/net tells of a link. */
export interface Link {
  macAddress: string;
  index: number;
  /** index of the link at the other end of a veth pair, in the namespace where that end is; else its own index */
  peerIndex: number;
}

/** What a network namespace looks like from inside, in a form that two vantage points can be compared by. */
export interface NetworkView {
  /** device and inode of the namespace, as in `net:[4026531840]` (namespaces(7)) */
  namespace: string;
  /** names of the links, sorted */
  interfaces: string[];
  /** the links by name, as /sys has them */
  links: Record<string, Link>;
  /** the host's own addresses, IPv4 and IPv6, sorted */
  addresses: string[];
  /** rows of the two routing tables, each in the kernel's own columns, sorted */
  routes: string[];
  /** `address:port` of each listening TCP socket, sorted */
  listening: string[];
}

const files = ['/proc/net/dev', '/proc/net/fib_trie', '/proc/net/if_inet6', '/proc/net/route', '/proc/net/ipv6_route', '/proc/net/tcp', '/proc/net/tcp6'] as const;
const mark = '--file--';

/**
 * Prints name, address, index and peer's index of each link; `read` is part of the shell, so that many links cost
 * little. A link that vanishes while it is read is left out: it must not get what was read of the one before.
 */
const listLinks = 'for l in /sys/class/net/*; do read -r a <$l/address && read -r i <$l/ifindex && read -r p <$l/iflink && echo "${l##*/} $a $i $p"; done 2>/dev/null';

/**
 * Reads a whole view with one command. Only /proc and /sys are used, so that any image with a shell and `cat` will do; files that
 * a kernel without IPv6 does not have count as empty.
 */
export async function networkView(from: VantagePoint): Promise<NetworkView> {
  const script = `readlink /proc/self/ns/net && for f in ${files.join(' ')}; do echo ${mark}; cat $f 2>/dev/null; done; echo ${mark}; ${listLinks}; true`;
  const [namespace = '', dev = '', fib = '', inet6 = '', route = '', route6 = '', tcp = '', tcp6 = '', links = ''] = (await read(from, ['sh', '-c', script])).split(`${mark}\n`);
  return {
    namespace: namespace.trim(),
    interfaces: interfaceNames(dev),
    links: linksByName(links),
    addresses: [...localAddresses(fib), ...inet6Addresses(inet6)].sort(),
    routes: [...routes(route), ...routes6(route6)].sort(),
    listening: [...listeningSockets(tcp), ...listeningSockets(tcp6)].sort(),
  };
}

/** Lines of {@link listLinks}. */
export function linksByName(lines: string): Record<string, Link> {
  const columns = lines.split('\n').map((line) => line.split(' ')).filter((words) => words.length === 4);
  return Object.fromEntries(columns.map(([name = '', macAddress = '', index, peer]) => [name, { macAddress, index: Number(index), peerIndex: Number(peer) }]));
}

/** Link names of /proc/net/dev, sorted. */
export function interfaceNames(dev: string): string[] {
  return dev.split('\n').flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []).sort();
}

/** IPv4 addresses that /proc/net/fib_trie marks as local to the host. */
export function localAddresses(fibTrie: string): string[] {
  const found = new Set<string>();
  let address = '';
  for (const line of fibTrie.split('\n')) {
    address = /\|-- (\S+)/.exec(line)?.[1] ?? address;
    if (line.includes('/32 host LOCAL')) found.add(address);
  }
  return [...found];
}

/** Addresses of /proc/net/if_inet6, each with its link: link-local ones repeat between links. */
export function inet6Addresses(ifInet6: string): string[] {
  return rows(ifInet6).flatMap(([hex, , , , , link]) => (hex && link ? [`${ipv6FromHex(hex)}%${link}`] : []));
}

/** Rows of /proc/net/route without the counters that change by themselves (RefCnt, Use). */
export function routes(table: string): string[] {
  return rows(table).slice(1).map(([link, destination, gateway, flags, , , metric, mask]) => [link, destination, gateway, flags, metric, mask].join(' '));
}

/** Rows of /proc/net/ipv6_route without the counters that change by themselves. */
export function routes6(table: string): string[] {
  return rows(table).map(([destination, length, , , gateway, metric, , , flags, link]) => [link, destination, length, gateway, flags, metric].join(' '));
}

/** `address:port` of the sockets of /proc/net/tcp or tcp6 that are in state LISTEN (0A, include/net/tcp_states.h). */
export function listeningSockets(table: string): string[] {
  return rows(table).flatMap(([, local, , state]) => (state === '0A' && local ? [socketAddress(local)] : []));
}

/** `address:port` of every TCP socket that listens in the network namespace of a vantage point. */
export async function listeningAt(from: VantagePoint): Promise<string[]> {
  return listeningSockets(await read(from, ['sh', '-c', 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true']));
}

/** Whether one of `sockets` ({@link NetworkView.listening}) is on a port, whatever its address. */
export function listensOn(sockets: readonly string[], port: number): boolean {
  return sockets.some((socket) => socket.endsWith(`:${port}`));
}

function rows(table: string): string[][] {
  return table.split('\n').map((line) => line.trim().split(/\s+/)).filter((columns) => columns.length > 1);
}

function socketAddress(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  return `${address.length === 8 ? ipv4FromHex(address) : `[${ipv6FromHex(swapWords(address))}]`}:${parseInt(port, 16)}`;
}

/** The kernel prints IPv4 addresses and masks as a little-endian word on the machines that this runs on (x86, ARM). */
export function ipv4FromHex(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)).join('.');
}

/** Four little-endian words, as in /proc/net/tcp6, in network order. */
function swapWords(hex: string): string {
  return (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join('')).join('');
}

function ipv6FromHex(hex: string): string {
  return ipaddr.fromByteArray((hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16))).toString();
}
