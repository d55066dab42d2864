import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { read, type VantagePoint } from '../world/vantage-point';

/** What /sys/class/net tells of a link. */
export interface Link {
  macAddress: string;
  index: number;
  /** index of the link at the other end of a veth pair, in the namespace where that end is; else its own index */
  peerIndex: number;
  /** IPv4 and IPv6 addresses in CIDR notation, as far as /proc tells whose they are ({@link linkAddresses}) */
  addresses: string[];
  /** name of the bridge of which it is a port */
  bridge?: string;
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
  /** next hops of the default routes, IPv4 first */
  gateways: string[];
}

/** A view with the `address:port` of each listening TCP socket, sorted. */
export interface ViewWithSockets extends NetworkView {
  listening: string[];
}

const tables = ['dev', 'fib_trie', 'if_inet6', 'route', 'ipv6_route'] as const;
/** For each of them the kernel goes through the connections of all namespaces: they cost more than everything else together. */
const socketTables = ['tcp', 'tcp6'] as const;

/**
 * Prints name, address, index and peer's index of each link, then the path of each port of a bridge; `read` and the
 * patterns are part of the shell, so that many links cost little. A link that vanishes while it is read is left out: it
 * must not get what was read of the one before.
 */
const listLinks =
  'for l in *; do read -r a <$l/address && read -r i <$l/ifindex && read -r p <$l/iflink && echo "$l $a $i $p"; done 2>/dev/null; for p in */brif/*; do echo $p; done';

/**
 * Reads a whole view with one command. Only /proc and /sys are used, so that any image with a shell, `readlink` and `tail` will do;
 * files that a kernel without IPv6 does not have count as empty.
 */
export async function networkView(from: VantagePoint): Promise<NetworkView> {
  return viewIn(await read(from, ['sh', '-c', lookAt(tables)], (printed) => told(viewIn(printed))));
}

/** As {@link networkView}, with what a further script prints, by the same command. */
export async function networkViewAnd(from: VantagePoint, script: string): Promise<{ view: NetworkView; printed: string }> {
  const [own = '', printed = ''] = (await read(from, ['sh', '-c', `(${lookAt(tables)}); echo ${mark}; ${script}`])).split(`${mark}\n`);
  return { view: viewIn(own), printed };
}

/** As {@link networkView}, with the sockets, by the same command. */
export async function networkViewWithSockets(from: VantagePoint): Promise<ViewWithSockets> {
  return withSocketsIn(await read(from, ['sh', '-c', lookAt([...tables, ...socketTables])], (printed) => told(withSocketsIn(printed))));
}

/**
 * As {@link networkView}, of the namespace that a process is in, looked at from outside. It costs a tenth of a command inside.
 * @param process its number at the vantage point; its /sys must be its own, as it is in a container
 */
export async function networkViewOf(process: number, from: VantagePoint): Promise<NetworkView> {
  return viewIn(await read(from, ['sh', '-c', lookAt(tables, process)], (printed) => told(viewIn(printed))));
}

const mark = '--namespace--';

/** {@link networkView}, and {@link networkViewOf} several processes with their sockets, with one command. A namespace that cannot be looked at has no view. */
export async function networkViews(
  processes: readonly number[],
  from: VantagePoint,
): Promise<{ own: NetworkView | undefined; others: (ViewWithSockets | undefined)[] }> {
  const looks = [lookAt(tables), ...processes.map((process) => lookAt([...tables, ...socketTables], process))];
  const script = looks.map((look) => `echo ${mark}; (${look})`).join('; ');
  const printed = (await read(from, ['sh', '-c', `${script}; true`])).split(`${mark}\n`).slice(1);
  const [own, ...others] = printed.map((text) => (text === '' ? undefined : text));
  return { own: own === undefined ? own : viewIn(own), others: others.map((text) => (text === undefined ? text : withSocketsIn(text))) };
}

/** A script that prints the namespace of a process, without one its own. One program prints all files, each below its name. */
function lookAt(files: readonly string[], process?: number): string {
  const [proc, sys] = process === undefined ? ['/proc/self', '/sys'] : [`/proc/${process}`, `/proc/${process}/root/sys`];
  return `readlink ${proc}/ns/net || exit 1; cd ${sys}/class/net && { ${listLinks}; }; cd ${proc}/net && tail -n +1 ${files.join(' ')} 2>/dev/null; true`;
}

/** A view as evidence: the tables are long, and an answer that is cut must not lose what a verdict rests on. The links grow with the engine's containers. */
function told({ links, ...view }: NetworkView): string {
  return JSON.stringify({ ...view, links });
}

/** What tells of a namespace: its name, its links as {@link listLinks} prints them, and tables of /proc/net, empty where there is none. */
interface Parts {
  head: string;
  table: (file: (typeof tables)[number] | (typeof socketTables)[number]) => string;
}

/** What {@link lookAt} had printed: what is above all files, and each of them. */
function partsOf(printed: string): Parts {
  const [head = '', ...named] = printed.split(/^==> (\w+) <==\n/m);
  return { head, table: (file) => (named.includes(file) ? (named[named.indexOf(file) + 1] ?? '') : '') };
}

/**
 * As {@link networkView}, of a place where a process of the suite's own is, read without a command.
 * @param process see {@link VantagePoint.process}
 */
export function networkViewFromHere(process: number): NetworkView {
  const links = `/proc/${process}/root/sys/class/net`;
  const lines = namesIn(links).flatMap((name) => {
    const of = (file: string) => readOrNothing(`${links}/${name}/${file}`).trim();
    const [address, index, peer] = [of('address'), of('ifindex'), of('iflink')];
    return [
      ...(index === '' || peer === '' ? [] : [`${name} ${address} ${index} ${peer}`]),
      ...namesIn(`${links}/${name}/brif`).map((port) => `${name}/brif/${port}`),
    ];
  });
  return viewOfParts({
    head: [readlinkSync(`/proc/${process}/ns/net`), ...lines].join('\n'),
    table: (file) => readOrNothing(`/proc/${process}/net/${file}`),
  });
}

/** A file that may have gone, or that a kernel does not have. */
export function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Names in a folder that may have gone. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function viewIn(printed: string): NetworkView {
  return viewOfParts(partsOf(printed));
}

function viewOfParts({ head, table }: Parts): NetworkView {
  return {
    namespace: head.split('\n')[0] ?? '',
    interfaces: interfaceNames(table('dev')),
    links: linksByName(head, linkAddresses(table('fib_trie'), table('route'), table('if_inet6'))),
    addresses: [...localAddresses(table('fib_trie')), ...inet6Addresses(table('if_inet6'))].sort(),
    routes: [...routes(table('route')), ...routes6(table('ipv6_route'))].sort(),
    gateways: defaultGateways(table('route'), table('ipv6_route')),
  };
}

function withSocketsIn(printed: string): ViewWithSockets {
  const { table } = partsOf(printed);
  return { ...viewIn(printed), listening: socketTables.flatMap((file) => listeningSockets(table(file))).sort() };
}

/** Lines of {@link listLinks}, with the addresses of each link. */
export function linksByName(lines: string, addresses: Record<string, string[]> = {}): Record<string, Link> {
  const bridges = new Map(
    lines.split('\n').flatMap((line) => (line.includes('/brif/') ? [line.split('/brif/').reverse() as [string, string]] : [])),
  );
  const columns = lines
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words.length === 4);
  return Object.fromEntries(
    columns.map(([name = '', macAddress = '', index, peer]) => {
      const bridge = bridges.get(name);
      return [
        name,
        {
          macAddress,
          index: Number(index),
          peerIndex: Number(peer),
          addresses: addresses[name] ?? [],
          ...(bridge !== undefined && { bridge }),
        },
      ];
    }),
  );
}

/** Link names of /proc/net/dev, sorted. */
export function interfaceNames(dev: string): string[] {
  return dev
    .split('\n')
    .flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? [])
    .sort();
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
  return rows(table)
    .slice(1)
    .map(([link, destination, gateway, flags, , , metric, mask]) => [link, destination, gateway, flags, metric, mask].join(' '));
}

/** Rows of /proc/net/ipv6_route without the counters that change by themselves. */
export function routes6(table: string): string[] {
  return rows(table).map(([destination, length, , , gateway, metric, , , flags, link]) =>
    [link, destination, length, gateway, flags, metric].join(' '),
  );
}

/** Bits of a route's flags (linux/route.h): it leads to a next hop; it refuses. */
const [viaGateway, refusing] = [0x2, 0x200];

/** Next hops of the default routes of /proc/net/route and ipv6_route. */
export function defaultGateways(route: string, route6: string): string[] {
  const leadsOn = (flags = '') => (parseInt(flags, 16) & (viaGateway | refusing)) === viaGateway;
  return [
    ...rows(route)
      .slice(1)
      .flatMap(([, destination, gateway = '', flags, , , , mask]) =>
        leadsOn(flags) && Number(destination) === 0 && Number(mask) === 0 ? [ipv4FromHex(gateway)] : [],
      ),
    ...rows(route6).flatMap(([destination = '', length, , , gateway = '', , , , flags]) =>
      leadsOn(flags) && /^0+$/.test(destination) && length === '00' ? [ipv6FromHex(gateway)] : [],
    ),
  ];
}

/**
 * Addresses in CIDR notation by link. For IPv4 no file of /proc says both: fib_trie has the host's own addresses, and
 * route the subnets of each link. An address in the subnet of no link, or of several, is nobody's here.
 */
export function linkAddresses(fibTrie: string, route: string, ifInet6: string): Record<string, string[]> {
  const subnets = [{ link: 'lo', subnet: [ipaddr.IPv4.parse('127.0.0.0'), 8] as [ipaddr.IPv4, number] }, ...linkSubnets(route)];
  const found: Record<string, string[]> = {};
  for (const address of localAddresses(fibTrie)) {
    const holding = subnets.filter(({ subnet }) => ipaddr.IPv4.parse(address).match(subnet));
    const longest = Math.max(...holding.map(({ subnet: [, length] }) => length));
    const [holder, another] = holding.filter(({ subnet: [, length] }) => length === longest);
    if (holder && !another) (found[holder.link] ??= []).push(`${address}/${longest}`);
  }
  for (const [hex = '', , length = '', , , link = ''] of rows(ifInet6))
    (found[link] ??= []).push(`${ipv6FromHex(hex)}/${parseInt(length, 16)}`);
  return found;
}

/** The rows of /proc/net/route that lead straight into a subnet, without a next hop. */
function linkSubnets(route: string): { link: string; subnet: [ipaddr.IPv4, number] }[] {
  return rows(route)
    .slice(1)
    .flatMap(([link = '', destination = '', , flags = '', , , , mask = '']) => {
      const length = ipaddr.IPv4.parse(ipv4FromHex(mask)).prefixLengthFromSubnetMask();
      return (parseInt(flags, 16) & (viaGateway | refusing)) === 0 && length
        ? [{ link, subnet: [ipaddr.IPv4.parse(ipv4FromHex(destination)), length] as [ipaddr.IPv4, number] }]
        : [];
    });
}

/** `address:port` of the sockets of /proc/net/tcp or tcp6 that are in state LISTEN (0A, include/net/tcp_states.h). */
export function listeningSockets(table: string): string[] {
  return rows(table).flatMap(([, local, , state]) => (state === '0A' && local ? [socketAddress(local)] : []));
}

/** `address:port` of every TCP socket that listens in the network namespace of a vantage point, sorted. */
export async function listeningAt(from: VantagePoint): Promise<string[]> {
  const sockets = (printed: string) => listeningSockets(printed).sort();
  return sockets(
    await read(from, ['sh', '-c', 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true'], (printed) => JSON.stringify(sockets(printed))),
  );
}

/** Whether one of `sockets` ({@link listeningAt}) is on a port, whatever its address. */
export function listensOn(sockets: readonly string[], port: number): boolean {
  return sockets.some((socket) => socket.endsWith(`:${port}`));
}

function rows(table: string): string[][] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 1);
}

/** `address:port` of a column of /proc/net/tcp and its like, IPv6 in brackets. */
export function socketAddress(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  return `${address.length === 8 ? ipv4FromHex(address) : `[${ipv6FromHex(swapWords(address))}]`}:${parseInt(port, 16)}`;
}

/** The kernel prints IPv4 addresses and masks as a little-endian word on the machines that this runs on (x86, ARM). */
export function ipv4FromHex(hex: string): string {
  return (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join('.');
}

/** Four little-endian words, as in /proc/net/tcp6, in network order. */
function swapWords(hex: string): string {
  return (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join('')).join('');
}

function ipv6FromHex(hex: string): string {
  return ipaddr.fromByteArray((hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16))).toString();
}
