import { broken, hit, link, type Break } from './diagnosis-breaks';
import { following } from './diagnosis-breaks-followed';
import { betweenPeers, failed, hostMode, nginx01, nginx02, throughHostPort, wire } from './diagnosis-scenes';
import { etherTypes, type Drop } from '../diagnosis/drops';
import type { NamespaceState } from '../diagnosis/namespace-state';
import type { ContainerView, Scene } from '../diagnosis/scene';

/** Two containers of a network that has a name server, the client of which asks for a name in vain. */
const byName = (hostname: string, change: Partial<NamespaceState> = {}, more: Partial<ContainerView> = {}): Scene => {
  const container = (view: ContainerView, address: string, names: string[]): ContainerView => ({
    ...view,
    addresses: { backend: address },
    names: { backend: names },
  });
  const sourceContainer = container(nginx01(), '172.17.0.2', ['client']);
  const targetContainer = { ...container(nginx02(), '172.17.0.3', ['web']), ...more };
  const scene = betweenPeers(failed('name-unknown'));
  const rules = [hit('nginx01', '-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp --dport 53 -j DNAT --to-destination 127.0.0.11:4711', {}).rule];
  return {
    ...scene,
    hostname,
    sourceContainer,
    targetContainer,
    containers: [sourceContainer, targetContainer],
    source: { ...(scene.source as NamespaceState), nameServers: ['127.0.0.11'], rules, hosts: {}, ...change },
  };
};

export const syn = (at: string, from = '172.17.0.2') =>
  `${at} ip saddr ${from} ip daddr 172.17.0.3 ip length 60 tcp sport 21000 tcp dport 80`;
/** What the kernel says of a question of nginx01 that it dropped behind nginx01's veth. */
export const droppedAt = (by: string, reason: string, early = false): Drop => ({
  protocol: etherTypes.ipv4,
  reason,
  by,
  links: [{ name: wire.nginx01, way: 'in', bytes: 60 }],
  early,
});
const request = 'iif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 129 tcp sport 21000 tcp dport 80 tcp flags == psh | ack';
const piece = 'oif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 62 tcp sport 80 tcp dport 21000 tcp flags == psh | ack';
const end = 'oif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 40 tcp sport 80 tcp dport 21000 tcp flags == rst';
const clientGoes = 'iif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 52 tcp sport 21000 tcp dport 80 tcp flags == fin | ack';

const served = (outcome: Scene['outcome'], ...packets: string[]) => following(betweenPeers(outcome), 'nginx02', ...packets);

const atLoopback = (): Scene => {
  const scene = throughHostPort();
  scene.hits = [
    hit('host', '-A DOCKER -p tcp --dport 32768 -j DNAT --to-destination 172.17.0.3:80', {
      table: 'nat',
      chain: 'DOCKER',
      effect: 'diverts',
    }),
  ];
  return scene;
};

const took = (packets: number): NamespaceState['trafficActions'][number] => ({
  link: wire.nginx01,
  way: 'ingress',
  filter: 'protocol ip pref 49152 u32',
  action: 'mirred (Egress Redirect to device mirror) stolen',
  packets,
});

/** Breaks of names, of what the kernel of a container or the host takes for its own, and of what a server does. */
export const moreBreaks: readonly Break[] = [
  {
    code: 'name.hosts-entry',
    when: 'a line leads it elsewhere',
    scene: () => ({ ...byName('web', { hosts: { web: ['172.17.0.99'] } }), outcome: failed('timed-out') }),
    summary: 'the hosts file of nginx01 says that web is 172.17.0.99; nginx02 has 172.17.0.3',
    remedy:
      'docker restart nginx01-1  # which writes the file anew; one that is mounted, or --add-host, has to be changed where it comes from',
    seen: ['nginx01 hosts: nothing'],
  },
  {
    code: 'name.other-name-server',
    when: 'another one was written',
    scene: () => byName('web', { nameServers: ['192.0.2.53'] }),
    summary: `nginx01 asks 192.0.2.53 for web, not the engine's own name server at 127.0.0.11: somebody wrote another one into its resolv.conf`,
    remedy: `docker exec nginx01-1 sh -c 'echo nameserver 127.0.0.11 >/etc/resolv.conf'`,
    seen: ['nginx01 resolv, 8 lines'],
  },
  {
    code: 'name.rules-gone',
    when: 'somebody flushed them',
    scene: () => byName('web', { rules: [] }),
    summary: `the NAT rules inside nginx01 are gone that lead its questions for names from 127.0.0.11 to the engine's name server: somebody flushed them`,
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 iptables: nothing', 'nginx01 resolv, 8 lines'],
  },
  {
    code: 'name.not-in-the-network',
    when: 'it has another name',
    scene: () => byName('old'),
    summary: 'no container of the networks of nginx01 (backend) has the name old; names there are client, web',
    remedy: 'Ask for a name that it has, or give it this one: docker rename nginx02-1 old, or an alias when it is connected.',
    seen: ['engine names of containers in backend: client, web'],
  },
  {
    code: 'name.not-in-the-network',
    when: 'it is in another network',
    scene: () => byName('old', {}, { addresses: { other: '172.19.0.2' }, names: { other: ['old'] } }),
    summary: 'no container of the networks of nginx01 (backend) has the name old; names there are client',
    remedy: 'docker network connect backend nginx02-1',
    seen: ['engine names of containers in backend: client'],
  },
  {
    code: 'name.server-silent',
    when: 'the name is there',
    scene: () => byName('web'),
    summary: `the engine's name server at 127.0.0.11 does not give nginx01 the name web, which a container of its network has: it is not reached, or does not know it`,
    remedy: `Ask it there: nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx01-1)" -n busybox nslookup web 127.0.0.11; then docker restart nginx01-1`,
    seen: ['nginx01 resolv, 8 lines', 'nginx01 iptables: nothing'],
  },
  {
    code: 'host.route-localnet-off',
    when: 'a rule leads there, and the kernel does not',
    scene: () =>
      broken(atLoopback(), ({ host }) =>
        Object.assign(host.sysctls, { 'ipv4/conf/all/route_localnet': '0', 'ipv4/conf/docker0/route_localnet': '0' }),
      ),
    summary: `a rule leads connections to the host's loopback to the container, and the kernel routes no packets of the loopback to docker0 (route_localnet is 0)`,
    remedy: 'sysctl -w net.ipv4.conf.docker0.route_localnet=1',
    seen: [
      'host sysctl: nothing',
      'host counters of iptables before and after one more probe: nat/DOCKER: -A DOCKER -p tcp --dport 32768 -j DNAT --to-destination 172.17.0.3:80: 2 packets more',
    ],
  },
  {
    code: 'host.masquerade-gone',
    when: 'the server sees the loopback',
    scene: () => following(atLoopback(), 'nginx02', syn('iif "eth0"', '127.0.0.1')),
    summary: `packets come to nginx02 from 127.0.0.1, to which no container can answer: the rule is gone that gives what comes from the host's loopback an address of docker0`,
    remedy: 'iptables -t nat -A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE',
    seen: [
      'nginx02 packets of one more probe, which were followed: iif "eth0" ip saddr 127.0.0.1 ip daddr 172.17.0.3 ip length 60 tcp sport 21000 tcp dport 80',
      'host iptables, 2 lines',
    ],
  },
  {
    code: 'host.no-way-back',
    when: 'the host sends its answers elsewhere',
    scene: () =>
      broken({ ...betweenPeers(), targetContainer: hostMode() }, (scene) => {
        scene.target = scene.host;
        scene.host.routes['172.17.0.2'] = { found: true, link: 'vpn0', gateway: undefined, type: 'unicast' };
      }),
    summary: 'the host sends its answers to 172.17.0.2 on vpn0, not on docker0: another route stands before that of the network bridge',
    remedy: 'ip route del 172.17.0.2 dev vpn0  # or the wider route that covers it',
    seen: ['host route, 4 lines', 'host routes, 2 lines'],
  },
  {
    code: 'address.mac-taken-twice',
    when: 'the client took it',
    scene: () =>
      broken(betweenPeers(), ({ source, target, sourceContainer, host }) => {
        sourceContainer.macAddresses = ['02:42:ac:11:00:02'];
        link(source, 'eth0').macAddress = link(target, 'eth0').macAddress;
        host.neighbours = [];
      }),
    summary: 'eth0 of nginx01 and eth0 of nginx02 have the same MAC address, 56:f5:8d:72:e2:9d: the bridge takes one for the other',
    remedy: 'docker restart nginx01-1',
    seen: ['nginx01 link, 2 lines', 'nginx02 link, 2 lines'],
  },
  {
    code: 'target.address-not-local',
    when: 'its table lacks it',
    scene: () =>
      broken(betweenPeers(), ({ target }) => {
        target.routes['172.17.0.3'] = { found: true, link: 'eth0', gateway: undefined, type: 'unicast' };
        target.printed.policy = '0:\tfrom all lookup local\n';
      }),
    summary:
      'nginx02 has 172.17.0.3 on eth0, and its kernel does not take it for an address of its own: its table of local addresses lacks it, or a rule of policy routing stands before that',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n ip route add table local local 172.17.0.3 dev eth0 proto kernel scope host src 172.17.0.3`,
    seen: ['nginx02 route, 4 lines', 'nginx02 routes: nothing', 'nginx02 policy, 1 line'],
  },
  {
    code: 'target.policy-routing',
    when: 'a rule looks at its address',
    scene: () =>
      broken(betweenPeers(), ({ target }) => {
        target.routes['172.17.0.2 from 172.17.0.3 with ipproto tcp sport 80'] = {
          found: false,
          why: 'RTNETLINK answers: No route to host',
        };
        target.printed.policy = '0:\tfrom all lookup local\n32765:\tfrom 172.17.0.3 lookup 55\n32766:\tfrom all lookup main\n';
      }),
    summary:
      'nginx02 leads packets to 172.17.0.2 another way than others, by its rule of policy routing "from 172.17.0.3 lookup 55": it has no way for them (RTNETLINK answers: No route to host)',
    remedy: `nsenter -t "$(docker inspect --format '{{.State.Pid}}' nginx02-1)" -n ip rule delete from 172.17.0.3 lookup 55`,
    seen: ['nginx02 policy, 3 lines', 'nginx02 route, 4 lines'],
  },
  {
    code: 'target.frozen',
    when: 'all of it is',
    scene: () => broken(betweenPeers(), (scene) => void (scene.targetProcesses = ['frozen, process 320'])),
    summary:
      'the processes of the server in nginx02 are frozen, and the engine knows nothing of it: the kernel accepts connections and nobody answers',
    remedy:
      'Somebody froze its control group, and has to thaw it: cat /proc/320/cgroup shows which; its freezer.state wants THAWED, with version 2 its cgroup.freeze wants 0. Or: docker restart nginx02-1',
    seen: ['host processes of nginx02: frozen, process 320'],
  },
  {
    code: 'target.queue-full',
    when: 'it takes none',
    scene: () =>
      broken(
        betweenPeers(),
        ({ target }) => void (target.listening = target.listening.map((socket) => ({ ...socket, waiting: 12, mayWait: 11 }))),
      ),
    summary: 'the server in nginx02 takes no connection from its queue, which is full (12 wait, 11 may): the kernel accepts no more',
    remedy: 'Ask the server itself why it takes none: docker logs nginx02-1',
    seen: ['nginx02 listening, 2 lines'],
  },
  {
    code: 'target.slow',
    when: 'the client does not wait',
    scene: () => served(failed('timed-out', 'Operation timed out after 1200 milliseconds'), request, piece, clientGoes, end),
    summary: 'the server in nginx02 begins its answer and sends it so slowly that the probe does not wait for the end',
    remedy: 'Ask the server itself what slows it down: docker logs nginx02-1',
    seen: [
      'nginx02 listening, 2 lines',
      'nginx02 packets of one more probe, which were followed: iif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 129 tcp sport 21000 tcp dport 80 tcp flags == psh | ack\noif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 62 tcp sport 80 tcp dport 21000 tcp flags == psh | ack\niif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 52 tcp sport 21000 tcp dport 80 tcp flags == fin | ack\noif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 40 tcp sport 80 tcp dport 21000 tcp flags == rst',
    ],
  },
  {
    code: 'target.breaks-off',
    when: 'it ends in the middle',
    scene: () => served(failed('reset'), request, piece, end),
    summary: 'the server in nginx02 ends the connection in the middle of its answer, or before it has read the whole question',
    remedy: 'Ask the server itself why it breaks off: docker logs nginx02-1',
    seen: [
      'nginx02 listening, 2 lines',
      'nginx02 packets of one more probe, which were followed: iif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 129 tcp sport 21000 tcp dport 80 tcp flags == psh | ack\noif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 62 tcp sport 80 tcp dport 21000 tcp flags == psh | ack\noif "eth0" ip saddr 172.17.0.3 ip daddr 172.17.0.2 ip length 40 tcp sport 80 tcp dport 21000 tcp flags == rst',
    ],
  },
  {
    code: 'address.nobody-has-it',
    when: 'the engine told it',
    scene: () => ({
      ...broken(betweenPeers(), ({ source }) => {
        source.routes['172.17.200.7'] = { found: true, link: 'eth0', gateway: undefined, type: 'unicast' };
        source.neighbours = [{ address: '172.17.200.7', link: 'eth0', macAddress: undefined, state: 'FAILED' }];
      }),
      hostname: '172.17.200.7',
    }),
    summary:
      "nginx01 asks for the MAC address of 172.17.200.7 on eth0, and nobody answers: that address is nobody's, and nginx02 has 172.17.0.3",
    remedy: 'Look for what told the client that address: the engine (docker inspect), a name server, a file of hosts, or its own settings.',
    seen: ['nginx01 neighbour, 1 line', 'nginx02 address, 2 lines'],
  },
  {
    code: 'neighbour.not-found',
    when: 'nobody answers',
    scene: () =>
      broken(
        betweenPeers(),
        ({ source }) => void (source.neighbours = [{ address: '172.17.0.3', link: 'eth0', macAddress: undefined, state: 'FAILED' }]),
      ),
    summary:
      'nginx01 asks for the MAC address of 172.17.0.3 on eth0, and no answer comes back: the way is broken below IP, between the two links',
    remedy:
      'Look at what is between them: the bridge and its ports (bridge -d link), filters of traffic control (tc filter), tables of nftables for arp, bridge and netdev.',
    seen: ['nginx01 neighbour, 1 line'],
  },
  {
    code: 'path.kernel-drops',
    when: 'each question was dropped, and nothing that can be read says by what',
    scene: () => ({
      ...following(following(betweenPeers(), 'nginx01', syn('oif "eth0"'), syn('oif "eth0"')), 'host', syn(`iif "${wire.nginx01}"`)),
      drops: [droppedAt('tcp_v4_rcv', 'QUEUE_PURGE', true), ...Array<Drop>(2).fill(droppedAt('br_handle_frame', 'XDP'))],
    }),
    summary: 'the kernel drops the packets of the probe that came by vethf96bbc5, in br_handle_frame (XDP): that is a program of XDP',
    remedy: "Look for what drops them, on the host and in the containers' namespaces: bpftool net show",
    seen: [
      'host packets that the kernel dropped during one more probe (tracepoint skb:kfree_skb): 2 dropped in br_handle_frame (XDP) after in by vethf96bbc5; 2 sent; none before the probe',
      `nginx01 packets of one more probe, which were followed: ${syn('oif "eth0"')}\n${syn('oif "eth0"')}`,
    ],
  },
  {
    code: 'path.kernel-drops',
    when: 'each question for a MAC address was, without a reason',
    scene: () => ({
      ...following(betweenPeers(), 'nginx01', 'oif "eth0" arp operation request'),
      drops: [{ ...droppedAt('br_dev_queue_push_xmit', 'NOT_SPECIFIED'), protocol: etherTypes.arp }],
    }),
    summary:
      "the kernel drops the questions for a MAC address that came by vethf96bbc5, in br_dev_queue_push_xmit, without a reason: only the kernel's own name for it is known",
    remedy: "Look for what drops them, on the host and in the containers' namespaces: ip -s link show vethf96bbc5",
    seen: [
      'host packets that the kernel dropped during one more probe (tracepoint skb:kfree_skb): 1 dropped in br_dev_queue_push_xmit, without a reason after in by vethf96bbc5; 1 sent; none before the probe',
      'nginx01 packets of one more probe, which were followed: oif "eth0" arp operation request',
    ],
  },
  {
    code: 'path.lost',
    when: 'it comes to the host, and not to the server',
    scene: () =>
      following(following(following(betweenPeers(), 'nginx01', syn('oif "eth0"')), 'host', syn(`iif "${wire.nginx01}"`)), 'nginx02'),
    summary:
      'packets of the probe come to vethf96bbc5 of the host, and do not come to nginx02: what takes them is between, and neither a rule of a packet filter nor a queue',
    remedy:
      'Look there at what was not looked at: programs of BPF (bpftool net), hardware offloads, and drops that the kernel counts (nstat, ip -s link).',
    seen: [
      'nginx01 packets of one more probe, which were followed: oif "eth0" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 60 tcp sport 21000 tcp dport 80',
      'host packets of one more probe, which were followed: iif "vethf96bbc5" ip saddr 172.17.0.2 ip daddr 172.17.0.3 ip length 60 tcp sport 21000 tcp dport 80',
    ],
  },
  {
    code: 'host.traffic-control',
    when: 'a filter leads packets away',
    scene: () =>
      (() => {
        const scene = broken(betweenPeers(), ({ host }) => void (host.trafficActions = [took(3)]));
        return { ...scene, earlier: new Map([['host', { ...(scene.host as NamespaceState), trafficActions: [took(1)] }]]) };
      })(),
    summary:
      'a filter of traffic control at the ingress of vethf96bbc5 of host takes the packets: mirred (Egress Redirect to device mirror) stolen (protocol ip pref 49152 u32)',
    remedy: 'tc filter delete dev vethf96bbc5 ingress protocol ip pref 49152 u32',
    seen: [
      'host packets that a filter took during one more probe: vethf96bbc5 ingress protocol ip pref 49152 u32: 2',
      'host filters: nothing',
    ],
  },
  {
    code: 'host.traffic-control',
    when: 'a filter that is a program of BPF drops them',
    scene: () => {
      const scene = broken(
        betweenPeers(),
        ({ host }) => void (host.queues = [{ kind: 'clsact', link: wire.nginx01, place: 'ffff:', dropped: 4, waiting: 0 }]),
      );
      const host = scene.host as NamespaceState;
      return { ...scene, earlier: new Map([['host', { ...host, queues: host.queues.map((it) => ({ ...it, dropped: 1 })) }]]) };
    },
    summary: 'filters of traffic control at vethf96bbc5 of host (clsact) dropped 3 packets of one more probe',
    remedy: 'tc qdisc delete dev vethf96bbc5 clsact',
    seen: ['host packets that queues dropped during one more probe: vethf96bbc5 clsact ffff:: 3', 'host queues: nothing'],
  },
  {
    code: 'host.traffic-control',
    when: 'a queue holds them back',
    scene: () =>
      broken(
        betweenPeers(),
        ({ host }) => void (host.queues = [{ kind: 'tbf', link: wire.nginx01, place: '8001: of root', dropped: 0, waiting: 19 }]),
      ),
    summary: 'the queue tbf of vethf96bbc5 of host holds 19 packets back: traffic control lets them out too slowly',
    remedy: 'tc qdisc delete dev vethf96bbc5 root',
    seen: ['host queues: nothing'],
  },
];
