import type { ObservedTopology } from '../../results/results';

type Container = ObservedTopology['containers'][number];

/** A TCP port on which something listens. */
export interface Socket {
  port: number;
  /** addresses that it listens on; empty where it is all of them, IPv4 and IPv6 */
  addresses: string[];
  /** whether it is reached from inside its namespace alone */
  insideOnly: boolean;
}

/** A port of the host that leads to one of a container. */
export interface Publication {
  hostPort: number;
  /** addresses of the host on which it is published; empty where it is all of them, IPv4 and IPv6 */
  hostAddresses: string[];
  containerPort: number;
  protocol: string;
}

/** Sockets of one namespace by port, in ascending order. `listening` has each as `address:port`. */
export function socketsOf(listening: readonly string[]): Socket[] {
  const byPort = new Map<number, Set<string>>();
  for (const socket of listening) {
    const colon = socket.lastIndexOf(':');
    const port = Number(socket.slice(colon + 1));
    byPort.set(port, (byPort.get(port) ?? new Set()).add(socket.slice(0, colon).replace(/^\[(.*)\]$/, '$1')));
  }
  return [...byPort]
    .sort(([a], [b]) => a - b)
    .map(([port, addresses]) => ({ port, addresses: withoutAny([...addresses]), insideOnly: [...addresses].every(isLoopback) }));
}

/** What a container publishes; one entry for all addresses of the host that have the same port. */
export function publicationsOf(published: Container['published']): Publication[] {
  const found = new Map<string, Publication>();
  for (const { hostAddress, hostPort, containerPort, protocol } of published) {
    const key = JSON.stringify([hostPort, containerPort, protocol]);
    const publication = found.get(key) ?? { hostPort, hostAddresses: [], containerPort, protocol };
    found.set(key, { ...publication, hostAddresses: [...publication.hostAddresses, hostAddress || '0.0.0.0'] });
  }
  return [...found.values()].map((it) => ({ ...it, hostAddresses: withoutAny(it.hostAddresses) }));
}

/** How a port is called: `80`, or `53/udp`. */
export function portName(port: number, protocol = 'tcp'): string {
  return protocol === 'tcp' ? String(port) : `${port}/${protocol}`;
}

function withoutAny(addresses: string[]): string[] {
  return addresses.includes('0.0.0.0') && addresses.includes('::') ? [] : addresses;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
