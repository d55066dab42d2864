import { readlinkSync } from 'node:fs';
import { namesIn, networkViewAnd, networkViewFromHere, readOrNothing, socketAddress, type NetworkView } from '../vantage/procfs';
import { read, type VantagePoint } from '../world/vantage-point';

/** A socket of a network namespace. */
export interface Socket {
  transport: 'tcp' | 'udp';
  address: string;
  port: number;
  /** `listening` for UDP means that nobody else is at its other end */
  state: 'listening' | 'connecting' | 'connected';
  /** the other end, where there is one */
  remoteAddress: string;
  remotePort: number;
  /** `name (process 7)`, as the place itself numbers processes; undefined where that cannot be seen */
  process: string | undefined;
}

/** What a place looks like from inside, as far as a trace tells of it. */
export interface PlaceView extends Pick<NetworkView, 'links' | 'gateways'> {
  sockets: Socket[];
  /** TCP connections that its kernel has taken from others since it began */
  accepted: number;
  /** by address, how its kernel would send there, in the words of ip(8) */
  routes: Record<string, string>;
}

/** States of /proc/net/tcp (include/net/tcp_states.h) that are told, and UDP's own for a socket without another end. */
const states: Record<string, Socket['state']> = { '0A': 'listening', '02': 'connecting', '01': 'connected' };

const tables = 'grep ^Tcp: /proc/net/snmp; for t in tcp tcp6 udp udp6; do echo "@ $t"; cat /proc/net/$t 2>/dev/null; done';

/** Two programs tell of all processes: one for each of their files would cost seconds. */
const owners = 'echo "@ processes"; grep -s . /proc/[0-9]*/comm; ls -l /proc/[0-9]*/fd 2>/dev/null | grep -E "^/proc|socket:"';

/** Sockets in the tables of /proc/net, with the processes that have them where those could be seen. */
export function socketsIn(printed: string): Socket[] {
  const [sockets = '', seen = ''] = printed.split(/^@ processes\n/m);
  const processes = processesIn(seen);
  return sockets
    .split(/^@ /m)
    .slice(1)
    .flatMap((part) => {
      const [table = '', , ...rows] = part.split('\n');
      return rows.flatMap((row) => socketIn(table.startsWith('udp') ? 'udp' : 'tcp', row.trim().split(/\s+/), processes));
    });
}

/** By the inode of a socket, who has it. */
function processesIn(printed: string): Map<string, string> {
  const names = new Map([...printed.matchAll(/^\/proc\/(\d+)\/comm:(.*)$/gm)].map(([, pid = '', name = '']) => [pid, name]));
  let pid = '';
  return new Map(
    printed.split('\n').flatMap((line): [string, string][] => {
      pid = /^\/proc\/(\d+)\/fd:$/.exec(line)?.[1] ?? pid;
      const inode = / -> socket:\[(\d+)\]$/.exec(line)?.[1];
      return inode === undefined ? [] : [[inode, `${names.get(pid) ?? 'a process'} (process ${pid})`]];
    }),
  );
}

function socketIn(
  transport: Socket['transport'],
  [, local, remote, code = '', , , , , , inode = '']: readonly string[],
  processes: ReadonlyMap<string, string>,
): Socket[] {
  const state = transport === 'udp' ? (code === '07' ? 'listening' : 'connected') : states[code];
  if (!local || !remote || !state) return [];
  const [own, other] = [endOf(local), endOf(remote)];
  return [
    {
      transport,
      address: own.address,
      port: own.port,
      state,
      remoteAddress: other.address,
      remotePort: other.port,
      process: processes.get(inode),
    },
  ];
}

function endOf(hex: string): { address: string; port: number } {
  const whole = socketAddress(hex);
  const at = whole.lastIndexOf(':');
  // an IPv4 address in a socket of IPv6
  return {
    address: whole
      .slice(0, at)
      .replace(/^\[|\]$/g, '')
      .replace(/^::ffff:(?=.*\.)/, ''),
    port: Number(whole.slice(at + 1)),
  };
}

/** Looks at a place from inside, with one command or none. No way is asked for yet. */
export async function viewOf(from: VantagePoint): Promise<PlaceView> {
  const { view, printed } =
    from.process === undefined
      ? await networkViewAnd(from, `${tables}; ${owners}; true`)
      : { view: networkViewFromHere(from.process), printed: `${tablesFromHere(from.process)}${ownersFromHere(from.process)}` };
  return { links: view.links, gateways: view.gateways, sockets: socketsIn(printed), accepted: acceptedIn(printed), routes: {} };
}

/** What {@link tables} prints. */
function tablesFromHere(process: number): string {
  const files = ['tcp', 'tcp6', 'udp', 'udp6'].map((file) => `@ ${file}\n${readOrNothing(`/proc/${process}/net/${file}`)}`);
  return [readOrNothing(`/proc/${process}/net/snmp`), ...files].join('\n');
}

/** What {@link owners} prints, of the processes that are seen at the place. */
function ownersFromHere(process: number): string {
  const proc = `/proc/${process}/root/proc`;
  const lines = namesIn(proc)
    .filter((it) => /^\d+$/.test(it))
    .flatMap((pid) => {
      const sockets = namesIn(`${proc}/${pid}/fd`).flatMap((fd) => {
        const to = linkOrNothing(`${proc}/${pid}/fd/${fd}`);
        return to.startsWith('socket:') ? [` -> ${to}`] : [];
      });
      return [`/proc/${pid}/comm:${readOrNothing(`${proc}/${pid}/comm`).trim()}`, `/proc/${pid}/fd:`, ...sockets];
    });
  return `\n@ processes\n${lines.join('\n')}\n`;
}

function linkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The sockets of a place, and its counts, without their processes. */
async function tablesAt(from: VantagePoint): Promise<string> {
  return from.process === undefined ? read(from, ['sh', '-c', `${tables}; true`]) : tablesFromHere(from.process);
}

/** The sockets of a place whose connections are being made, without their processes. */
export async function connectingAt(from: VantagePoint): Promise<Socket[]> {
  return socketsIn(await tablesAt(from)).filter(({ state }) => state === 'connecting');
}

/** Column of /proc/net/snmp (RFC 4022, tcpPassiveOpens). */
const passiveOpens = 6;

/** The count of connections that were taken, in the lines on TCP of /proc/net/snmp. */
export function acceptedIn(printed: string): number {
  return Number(/^Tcp: ([\d -]+)$/m.exec(printed)?.[1]?.split(' ')[passiveOpens - 1] ?? Number.NaN);
}

/** As {@link acceptedIn}, asked of a place. */
export async function acceptedAt(from: VantagePoint): Promise<number> {
  return acceptedIn(
    from.process === undefined ? await read(from, ['grep', '^Tcp:', '/proc/net/snmp']) : readOrNothing(`/proc/${from.process}/net/snmp`),
  );
}

/** How the kernel of a place would send to some addresses, in the words of ip(8). */
export async function routesTo(from: VantagePoint, addresses: readonly string[]): Promise<Record<string, string>> {
  if (addresses.length === 0) return {};
  const script = 'for a in "$@"; do echo "@ $a"; ip route get "$a" 2>&1 | head -n 1; done; true';
  const printed = await read(from, ['sh', '-c', script, 'routes', ...addresses]);
  return Object.fromEntries(
    printed
      .split(/^@ /m)
      .slice(1)
      .map((part) => {
        const [address = '', said = ''] = part.split('\n');
        return [address, said.trim().replace(/\s+/g, ' ')];
      }),
  );
}

/** The sockets that take what comes to a port. */
export function listenersOn(view: PlaceView | undefined, port: number, transport: Socket['transport']): Socket[] {
  return (view?.sockets ?? []).filter((it) => it.state === 'listening' && it.port === port && it.transport === transport);
}

/** Whether an address is one of the loopback. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** The link of a view that has an address. */
export function linkWith({ links }: Pick<PlaceView, 'links'>, address: string): string | undefined {
  return Object.keys(links).find((name) => links[name]?.addresses.some((it) => it.split('/')[0] === address));
}

/** Whether a place has an address of IPv6 by which clients try IPv6 first (RFC 6724). */
export function hasIpv6({ links }: Pick<PlaceView, 'links'>): boolean {
  return Object.entries(links).some(
    ([name, { addresses }]) => name !== 'lo' && addresses.some((it) => it.includes(':') && !it.startsWith('fe80:')),
  );
}
