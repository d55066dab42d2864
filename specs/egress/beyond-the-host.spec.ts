import { namesOnNetworks } from '../../fixtures/faults/trials/egress';
import { firstRule } from '../../fixtures/faults/trials/first-rule';
import {
  ask,
  beyond,
  type Beyond,
  claims,
  configuredServer,
  context,
  expect,
  lab,
  make,
  mustHideAddresses,
  reachable,
  scene,
  toldOf,
} from '../../helpers';

const publishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const dns = { docs: 'docs.docker.com/engine/network/dns' };
const asHost =
  'A container in host mode asks first: what it gets is what is expected. Without an answer to the host itself the claim is blocked. In a lab, a machine beside its host is gateway and name server.';

const world = scene(() => beyond({ context, make, ask, lab }));

/** A container on a network that hides it behind the host; ping needs NET_RAW, where nothing else is answered. */
async function boxOn({ make: its, ask: engine }: Beyond, network: string) {
  await mustHideAddresses(network, engine);
  return its.container({ member: 'box', HostConfig: { NetworkMode: network, CapAdd: ['NET_RAW'] } });
}

/** RFC 6761: whoever is asked says that there is no such name. */
const impossible = () => `${make.name()}.invalid`;

export default claims([
  // a container on the default bridge
  {
    id: 'egress.default-bridge.reaches-what-its-host-reaches',
    level: 'must',
    title: 'A container on the default bridge must reach over IPv4 beyond the host what the host itself reaches',
    sources: [{ docs: 'docs.docker.com/engine/network' }, publishing],
    observedBy: `curl, or else ping, inside the container: to the gateway of the host, and to the address that --reach names. ${asHost}`,
    requires: ['default-bridge', 'unconfigured-default-gateway', 'firewall-rules', 'ip-forward'],
    subject: 'egress',
    faults: ['egress.forwarding-is-dropped', 'egress.masquerade-is-skipped', 'egress.forwarding-is-refused'],
    check: async () => {
      const found = await reachable(await world(), 'IPv4', context.wishes.reach);
      const box = await boxOn(await world(), 'bridge');
      for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
    },
  },
  // a container on a user-defined network
  {
    id: 'egress.user-network.reaches-what-its-host-reaches',
    level: 'must',
    title: 'A container on a user network, not internal, must reach over IPv4 beyond the host what the host does',
    sources: [{ docs: 'docs.docker.com/engine/network' }, publishing],
    observedBy: `curl, or else ping, inside the container: to the gateway of the host, and to the address that --reach names. ${asHost}`,
    requires: ['firewall-rules', 'ip-forward'],
    subject: 'egress',
    faults: [
      'egress.forwarding-is-dropped',
      'egress.masquerade-is-skipped',
      'egress.forwarding-is-refused',
      'egress.networks-become-internal',
    ],
    check: async () => {
      const { make: its } = await world();
      const found = await reachable(await world(), 'IPv4', context.wishes.reach);
      const box = await boxOn(await world(), (await its.network()).name);
      for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
    },
  },
  {
    id: 'egress.user-network.reaches-by-ipv6-what-its-host-reaches',
    level: 'must',
    title: 'A container on a network with IPv6 must reach by IPv6 beyond the host what the host itself reaches',
    sources: [{ docs: 'docs.docker.com/engine/daemon/ipv6' }, publishing, { docs: 'docs.docker.com/engine/release-notes/27' }],
    observedBy: `curl, or else ping, inside the container: to the gateway of the host unless its address is of one link only, and to an IPv6 address that --reach names. ${asHost}`,
    since: { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27.0 release notes' },
    requires: ['ipv6-firewall-rules', 'ip-forward', 'host-ipv6', 'ipv6-forwarding'],
    subject: 'egress-by-ipv6',
    faults: [
      'egress.networks-become-internal',
      {
        id: 'egress.ipv6-forwarding-is-dropped',
        title: 'What is forwarded to the uplink over IPv6 is dropped',
        inject: 'ip6tables -I FORWARD -o uplink+ -j DROP; ip6tables -I DOCKER-USER -o uplink+ -j DROP || true',
        undo: 'ip6tables -D FORWARD -o uplink+ -j DROP; ip6tables -D DOCKER-USER -o uplink+ -j DROP || true',
      },
      {
        id: 'egress.ipv6-masquerade-is-skipped',
        title: 'What leaves by the uplink over IPv6 keeps the addresses of containers',
        inject: 'ip6tables -t raw -I PREROUTING ! -i uplink+ -j CT --notrack',
        undo: 'ip6tables -t raw -D PREROUTING ! -i uplink+ -j CT --notrack',
      },
    ],
    check: async () => {
      const { make: its } = await world();
      const found = await reachable(await world(), 'IPv6', context.wishes.reach);
      const { subnet } = its.subnet6();
      const box = await boxOn(await world(), (await its.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }] } })).name);
      for (const { kind, from } of found) expect(await from(box)).toBeOutcome(kind);
    },
  },
  // a container on the default bridge
  {
    id: 'egress.default-bridge.name-servers-answer',
    level: 'must',
    title: 'The name server given to a container on the default bridge must answer it as it answers the host',
    sources: [dns],
    observedBy: `A question, over TCP and UDP, for a name that there cannot be (RFC 6761). ${asHost}`,
    requires: ['default-bridge', 'unconfigured-default-gateway', 'firewall-rules', 'ip-forward'],
    subject: 'names-of-the-world',
    faults: [
      'egress.forwarding-is-dropped',
      'egress.masquerade-is-skipped',
      'egress.forwarding-is-refused',
      {
        id: 'egress.datagrams-to-name-servers-are-dropped',
        title: 'Questions to name servers are dropped at the uplink where they are datagrams',
        mayKill: [namesOnNetworks],
        ...firstRule('-o uplink+ -p udp --dport 53 -j DROP'),
      },
      {
        id: 'egress.connections-to-name-servers-are-dropped',
        title: 'Questions to name servers are dropped at the uplink where they come over TCP',
        mayKill: [namesOnNetworks],
        ...firstRule('-o uplink+ -p tcp --dport 53 -j DROP'),
      },
      {
        id: 'egress.answers-of-name-servers-are-dropped',
        title: 'What name servers answer is dropped where it comes in by the uplink for a container',
        mayKill: [namesOnNetworks],
        ...firstRule('-i uplink+ -p udp --sport 53 -j DROP'),
      },
    ],
    check: async () => {
      const { atHost } = await world();
      const box = await boxOn(await world(), 'bridge');
      const server = await configuredServer(box, atHost);
      const { host, container } = await toldOf(impossible(), { atHost, box, server, asked: server });
      expect(container).toEqual(host);
    },
  },
  // a container on a user-defined network
  {
    id: 'egress.user-network.name-servers-answer',
    level: 'must',
    title: "A container on a user-defined network, not internal, must be told what the host's name server says",
    sources: [dns],
    observedBy: `A question to the engine's name server, over TCP and UDP, for a name that there cannot be (RFC 6761). ${asHost}`,
    requires: ['default-bridge', 'firewall-rules', 'ip-forward'],
    subject: 'names-of-the-world',
    faults: ['egress.networks-become-internal'],
    check: async () => {
      const { atHost, make: its } = await world();
      const [onDefault, box] = await Promise.all([
        its.container({ member: 'on-default-bridge' }),
        boxOn(await world(), (await its.network()).name),
      ]);
      const { host, container } = await toldOf(impossible(), { atHost, box, server: await configuredServer(onDefault, atHost) });
      expect(container).toEqual(host);
    },
  },
]);
