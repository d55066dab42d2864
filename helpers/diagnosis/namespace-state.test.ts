import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { printedByHost, printedByNginx01, printedByOther, routeAnswers } from '../selftest/diagnosis-recordings';
import { asPrinted, printing, recorded, wire } from '../selftest/diagnosis-scenes';
import {
  parseAddresses,
  parseLinks,
  parseListening,
  parseNeighbours,
  parseRoutes,
  readState,
  stateFromInside,
  stateScript,
} from './namespace-state';
import { keyOf } from './route-question';

const garbage = ['', '\n', 'sh: ip: not found', '{"an": "object that ends', 'Cannot open netlink socket: Operation not permitted\n'];

describe('links', () => {
  test('the host: loopback, bridges, and the ends of veth pairs', () => {
    const links = parseLinks(printedByHost.link);
    expect(links.map(({ name, kind }) => `${name} ${kind}`.trim())).toEqual([
      'lo',
      'docker0 bridge',
      'br-1bead70cd95b bridge',
      ...Object.values(wire).map((name) => `${name} veth`),
    ]);
    expect(links.find(({ name }) => name === wire.nginx01)).toMatchObject({
      index: 4,
      peerIndex: 2,
      up: true,
      carrier: true,
      noArp: false,
      mtu: 1500,
      macAddress: 'c6:cc:a8:28:96:bd',
      kind: 'veth',
      bridge: 'docker0',
      portState: 'forwarding',
      isolated: false,
      receivedPackets: 11,
      sentPackets: 21,
    });
    expect(links.find(({ name }) => name === 'docker0')).toMatchObject({
      index: 2,
      peerIndex: undefined,
      bridge: undefined,
      portState: undefined,
    });
  });

  test('flags', () => {
    const flagged = (...flags: string[]) => parseLinks(JSON.stringify([{ ifname: 'eth0', ifindex: 2, flags }]))[0];
    expect(flagged('NO-CARRIER', 'BROADCAST', 'UP')).toMatchObject({ up: true, carrier: false, noArp: false });
    expect(flagged('BROADCAST', 'LOWER_UP')).toMatchObject({ up: false, carrier: true });
    expect(flagged('NOARP', 'UP', 'LOWER_UP')).toMatchObject({ up: true, noArp: true });
  });

  test('an isolated port', () => {
    expect(
      parseLinks(
        JSON.stringify([
          { ifname: 'v', ifindex: 9, linkinfo: { info_kind: 'veth', info_slave_data: { state: 'disabled', isolated: true } } },
        ]),
      ),
    ).toMatchObject([{ portState: 'disabled', isolated: true }]);
  });

  test('an older program leaves fields out', () => {
    expect(parseLinks('[{"ifindex":1,"ifname":"lo"}]')).toMatchObject([
      {
        name: 'lo',
        index: 1,
        peerIndex: undefined,
        up: false,
        carrier: false,
        noArp: false,
        mtu: 0,
        macAddress: '',
        kind: '',
        bridge: undefined,
        portState: undefined,
        isolated: false,
        receivedPackets: 0,
        sentPackets: 0,
      },
    ]);
  });

  test.each(garbage)('nothing but %j', (text) => {
    expect(parseLinks(text)).toEqual([]);
    expect(parseAddresses(text)).toEqual([]);
    expect(parseNeighbours(text)).toEqual([]);
    expect(parseRoutes(text)).toEqual({});
    expect(parseListening(text)).toEqual([]);
  });
});

test('addresses, of both families', () => {
  expect(parseAddresses(printedByHost.address).map(({ link, address, prefixLength }) => `${link} ${address}/${prefixLength}`)).toEqual([
    'lo 127.0.0.1/8',
    'lo 192.0.2.53/32',
    'docker0 172.17.0.1/16',
    'docker0 fe80::146f:efff:fe9e:19a9/64',
    'br-1bead70cd95b 172.18.0.1/16',
  ]);
  expect(parseAddresses('[{"ifname":"eth0"},{"ifname":"eth1","addr_info":[{"local":"10.0.0.1"},{"prefixlen":8},{}]}]')).toEqual([]);
});

test('neighbours, those that were not found, too', () => {
  expect(parseNeighbours(printedByNginx01.neighbour)).toEqual([
    { address: '172.17.0.3', link: 'eth0', macAddress: '56:f5:8d:72:e2:9d', state: 'REACHABLE' },
  ]);
  expect(
    parseNeighbours(
      '[{"dst":"172.17.0.9","dev":"eth0","state":["FAILED"]},{"dst":"172.17.0.8","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["NOARP","PERMANENT"]},{"dst":"172.17.0.7","dev":"eth0"}]',
    ),
  ).toEqual([
    { address: '172.17.0.9', link: 'eth0', macAddress: undefined, state: 'FAILED' },
    { address: '172.17.0.8', link: 'eth0', macAddress: '02:00:00:00:00:01', state: 'NOARP PERMANENT' },
    { address: '172.17.0.7', link: 'eth0', macAddress: undefined, state: '' },
  ]);
});

describe('routes', () => {
  test('each answer by its question', () => {
    expect(parseRoutes(printedByHost.route)).toEqual({
      '172.17.0.3': { found: true, link: 'docker0', gateway: undefined, type: 'unicast', source: '172.17.0.1' },
      '172.17.0.3 from 172.17.0.2': { found: true, link: 'docker0', gateway: undefined, type: 'unicast' },
    });
    expect(parseRoutes(printedByOther.route)).toEqual({
      '172.17.0.3': { found: true, link: 'eth0', gateway: '172.18.0.1', type: 'unicast', source: '172.18.0.2' },
    });
    expect(parseRoutes(`@ 172.17.0.3\n${routeAnswers['via another gateway']}`)['172.17.0.3']).toMatchObject({ gateway: '172.17.0.77' });
  });

  test.each([
    ['none', 'RTNETLINK answers: Network is unreachable'],
    ['an unreachable one', 'RTNETLINK answers: No route to host'],
    ['a prohibited one', 'RTNETLINK answers: Permission denied'],
    ['a blackhole', 'RTNETLINK answers: Invalid argument'],
  ] as const)('%s, in the words of the kernel', (name, why) => {
    expect(parseRoutes(`@ 172.17.0.3\n${routeAnswers[name]}@ 172.17.0.4\n[{"type":"local","dst":"172.17.0.4","dev":"lo"}]\n`)).toEqual({
      '172.17.0.3': { found: false, why },
      '172.17.0.4': { found: true, link: 'lo', gateway: undefined, type: 'local' },
    });
  });

  test('a program that is absent, and an answer without a link', () => {
    expect(parseRoutes('@ 172.17.0.3\nsh: 1: ip: not found\n')).toEqual({ '172.17.0.3': { found: false, why: 'sh: 1: ip: not found' } });
    expect(parseRoutes('@ 172.17.0.3\n[{"dst":"172.17.0.3"}]\n')).toMatchObject({ '172.17.0.3': { found: false } });
    expect(parseRoutes('@ 172.17.0.3\n[]\n')).toMatchObject({ '172.17.0.3': { found: false } });
  });

  test('a question names where a forwarded packet comes from', () => {
    expect(keyOf({ to: '172.17.0.3' })).toBe('172.17.0.3');
    expect(keyOf({ to: '172.17.0.3', from: '172.17.0.2', arrivingAt: 'docker0' })).toBe('172.17.0.3 from 172.17.0.2');
  });
});

describe('listening sockets', () => {
  test('of both families, with the first process', () => {
    expect(parseListening(printedByHost.listening)).toEqual([
      { address: '192.0.2.53', port: 53, process: 'dnsmasq (process 23)', waiting: 0, mayWait: 32 },
      { address: '0.0.0.0', port: 80, process: 'nginx (process 462)', waiting: 0, mayWait: 511 },
      { address: '0.0.0.0', port: 32768, process: 'docker-proxy (process 334)', waiting: 0, mayWait: 4096 },
      { address: '::', port: 80, process: 'nginx (process 462)', waiting: 0, mayWait: 511 },
      { address: '::', port: 32768, process: 'docker-proxy (process 340)', waiting: 0, mayWait: 4096 },
    ]);
  });

  test('whose process may not be seen, on one link only, or on every address of both families', () => {
    expect(
      parseListening('LISTEN 0 128 *:8080 *:*\nLISTEN 0 128 127.0.0.53%lo:53 0.0.0.0:*\nLISTEN 0 128 [fe80::1%eth0]:546 [::]:*\n'),
    ).toEqual([
      { address: '*', port: 8080, process: undefined, waiting: 0, mayWait: 128 },
      { address: '127.0.0.53', port: 53, process: undefined, waiting: 0, mayWait: 128 },
      { address: 'fe80::1', port: 546, process: undefined, waiting: 0, mayWait: 128 },
    ]);
  });
});

describe('a state', () => {
  test('as it was recorded', () => {
    const state = recorded('host', printedByHost);
    expect(state).toMatchObject({
      place: 'host',
      sysctls: { 'ipv4/ip_forward': '1', 'ipv4/conf/docker0/rp_filter': '0', 'netfilter/nf_conntrack_max': '262144' },
      nameServers: ['192.0.2.53'],
    });
    expect([...new Set(state.rules?.map(({ backend }) => backend))]).toEqual(['iptables', 'ip6tables']);
    expect(state.printed.routes).toContain('172.17.0.0/16 dev docker0');
    expect(recorded('other', printedByOther).nameServers).toEqual(['127.0.0.11']);
  });

  test('where every program is absent: nothing is known, and that is no rule', () => {
    expect(readState('host', printing(asPrinted({})))).toMatchObject({
      links: [],
      addresses: [],
      neighbours: [],
      routes: {},
      listening: [],
      sysctls: {},
      rules: undefined,
      nameServers: [],
    });
    expect(readState('host', printing('')).rules).toBeUndefined();
    expect(readState('host', printing('OCI runtime exec failed'))).toMatchObject({ links: [], rules: undefined });
  });

  test('one of the two programs of the packet filter is enough to know its rules', () => {
    expect(recorded('host', { iptables: '*filter\n:INPUT ACCEPT [0:0]\n' }).rules).toHaveLength(1);
    expect(recorded('host', { nftables: '{"nftables": []}' }).rules).toEqual([]);
    expect(recorded('host', { iptables: printedByHost.iptables, iptablesLegacy: '*filter\n:INPUT DROP [0:0]\n' }).rules).toContainEqual(
      expect.objectContaining({ backend: 'iptables-legacy' }),
    );
  });

  test('the script is one that a shell can read, and asks for each route', () => {
    const script = stateScript([{ to: '172.17.0.3' }, { to: '172.17.0.3', from: '172.18.0.2', arrivingAt: 'docker0' }]);
    expect(() => execFileSync('sh', ['-n', '-c', script])).not.toThrow();
    expect(script).toContain("echo '@ 172.17.0.3'; ip -j route get 172.17.0.3 2>&1");
    expect(script).toContain("echo '@ 172.17.0.3 from 172.18.0.2'; ip -j route get 172.17.0.3 from 172.18.0.2 iif docker0 2>&1");
  });

  test('where no program is at all, the script ends well and prints every section', () => {
    const stdout = execFileSync('/bin/sh', ['-c', stateScript([])], { env: { PATH: '/nowhere' }, encoding: 'utf8' });
    expect(readState('host', printing(stdout))).toMatchObject({ links: [], routes: {}, rules: undefined });
    expect(stdout.match(/^--section--$/gm)).toHaveLength(Object.keys(readState('', printing('')).printed).length);
  });
});

describe('from inside a container, without any tool', () => {
  const state = stateFromInside('nginx01', {
    links: {
      lo: { index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: ['127.0.0.1/8', '::1/128'] },
      eth0: { index: 2, peerIndex: 4, macAddress: 'ee:85:0b:ba:1c:31', addresses: ['172.17.0.2/16'] },
    },
    listening: ['0.0.0.0:80', '[::]:80'],
  } as unknown as Parameters<typeof stateFromInside>[1]);

  test('what /proc and /sys tell', () => {
    expect(state.addresses).toEqual([
      { address: '127.0.0.1', prefixLength: 8, link: 'lo' },
      { address: '::1', prefixLength: 128, link: 'lo' },
      { address: '172.17.0.2', prefixLength: 16, link: 'eth0' },
    ]);
    expect(state.links).toMatchObject([
      { name: 'lo', peerIndex: undefined },
      { name: 'eth0', index: 2, peerIndex: 4, macAddress: 'ee:85:0b:ba:1c:31' },
    ]);
    expect(state.listening).toEqual([
      { address: '0.0.0.0', port: 80, process: undefined },
      { address: '*', port: 80, process: undefined },
    ]);
    expect(state.printed).toMatchObject({
      listening: '0.0.0.0:80\n[::]:80',
      iptables: '',
      address: expect.stringContaining('172.17.0.2/16'),
    });
  });

  test('what they do not tell counts as it should be, or as unknown', () => {
    expect(state.links[1]).toMatchObject({ up: true, carrier: true, noArp: false, portState: undefined, isolated: false });
    expect(state).toMatchObject({ neighbours: [], routes: {}, sysctls: {}, rules: undefined, nameServers: undefined });
  });
});
