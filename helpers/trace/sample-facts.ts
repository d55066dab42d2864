import { parseTarget } from './asked';
import type { Facts } from './facts';
import type { Member, NetworkMember } from './inventory';
import type { Attempt } from './talk';
import type { PlaceView, Socket } from './view';

/* Two containers of a compose project, for tests: what is asked and what was seen can be changed one by one. */

/** A container that runs, in the project `shop`. */
export function member(service: string, changes: Partial<Member> = {}): Member {
  const name = changes.name ?? `shop-${service}-1`;
  const id = Buffer.from(service.padEnd(32, '-')).toString('hex').slice(0, 64);
  return {
    id,
    name,
    project: 'shop',
    service,
    labels: {},
    startedAt: '2026-01-01T00:00:00Z',
    status: 'running',
    exitCode: 0,
    networkMode: 'shop_default',
    usernsMode: '',
    endpoints: { shop_default: endpoint(service === 'web' ? '172.18.0.2' : '172.18.0.3', name, service) },
    wished: [],
    published: [],
    exposed: [],
    environment: {},
    extraHosts: [],
    health: undefined,
    ...changes,
  };
}

/** An endpoint with these names. */
export const endpoint = (address: string, ...names: string[]): Member['endpoints'][string] => ({ address, address6: '', names });

/** A bridge network. */
export const network = (name: string, subnet: string, changes: Partial<NetworkMember> = {}): NetworkMember => ({
  name,
  driver: 'bridge',
  internal: false,
  subnets: [subnet],
  gateways: [subnet.replace(/\.0\/.*$/, '.1')],
  options: {},
  ...changes,
});

/** A socket that listens. */
export const listener = (address: string, port: number, transport: Socket['transport'] = 'tcp'): Socket => ({
  transport,
  address,
  port,
  state: 'listening',
  remoteAddress: '0.0.0.0',
  remotePort: 0,
  process: 'server (process 1)',
});

/** A place with these sockets. */
export const view = (...sockets: Socket[]): PlaceView => ({ links: {}, gateways: [], sockets, accepted: 0, routes: {} });

/** What became of an address. */
export const attempt = (address: string, ending: Attempt['ending'], changes: Partial<Attempt> = {}): Attempt => ({
  address,
  ending,
  says: ending,
  took: 1,
  ...changes,
});

/** web asks db, which listens and answers: all is well. */
export function facts(asked = 'db:5432', changes: Partial<Facts> = {}): Facts {
  const target = parseTarget(asked);
  const [web, db] = [member('web'), member('db')];
  return {
    target,
    source: web,
    from: web.name,
    inventory: { members: [web, db], networks: [network('shop_default', '172.18.0.0/16', { gateways: ['172.18.0.1'] })] },
    meant: [db],
    lookup: { name: target.host, inHostsFile: [], servers: ['127.0.0.11'], upstream: [], answers: [], addresses: ['172.18.0.3'] },
    attempts: [attempt('172.18.0.3', 'answered')],
    sourceView: view(),
    views: new Map([[db.id, view(listener('0.0.0.0', target.port))]]),
    hostView: view(),
    host: undefined,
    hostRoutes: [],
    throughProxy: undefined,
    sizes: [],
    otherwise: undefined,
    unvisited: [],
    ...changes,
  };
}

/** A lookup that led nowhere. */
export const unknown = (name: string, code = 'NXDOMAIN'): NonNullable<Facts['lookup']> => ({
  name,
  inHostsFile: [],
  servers: ['127.0.0.11'],
  upstream: ['192.0.2.53'],
  answers: [{ name, type: 'A', code, addresses: [] }],
  addresses: [],
});
