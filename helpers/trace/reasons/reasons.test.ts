import { describe, expect, it } from '@jest/globals';
import type { Facts } from '../facts';
import type { Member } from '../inventory';
import { attempt, endpoint, facts, listener, member, network, unknown, view } from '../sample-facts';
import { reasonIn, reasons } from './index';

const web = member('web');
const db = member('db');
const shop = network('shop_default', '172.18.0.0/16', { gateways: ['172.18.0.1'] });
/** The name leads nowhere. */
const unnamed = (meant: Member | undefined, changes: Partial<Facts> = {}, asked = 'db:5432') =>
  facts(asked, {
    lookup: unknown(asked.split(':')[0] ?? ''),
    attempts: [],
    meant: meant ? [meant] : [],
    inventory: { members: [web, ...(meant ? [meant] : [])], networks: [shop] },
    ...changes,
  });
/** db says no, and this is who listens there. */
const refusing = (...sockets: ReturnType<typeof listener>[]) => ({
  attempts: [attempt('172.18.0.3', 'refused')],
  views: new Map([[db.id, view(...sockets)]]),
});
const published = { transport: 'tcp', containerPort: 80, hostAddress: '127.0.0.1', hostPort: 8080 } as const;
/** web asks the host. */
const ofHost = (asked: string, members: Member[], changes: Partial<Facts> = {}) =>
  facts(asked, {
    meant: [],
    inventory: { members: [web, ...members], networks: [shop] },
    lookup: { ...unknown('host.docker.internal'), inHostsFile: ['172.18.0.1'], addresses: ['172.18.0.1'] },
    attempts: [attempt('172.18.0.1', 'refused')],
    ...changes,
  });

const cases: [code: string, facts: Facts, says: RegExp][] = [
  ['source.no-network', unnamed(db, { source: { ...web, networkMode: 'none', endpoints: {} } }), /--network none/],
  ['target.not-running', unnamed({ ...db, status: 'exited', exitCode: 137 }), /exited with status 137/],
  ['name.host-gateway-missing', unnamed(undefined, {}, 'host.docker.internal:3000'), /only if it is told/],
  ['name.host-mode-has-no-name', unnamed({ ...db, networkMode: 'host', endpoints: { host: endpoint('') } }), /host mode/],
  [
    'name.source-in-host-mode',
    unnamed(db, { source: { ...web, networkMode: 'host', endpoints: { host: endpoint('') } } }),
    /host's name servers/,
  ],
  [
    'name.of-another-project',
    unnamed({ ...db, project: 'store', endpoints: { store_default: endpoint('172.19.0.2', 'db') } }),
    /project store/,
  ],
  ['name.no-shared-network', unnamed({ ...db, endpoints: { shop_back: endpoint('172.19.0.2', 'db') } }), /share no network/],
  [
    'name.default-bridge-resolves-none',
    unnamed(
      { ...db, endpoints: { bridge: endpoint('172.17.0.3', 'db') } },
      { source: { ...web, endpoints: { bridge: endpoint('172.17.0.2') } } },
    ),
    /default bridge/,
  ],
  [
    'name.alias-missing',
    unnamed({ ...db, endpoints: { shop_default: endpoint('172.18.0.3', 'shop-db-run-1') } }),
    /there it is shop-db-run-1/,
  ],
  ['name.engines-server-silent', unnamed(db, { lookup: unknown('db', 'none') }), /does not answer in shop-web-1/],
  ['name.nobody-has-it', unnamed(undefined, { inventory: { members: [web, db], networks: [shop] } }, 'dbb:5432'), /there is db/],
  ['name.server-silent', unnamed(undefined, { lookup: unknown('example.org', 'SERVFAIL') }, 'example.org:443'), /192\.0\.2\.53/],
  [
    'name.localhost-is-the-container',
    facts('localhost:5432', { attempts: [attempt('::1', 'refused'), attempt('127.0.0.1', 'refused')], meant: [] }),
    /is shop-web-1 itself/,
  ],
  [
    'name.stale-hosts-entry',
    facts('db:5432', {
      lookup: { ...unknown('db'), inHostsFile: ['172.18.0.9'], addresses: ['172.18.0.9'] },
      attempts: [attempt('172.18.0.9', 'unreachable')],
    }),
    /no container has/,
  ],
  [
    'name.answers-another-container',
    facts('db:5432', {
      inventory: {
        members: [
          web,
          { ...db, endpoints: { shop_back: endpoint('172.19.0.3', 'db') } },
          member('other', { service: 'db', project: 'store' }),
        ],
        networks: [shop],
      },
    }),
    /leads to shop-other-1, not to shop-db-1/,
  ],
  [
    'target.ipv6-not-listening',
    facts('db:5432', { attempts: [attempt('fd00::3', 'refused'), attempt('172.18.0.3', 'answered')] }),
    /fd00::3 first/,
  ],
  [
    'network.not-shared',
    facts('172.19.0.3:5432', {
      lookup: undefined,
      inventory: { members: [web, { ...db, endpoints: { shop_back: endpoint('172.19.0.3') } }], networks: [shop] },
      attempts: [attempt('172.19.0.3', 'timed-out')],
    }),
    /keeps networks apart/,
  ],
  [
    'network.icc-off',
    facts('db:5432', {
      attempts: [attempt('172.18.0.3', 'timed-out')],
      inventory: { members: [web, db], networks: [{ ...shop, options: { 'com.docker.network.bridge.enable_icc': 'false' } }] },
    }),
    /must not talk/,
  ],
  [
    'network.internal',
    facts('198.51.100.7:443', {
      lookup: undefined,
      meant: [],
      attempts: [attempt('198.51.100.7', 'unreachable')],
      inventory: { members: [web], networks: [{ ...shop, internal: true }] },
    }),
    /internal/,
  ],
  [
    'network.covers-the-address',
    facts('172.18.9.9:443', {
      lookup: undefined,
      meant: [],
      attempts: [attempt('172.18.9.9', 'unreachable')],
      hostRoutes: ['172.16.0.0/12 dev tun0'],
    }),
    /does not take the host's route/,
  ],
  [
    'port.published-on-another-address',
    ofHost('host.docker.internal:8080', [{ ...db, published: [published] }]),
    /at 127\.0\.0\.1 of the host alone/,
  ],
  [
    'target.host-mode-ignores-ports',
    ofHost('host.docker.internal:8080', [{ ...db, networkMode: 'host', wished: [{ ...published, hostAddress: '' }] }]),
    /counts for nothing/,
  ],
  [
    'network.internal-publishes-nothing',
    ofHost('host.docker.internal:8080', [{ ...db, wished: [published] }], {
      inventory: { members: [web, { ...db, wished: [published] }], networks: [{ ...shop, internal: true }] },
    }),
    /no port is published/,
  ],
  ['port.owner-not-running', ofHost('host.docker.internal:8080', [{ ...db, status: 'exited', wished: [published] }]), /does not run/],
  ['port.not-published', ofHost('host.docker.internal:80', [{ ...db, exposed: ['80/tcp'] }]), /EXPOSE alone/],
  [
    'host.service-on-loopback',
    ofHost('host.docker.internal:3000', [], { hostView: view(listener('127.0.0.1', 3000)) }),
    /127\.0\.0\.1 alone/,
  ],
  ['host.nobody-listens', ofHost('host.docker.internal:3000', []), /nobody listens on port 3000 of the host/],
  [
    'target.paused',
    facts('db:5432', {
      attempts: [attempt('172.18.0.3', 'silent')],
      inventory: { members: [web, { ...db, status: 'paused' }], networks: [shop] },
    }),
    /paused/,
  ],
  ['target.loopback-only', facts('db:5432', refusing(listener('127.0.0.1', 5432))), /its own loopback only/],
  [
    'target.ipv6-not-listening',
    facts('[fd00::3]:80', {
      lookup: undefined,
      attempts: [attempt('fd00::3', 'refused')],
      views: new Map([[db.id, view(listener('0.0.0.0', 80))]]),
      inventory: {
        members: [web, { ...db, endpoints: { shop_default: { ...endpoint('172.18.0.3'), address6: 'fd00::3' } } }],
        networks: [shop],
      },
    }),
    /not on IPv6/,
  ],
  ['target.other-address-only', facts('db:5432', refusing(listener('172.19.0.3', 5432))), /not on 172\.18\.0\.3/],
  ['target.other-transport', facts('db:5432', refusing(listener('0.0.0.0', 5432, 'udp'))), /listens on UDP port 5432/],
  [
    'port.host-port-inside',
    facts('db:15432', {
      ...refusing(listener('0.0.0.0', 5432)),
      inventory: { members: [web, { ...db, published: [{ ...published, hostPort: 15432, containerPort: 5432 }] }], networks: [shop] },
    }),
    /at port 5432/,
  ],
  ['target.not-listening', facts('db:5432', refusing(listener('0.0.0.0', 5433))), /listens on port 5433/],
  ['target.not-listening', facts('db:5432', refusing()), /nor on any other/],
  [
    'path.mtu',
    facts('http://db/', {
      attempts: [attempt('172.18.0.3', 'silent')],
      sizes: [{ from: 'shop-db-1', to: '172.18.0.2', passes: 1280, vanishes: 1400 }],
    }),
    /1280 bytes/,
  ],
  [
    'target.speaks-no-tls',
    facts('https://db/', {
      attempts: [attempt('172.18.0.3', 'misunderstood')],
      otherwise: { protocol: 'http', attempt: attempt('172.18.0.3', 'answered') },
    }),
    /plain HTTP on port 443/,
  ],
  [
    'target.speaks-tls',
    facts('http://db/', {
      attempts: [attempt('172.18.0.3', 'closed')],
      otherwise: { protocol: 'https', attempt: attempt('172.18.0.3', 'answered') },
    }),
    /speaks TLS on port 80/,
  ],
  ['target.speaks-another-protocol', facts('db:5432', { attempts: [attempt('172.18.0.3', 'misunderstood')] }), /does not speak PostgreSQL/],
  [
    'source.proxy-in-the-way',
    facts('http://db/', {
      source: { ...web, environment: { http_proxy: 'http://proxy:3128' } },
      throughProxy: { variable: 'http_proxy', proxy: 'http://proxy:3128', attempt: attempt('http://proxy:3128', 'misunderstood') },
    }),
    /http_proxy of shop-web-1/,
  ],
  ['target.answers-otherwise', facts('http://db/', { attempts: [attempt('172.18.0.3', 'answered', { status: 503 })] }), /status 503/],
  ['target.another-answers', facts('db:5432', { unvisited: [db] }), /shop-db-1 itself was not asked/],
  [
    'source.stale-address',
    facts('db:5432', {
      sourceView: view({ ...listener('172.18.0.2', 40_000), state: 'connecting', remoteAddress: '172.18.0.9', remotePort: 5432 }),
    }),
    /kept an old address/,
  ],
];

describe('the reasons of a trace', () => {
  it.each(cases)('must name %s', (code, seen, says) => {
    const found = reasonIn(seen);
    expect(found?.code).toBe(code);
    expect(found?.summary).toMatch(says);
    expect([found?.remedy, ...(found?.seen.map(({ answer }) => answer) ?? [])].every(Boolean)).toBe(true);
  });

  it('must each be named by one of these cases', () => {
    expect([...new Set(reasons.map(({ code }) => code))].filter((code) => !cases.some(([it]) => it === code))).toEqual([]);
  });

  it.each<[string, Facts]>([
    ['all is well', facts()],
    ['a URL is fetched', facts('http://db/')],
    ['a page is not there', facts('http://db/', { attempts: [attempt('172.18.0.3', 'answered', { status: 404 })] })],
    ['a server of several names is meant by each', facts('db:5432', { meant: [db, member('other')] })],
    ['packets are dropped by somebody', facts('db:5432', { attempts: [attempt('172.18.0.3', 'timed-out')] })],
    ['a listener is there, and somebody says that it is not', facts('db:5432', refusing(listener('0.0.0.0', 5432)))],
    [
      'a proxy leads there',
      facts('http://db/', { throughProxy: { variable: 'http_proxy', proxy: 'p', attempt: attempt('p', 'answered') } }),
    ],
    [
      'an entry of extra_hosts is for a machine elsewhere',
      facts('db:5432', {
        lookup: { ...unknown('db'), inHostsFile: ['203.0.113.7'], addresses: ['203.0.113.7'] },
        attempts: [attempt('203.0.113.7', 'answered')],
      }),
    ],
    [
      'a program keeps a connection to somebody else of that port',
      facts('db:5432', {
        sourceView: view({ ...listener('172.18.0.2', 40_000), state: 'connecting', remoteAddress: '203.0.113.7', remotePort: 5432 }),
      }),
    ],
  ])('must be silent where nothing of the kind is proven: %s', (_, seen) => {
    expect(reasonIn(seen)).toBeUndefined();
  });
});
