import type { Trace } from '../diagnosis/trace';
import type { NamespaceState } from '../diagnosis/namespace-state';
import type { Scene } from '../diagnosis/scene';
import { broken, hit, link, type Break } from './diagnosis-breaks';
import { betweenPeers, failed, fromHost, hostPort, route, throughHostPort, wire } from './diagnosis-scenes';

/** Packets of the probe that were seen in a namespace, with what rules they met there. */
export function following(scene: Scene, place: string, ...packets: string[]): Scene {
  const traces = packets.map((packet): Trace => ({ place, packet, steps: [] }));
  return { ...scene, traces: new Map([...scene.traces, [place, traces]]) };
}

const asked = 'iif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 129 tcp sport 21000 tcp dport 80';
const acknowledged = 'oif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 52 tcp sport 80 tcp dport 21000 tcp flags == ack';
const ended = 'oif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 52 tcp sport 80 tcp dport 21000 tcp flags == fin | ack';
const answered = 'oif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 800 tcp sport 80 tcp dport 21000';

const ofHost = (address: string) =>
  `iif "${wire.nginx01}" ip saddr ${address} ip daddr 172.17.0.3 ip length 60 tcp sport 21000 tcp dport 80`;

/** The state before, in which a counter is lower. */
function before(scene: Scene, state: NamespaceState, change: Partial<NamespaceState>): Scene {
  return { ...scene, earlier: new Map([[state.place, { ...state, ...change }]]) };
}

const marking = (place: string) =>
  hit(place, 'handle 3: tcp dport 80 meta mark set 0x00000009', { backend: 'nft', table: 'ip steer', chain: 'out', effect: 'other' });

const led = (state: NamespaceState) => {
  state.routes['172.17.0.3 mark 0x9'] = route('a blackhole');
  state.printed.policy = '0:\tfrom all lookup local\n32765:\tfrom all fwmark 0x9 lookup 99\n32766:\tfrom all lookup main\n';
};

const blocks =
  'XfrmInPolBlock          \t2\nXfrmOutPolBlock         \t2\nsrc 172.17.0.2/32 dst 172.17.0.3/32 \n\tdir in action block priority 0 \n';

const ipsec = (end: 'source' | 'host' | 'target', counter: string): Scene => {
  const scene = betweenPeers();
  const state = scene[end] as NamespaceState;
  state.ipsec = { [counter]: 2 };
  state.printed.ipsec = blocks;
  return before(scene, state, { ipsec: { [counter]: 0 } });
};

const queue = { kind: 'tbf', place: '8001: of root' };

const dropping = (end: 'source' | 'host' | 'target', name: string): Scene => {
  const scene = betweenPeers();
  const state = scene[end] as NamespaceState;
  state.queues = [{ ...queue, link: name, dropped: 3, waiting: 0 }];
  return before(scene, state, { queues: [{ ...queue, link: name, dropped: 1, waiting: 0 }] });
};

const inNginx01 = `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n`;
const inNginx02 = `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n`;

/** Breaks that are seen by the way of the probe's packets, or by what counters of the kernel count of them. */
export const followedBreaks: readonly Break[] = [
  {
    code: 'source.policy-routing',
    when: 'what is marked has no way',
    scene: () =>
      broken(betweenPeers(), (scene) => {
        led(scene.source);
        scene.hits = [marking('nginx01')];
      }),
    summary:
      'nginx01 marks the packets, and by its rule of policy routing "fwmark 0x9 lookup 99" has no way for them (RTNETLINK answers: Invalid argument)',
    remedy: `${inNginx01} ip rule delete fwmark 0x9 lookup 99`,
    seen: [
      'nginx01 counters of nft before and after one more probe: ip steer/out: handle 3: tcp dport 80 meta mark set 0x00000009: 2 packets more',
      'nginx01 policy, 3 lines',
      'nginx01 route, 2 lines',
    ],
  },
  {
    code: 'host.policy-routing',
    when: 'what is marked goes elsewhere',
    scene: () =>
      broken(fromHost(), (scene) => {
        led(scene.host);
        scene.host.routes['172.17.0.3 mark 0x9'] = { found: true, link: 'vpn0', gateway: undefined, type: 'unicast' };
        scene.hits = [
          hit('host', '-A OUTPUT -p tcp -j MARK --set-xmark 0x9/0xffffffff', { table: 'mangle', chain: 'OUTPUT', effect: 'other' }),
        ];
      }),
    summary: 'host marks the packets, and by its rule of policy routing "fwmark 0x9 lookup 99" sends them on vpn0, not on docker0',
    remedy: 'ip rule delete fwmark 0x9 lookup 99',
    seen: [
      'host counters of iptables before and after one more probe: mangle/OUTPUT: -A OUTPUT -p tcp -j MARK --set-xmark 0x9/0xffffffff: 2 packets more',
      'host policy, 3 lines',
      'host route, 4 lines',
    ],
  },
  {
    code: 'source.local-ports-exhausted',
    when: 'connect finds none',
    scene: () =>
      broken(
        betweenPeers(failed('unreachable', 'Immediate connect fail for 172.17.0.3: Cannot assign requested address')),
        ({ source }) => void (source.sysctls['ipv4/ip_local_port_range'] = '40000\t40001'),
      ),
    summary: 'nginx01 has no local port left for one more connection to 172.17.0.3:80: it may use 40000 to 40001, which is 2',
    remedy: `${inNginx01} sysctl -w 'net.ipv4.ip_local_port_range=32768 60999'`,
    seen: ['nginx01 one more probe: Immediate connect fail for 172.17.0.3: Cannot assign requested address', 'nginx01 sysctl: nothing'],
  },
  {
    code: 'source.nat',
    when: 'the host sees another address',
    scene: () =>
      broken(following(betweenPeers(), 'host', ofHost('192.0.2.77')), (scene) => {
        scene.hits = [
          hit('nginx01', '-A POSTROUTING -j SNAT --to-source 192.0.2.77', { table: 'nat', chain: 'POSTROUTING', effect: 'other' }),
        ];
      }),
    summary:
      'a rule in nat/POSTROUTING of nginx01 gives its packets the source address 192.0.2.77, to which no answer comes back: -A POSTROUTING -j SNAT --to-source 192.0.2.77',
    remedy: `${inNginx01} iptables -t nat -D POSTROUTING -j SNAT --to-source 192.0.2.77`,
    seen: [
      'nginx01 counters of iptables before and after one more probe: nat/POSTROUTING: -A POSTROUTING -j SNAT --to-source 192.0.2.77: 2 packets more',
    ],
  },
  {
    code: 'source.foreign-address',
    when: 'its route says so',
    scene: () =>
      broken(betweenPeers(), ({ source }) => {
        source.routes['172.17.0.3'] = { found: true, link: 'eth0', gateway: undefined, type: 'unicast', source: '198.51.100.9' };
      }),
    summary: 'nginx01 sends to 172.17.0.3 from 198.51.100.9, not from 172.17.0.2: no answer comes back to that',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 route, 2 lines', 'nginx01 routes, 2 lines'],
  },
  {
    code: 'host.nat-skipped',
    when: 'a rule of the raw table says so',
    scene: () =>
      broken(throughHostPort(), (scene) => {
        scene.hits = [hit('host', '-A OUTPUT -p tcp -j CT --notrack', { table: 'raw', chain: 'OUTPUT', effect: 'other' })];
      }),
    summary: `a rule in raw/OUTPUT of the host keeps the kernel from following connections to port ${hostPort}, so that no NAT rule leads them on: -A OUTPUT -p tcp -j CT --notrack`,
    remedy: 'iptables -t raw -D OUTPUT -p tcp -j CT --notrack',
    seen: ['host counters of iptables before and after one more probe: raw/OUTPUT: -A OUTPUT -p tcp -j CT --notrack: 2 packets more'],
  },
  {
    code: 'port.proxy-leads-elsewhere',
    when: 'to another port',
    scene: () =>
      broken(throughHostPort(failed('reset')), (scene) => {
        scene.leadingProxies = [{ process: 'docker-proxy (process 334)', address: '172.17.0.3', port: 8080 }];
      }),
    summary: `docker-proxy (process 334), which listens on port ${hostPort} of the host, leads to 172.17.0.3:8080, not to port 80 of nginx02`,
    remedy: 'kill 334 && docker restart nginx02-1',
    seen: ['host listening, 2 lines', 'host where docker-proxy (process 334) leads: 172.17.0.3:8080'],
  },
  ...(['source', 'target'] as const).map((end): Break => {
    const [name, veth] = end === 'source' ? (['nginx01', wire.nginx01] as const) : (['nginx02', wire.nginx02] as const);
    return {
      code: `${end}.veth-gone`,
      when: 'it was moved away',
      scene: () => broken(betweenPeers(), ({ host }) => void (host.links = host.links.filter((it) => it.name !== veth))),
      summary: `the host's end of the veth pair of ${name} is not there: somebody moved it to another namespace`,
      remedy: `docker restart ${name}-1`,
      seen: [`${name} link, 2 lines`, 'host link, 6 lines'],
    };
  }),
  {
    code: 'bridge.port-flags',
    when: 'broadcasts are kept from the server, and its address is not known',
    scene: () =>
      broken(betweenPeers(), ({ host, source }) => {
        link(host, wire.nginx02).broadcastFlood = false;
        source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: undefined, state: 'FAILED' }];
      }),
    summary: `${wire.nginx02}, the bridge port of nginx02, gets no broadcasts, so that ARP does not find it`,
    remedy: `for it in ${wire.nginx02} ${wire.nginx01}; do bridge link set dev $it bcast_flood on mcast_flood on flood on learning on; done`,
    seen: ['host link, 1 line', 'nginx01 neighbour, 1 line'],
  },
  {
    code: 'bridge.port-flags',
    when: 'the bridge has not learnt where the server is, and floods nothing there',
    scene: () =>
      broken(betweenPeers(), ({ host }) => {
        Object.assign(link(host, wire.nginx02), { flood: false, learning: false });
        host.forwarding = host.forwarding.filter(({ link: name }) => name !== wire.nginx02);
      }),
    summary: `${wire.nginx02}, the bridge port of nginx02, gets no frames for addresses that the bridge does not know, and does not learn 56:f5:8d:72:e2:9d`,
    remedy: `for it in ${wire.nginx02} ${wire.nginx01}; do bridge link set dev $it bcast_flood on mcast_flood on flood on learning on; done`,
    seen: ['host link, 1 line', 'nginx01 neighbour, 1 line'],
  },
  {
    code: 'host.firewall',
    when: "a rule of the engine's own table drops them",
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.hits = [
          hit('host', 'handle 9: iifname "docker0" counter drop', {
            backend: 'nft',
            table: 'ip docker-bridges',
            chain: 'filter-forward-in__docker0',
          }),
        ];
      }),
    summary:
      'the engine itself keeps them apart: a rule in ip docker-bridges/filter-forward-in__docker0 of host drops the packets: handle 9: iifname "docker0" counter drop',
    remedy:
      'Change what asks the engine for this rule, not the rule, which comes back: whether containers of the network may talk to each other (icc), whether it is internal, and its gateway mode; or connect both to one network.',
    seen: [
      'host counters of nft before and after one more probe: ip docker-bridges/filter-forward-in__docker0: handle 9: iifname "docker0" counter drop: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: "a rule of the engine's own table drops them, which says that it is for ICC",
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.hits = [
          hit('host', 'handle 9: iifname "docker0" counter drop', {
            backend: 'nft',
            table: 'ip docker-bridges',
            chain: 'filter-forward-in__docker0',
            comment: 'ICC',
          }),
        ];
      }),
    summary:
      'containers of this network must not talk to each other (inter-container communication is off): a rule in ip docker-bridges/filter-forward-in__docker0 of host drops the packets: handle 9: iifname "docker0" counter drop',
    remedy: "remove --icc=false from the daemon's options, or com.docker.network.bridge.enable_icc=false from the network",
    seen: [
      'host counters of nft before and after one more probe: ip docker-bridges/filter-forward-in__docker0: handle 9: iifname "docker0" counter drop: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: "a rule of the engine's own table drops them, which says that it is for UNPUBLISHED PORT DROP",
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.hits = [
          hit('host', 'handle 9: iifname "docker0" counter drop', {
            backend: 'nft',
            table: 'ip docker-bridges',
            chain: 'filter-forward-in__docker0',
            comment: 'UNPUBLISHED PORT DROP',
          }),
        ];
      }),
    summary:
      'the engine lets nobody from beyond the network to a port that is not published: a rule in ip docker-bridges/filter-forward-in__docker0 of host drops the packets: handle 9: iifname "docker0" counter drop',
    remedy: 'docker network connect NETWORK CONTAINER  # a network that both are in; or publish the port',
    seen: [
      'host counters of nft before and after one more probe: ip docker-bridges/filter-forward-in__docker0: handle 9: iifname "docker0" counter drop: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: "a rule of the engine's own table drops them, which says that it is for DROP DIRECT ACCESS",
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.hits = [
          hit('host', 'handle 9: iifname "docker0" counter drop', {
            backend: 'nft',
            table: 'ip docker-bridges',
            chain: 'filter-forward-in__docker0',
            comment: 'DROP DIRECT ACCESS',
          }),
        ];
      }),
    summary:
      'the engine lets nobody route to a container directly: a rule in ip docker-bridges/filter-forward-in__docker0 of host drops the packets: handle 9: iifname "docker0" counter drop',
    remedy: 'publish the port, or com.docker.network.bridge.gateway_mode_ipv4=nat-unprotected',
    seen: [
      'host counters of nft before and after one more probe: ip docker-bridges/filter-forward-in__docker0: handle 9: iifname "docker0" counter drop: 2 packets more',
    ],
  },
  {
    code: 'host.firewall',
    when: "a rule of the engine's own table drops them, which says that it is for INTERNAL NETWORK EGRESS",
    scene: () =>
      broken(betweenPeers(), (scene) => {
        scene.hits = [
          hit('host', 'handle 9: iifname "docker0" counter drop', {
            backend: 'nft',
            table: 'ip docker-bridges',
            chain: 'filter-forward-in__docker0',
            comment: 'INTERNAL NETWORK EGRESS',
          }),
        ];
      }),
    summary:
      'the engine keeps networks apart: a rule in ip docker-bridges/filter-forward-in__docker0 of host drops the packets: handle 9: iifname "docker0" counter drop',
    remedy: 'docker network connect NETWORK CONTAINER  # a network that both are in',
    seen: [
      'host counters of nft before and after one more probe: ip docker-bridges/filter-forward-in__docker0: handle 9: iifname "docker0" counter drop: 2 packets more',
    ],
  },
  {
    code: 'target.nat-diverts',
    when: 'a rule inside the server leads to another port',
    scene: () =>
      broken(betweenPeers(failed('refused')), (scene) => {
        scene.hits = [
          hit('nginx02', '-A PREROUTING -p tcp -j REDIRECT --to-ports 15001', { table: 'nat', chain: 'PREROUTING', effect: 'diverts' }),
        ];
      }),
    summary: 'a rule in nat/PREROUTING of nginx02 leads the packets elsewhere: -A PREROUTING -p tcp -j REDIRECT --to-ports 15001',
    remedy: `${inNginx02} iptables -t nat -D PREROUTING -p tcp -j REDIRECT --to-ports 15001`,
    seen: [
      'nginx02 counters of iptables before and after one more probe: nat/PREROUTING: -A PREROUTING -p tcp -j REDIRECT --to-ports 15001: 2 packets more',
    ],
  },
  ...(
    [
      ['source', 'nginx01', 'XfrmOutPolBlock', `${inNginx01} `],
      ['host', 'host', 'XfrmFwdHdrError', ''],
      ['target', 'nginx02', 'XfrmInPolBlock', `${inNginx02} `],
    ] as const
  ).map(([end, name, counter, prefix]): Break => ({
    code: `${end}.ipsec-policy`,
    when: 'a policy blocks',
    scene: () => ipsec(end, counter),
    summary: `an IPsec policy of ${name} refuses the packets (${counter} went up): src 172.17.0.2/32 dst 172.17.0.3/32 dir in`,
    remedy: `${prefix}ip xfrm policy delete src 172.17.0.2/32 dst 172.17.0.3/32 dir in`,
    seen: [`${name} ipsec, 4 lines`],
  })),
  ...(
    [
      ['source', 'nginx01', 'eth0', `${inNginx01} `],
      ['host', 'host', wire.nginx02, ''],
      ['target', 'nginx02', 'eth0', `${inNginx02} `],
    ] as const
  ).map(([end, name, device, prefix]): Break => ({
    code: `${end}.traffic-control`,
    when: 'a queue drops',
    scene: () => dropping(end, device),
    summary: `the queue tbf of ${device} of ${name} dropped 2 packets of one more probe: traffic control lets them out too slowly, or not at all`,
    remedy: `${prefix}tc qdisc delete dev ${device} root`,
    seen: [`${name} packets that queues dropped during one more probe: ${device} tbf 8001: of root: 2`, `${name} queues: nothing`],
  })),
  {
    code: 'path.mtu',
    when: 'links were seen to drop packets, where none could be followed',
    scene: () => {
      const scene = betweenPeers(failed('timed-out', 'Operation timed out after 1200 milliseconds with 0 bytes received'));
      const host = scene.host as NamespaceState;
      const links = host.links.map((it) => ({ ...it }));
      Object.assign(link(host, wire.nginx02), { mtu: 300, droppedPackets: 2 });
      return before(scene, host, { links });
    },
    summary: `nginx01 sends packets of up to 1500 bytes, and ${wire.nginx02} on their way carries 300: connections are made, and large answers vanish`,
    remedy: `ip link set ${wire.nginx02} mtu 1500`,
    seen: ['nginx01 link, 2 lines', 'host link, 6 lines'],
  },
  {
    code: 'target.no-descriptors',
    when: 'its process has as many as it may',
    scene: () => broken(betweenPeers(), ({ target }) => void (target.descriptors = [{ process: 356, used: 20, limit: 20 }])),
    summary:
      'the server in nginx02 has no file descriptor left for one more connection (process 356: 20 of 20): the kernel accepts it, and nobody takes it',
    remedy: 'Let it close what it holds, or give it more: docker run --ulimit nofile=… in place of nginx02-1',
    seen: ['nginx02 descriptors: nothing', 'nginx02 listening, 2 lines'],
  },
  {
    code: 'target.silent',
    when: 'it was asked and sent nothing',
    scene: () => following(betweenPeers(), 'nginx02', asked, acknowledged),
    summary: 'the server in nginx02 accepts connections, gets the question, and sends no answer',
    remedy: 'Ask the server itself what it waits for: docker logs nginx02-1',
    seen: ['nginx02 listening, 2 lines', `nginx02 packets of one more probe, which were followed: ${asked}\n${acknowledged}`],
  },
  {
    code: 'target.closes',
    when: 'it was asked and ended the connection',
    scene: () => following(betweenPeers(failed('reset')), 'nginx02', asked, ended),
    summary: 'the server in nginx02 gets the question, and closes the connection without an answer',
    remedy: 'Ask the server itself why it ends them: docker logs nginx02-1',
    seen: ['nginx02 listening, 2 lines', `nginx02 packets of one more probe, which were followed: ${asked}\n${ended}`],
  },
  ...(
    [
      [0, 'target.speaks-no-http', 'answers, and what it says is no HTTP: another program listens at that port', 'what listens there'],
      [
        403,
        'target.answers-otherwise',
        'is reached and answers with the status 403: the network is not what keeps the page back',
        'why it does',
      ],
    ] as const
  ).map(([status, code, does, why]): Break => ({
    code,
    when: 'it answered',
    scene: () =>
      following(betweenPeers({ kind: 'reached', status, by: undefined, body: '', remoteAddress: '' }), 'nginx02', asked, answered),
    summary: `the server in nginx02 ${does}`,
    remedy: `Ask the server itself ${why}: docker logs nginx02-1`,
    seen: ['nginx02 listening, 2 lines', `nginx02 packets of one more probe, which were followed: ${asked}\n${answered}`],
  })),
];
