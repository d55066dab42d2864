import { etherTypes, type Drop } from '../drops';
import { hostEnd, isHost, ofFamily, type Scene } from '../scene';
import type { Trace } from '../trace';
import type { NamespaceState } from '../namespace-state';
import { silence, type Rung } from './layer';
import { firstPackets } from './rules';

/** What takes packets, by the kernel's name for it (enum skb_drop_reason), and how to look for it. */
const takers: readonly { reason: RegExp; what: string; lookBy: string }[] = [
  { reason: /^NETFILTER_DROP$/, what: 'a rule of a packet filter', lookBy: 'nft list ruleset' },
  { reason: /^TC_|^TC$/, what: 'a filter of traffic control', lookBy: 'tc filter show dev LINK ingress; tc filter show dev LINK egress' },
  { reason: /^(QDISC|CAKE|FQ|DUALPI2)_/, what: 'a queue of traffic control', lookBy: 'tc -s qdisc show' },
  { reason: /^XDP$/, what: 'a program of XDP', lookBy: 'bpftool net show' },
  { reason: /^(BPF_|SOCKET_FILTER)/, what: 'a program of BPF', lookBy: 'bpftool prog show; bpftool cgroup tree' },
  { reason: /^SECURITY_HOOK$/, what: 'a security module', lookBy: 'dmesg' },
  { reason: /^XFRM_POLICY$/, what: 'a policy of IPsec', lookBy: 'ip xfrm policy' },
  { reason: /^IP_RPFILTER$/, what: 'the check of source addresses (rp_filter)', lookBy: 'sysctl -ar rp_filter' },
  {
    reason: /^IP_(LOCAL_SOURCE|INVALID_SOURCE|LOCALNET|INVALID_DEST|INADDRERRORS)$/,
    what: 'the check of addresses',
    lookBy: 'ip address; ip route show table local',
  },
  { reason: /^(IP_OUTNOROUTES|IP_INNOROUTES)$/, what: 'routing: there is no route', lookBy: 'ip route; ip rule' },
  { reason: /^IPV6DISABLED$/, what: 'IPv6, which is turned off there', lookBy: 'sysctl -ar disable_ipv6' },
  { reason: /^NEIGH_|^ARP_/, what: 'the look-up of a MAC address', lookBy: 'ip neighbour' },
  { reason: /^(OTHERHOST|MAC_|LOCAL_MAC)/, what: "a MAC address that is not the receiver's", lookBy: 'ip neighbour; bridge fdb' },
  { reason: /^BRIDGE_|^VLAN_/, what: 'a bridge port', lookBy: 'bridge -d link; bridge vlan' },
  { reason: /_CSUM$/, what: 'the check of checksums', lookBy: 'ethtool --show-offload LINK' },
  { reason: /^(PKT_TOO_BIG|PKT_TOO_SMALL|HDR_TRUNC|FRAG_|DUP_FRAG|SKB_)/, what: "the packet's size", lookBy: 'ip link; ip route' },
  {
    reason: /^(CPU_BACKLOG|FULL_RING|NOMEM|PROTO_MEM|PFMEMALLOC|SOCKET_BACKLOG|SOCKET_RCVBUFF)$/,
    what: 'a full buffer of the kernel',
    lookBy: 'cat /proc/net/softnet_stat',
  },
  { reason: /^TCP_LISTEN_OVERFLOW$/, what: 'a full queue of connections that wait to be accepted', lookBy: 'ss -lnt' },
  { reason: /^NO_SOCKET$/, what: 'a port at which nobody listens', lookBy: 'ss -lnt' },
  { reason: /^DEV_READY$/, what: 'a link that is down', lookBy: 'ip link' },
];

/** What the kernel itself says that it dropped; asked when nothing else that can be read explains the loss. */
export const kernelDrops: readonly Rung[] = [
  {
    code: 'path.kernel-drops',
    asks: 'What does the kernel say of packets that it dropped?',
    explains: silence,
    look: (scene) => {
      const proved = provedDrop(scene);
      if (!proved) return undefined;
      const { drop, sent, isArp, link } = proved;
      const taker = takers.find(({ reason }) => reason.test(drop.reason));
      const how = `in ${drop.by}${drop.reason === 'NOT_SPECIFIED' ? ', without a reason' : ` (${drop.reason})`}`;
      const lookBy = taker?.lookBy.replaceAll('LINK', link) ?? `ip -s link show ${link}`;
      return {
        summary: `the kernel drops ${isArp ? 'the questions for a MAC address' : 'the packets of the probe'} that came by ${link}, ${how}: ${taker ? `that is ${taker.what}` : "only the kernel's own name for it is known"}`,
        remedy: `Look for what drops them, on the host and in the containers' namespaces: ${lookBy}`,
        seen: [
          {
            where: 'host',
            what: 'packets that the kernel dropped during one more probe (tracepoint skb:kfree_skb)',
            answer: `${proved.count} dropped ${how} after ${drop.links.map(({ name, way }) => `${way} by ${name}`).join(', ')}; ${sent} sent; none before the probe`,
          },
          ...firstPackets(scene, scene.source?.place ?? 'host'),
        ],
      };
    },
  },
];

/** A way of being dropped that as many packets took as were sent, of their size, and none before the probe. */
function provedDrop(scene: Scene): { drop: Drop; link: string; sent: number; count: number; isArp: boolean } | undefined {
  const { source, host, drops = [] } = scene;
  if (!source || !host) return undefined;
  for (const { link, way, packets } of sides(scene, source)) {
    const came = (drop: Drop) => drop.links.find((it) => it.name === link && it.way === way);
    for (const isArp of [false, true]) {
      const sent = packets.filter(({ packet }) => isArp === isQuestion(packet));
      const sizes = new Set(sent.flatMap(({ packet }) => sizeOf(packet)));
      const here = drops.filter((drop) => {
        const size = came(drop)?.bytes;
        if (size === undefined || isArp !== (drop.protocol === etherTypes.arp)) return false;
        return isArp || (drop.protocol === ofTarget(scene) && sizes.has(way === 'in' ? size : size - ethernetHeader));
      });
      for (const drop of here) {
        const same = here.filter(({ by, reason }) => by === drop.by && reason === drop.reason);
        if (link !== undefined && sent.length > 0 && same.length >= sent.length && !same.some(({ early }) => early))
          return { drop, link, sent: sent.length, count: same.length, isArp };
      }
    }
  }
  return undefined;
}

/** Bytes that a frame has before the packet in it. */
const ethernetHeader = 14;

const ofTarget = (scene: Scene): number => (ofFamily(scene, '::1') ? etherTypes.ipv6 : etherTypes.ipv4);

/** Where packets of the probe and its answers come by the host, and what was sent there. */
function sides(scene: Scene, source: NamespaceState): { link: string | undefined; way: 'in' | 'out'; packets: Trace[] }[] {
  const { host, target } = scene;
  const sentBy = (place: string) => (scene.traces.get(place) ?? []).filter(({ packet }) => !packet.startsWith('iif'));
  const asking = isHost(scene, source)
    ? { link: hostEnd(host, target)?.name, way: 'out' as const, packets: sentBy('host') }
    : { link: hostEnd(host, source)?.name, way: 'in' as const, packets: sentBy(source.place) };
  if (!target || isHost(scene, target) || target === source) return [asking];
  return [asking, { link: hostEnd(host, target)?.name, way: 'in', packets: sentBy(target.place) }];
}

const isQuestion = (packet: string): boolean => /\barp\b/.test(packet);

/** Bytes of a packet that was followed, its IP header included; nft prints without that what IPv6 carries. */
function sizeOf(packet: string): number[] {
  const length = /\bip6? length (\d+)/.exec(packet)?.[1];
  return length === undefined ? [] : [Number(length) + (packet.includes('ip6 length') ? 40 : 0)];
}
