import { asksForMac, cidrParts, claims, context, expect, lab, networkView, read, scene } from '../../helpers';

const useIpv6 = { docs: 'docs.docker.com/engine/daemon/ipv6/#use-ipv6-for-the-default-bridge-network' };
const dynamic = { docs: 'docs.docker.com/engine/daemon/ipv6/#dynamic-ipv6-subnet-allocation' };
const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };
const allocated = { version: '28.0.0', source: 'IPv6 addresses of the default bridge come from IPAM since, Engine 28.0 release notes' };

interface Ipam {
  IPAM: { Config: { Subnet: string }[] };
}

/** IPv6 subnets of a network object. */
const subnets6 = ({ IPAM }: Ipam) => IPAM.Config.map(({ Subnet }) => Subnet).filter((subnet) => subnet.includes(':'));

const [fixed, pool, gateway6] = ['fd0c:51ab:27e9:1::/64', 'fd0c:51ab:27e9:ff00::/56', 'fd0c:51ab:27e9:1::99'];
const options = [
  '--ipv6',
  '--fixed-cidr-v6',
  fixed,
  '--default-address-pool',
  'base=10.203.0.0/16,size=24',
  '--default-address-pool',
  `base=${pool},size=64`,
  '--default-gateway=10.203.0.9',
  `--default-gateway-v6=${gateway6}`,
];
const pair = scene(async () => {
  const { make } = await lab(options);
  const [server, peer] = await Promise.all([
    make.server(),
    make.container({ HostConfig: { NetworkMode: 'bridge' }, ...asksForMac(context.engine, 'bridge', '02:dc:0a:0b:0c:0d') }),
  ]);
  return { server, peer };
});

/** A server on that default bridge which publishes its port, and has a name for the host. */
const publishing = scene(async () => {
  const { make, host } = await lab(options);
  const server = await make.server({ HostConfig: { PortBindings: { '80/tcp': [{}] }, ExtraHosts: ['the-host.example:host-gateway'] } });
  return { host, server };
});

export default claims([
  // an engine with an IPv6 subnet for the default bridge, and an IPv6 pool
  {
    id: 'ipv6.default-bridge.option-gives-addresses',
    level: 'must',
    title: '--ipv6 and --fixed-cidr-v6 must give default-bridge containers an address and a route over IPv6',
    sources: [useIpv6],
    observedBy: 'In a lab of its own: the endpoint, and the addresses and routes inside.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { peer } = await pair();
      const { GlobalIPv6Address, IPv6Gateway } = await peer.endpoint('bridge');
      expect(GlobalIPv6Address).toBeInSubnet(fixed);
      const { links, gateways } = await networkView(peer);
      expect(links['eth0']?.addresses).toContain(`${GlobalIPv6Address}/64`);
      expect(gateways.filter((gateway) => gateway.includes(':'))).toEqual([IPv6Gateway]);
    },
  },
  {
    id: 'ipv6.default-bridge.containers-reach-each-other',
    level: 'must',
    title: 'With --ipv6 and --fixed-cidr-v6 two containers on the default bridge must reach each other over IPv6',
    sources: [useIpv6],
    observedBy: "In a lab of its own: curl inside one fetches the other's IPv6 address; the answer carries the other's token.",
    requires: ['docker-engine', 'own-lab'],
    faults: ['ipv6.bridges-pass-nothing-on'],
    check: async () => {
      const { server, peer } = await pair();
      expect(await peer.fetches(`http://[${(await server.endpoint('bridge')).GlobalIPv6Address}]:80`)).toBeReached({ by: server });
    },
  },
  {
    id: 'ipv6.default-bridge.addresses-are-counted',
    level: 'observed',
    title: 'The first two IPv6 addresses on the default bridge must be consecutive, not made of MAC addresses',
    sources: [release28, { docs: 'github.com/moby/moby/pull/48808' }],
    observedBy: 'In a lab of its own: the endpoints of the first two containers there, one of which has a MAC address of its choice.',
    requires: ['docker-engine', 'own-lab'],
    since: allocated,
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { server, peer } = await pair();
      const given = await Promise.all([server, peer].map(async (box) => (await box.endpoint('bridge')).GlobalIPv6Address));
      for (const address of given) expect(address).toMatch(/^fd0c:51ab:27e9:1::[\da-f]{1,2}$/);
      const [lower = NaN, higher = NaN] = given
        .map((address) => parseInt(address.split('::')[1] ?? '', 16))
        .sort((one, other) => one - other);
      expect(higher - lower).toBe(1);
    },
  },
  {
    id: 'ipv6.default-bridge.addresses-are-made-of-macs',
    level: 'observed',
    title: "IPv6 addresses on the default bridge must end in the container's MAC address",
    sources: [{ docs: 'github.com/moby/moby/blob/v26.1.5/libnetwork/drivers/bridge/bridge_linux.go' }, release28],
    observedBy: 'In a lab of its own: the endpoint of a container with a MAC address of its choice.',
    requires: ['docker-engine', 'own-lab'],
    until: { ...allocated, replacedBy: 'ipv6.default-bridge.addresses-are-counted' },
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { peer } = await pair();
      expect((await peer.endpoint('bridge')).GlobalIPv6Address).toMatch(/:2dc:a0b:c0d$/);
    },
  },
  // an engine with IPv6 on the default bridge, and no subnet for it
  {
    id: 'ipv6.default-bridge.option-needs-no-subnet',
    level: 'must',
    title: '--ipv6 alone must give the default bridge a unique local /64, and its containers addresses of it',
    sources: [release28, dynamic],
    observedBy: 'In a lab of its own: the IPAM configuration of the network bridge, and the endpoint of a container.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.0.0', source: '--ipv6 works without --fixed-cidr-v6 since, Engine 28.0 release notes' },
    faults: ['ipv6.another-address-is-told', 'ipv6.daemon-is-not-configured'],
    check: async () => {
      const { make, ask } = await lab(['--ipv6']);
      const [subnet = ''] = subnets6((await ask<Ipam>('GET', '/networks/bridge')).body);
      expect(cidrParts(subnet).address).toBeInSubnet('fd00::/8');
      expect(cidrParts(subnet).length).toBe('64');
      expect((await (await make.container()).endpoint('bridge')).GlobalIPv6Address).toBeInSubnet(subnet);
    },
  },
  // an engine with an IPv6 subnet for the default bridge, and an IPv6 pool
  {
    id: 'ipv6.default-pools.option-gives-ipv6-subnets',
    level: 'must',
    title: 'A network with IPv6 and no subnet must get one of an IPv6 --default-address-pool, of its size',
    sources: [dynamic],
    observedBy: 'In a lab of its own: the IPAM configuration of such a network.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['ipv6.no-network-has-it', 'ipv6.daemon-is-not-configured'],
    check: async () => {
      const network = await (await lab(options)).make.claimed.network({ EnableIPv6: true });
      const [subnet = ''] = subnets6((await network.inspect()) as unknown as Ipam);
      expect(cidrParts(subnet).address).toBeInSubnet(pool);
      expect(cidrParts(subnet).length).toBe('64');
    },
  },
  // an engine with IPv6 in each new bridge network
  {
    id: 'ipv6.default-network-opt.enables-ipv6-for-new-networks',
    level: 'must',
    title: '--default-network-opt with enable_ipv6=true must enable IPv6 for bridge networks that do not choose',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }],
    observedBy: 'In a lab of its own: EnableIPv6 and the IPAM configuration of such a network.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '27.0.1', source: 'IPv6 can be enabled by a default network option since, Engine 27.0 release notes' },
    faults: ['ipv6.daemon-is-not-configured'],
    check: async () => {
      const network = await (await lab(['--default-network-opt', 'bridge=com.docker.network.enable_ipv6=true'])).make.network();
      const object = await network.inspect();
      expect(object).toMatchObject({ EnableIPv6: true });
      expect(subnets6(object as unknown as Ipam)).toEqual([expect.stringMatching(/^fd/)]);
    },
  },
  // an engine with an IPv6 subnet for the default bridge, and an IPv6 pool
  {
    id: 'ipv6.default-bridge.default-gateways-are-the-routes',
    level: 'must',
    title: '--default-gateway and --default-gateway-v6 must be the default routes on the default bridge',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/bridge' }, { docs: 'docs.docker.com/reference/cli/dockerd' }],
    observedBy: 'In a lab of its own: the routes inside a container.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'ipv6.daemon-has-no-gateways',
        title: 'The daemon is started without its default gateways',
        mayKill: 'any',
        labArgs: ['--ipv6', '--fixed-cidr-v6', fixed],
      },
    ],
    check: async () => {
      const { peer } = await pair();
      expect((await networkView(peer)).gateways.sort()).toEqual(['10.203.0.9', gateway6].sort());
    },
  },
  {
    id: 'ipv6.default-bridge.published-port-answers',
    level: 'must',
    title: "With --ipv6, a port published on the default bridge must answer at the host's ::1",
    sources: [useIpv6, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy: 'In a lab of its own: curl on the host.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '27.0.1', source: 'ip6tables is on by default since, Engine 27 release notes' },
    faults: [
      {
        id: 'ipv6.ports-are-published-on-ipv4',
        title: 'The engine is asked to publish ports at IPv4 addresses alone',
        api: [
          {
            method: 'POST',
            path: /^\/containers\/create/,
            does: 'asks',
            at: ['HostConfig', 'PortBindings', '80/tcp', '*', 'HostIp'],
            value: '0.0.0.0',
          },
        ],
      },
    ],
    check: async () => {
      const { host, server } = await publishing();
      expect(await host.fetches(`http://[::1]:${await server.hostPort(80)}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'ipv6.default-bridge.host-gateway-has-both-families',
    level: 'must',
    title: "With --ipv6, host-gateway must resolve to the host's IPv4 and IPv6 address on the default bridge",
    sources: [
      { docs: 'docs.docker.com/reference/cli/dockerd/#configure-host-gateway-ip' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' },
    ],
    observedBy: "In a lab of its own: /etc/hosts inside a container, and the addresses of the host's bridge.",
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.0.0', source: 'host-gateway has an IPv6 address as well since, Engine 28.0 release notes' },
    faults: [
      {
        id: 'ipv6.extra-hosts-are-lost',
        title: 'The engine is not told which hosts to add for a container',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'ExtraHosts'], value: [] }],
      },
    ],
    check: async () => {
      const { host, server } = await publishing();
      const lines = (await read(server, ['cat', '/etc/hosts'])).split('\n').map((line) => line.trim().split(/\s+/));
      const given = lines.flatMap(([address = '', ...names]) => (names.includes('the-host.example') ? address : []));
      const ofBridge = ((await networkView(host)).links['docker0']?.addresses ?? []).map((address) => address.split('/')[0] ?? '');
      expect(given).toHaveLength(2);
      expect(given.some((address) => address.includes(':'))).toBe(true);
      expect(ofBridge).toEqual(expect.arrayContaining(given));
    },
  },
]);
