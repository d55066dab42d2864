import { networkCreate } from '../../fixtures/faults/trials/ipv6';
import { ask, claims, type Container, control, eventually, expect, host, make, networkView, read, scene } from '../../helpers';

const useIpv6 = { docs: 'docs.docker.com/engine/daemon/ipv6' };
const networkOverview = { docs: 'docs.docker.com/engine/network/#ip-address-and-hostname' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };
const release27 = { docs: 'docs.docker.com/engine/release-notes/27' };
const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };
const uniqueLocal = { version: '27.0.1', source: 'unique local addresses are a default pool since, Engine 27.0 release notes' };
const withoutIpv4Source = { version: '28.0.0', source: 'networks can do without IPv4 since, Engine 28.0 release notes' };

/** The body of a network with IPv6 and an IPv6 subnet of its own, and those subnets. */
function dualStack(config: (address: (n: number) => string) => object = () => ({})) {
  const [four, six] = [make.subnet(), make.subnet6()];
  return { six, body: { EnableIPv6: true, IPAM: { Config: [{ Subnet: four.subnet }, { Subnet: six.subnet, ...config(six.address) }] } } };
}

/** The body of a container in a network, with this IPAM configuration of its endpoint there. */
const inside = ({ name }: { name: string }, IPAMConfig: object = {}) => ({
  // it may be told to stop before it listens to signals
  StopTimeout: 0,
  HostConfig: { NetworkMode: name },
  NetworkingConfig: { EndpointsConfig: { [name]: { IPAMConfig } } },
});

async function originOf(container: Container, { name }: { name: string }): Promise<string> {
  const { GlobalIPv6Address } = await container.endpoint(name);
  expect(GlobalIPv6Address).toMatch(/:/);
  return `http://[${GlobalIPv6Address}]:80`;
}

/** Milliseconds for the kernel to see that nobody else has an address of a bridge, as it does before Engine 28; until then the host has it not. */
const duplicateDetection = 8000;

/** Addresses in CIDR notation of a container's eth0. */
const addressesOf = async (container: Container) => (await networkView(container)).links['eth0']?.addresses ?? [];

/** The rows of a container's /proc/net/if_inet6 that are about eth0: the address in hexadecimal digits, and its flags. */
async function inet6Rows(container: Container): Promise<{ address: string; flags: number }[]> {
  return (await read(container, ['cat', '/proc/net/if_inet6']))
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[5] === 'eth0')
    .map(([address = '', , , , flags = '']) => ({ address, flags: parseInt(flags, 16) }));
}

/** IPv6 subnets of a network. */
async function subnets6(network: { inspect(): Promise<object> }): Promise<string[]> {
  const { IPAM } = (await network.inspect()) as { IPAM: { Config: { Subnet: string }[] } };
  return IPAM.Config.map(({ Subnet }) => Subnet).filter((subnet) => subnet.includes(':'));
}

/** That a network cannot be created, and is not there afterwards; answers the status. */
async function refusedNetwork(body: Record<string, unknown>): Promise<number> {
  const Name = make.name('bad');
  const { status } = await make.tryNetwork({ Name, ...body });
  expect(status).toBeGreaterThanOrEqual(400);
  expect((await ask('GET', `/networks/${Name}`)).status).toBe(404);
  return status;
}

const dual = scene(async () => {
  const { six, body } = dualStack();
  const network = await make.claimed.network(body);
  const [server, peer] = await Promise.all([
    make.claimed.server(inside(network, { IPv6Address: six.address(0x77) })),
    make.claimed.server(inside(network)),
  ]);
  return { network, six, server, peer };
});

/** A container on that network which turns IPv6 off. */
const disabled = scene(async () => {
  const { network } = await dual();
  const off = { NetworkMode: network.name, Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' } };
  return { box: await make.claimed.container({ ...inside(network), HostConfig: off }) };
});

/** The addresses in a container's /etc/hosts. */
const hostsAddresses = async (container: Container) =>
  (await read(container, ['cat', '/etc/hosts'])).split('\n').flatMap((line) => /^[\da-f.:]+(?=\s)/.exec(line)?.[0] ?? []);

const withoutIpv4 = scene(async () => {
  const six = make.subnet6();
  const network = await make.claimed.network({ EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: six.subnet }] } });
  const [server, peer] = await Promise.all([make.claimed.server(inside(network)), make.claimed.container(inside(network))]);
  return { network, six, server, peer };
});

export default claims([
  // a container in a network without IPv6
  {
    id: 'ipv6.off.network-gives-no-address',
    level: 'must',
    title: 'A network without IPv6 must report that, and give containers no global IPv6 address',
    sources: [networkOverview, useIpv6],
    observedBy: 'EnableIPv6 of the network, the endpoint, and the addresses of eth0 inside.',
    faults: ['ipv6.every-network-has-it', 'ipv6.another-address-is-told'],
    check: async () => {
      const network = await make.network();
      const container = await make.container(inside(network));
      expect(await network.inspect()).toMatchObject({ EnableIPv6: false });
      expect(await container.endpoint(network.name)).toMatchObject({ GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, IPv6Gateway: '' });
      expect((await addressesOf(container)).filter((address) => address.includes(':') && !address.startsWith('fe80:'))).toEqual([]);
    },
  },
  {
    id: 'ipv6.off.interface-has-no-link-local-address',
    level: 'must',
    title: 'An interface in a network without IPv6 must have no IPv6 address, not even a link-local one',
    sources: [
      { docs: 'github.com/moby/moby/security/advisories/GHSA-x84c-p2g9-rqv9' },
      { docs: 'docs.docker.com/engine/release-notes/26.0' },
    ],
    observedBy: 'The addresses of eth0 inside; that they can be seen there shows its IPv4 address.',
    faults: ['ipv6.every-network-has-it'],
    check: async () => {
      const network = await make.network();
      const container = await make.container(inside(network));
      const { IPAddress, IPPrefixLen } = await container.endpoint(network.name);
      expect(await addressesOf(container)).toEqual([`${IPAddress}/${IPPrefixLen}`]);
    },
  },
  {
    id: 'ipv6.off.loopback-stays',
    level: 'must',
    title: 'On a host with IPv6, a container without IPv6 networks must reach its own server at ::1',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/26.0' }, { docs: 'github.com/moby/moby/pull/47062' }],
    observedBy:
      "The addresses of the container's loopback, and curl inside it, which fetches http://[::1]; the answer carries its own token.",
    requires: ['host-ipv6'],
    since: { version: '26.0.0', source: 'containers have ::1 without an IPv6 network since, Engine 26.0 release notes' },
    faults: [
      {
        id: 'ipv6.loopback-has-no-address',
        title: 'The engine is asked for servers that take the IPv6 address from their loopback',
        api: [
          { method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'CapAdd'], value: ['NET_ADMIN'] },
          {
            method: 'POST',
            path: /^\/containers\/create/,
            does: 'asks',
            at: ['Entrypoint'],
            value: ['sh', '-c', 'ip addr del ::1/128 dev lo; exec "$@"', 'sh'],
          },
        ],
      },
    ],
    check: async () => {
      const server = await make.server(inside(await make.network()));
      expect((await networkView(server)).links['lo']?.addresses).toContain('::1/128');
      expect(await server.fetches('http://[::1]:80')).toBeReached({ by: server });
    },
  },
  {
    id: 'ipv6.off.subnet-alone-enables-nothing',
    level: 'must',
    title: 'An IPv6 subnet must not enable IPv6 in a network that does not ask for it',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' }],
    observedBy:
      'EnableIPv6 of a network with such a subnet, and the endpoint of a container there; one that asks for IPv6 gives it an address. Engines 25.0.0 to 25.0.2 did enable it, as the release notes of 25.0 tell, and took that back.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.every-network-has-it', 'ipv6.another-address-is-told'],
    check: async () => {
      const {
        body: { IPAM },
      } = dualStack();
      const network = await make.network({ IPAM });
      expect(await network.inspect()).toMatchObject({ EnableIPv6: false });
      const container = await make.container(inside(network));
      expect((await container.endpoint(network.name)).GlobalIPv6Address).toBe('');
      await control(async () => {
        const { server, network: another } = await dual();
        expect((await server.endpoint(another.name)).GlobalIPv6Address).toContain(':');
      });
    },
  },
  // a container in a network with IPv6
  {
    id: 'ipv6.on.container-has-an-address-of-the-subnet',
    level: 'must',
    title: 'A container in a network with IPv6 must have an address of the IPv6 subnet beside its IPv4 one',
    sources: [useIpv6, networkOverview],
    observedBy: 'The endpoint, and the addresses of eth0 inside.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { network, six, peer } = await dual();
      const { GlobalIPv6Address, GlobalIPv6PrefixLen, IPAddress } = await peer.endpoint(network.name);
      expect(GlobalIPv6Address).toBeInSubnet(six.subnet);
      expect(GlobalIPv6PrefixLen).toBe(64);
      expect(await addressesOf(peer)).toEqual(expect.arrayContaining([`${IPAddress}/24`, `${GlobalIPv6Address}/64`]));
    },
  },
  {
    id: 'ipv6.on.first-address-is-the-default-route',
    level: 'observed',
    title: "Without a gateway or range given, the IPv6 default route must lead to the subnet's first address",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/ipams/defaultipam/allocator.go' }],
    observedBy: 'IPv6Gateway of the endpoint, and the routes inside.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { network, six, peer } = await dual();
      expect((await peer.endpoint(network.name)).IPv6Gateway).toBe(six.gateway);
      expect((await networkView(peer)).gateways).toContain(six.gateway);
    },
  },
  {
    id: 'ipv6.on.gateway-as-given-is-the-default-route',
    level: 'must',
    title: "A network's given IPv6 gateway must be its containers' IPv6 default route, and answer them",
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/network/create' },
      { docs: 'docs.docker.com/engine/network/drivers/bridge#skip-bridge-ip-address-configuration' },
    ],
    observedBy:
      'The routes inside a container of a network whose gateway is not the first address, and that a connect to the gateway is refused and not lost.',
    requires: ['host-input', 'ipv6-forwarding'],
    faults: [
      'addresses.gateway-is-not-asked-for',
      'ipv6.no-network-has-it',
      {
        id: 'ipv6.host-refuses-nothing',
        title: 'The host drops connections over IPv6 to itself',
        inject: 'ip6tables -I INPUT -p tcp -j DROP',
        undo: 'ip6tables -D INPUT -p tcp -j DROP',
      },
    ],
    check: async () => {
      const { six, body } = dualStack((address) => ({ Gateway: address(0xabc) }));
      const container = await make.container(inside(await make.claimed.network(body)));
      expect((await networkView(container)).gateways.filter((gateway) => gateway.includes(':'))).toEqual([six.address(0xabc)]);
      const atGateway = await eventually(
        () => container.fetches(`http://[${six.address(0xabc)}]:9`),
        ({ kind }) => kind === 'refused',
        { within: duplicateDetection },
      );
      expect(atGateway).toBeOutcome('refused');
    },
  },
  {
    id: 'ipv6.on.address-is-usable-at-once',
    level: 'must',
    title: "A container's IPv6 address must be usable at once, without duplicate address detection",
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/osl/interface_linux.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/osl/sandbox_linux_test.go' },
    ],
    observedBy: 'The flags of the address in /proc/net/if_inet6 inside, right after the start: not tentative.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.no-network-has-it'],
    check: async () => {
      const container = await make.container(inside(await make.claimed.network(dualStack().body)));
      const tentative = 0x40;
      const global = (await inet6Rows(container)).filter(({ address }) => address.startsWith('fd'));
      expect(global.map(({ flags }) => flags & tentative)).toEqual([0]);
    },
  },
  {
    id: 'ipv6.on.link-local-address-is-of-the-mac',
    level: 'should',
    title: 'An interface in a network with IPv6 must have the link-local address made of its MAC address',
    sources: [
      { docs: 'rfc-editor.org/rfc/rfc4291 (appendix A)' },
      useIpv6,
      { docs: 'docs.kernel.org/networking/ip-sysctl.html (addr_gen_mode)' },
    ],
    observedBy: '/proc/net/if_inet6 and the MAC address of eth0 inside.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.no-network-has-it'],
    check: async () => {
      const container = await make.container(inside(await make.claimed.network(dualStack().body)));
      const [first = 0, ...rest] = ((await networkView(container)).links['eth0']?.macAddress ?? '')
        .split(':')
        .map((octet) => parseInt(octet, 16));
      const identifier = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
      const address = `fe80000000000000${identifier.map((octet) => octet.toString(16).padStart(2, '0')).join('')}`;
      expect((await inet6Rows(container)).map((row) => row.address)).toContain(address);
    },
  },
  {
    id: 'ipv6.on.containers-reach-each-other',
    level: 'must',
    title: 'Two containers of a network with IPv6 must reach each other at their IPv6 addresses, both ways',
    sources: [useIpv6, { docs: 'docs.docker.com/engine/network/drivers/bridge' }],
    observedBy: "curl inside each fetches the other's IPv6 address; the answer carries the other's token.",
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.bridges-pass-nothing-on'],
    check: async () => {
      const { network, server, peer } = await dual();
      expect(await peer.fetches(await originOf(server, network))).toBeReached({ by: server });
      expect(await server.fetches(await originOf(peer, network))).toBeReached({ by: peer });
    },
  },
  {
    id: 'ipv6.on.host-reaches-a-container',
    level: 'must',
    title: "The engine's host must reach a container at its IPv6 address, without any published port",
    sources: [{ docs: 'docs.docker.com/engine/network/#published-ports' }],
    observedBy: "curl on the host; the answer carries the container's token.",
    requires: ['host-bridges', 'ipv6-forwarding'],
    faults: [
      {
        id: 'ipv6.host-sends-nothing',
        title: "The host's own connections over IPv6 to port 80 are dropped",
        inject: 'ip6tables -I OUTPUT -p tcp --dport 80 -j DROP',
        undo: 'ip6tables -D OUTPUT -p tcp --dport 80 -j DROP',
      },
    ],
    check: async () => {
      const { network, server } = await dual();
      const origin = await originOf(server, network);
      expect(
        await eventually(
          () => host.fetches(origin),
          ({ kind }) => kind === 'reached',
          { within: duplicateDetection },
        ),
      ).toBeReached({ by: server });
    },
  },
  {
    id: 'ipv6.on.hosts-file-has-both-addresses',
    level: 'must',
    title: 'In a network with IPv6, /etc/hosts must give the host name its IPv4 and its IPv6 address',
    sources: [
      { docs: 'docs.docker.com/engine/network/#custom-hosts' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/etchosts_test.go' },
    ],
    observedBy: 'The lines of /etc/hosts inside that have the host name.',
    requires: ['ipv6-forwarding'],
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { network, server } = await dual();
      const { IPAddress, GlobalIPv6Address } = await server.endpoint(network.name);
      const name = (await read(server, ['hostname'])).trim();
      const lines = (await read(server, ['cat', '/etc/hosts'])).split('\n').map((line) => line.split(/\s+/));
      const addresses = lines.filter(([, ...names]) => names.includes(name)).map(([address]) => address);
      expect(addresses).toEqual(expect.arrayContaining([IPAddress, GlobalIPv6Address]));
    },
  },
  // a network that asks for IPv6 and no subnet
  {
    id: 'ipv6.automatic.subnet-is-unique-local',
    level: 'should',
    title: 'A network with IPv6 and no subnet must get a unique local /64 if no address pool has IPv6',
    sources: [{ docs: 'docs.docker.com/engine/daemon/ipv6/#dynamic-ipv6-subnet-allocation' }, release27],
    observedBy: 'The IPAM configuration of two such networks: both are of fd00::/8, and not the same.',
    requires: ['ipv6-forwarding'],
    since: uniqueLocal,
    faults: ['ipv6.no-network-has-it'],
    check: async () => {
      const networks = await Promise.all([make.claimed.network({ EnableIPv6: true }), make.claimed.network({ EnableIPv6: true })]);
      const subnets = (await Promise.all(networks.map(subnets6))).flat();
      expect(subnets).toEqual([expect.stringMatching(/\/64$/), expect.stringMatching(/\/64$/)]);
      for (const subnet of subnets) expect(subnet.replace('/64', '')).toBeInSubnet('fd00::/8');
      expect(subnets[0]).not.toBe(subnets[1]);
    },
  },
  {
    id: 'ipv6.automatic.needs-a-subnet',
    level: 'must',
    title: 'A network with IPv6 and no subnet must be refused if no address pool has IPv6',
    sources: [release27],
    observedBy: 'The answer to its creation, and that no such network is there; with a subnet it is created.',
    until: { ...uniqueLocal, replacedBy: 'ipv6.automatic.subnet-is-unique-local' },
    faults: ['addresses.no-network-is-refused'],
    check: async () => {
      await control(() => make.network(dualStack().body));
      await refusedNetwork({ EnableIPv6: true });
    },
  },
  // a network with IPv6 alone
  {
    id: 'ipv6.only.has-no-ipv4',
    level: 'must',
    title: 'A container in an IPv6-only network must have no IPv4 address but that of its loopback',
    sources: [networkOverview, release28],
    observedBy: 'The endpoint, the addresses inside, and EnableIPv4 of the network.',
    requires: ['ipv6-forwarding'],
    since: withoutIpv4Source,
    faults: ['ipv6.another-address-is-told'],
    check: async () => {
      const { network, six, peer } = await withoutIpv4();
      const endpoint = await peer.endpoint(network.name);
      expect(endpoint.GlobalIPv6Address).toBeInSubnet(six.subnet);
      expect(endpoint.IPAddress).toBe('');
      expect((await networkView(peer)).addresses.filter((address) => !address.includes(':'))).toEqual(['127.0.0.1']);
      expect(await network.inspect()).toMatchObject({ EnableIPv4: false });
    },
  },
  {
    id: 'ipv6.only.containers-reach-each-other-by-name',
    level: 'must',
    title: 'Two containers in an IPv6-only network must reach each other by name',
    sources: [{ docs: 'docs.docker.com/engine/network/#dns-services' }, release28],
    observedBy: "curl inside one fetches the other's name; the answer carries the other's token, and came from its IPv6 address.",
    requires: ['ipv6-forwarding'],
    since: withoutIpv4Source,
    faults: ['ipv6.another-address-is-told', 'ipv6.bridges-pass-nothing-on'],
    check: async () => {
      const { network, server, peer } = await withoutIpv4();
      // a name server at the bridge's IPv6 address answers only once the kernel knows that nobody else has it
      const answer = await eventually(
        () => peer.fetches(`http://${server.containerName}:80`),
        ({ kind }) => kind === 'reached',
        { within: duplicateDetection },
      );
      expect(answer).toBeReached({ by: server });
      expect(answer).toMatchObject({ remoteAddress: (await server.endpoint(network.name)).GlobalIPv6Address });
    },
  },
  {
    id: 'ipv6.only.neither-is-refused',
    level: 'must',
    title: 'A bridge network with neither IPv4 nor IPv6 must be refused with 400',
    sources: [
      release28,
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkCreate' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/libnetwork_linux_test.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' },
    ],
    observedBy: 'The answer to its creation, and that no such network is there; with either it is created.',
    since: withoutIpv4Source,
    faults: [
      'addresses.no-network-is-refused',
      {
        id: 'ipv6.every-network-has-ipv4',
        title: 'The engine is asked for IPv4 in every network',
        api: [{ ...networkCreate, at: ['EnableIPv4'], value: true }],
      },
    ],
    check: async () => {
      await control(() => make.network({ EnableIPv4: true, EnableIPv6: false }));
      expect(await refusedNetwork({ EnableIPv4: false, EnableIPv6: false })).toBe(400);
    },
  },
  // a container that asks for an IPv6 address
  {
    id: 'ipv6.static.is-the-containers-own',
    level: 'must',
    title: 'A container with a static IPv6 address must have exactly that, also after a restart',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/run/#network' },
      { docs: 'docs.docker.com/reference/cli/docker/network/connect' },
    ],
    observedBy: 'The endpoint and the addresses of eth0 inside, before a stop and after the next start.',
    requires: ['ipv6-forwarding'],
    faults: ['addresses.static-ones-are-not-asked-for', 'ipv6.no-network-has-it', 'ipv6.another-address-is-told'],
    check: async () => {
      const { six, body } = dualStack();
      const network = await make.claimed.network(body);
      const container = await make.claimed.container(inside(network, { IPv6Address: six.address(0x88) }));
      const look = async () => ({
        reported: (await container.endpoint(network.name)).GlobalIPv6Address,
        own: (await addressesOf(container)).filter((it) => it.includes(':') && !it.startsWith('fe80:')),
      });
      const given = { reported: six.address(0x88), own: [`${six.address(0x88)}/64`] };
      expect(await look()).toEqual(given);
      await container.stop();
      await container.start();
      expect(await look()).toEqual(given);
    },
  },
  {
    id: 'ipv6.static.taken-one-fails-the-start',
    level: 'must',
    title: 'A container must not start with an IPv6 address that is taken, the gateway, or of another network',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/network/connect' },
      { docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' },
    ],
    observedBy:
      'The answers to the creation and, if it was created, to the start of three such containers; another one runs there at an address of its choice.',
    requires: ['ipv6-forwarding'],
    faults: ['addresses.static-ones-are-not-asked-for', 'addresses.unusable-static-ones-are-not-asked-for', 'ipv6.another-address-is-told'],
    check: async () => {
      const { network, six, server } = await dual();
      await control(async () => expect((await server.endpoint(network.name)).GlobalIPv6Address).toBe(six.address(0x77)));
      for (const IPv6Address of [six.address(0x77), six.gateway, make.subnet6().address(0x77)]) {
        expect(await make.tryToRun(inside(network, { IPv6Address }))).toBeRefused();
      }
    },
  },
  // a network with a large IPv6 subnet
  {
    id: 'ipv6.subnet.may-be-larger-than-64',
    level: 'must',
    title: 'A network must give addresses of an IPv6 subnet that is larger than a /64',
    sources: [release28],
    observedBy: 'The endpoint of a container in a network with a /48.',
    requires: ['ipv6-forwarding'],
    since: { version: '28.0.0', source: 'IPAM handles subnets larger than /64 since, Engine 28.0 release notes' },
    faults: ['ipv6.no-network-has-it', 'ipv6.another-address-is-told'],
    check: async () => {
      const prefix = make.subnet6().subnet.split(':').slice(0, 3).join(':');
      const network = await make.claimed.network({
        EnableIPv6: true,
        IPAM: { Config: [{ Subnet: make.subnet().subnet }, { Subnet: `${prefix}::/48` }] },
      });
      const container = await make.container(inside(network));
      const { GlobalIPv6Address, GlobalIPv6PrefixLen } = await container.endpoint(network.name);
      expect(GlobalIPv6Address).toBeInSubnet(`${prefix}::/48`);
      expect(GlobalIPv6PrefixLen).toBe(48);
      expect(await addressesOf(container)).toContain(`${GlobalIPv6Address}/48`);
    },
  },
  // a container that turns IPv6 off
  {
    id: 'ipv6.disabled.container-has-no-address',
    level: 'must',
    title: 'A container with net.ipv6.conf.all.disable_ipv6=1 must have no IPv6 address, nor be told of one',
    sources: [bridgeTests],
    observedBy: 'The addresses inside a container on a network with IPv6, and GlobalIPv6Address of its endpoint; its peer has one.',
    since: { version: '28.0.0', source: 'IPv6 addresses are given only where IPv6 is enabled since, moby commit ec3dde7001' },
    faults: ['ipv6.nothing-is-disabled'],
    check: async () => {
      const { network, peer } = await dual();
      const { box } = await disabled();
      await control(async () => expect((await addressesOf(peer)).filter((address) => address.includes(':'))).not.toEqual([]));
      const { addresses } = await networkView(box);
      expect(addresses.filter((address) => address.includes(':'))).toEqual([]);
      expect((await box.endpoint(network.name)).GlobalIPv6Address).toBe('');
    },
  },
  {
    id: 'ipv6.disabled.hosts-file-has-none',
    level: 'must',
    title: 'A container with net.ipv6.conf.all.disable_ipv6=1 must have no IPv6 address in its /etc/hosts',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/etchosts_test.go' }],
    observedBy: '/etc/hosts in a container on a network with IPv6, which has its IPv4 address; that of its peer has IPv6 addresses.',
    since: { version: '26.0.0', source: 'IPv6 is detected inside since, moby commit a8f7c5ee48' },
    faults: ['ipv6.nothing-is-disabled'],
    check: async () => {
      const { network, peer } = await dual();
      const { box } = await disabled();
      await control(async () => expect(await hostsAddresses(peer)).toContainEqual(expect.stringContaining(':')));
      const addresses = await hostsAddresses(box);
      expect(addresses).toContain((await box.endpoint(network.name)).IPAddress);
      expect(addresses.filter((address) => address.includes(':'))).toEqual([]);
    },
  },
  // IPv6 subnets and ranges
  {
    id: 'ipv6.given-subnet.must-not-overlap-another-network',
    level: 'must',
    title: 'A network whose IPv6 subnet overlaps that of an existing network must be refused',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/create' }],
    observedBy: 'The answer to its creation, and that no such network is there; with another subnet it is created.',
    faults: [
      {
        id: 'ipv6.given-subnets-are-lost',
        title: 'The engine is told of no subnets of a network',
        mayKill: 'any',
        api: [{ ...networkCreate, does: 'asks', at: ['IPAM', 'Config'], value: [] }],
        engines: { kind: 'docker', versions: '>=27' },
      },
    ],
    check: async () => {
      const { six } = await dual();
      const body = (Subnet: string) => ({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet().subnet }, { Subnet }] } });
      await refusedNetwork(body(six.subnet));
      await control(async () => expect((await make.tryNetwork(body(make.subnet6().subnet))).status).toBe(201));
    },
  },
  {
    id: 'ipv6.range.automatic-ones-come-from-it',
    level: 'must',
    title: 'With an IPv6 ip-range, automatic IPv6 addresses must come from it',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/network/create' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' },
    ],
    observedBy: 'The endpoint of a container in a network whose IPv6 range is far from the start of its subnet, and the addresses inside.',
    faults: [
      {
        id: 'ipv6.range-is-lost',
        title: 'The engine is not told the IPv6 range of a network',
        api: [{ ...networkCreate, does: 'asks', at: ['IPAM', 'Config', '1', 'IPRange'], value: '' }],
      },
    ],
    check: async () => {
      const { six, body } = dualStack((address) => ({ IPRange: `${address(0x8000)}/113`, Gateway: address(1) }));
      const network = await make.claimed.network(body);
      const box = await make.claimed.container(inside(network));
      const { GlobalIPv6Address } = await box.endpoint(network.name);
      expect(GlobalIPv6Address).toBeInSubnet(`${six.address(0x8000)}/113`);
      expect(await addressesOf(box)).toContain(`${GlobalIPv6Address}/64`);
    },
  },
]);
