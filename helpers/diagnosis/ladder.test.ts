import { describe, expect, test } from '@jest/globals';
import { breaks as plainBreaks, broken, hit, link, uncounted } from '../selftest/diagnosis-breaks';
import {
  answeredBy,
  betweenPeers,
  betweenNetworks,
  failed,
  fromHost,
  hostMode,
  hostPort,
  route,
  throughHostPort,
  throughHostPortFromContainer,
  wire,
} from '../selftest/diagnosis-scenes';
import { followedBreaks, following } from '../selftest/diagnosis-breaks-followed';
import { droppedAt, moreBreaks, syn } from '../selftest/diagnosis-breaks-more';
import { causeFrom } from './cause';
import { climb } from './diagnose';
import { ladder } from './ladder';
import type { Scene } from './scene';

const breaks = [...plainBreaks, ...followedBreaks, ...moreBreaks];
const failures = ['timed-out', 'unreachable', 'refused', 'reset'] as const;
const healthy = { betweenPeers, fromHost, throughHostPort, throughHostPortFromContainer, betweenNetworks };

/** Codes of all rungs that find something, whatever stands before them. */
const speaking = (scene: Scene): string[] => ladder.filter((rung) => rung.look(scene) !== undefined).map(({ code }) => code);

/** What the rung with this code finds. */
const found = (code: string, scene: Scene) => ladder.find((rung) => rung.code === code)?.look(scene);

/** Evidence, with how many lines of a section are quoted instead of the lines. */
function evidenceOf(scene: Scene): string[] {
  const { finding } = climb(scene) ?? {};
  const evidence = finding ? causeFrom('', finding, 0).evidence : [];
  return evidence.map(({ where, what, answer }, index) => {
    const worded = finding && !('of' in (finding.seen[index] ?? {}));
    const count = answer.split('\n').length;
    return worded || answer === 'nothing' ? `${where} ${what}: ${answer}` : `${where} ${what}, ${count} ${count === 1 ? 'line' : 'lines'}`;
  });
}

describe('where all is well', () => {
  test.each(Object.entries(healthy))('%s: nothing explains a failure', (_, scene) => {
    for (const kind of failures) expect(climb(scene(failed(kind)))).toBeUndefined();
    expect(climb(scene(failed('timed-out', 'Operation timed out after 1200 milliseconds')))).toBeUndefined();
    expect(climb(scene(answeredBy(undefined)))).toBeUndefined();
  });

  test('no rung speaks, but for the one that says why names do not resolve on the default bridge', () => {
    expect(Object.values(healthy).map((scene) => speaking(scene()))).toEqual([
      ['name.default-bridge-resolves-none'],
      [],
      [],
      ['name.default-bridge-resolves-none'],
      [],
    ]);
  });
});

describe('one thing is broken', () => {
  test.each(breaks)('$code: $when', ({ code, scene, summary, remedy, seen }) => {
    const cause = climb(scene());
    expect({ code: cause?.code, summary: cause?.finding.summary, remedy: cause?.finding.remedy }).toEqual({ code, summary, remedy });
    expect(evidenceOf(scene())).toEqual(seen);
  });

  test('every rung has such a break', () => {
    expect(ladder.map(({ code }) => code).filter((code) => !breaks.some((it) => it.code === code))).toEqual([]);
  });

  test('just the rung that is made for it speaks', () => {
    const others = breaks.flatMap(({ code, when, scene }) => {
      const it = scene();
      const also = ladder
        .filter((rung) => rung.code !== code && rung.explains.includes(it.outcome.kind) && rung.look(it))
        .map((rung) => rung.code);
      return also.length > 0 ? [`${code} (${when}): ${also.join(', ')}`] : [];
    });
    // what these see follows from the first
    expect(others).toEqual([
      'source.no-link (the veth pair is gone): source.wrong-route',
      'address.taken-twice (the host has it, and answered its neighbour first): neighbour.wrong-mac-address',
      'target.no-link (the veth pair is gone): target.no-way-back',
      'target.loopback-only (it listens there): target.other-address-only',
      'source.nat (the host sees another address): source.foreign-address',
      'bridge.port-flags (broadcasts are kept from the server, and its address is not known): neighbour.not-found',
      'name.rules-gone (somebody flushed them): name.server-silent',
      'address.mac-taken-twice (the client took it): neighbour.wrong-mac-address',
    ]);
  });
});

describe('a rung is silent where it could as well be otherwise', () => {
  test.each<[string, string, () => Scene]>([
    ['target.not-running', 'nobody knows who has to answer', () => ({ ...betweenPeers(), targetContainer: undefined })],
    [
      'target.not-in-a-network',
      'it has none by its mode',
      () => broken(betweenPeers(), ({ targetContainer }) => void Object.assign(targetContainer, { addresses: {}, networkMode: 'none' })),
    ],
    [
      'target.not-in-a-network',
      "it is in another's namespace",
      () =>
        broken(
          betweenPeers(),
          ({ targetContainer }) => void Object.assign(targetContainer, { addresses: {}, networkMode: 'container:nginx01' }),
        ),
    ],
    [
      'target.not-in-a-network',
      "it is in the host's",
      () => broken(betweenPeers(), ({ targetContainer }) => void Object.assign(targetContainer, { addresses: {}, networkMode: 'host' })),
    ],
    [
      'target.not-in-a-network',
      'it does not run',
      () => broken(betweenPeers(), ({ targetContainer }) => void Object.assign(targetContainer, { addresses: {}, status: 'exited' })),
    ],
    [
      'path.lost',
      'nobody has the address that is asked for',
      () => ({
        ...following(following(following(betweenPeers(), 'nginx01', syn('oif "eth0"')), 'host'), 'nginx02'),
        hostname: '172.17.200.7',
      }),
    ],
    [
      'path.kernel-drops',
      'fewer were dropped than were sent',
      () => ({
        ...following(betweenPeers(), 'nginx01', syn('oif "eth0"'), syn('oif "eth0"')),
        drops: [droppedAt('br_handle_frame', 'XDP')],
      }),
    ],
    [
      'path.kernel-drops',
      'the same was dropped before the probe',
      () => ({
        ...following(betweenPeers(), 'nginx01', syn('oif "eth0"')),
        drops: [droppedAt('br_handle_frame', 'XDP', true), droppedAt('br_handle_frame', 'XDP')],
      }),
    ],
    [
      'path.kernel-drops',
      'they were of another size, or another protocol',
      () => ({
        ...following(betweenPeers(), 'nginx01', syn('oif "eth0"')),
        drops: [
          { ...droppedAt('br_handle_frame', 'XDP'), protocol: 0x86dd },
          { ...droppedAt('br_handle_frame', 'XDP'), links: [{ name: wire.nginx01, way: 'in', bytes: 1400 }] },
          { ...droppedAt('br_handle_frame', 'XDP'), links: [{ name: wire.nginx02, way: 'in', bytes: 60 }] },
        ],
      }),
    ],
    [
      'engine.no-default-bridge',
      'the engine could not tell',
      () => broken(betweenPeers(), ({ network }) => void (network.driver = 'unknown')),
    ],
    [
      'engine.no-default-bridge',
      'another network is gone',
      () => broken(betweenPeers(), ({ network }) => void Object.assign(network, { driver: 'absent', name: 'backend' })),
    ],
    [
      'name.default-bridge-resolves-none',
      'it asks the name server of the engine',
      () => broken(betweenPeers(), ({ source }) => void (source.nameServers = ['127.0.0.11'])),
    ],
    [
      'name.default-bridge-resolves-none',
      'it is in another network, too',
      () => broken(betweenPeers(), ({ sourceContainer }) => void (sourceContainer.addresses['backend'] = '172.18.0.3')),
    ],
    [
      'name.default-bridge-resolves-none',
      'its resolv.conf was not read',
      () => broken(betweenPeers(), ({ source }) => void (source.nameServers = undefined)),
    ],
    ['name.default-bridge-resolves-none', 'the host asks', () => fromHost()],
    [
      'name.no-name-server',
      'its resolv.conf was not read',
      () => broken(betweenPeers(), ({ source }) => void (source.nameServers = undefined)),
    ],
    ['source.loopback-down', 'no loopback is asked', () => broken(betweenPeers(), ({ source }) => void (link(source, 'lo').up = false))],
    [
      'source.loopback-down',
      'there is none to be seen',
      () => broken(throughHostPort(), ({ host }) => void (host.links = host.links.filter(({ name }) => name !== 'lo'))),
    ],
    [
      'source.no-link',
      'the host asks',
      () => broken(fromHost(), ({ host }) => void (host.links = host.links.filter(({ name }) => name === 'lo'))),
    ],
    ['source.link-down', 'the host asks', () => broken(fromHost(), ({ host }) => void (link(host, 'docker0').up = false))],
    [
      'source.address-gone',
      'its addresses could not be read',
      () =>
        broken(betweenPeers(), ({ source }) => {
          source.addresses = [];
          source.printed.address = '';
        }),
    ],
    ['source.address-gone', 'the host asks', () => broken(fromHost(), ({ host }) => void (host.addresses = []))],
    [
      'target.address-gone',
      'the engine tells none',
      () =>
        broken(betweenPeers(), ({ target, targetContainer }) => {
          target.addresses = [];
          targetContainer.addresses = { bridge: '' };
        }),
    ],
    [
      'address.taken-twice',
      'neighbours find each other in spite of it',
      () => broken(betweenPeers(), ({ host }) => void host.addresses.push({ address: '172.17.0.3', prefixLength: 32, link: 'lo' })),
    ],
    [
      'address.taken-twice',
      'nobody knows who has to answer',
      () =>
        broken(
          { ...betweenPeers(), targetContainer: undefined },
          ({ source }) => void source.addresses.push({ address: '172.17.0.3', prefixLength: 32, link: 'lo' }),
        ),
    ],
    ['source.no-route', 'it was not asked', () => broken(betweenPeers(), ({ source }) => void (source.routes = {}))],
    [
      'source.no-route',
      'it is the host: another rung knows more',
      () => broken(fromHost(), ({ host }) => void (host.routes['172.17.0.3'] = route('none'))),
    ],
    ['source.wrong-route', 'it asks another network', () => betweenNetworks()],
    [
      'source.wrong-gateway',
      'the host has not been looked at',
      () =>
        broken(
          { ...betweenNetworks(), host: undefined },
          ({ source }) => void (source.routes['172.17.0.3'] = route('via another gateway')),
        ),
    ],
    [
      'source.wrong-gateway',
      'the host itself sends by way of somebody else',
      () => broken(fromHost(), ({ host }) => void (host.routes['172.17.0.3'] = route('via another gateway'))),
    ],
    [
      'port.taken',
      'it is no port of the host that was asked',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.port = hostPort;
          scene.proxies = [];
        }),
    ],
    [
      'port.taken',
      'nobody can tell the programs of the engine',
      () =>
        broken(throughHostPort(), (scene) => {
          scene.proxies = undefined as never;
        }),
    ],
    [
      'port.taken',
      'who listens cannot be told',
      () => broken(throughHostPort(), ({ host }) => host.listening.forEach((socket) => void (socket.process = undefined))),
    ],
    [
      'port.taken',
      'a stranger listens on another port',
      () =>
        broken(
          throughHostPort(),
          ({ host }) => void host.listening.push({ address: '0.0.0.0', port: 4711, process: 'python3 (process 4711)' }),
        ),
    ],
    [
      'port.proxy-stopped',
      'another one is',
      () => broken(throughHostPort(), (scene) => void (scene.stoppedProxies = ['docker-proxy (process 1)'])),
    ],
    [
      'port.proxy-stopped',
      'one of another port is',
      () =>
        broken(throughHostPort(), (scene) => {
          scene.stoppedProxies = ['docker-proxy (process 9)'];
          scene.host.listening.push({ address: '0.0.0.0', port: 4711, process: 'docker-proxy (process 9)' });
        }),
    ],
    [
      'port.proxy-stopped',
      'the target itself was asked',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.stoppedProxies = ['docker-proxy (process 334)'];
          scene.port = hostPort;
        }),
    ],
    [
      'port.proxy-stopped',
      'who listens cannot be told',
      () => broken(throughHostPort(), ({ host }) => host.listening.forEach((socket) => void (socket.process = undefined))),
    ],
    [
      'port.held-by-engine',
      'a rule leads the connection on',
      () =>
        broken(throughHostPort(), (scene) => {
          scene.host.listening = [{ address: '0.0.0.0', port: hostPort, process: 'dockerd (process 24)' }];
          scene.hits = [hit('host', '-A DOCKER -j DNAT', { effect: 'diverts' })];
        }),
    ],
    [
      'port.held-by-engine',
      'a docker-proxy listens, too',
      () =>
        broken(
          throughHostPort(),
          ({ host }) => void host.listening.push({ address: '::', port: hostPort, process: 'dockerd (process 24)' }),
        ),
    ],
    [
      'port.nobody-listens',
      'a rule leads the connection on',
      () =>
        broken(throughHostPort(), (scene) => {
          scene.host.listening = [];
          scene.hits = [hit('host', '-A DOCKER -j DNAT', { effect: 'diverts' })];
        }),
    ],
    ['port.nobody-listens', 'the target itself was asked', () => broken(betweenPeers(), ({ host }) => void (host.listening = []))],
    ['bridge.gone', 'the network has none', () => broken(betweenPeers(), ({ network }) => void (network.bridge = undefined))],
    ['bridge.gone', 'no link could be seen', () => broken(betweenPeers(), ({ host }) => void (host.links = []))],
    [
      'source.veth-off-the-bridge',
      'the network has no bridge',
      () =>
        broken(betweenPeers(), ({ host, sourceNetwork }) => {
          link(host, wire.nginx01).bridge = undefined;
          sourceNetwork.bridge = undefined;
        }),
    ],
    [
      'target.bridge-port-blocked',
      'the bridge is down',
      () =>
        broken(betweenPeers(), ({ host }) => {
          link(host, wire.nginx02).portState = 'disabled';
          link(host, 'docker0').up = false;
        }),
    ],
    [
      'target.bridge-port-blocked',
      'the port is down',
      () => broken(betweenPeers(), ({ host }) => void Object.assign(link(host, wire.nginx02), { portState: 'disabled', up: false })),
    ],
    [
      'target.bridge-port-blocked',
      'the other end is down',
      () => broken(betweenPeers(), ({ host }) => void Object.assign(link(host, wire.nginx02), { portState: 'disabled', carrier: false })),
    ],
    [
      'target.bridge-port-blocked',
      'its state was not told',
      () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).portState = undefined)),
    ],
    [
      'bridge.forwarding-entry',
      'the bridge learned it',
      () =>
        broken(
          betweenPeers(),
          ({ host, target }) => void host.forwarding.push({ macAddress: link(target, 'eth0').macAddress, link: wire.nginx01, state: '' }),
        ),
    ],
    [
      'bridge.forwarding-entry',
      "it is somebody else's",
      () =>
        broken(
          betweenPeers(),
          ({ host }) => void host.forwarding.push({ macAddress: '02:00:00:00:00:01', link: wire.nginx01, state: 'static' }),
        ),
    ],
    [
      'bridge.forwarding-entry',
      'it names the right port',
      () =>
        broken(
          betweenPeers(),
          ({ host, target }) =>
            void host.forwarding.push({ macAddress: link(target, 'eth0').macAddress, link: wire.nginx02, state: 'static' }),
        ),
    ],
    [
      'bridge.ports-isolated',
      "only the client's is",
      () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx01).isolated = true)),
    ],
    [
      'bridge.ports-isolated',
      "only the server's is",
      () => broken(betweenPeers(), ({ host }) => void (link(host, wire.nginx02).isolated = true)),
    ],
    [
      'bridge.ports-isolated',
      'the host stands between them',
      () =>
        broken(
          throughHostPortFromContainer(),
          ({ host }) => void (link(host, wire.nginx01).isolated = link(host, wire.nginx02).isolated = true),
        ),
    ],
    ['bridge.no-address', 'neighbours need none', () => broken(betweenPeers(), ({ host }) => void (host.addresses = []))],
    [
      'bridge.no-address',
      'the bridge is gone',
      () =>
        broken(fromHost(), ({ host }) => {
          host.addresses = [];
          host.links = host.links.filter(({ name }) => name !== 'docker0');
        }),
    ],
    [
      'host.route-shadowed',
      'neighbours need no route of the host',
      () =>
        broken(betweenPeers(), ({ host }) => {
          for (const key of Object.keys(host.routes)) host.routes[key] = { found: true, link: 'vpn0', gateway: undefined, type: 'unicast' };
        }),
    ],
    [
      'host.route-shadowed',
      'it is an address of the host',
      () =>
        broken(fromHost(), ({ host }) => void (host.routes['172.17.0.3'] = { found: true, link: 'lo', gateway: undefined, type: 'local' })),
    ],
    [
      'host.route-shadowed',
      'a packet that is forwarded is refused for another reason',
      () => broken(betweenNetworks(), ({ host }) => void (host.routes['172.17.0.3 from 172.18.0.2'] = route('none'))),
    ],
    [
      'host.route-shadowed',
      'the network has no bridge',
      () =>
        broken(fromHost(), ({ host, network }) => {
          network.bridge = undefined;
          host.routes['172.17.0.3'] = route('none');
        }),
    ],
    [
      'target.no-link',
      'the engine says that it has no address',
      () =>
        broken(betweenPeers(), ({ target, targetContainer }) => {
          target.links = [];
          targetContainer.addresses = { bridge: '' };
        }),
    ],
    [
      'target.arp-off',
      'only answers are chosen (arp_ignore is 1)',
      () => broken(betweenPeers(), ({ target }) => void (target.sysctls['ipv4/conf/all/arp_ignore'] = '1')),
    ],
    [
      'source.arp-off',
      'the client only does not answer',
      () => broken(betweenPeers(), ({ source }) => void (source.sysctls['ipv4/conf/eth0/arp_ignore'] = '8')),
    ],
    [
      'source.arp-off',
      'the host has another bridge without it',
      () => broken(fromHost(), ({ host }) => void (link(host, wire.other).noArp = true)),
    ],
    [
      'neighbour.wrong-mac-address',
      'it was not found at all',
      () =>
        broken(
          betweenPeers(),
          ({ source }) => void (source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: undefined, state: 'FAILED' }]),
        ),
    ],
    [
      'neighbour.wrong-mac-address',
      'it is another neighbour',
      () =>
        broken(
          betweenPeers(),
          ({ source }) =>
            void (source.neighbours = [{ address: '172.17.0.9', link: 'eth0', macAddress: '02:00:00:00:00:01', state: 'PERMANENT' }]),
        ),
    ],
    [
      'neighbour.wrong-mac-address',
      'the server could not be looked at',
      () =>
        broken(
          { ...betweenPeers(), target: undefined },
          ({ source }) =>
            void (source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: '02:00:00:00:00:01', state: 'PERMANENT' }]),
        ),
    ],
    [
      'host.ip-forward-off',
      'neighbours need none',
      () => broken(betweenPeers(), ({ host }) => void (host.sysctls['ipv4/ip_forward'] = '0')),
    ],
    ['host.ip-forward-off', 'the host itself sends', () => broken(fromHost(), ({ host }) => void (host.sysctls['ipv4/ip_forward'] = '0'))],
    [
      'host.ip-forward-off',
      'a client in host mode sends',
      () => broken({ ...fromHost(), sourceContainer: hostMode() }, ({ host }) => void (host.sysctls['ipv4/ip_forward'] = '0')),
    ],
    [
      'host.ip-forward-off',
      'it goes to no container',
      () => broken({ ...betweenNetworks(), targetContainer: undefined }, ({ host }) => void (host.sysctls['ipv4/ip_forward'] = '0')),
    ],
    [
      'host.ip-forward-off',
      'the network has no bridge',
      () =>
        broken(betweenNetworks(), ({ host, network }) => {
          host.sysctls['ipv4/ip_forward'] = '0';
          network.bridge = undefined;
        }),
    ],
    ['host.ip-forward-off', 'it could not be read', () => broken(betweenNetworks(), ({ host }) => void (host.sysctls = {}))],
    [
      'host.reverse-path-filter',
      'neighbours need no forwarding',
      () => broken(betweenPeers(), ({ host }) => void (host.routes['172.17.0.3 from 172.17.0.2'] = route('a blackhole'))),
    ],
    [
      'host.reverse-path-filter',
      'there is just no route',
      () => broken(betweenNetworks(), ({ host }) => void (host.routes['172.17.0.3 from 172.18.0.2'] = route('none'))),
    ],
    [
      'host.conntrack-full',
      'there is room for one more',
      () => broken(betweenPeers(), ({ host }) => void (host.sysctls['netfilter/nf_conntrack_count'] = '262143')),
    ],
    ['host.conntrack-full', 'it could not be read', () => broken(betweenPeers(), ({ host }) => void (host.sysctls = {}))],
    [
      'host.conntrack-full',
      'there is no such table',
      () =>
        broken(
          betweenPeers(),
          ({ host }) => void Object.assign(host.sysctls, { 'netfilter/nf_conntrack_count': '0', 'netfilter/nf_conntrack_max': '0' }),
        ),
    ],
    [
      'host.firewall',
      'a rule rejects, and nobody was told so',
      () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('host', '-A FORWARD -j REJECT', { effect: 'rejects' })])),
    ],
    [
      'host.firewall',
      'the rule is elsewhere',
      () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('nginx02', '-A INPUT -j DROP')])),
    ],
    [
      'host.firewall',
      'the rules that were met accept',
      () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('host', '-A FORWARD -j ACCEPT', { effect: 'accepts' })])),
    ],
    [
      'source.firewall',
      'the client is the host',
      () => broken(fromHost(), (scene) => void (scene.hits = [hit('host', '-A OUTPUT -j DROP')])),
    ],
    [
      'host.firewall-uncounted',
      'two rules could be why',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.host.rules = [uncounted, { ...uncounted, text: 'handle 3 [{"drop":null}]' }];
          scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
        }),
    ],
    ['host.firewall-uncounted', 'the packets left the host', () => broken(betweenPeers(), ({ host }) => void (host.rules = [uncounted]))],
    [
      'host.firewall-uncounted',
      'they did not reach it',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.host.rules = [uncounted];
          scene.traffic.set(`host ${wire.nginx01}`, { received: 0, sent: 0 }).set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
        }),
    ],
    [
      'host.firewall-uncounted',
      'nobody counted',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.host.rules = [uncounted];
          scene.traffic.clear();
        }),
    ],
    [
      'host.firewall-uncounted',
      'rules could not be read',
      () =>
        broken(betweenPeers(), (scene) => {
          scene.host.rules = undefined;
          scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
        }),
    ],
    ...(
      [
        { hook: 'input' },
        { hook: 'output' },
        { backend: 'iptables' },
        { packets: 0 },
        { effect: 'accepts' },
        {
          text: `handle 2 ${JSON.stringify([{ match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 443 } }])}`,
        },
      ] as const
    ).map((features): [string, string, () => Scene] => [
      'host.firewall-uncounted',
      `the rule cannot be why: ${JSON.stringify(features)}`,
      () =>
        broken(betweenPeers(), (scene) => {
          scene.host.rules = [{ ...uncounted, ...features }];
          scene.traffic.set(`host ${wire.nginx02}`, { received: 0, sent: 0 });
        }),
    ]),
    [
      'host.nat-diverts',
      'the rule leads to the server',
      () =>
        broken(
          throughHostPort(),
          (scene) => void (scene.hits = [hit('host', '-A DOCKER -j DNAT --to-destination 172.17.0.3:80', { effect: 'diverts' })]),
        ),
    ],
    [
      'host.nat-diverts',
      'a rule in the server does',
      () => broken(betweenPeers(), (scene) => void (scene.hits = [hit('nginx02', '-A PREROUTING -j REDIRECT', { effect: 'diverts' })])),
    ],
    [
      'path.mtu',
      'no connection was made',
      () =>
        broken(
          betweenPeers(failed('timed-out', 'Connection timed out after 900 milliseconds')),
          ({ host }) => void (link(host, wire.nginx02).mtu = 300),
        ),
    ],
    [
      'path.mtu',
      'it did not time out',
      () => broken(betweenPeers(failed('reset', 'Operation timed out')), ({ host }) => void (link(host, wire.nginx02).mtu = 300)),
    ],
    [
      'path.mtu',
      'what is narrower is not on the way',
      () => broken(betweenPeers(failed('timed-out', 'Operation timed out')), ({ host }) => void (link(host, wire.other).mtu = 300)),
    ],
    [
      'target.loopback-only',
      'it listens elsewhere as well',
      () => broken(betweenPeers(), ({ target }) => void target.listening.push({ address: '127.0.0.1', port: 80, process: undefined })),
    ],
    ['target.loopback-only', 'nobody listens', () => broken(betweenPeers(), ({ target }) => void (target.listening = []))],
    ...['*', '0.0.0.0', '172.17.0.3'].map((address): [string, string, () => Scene] => [
      'target.other-address-only',
      `it listens on ${address}`,
      () =>
        broken(
          betweenPeers(),
          ({ target }) =>
            void (target.listening = [
              { address: '10.0.0.1', port: 80, process: undefined },
              { address, port: 80, process: undefined },
            ]),
        ),
    ]),
    ['target.other-address-only', 'nobody listens', () => broken(betweenPeers(), ({ target }) => void (target.listening = []))],
    [
      'target.other-address-only',
      'nobody knows its address',
      () =>
        broken(
          { ...betweenPeers(), targetAddress: undefined },
          ({ target }) => void (target.listening = [{ address: '10.0.0.1', port: 80, process: undefined }]),
        ),
    ],
    [
      'target.not-listening',
      'it could not be looked at',
      () =>
        broken(betweenPeers(), ({ target }) => {
          target.listening = [];
          target.printed.link = '';
        }),
    ],
    [
      'target.no-way-back',
      'it is the host',
      () =>
        broken({ ...fromHost() }, (scene) => {
          scene.target = scene.host;
          scene.host.routes = { '172.17.0.2': route('none') };
        }),
    ],
    [
      'target.no-way-back',
      'the client could not be looked at',
      () => broken({ ...betweenPeers(), source: undefined }, ({ target }) => void (target.routes['172.17.0.2'] = route('none'))),
    ],
    [
      'target.no-way-back',
      'whose gateway is not known, for the host could not be looked at',
      () => broken({ ...betweenNetworks(), host: undefined }, () => undefined),
    ],
    [
      'target.stopped',
      'its processes wait for the disk',
      () => broken(betweenPeers(), (scene) => void (scene.targetProcesses = ['D (disk sleep)'])),
    ],
    [
      'target.stopped',
      'it could not be looked at',
      () => broken({ ...betweenPeers(), target: undefined }, (scene) => void (scene.targetProcesses = ['T (stopped)'])),
    ],
  ])('%s: %s', (code, _, scene) => {
    expect(ladder.map((rung) => rung.code)).toContain(code);
    expect(found(code, scene())).toBeUndefined();
  });

  test('none speaks of what was not looked at', () => {
    const blind = {
      ...betweenPeers(),
      source: undefined,
      host: undefined,
      target: undefined,
      network: undefined,
      sourceNetwork: undefined,
      proxies: undefined,
      traffic: new Map(),
      targetProcesses: [],
    };
    expect(speaking(blind)).toEqual([]);
    expect(speaking({ ...blind, sourceContainer: undefined, targetContainer: undefined, targetAddress: undefined })).toEqual([]);
  });

  test.each([
    'sourceContainer',
    'targetContainer',
    'targetAddress',
    'network',
    'sourceNetwork',
    'source',
    'host',
    'target',
    'proxies',
  ] as const)('none stumbles over a %s that nobody knows', (part) => {
    for (const { scene } of breaks) expect(() => speaking({ ...scene(), [part]: undefined })).not.toThrow();
  });

  test("a container in host mode is the host: what is the host's own is not told of it", () => {
    const scene = {
      ...fromHost(failed('refused')),
      targetContainer: hostMode(),
      targetAddress: undefined,
      hostname: 'localhost',
      network: undefined,
    };
    expect(speaking({ ...scene, target: scene.host })).toEqual([]);
  });
});

describe('the order', () => {
  const on = (change: Parameters<typeof broken>[1]) => climb(broken(betweenPeers(), change))?.code;

  test.each<[string, string, Parameters<typeof broken>[1]]>([
    [
      'target.paused',
      "and the client's link is down",
      ({ targetContainer, source }) => {
        targetContainer.status = 'paused';
        link(source, 'eth0').up = false;
      },
    ],
    [
      'source.link-down',
      "and the server's is, too",
      ({ source, target }) => {
        link(source, 'eth0').up = link(target, 'eth0').up = false;
      },
    ],
    [
      'source.link-down',
      "and the host's end of its wire is",
      ({ source, host }) => {
        link(source, 'eth0').up = link(host, wire.nginx01).up = false;
      },
    ],
    [
      'source.veth-down',
      'and the bridge is',
      ({ host }) => {
        link(host, wire.nginx01).up = link(host, 'docker0').up = false;
      },
    ],
    [
      'source.veth-down',
      "and the server's is, too",
      ({ host }) => {
        link(host, wire.nginx01).up = link(host, wire.nginx02).up = false;
      },
    ],
    [
      'bridge.down',
      "and the server's link is",
      ({ host, target }) => {
        link(host, 'docker0').up = link(target, 'eth0').up = false;
      },
    ],
    [
      'target.link-down',
      'and a rule of the host drops',
      (scene) => {
        link(scene.target, 'eth0').up = false;
        scene.hits = [hit('host', '-A FORWARD -j DROP')];
      },
    ],
    [
      'source.firewall',
      'and rules of host and server drop',
      (scene) => {
        scene.hits = ['nginx02', 'host', 'nginx01'].map((place) => hit(place, '-A INPUT -j DROP'));
      },
    ],
    [
      'host.firewall',
      'and one in the server drops',
      (scene) => {
        scene.hits = ['nginx02', 'host'].map((place) => hit(place, '-A INPUT -j DROP'));
      },
    ],
    [
      'target.firewall',
      'and its processes are stopped',
      (scene) => {
        scene.hits = [hit('nginx02', '-A INPUT -j DROP')];
        scene.targetProcesses = ['T (stopped)'];
      },
    ],
    [
      'target.no-way-back',
      'and its processes are stopped',
      (scene) => {
        scene.target.routes['172.17.0.2'] = route('none');
        scene.targetProcesses = ['T (stopped)'];
      },
    ],
  ])('names %s, which a packet meets first, %s', (code, _, change) => {
    expect(on(change)).toBe(code);
  });

  test('is that of the way: client, host port, bridge, server, filters, process', () => {
    const codes = ladder.map(({ code }) => code);
    const way = [
      'target.not-running',
      'source.link-down',
      'source.no-route',
      'port.taken',
      'bridge.gone',
      'source.veth-down',
      'target.veth-down',
      'bridge.down',
      'target.link-down',
      'host.ip-forward-off',
      'source.firewall',
      'host.firewall',
      'target.firewall',
      'path.mtu',
      'target.not-listening',
      'target.stopped',
    ];
    expect(codes.filter((code) => way.includes(code))).toEqual(way);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('of rules that drop, the first that a packet meets is named', () => {
    const scene = broken(betweenPeers(), (it) => {
      it.hits = [
        hit('host', '-A FORWARD -j LOG', { effect: 'other' }),
        hit('host', '-A DOCKER-USER -j DROP'),
        hit('host', 'policy DROP', { chain: 'FORWARD' }),
      ];
    });
    expect(climb(scene)?.finding.summary).toContain('-A DOCKER-USER -j DROP');
  });
});

describe('a rung is asked only where the outcome can come of it', () => {
  test('a connection that was made has shown that the way is there', () => {
    const made = failed('timed-out', 'Operation timed out after 1200 milliseconds with 0 bytes received');
    const down = (scene: Scene) => broken(scene, ({ host }) => void (link(host, wire.nginx02).portState = 'blocking'));
    expect(climb(down(betweenPeers()))?.code).toBe('target.bridge-port-blocked');
    expect(climb(down(betweenPeers(made)))).toBeUndefined();
    // there it was made with the program that listens on the host
    expect(climb(down(throughHostPort(made)))?.code).toBe('target.bridge-port-blocked');
  });

  test('each kind of failure has its rungs', () => {
    const byKinds: Record<string, string[]> = {};
    for (const { code, explains } of ladder) (byKinds[[...explains].sort().join(', ')] ??= []).push(code);
    expect(byKinds).toEqual({
      reached: ['target.speaks-no-http', 'target.answers-otherwise'],
      reset: ['target.breaks-off', 'target.closes'],
      unreachable: ['source.local-ports-exhausted'],
      'refused, reset, timed-out, unreachable': [
        'target.not-running',
        'target.not-in-a-network',
        'engine.no-default-bridge',
        'source.policy-routing',
        'host.nat-skipped',
        'host.route-shadowed',
        'host.policy-routing',
        'target.policy-routing',
        'target.queue-full',
      ],
      'name-unknown, refused, reset, timed-out, unreachable': ['source.firewall', 'host.firewall', 'target.firewall'],
      'timed-out': [
        'target.paused',
        'source.nat',
        'source.foreign-address',
        'port.proxy-stopped',
        'port.held-by-engine',
        'host.conntrack-full',
        'path.mtu',
        'target.stopped',
        'target.frozen',
        'target.no-descriptors',
        'target.silent',
        'target.slow',
        'path.lost',
      ],
      'name-unknown': [
        'name.default-bridge-resolves-none',
        'name.no-name-server',
        'name.other-name-server',
        'name.rules-gone',
        'name.not-in-the-network',
        'name.server-silent',
      ],

      'name-unknown, timed-out, unreachable': ['source.loopback-down'],
      'timed-out, unreachable': [
        'source.no-link',
        'source.link-down',
        'source.no-route',
        'source.wrong-route',
        'source.wrong-gateway',
        'host.route-localnet-off',
        'host.masquerade-gone',
        'bridge.gone',
        'source.veth-down',
        'source.veth-gone',
        'source.veth-off-the-bridge',
        'source.bridge-port-blocked',
        'target.veth-down',
        'target.veth-gone',
        'target.veth-off-the-bridge',
        'target.bridge-port-blocked',
        'bridge.down',
        'bridge.port-locked',
        'bridge.forwarding-entry',
        'bridge.port-flags',
        'bridge.ports-isolated',
        'bridge.no-address',
        'host.no-way-back',
        'address.mac-taken-twice',
        'target.link-down',
        'target.address-not-local',
        'source.arp-off',
        'target.arp-off',
        'host.ip-forward-off',
        'host.reverse-path-filter',
        'host.firewall-uncounted',
        'source.ipsec-policy',
        'host.ipsec-policy',
        'target.ipsec-policy',
        'source.traffic-control',
        'host.traffic-control',
        'target.traffic-control',
        'target.no-way-back',
        'address.nobody-has-it',
        'path.kernel-drops',
        'neighbour.not-found',
      ],
      'reached, refused, reset, timed-out, unreachable': [
        'name.hosts-entry',
        'source.address-gone',
        'address.taken-twice',
        'port.taken',
        'port.proxy-leads-elsewhere',
        'target.address-gone',
        'host.nat-diverts',
        'target.nat-diverts',
      ],
      refused: ['port.nobody-listens'],
      'refused, timed-out, unreachable': ['target.no-link'],
      'reached, refused, timed-out, unreachable': ['neighbour.wrong-mac-address'],
      'refused, reset': ['target.loopback-only', 'target.other-address-only', 'target.not-listening'],
    });
  });

  test('and each asks a question', () => {
    expect(ladder.map(({ asks }) => asks).filter((asks) => !/^[A-Z].*\?$/.test(asks))).toEqual([]);
  });

  test('silence behind a port of the host looks like a reset in front of it', () => {
    const paused = (scene: Scene) => climb(broken(scene, ({ targetContainer }) => void (targetContainer.status = 'paused')))?.code;
    expect(paused(throughHostPort(failed('reset')))).toBe('target.paused');
    expect(paused(betweenPeers(failed('reset')))).toBeUndefined();
    expect(paused(throughHostPort(failed('refused')))).toBeUndefined();
  });
});
