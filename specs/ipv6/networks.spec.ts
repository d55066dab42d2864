import { ask, claim, control, describe, eventually, expect, host, make, networkView, read, scene } from '../../helpers';

type Box = Awaited<ReturnType<typeof make.container>>;

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

async function originOf(container: Box, { name }: { name: string }): Promise<string> {
  const { GlobalIPv6Address } = await container.endpoint(name);
  expect(GlobalIPv6Address).toMatch(/:/);
  return `http://[${GlobalIPv6Address}]:80`;
}

/** Milliseconds for the kernel to see that nobody else has an address of a bridge, as it does before Engine 28; until then the host has it not. */
const duplicateDetection = 8000;

/** Addresses in CIDR notation of a container's eth0. */
const addressesOf = async (container: Box) => (await networkView(container)).links['eth0']?.addresses ?? [];

/** The rows of a container's /proc/net/if_inet6 that are about eth0: the address in hexadecimal digits, and its flags. */
async function inet6Rows(container: Box): Promise<{ address: string; flags: number }[]> {
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

describe('a container in a network without IPv6', () => {
  claim('ipv6.off.network-gives-no-address', async () => {
    const network = await make.network();
    const container = await make.container(inside(network));
    expect(await network.inspect()).toMatchObject({ EnableIPv6: false });
    expect(await container.endpoint(network.name)).toMatchObject({ GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, IPv6Gateway: '' });
    expect((await addressesOf(container)).filter((address) => address.includes(':') && !address.startsWith('fe80:'))).toEqual([]);
  });

  claim('ipv6.off.interface-has-no-link-local-address', async () => {
    const network = await make.network();
    const container = await make.container(inside(network));
    const { IPAddress, IPPrefixLen } = await container.endpoint(network.name);
    expect(await addressesOf(container)).toEqual([`${IPAddress}/${IPPrefixLen}`]);
  });

  claim('ipv6.off.loopback-stays', async () => {
    const server = await make.server(inside(await make.network()));
    expect((await networkView(server)).links['lo']?.addresses).toContain('::1/128');
    expect(await server.fetches('http://[::1]:80')).toBeReached({ by: server });
  });

  claim('ipv6.off.subnet-alone-enables-nothing', async () => {
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
  });
});

const dual = scene(async () => {
  const { six, body } = dualStack();
  const network = await make.claimed.network(body);
  const [server, peer] = await Promise.all([
    make.claimed.server(inside(network, { IPv6Address: six.address(0x77) })),
    make.claimed.server(inside(network)),
  ]);
  return { network, six, server, peer };
});

describe('a container in a network with IPv6', () => {
  claim('ipv6.on.container-has-an-address-of-the-subnet', async () => {
    const { network, six, peer } = await dual();
    const { GlobalIPv6Address, GlobalIPv6PrefixLen, IPAddress } = await peer.endpoint(network.name);
    expect(GlobalIPv6Address).toBeInSubnet(six.subnet);
    expect(GlobalIPv6PrefixLen).toBe(64);
    expect(await addressesOf(peer)).toEqual(expect.arrayContaining([`${IPAddress}/24`, `${GlobalIPv6Address}/64`]));
  });

  claim('ipv6.on.first-address-is-the-default-route', async () => {
    const { network, six, peer } = await dual();
    expect((await peer.endpoint(network.name)).IPv6Gateway).toBe(six.gateway);
    expect((await networkView(peer)).gateways).toContain(six.gateway);
  });

  claim('ipv6.on.gateway-as-given-is-the-default-route', async () => {
    const { six, body } = dualStack((address) => ({ Gateway: address(0xabc) }));
    const container = await make.container(inside(await make.claimed.network(body)));
    expect((await networkView(container)).gateways.filter((gateway) => gateway.includes(':'))).toEqual([six.address(0xabc)]);
    const atGateway = await eventually(
      () => container.fetches(`http://[${six.address(0xabc)}]:9`),
      ({ kind }) => kind === 'refused',
      { within: duplicateDetection },
    );
    expect(atGateway).toBeOutcome('refused');
  });

  claim('ipv6.on.address-is-usable-at-once', async () => {
    const container = await make.container(inside(await make.claimed.network(dualStack().body)));
    const tentative = 0x40;
    const global = (await inet6Rows(container)).filter(({ address }) => address.startsWith('fd'));
    expect(global.map(({ flags }) => flags & tentative)).toEqual([0]);
  });

  claim('ipv6.on.link-local-address-is-of-the-mac', async () => {
    const container = await make.container(inside(await make.claimed.network(dualStack().body)));
    const [first = 0, ...rest] = ((await networkView(container)).links['eth0']?.macAddress ?? '')
      .split(':')
      .map((octet) => parseInt(octet, 16));
    const identifier = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
    const address = `fe80000000000000${identifier.map((octet) => octet.toString(16).padStart(2, '0')).join('')}`;
    expect((await inet6Rows(container)).map((row) => row.address)).toContain(address);
  });

  claim('ipv6.on.containers-reach-each-other', async () => {
    const { network, server, peer } = await dual();
    expect(await peer.fetches(await originOf(server, network))).toBeReached({ by: server });
    expect(await server.fetches(await originOf(peer, network))).toBeReached({ by: peer });
  });

  claim('ipv6.on.host-reaches-a-container', async () => {
    const { network, server } = await dual();
    const origin = await originOf(server, network);
    expect(
      await eventually(
        () => host.fetches(origin),
        ({ kind }) => kind === 'reached',
        { within: duplicateDetection },
      ),
    ).toBeReached({ by: server });
  });

  claim('ipv6.on.hosts-file-has-both-addresses', async () => {
    const { network, server } = await dual();
    const { IPAddress, GlobalIPv6Address } = await server.endpoint(network.name);
    const name = (await read(server, ['hostname'])).trim();
    const lines = (await read(server, ['cat', '/etc/hosts'])).split('\n').map((line) => line.split(/\s+/));
    const addresses = lines.filter(([, ...names]) => names.includes(name)).map(([address]) => address);
    expect(addresses).toEqual(expect.arrayContaining([IPAddress, GlobalIPv6Address]));
  });
});

describe('a network that asks for IPv6 and no subnet', () => {
  claim('ipv6.automatic.subnet-is-unique-local', async () => {
    const networks = await Promise.all([make.claimed.network({ EnableIPv6: true }), make.claimed.network({ EnableIPv6: true })]);
    const subnets = (await Promise.all(networks.map(subnets6))).flat();
    expect(subnets).toEqual([expect.stringMatching(/\/64$/), expect.stringMatching(/\/64$/)]);
    for (const subnet of subnets) expect(subnet.replace('/64', '')).toBeInSubnet('fd00::/8');
    expect(subnets[0]).not.toBe(subnets[1]);
  });

  claim('ipv6.automatic.needs-a-subnet', async () => {
    await control(() => make.network(dualStack().body));
    await refusedNetwork({ EnableIPv6: true });
  });
});

describe('a network with IPv6 alone', () => {
  const withoutIpv4 = scene(async () => {
    const six = make.subnet6();
    const network = await make.claimed.network({ EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: six.subnet }] } });
    const [server, peer] = await Promise.all([make.claimed.server(inside(network)), make.claimed.container(inside(network))]);
    return { network, six, server, peer };
  });

  claim('ipv6.only.has-no-ipv4', async () => {
    const { network, six, peer } = await withoutIpv4();
    const endpoint = await peer.endpoint(network.name);
    expect(endpoint.GlobalIPv6Address).toBeInSubnet(six.subnet);
    expect(endpoint.IPAddress).toBe('');
    expect((await networkView(peer)).addresses.filter((address) => !address.includes(':'))).toEqual(['127.0.0.1']);
    expect(await network.inspect()).toMatchObject({ EnableIPv4: false });
  });

  claim('ipv6.only.containers-reach-each-other-by-name', async () => {
    const { network, server, peer } = await withoutIpv4();
    // a name server at the bridge's IPv6 address answers only once the kernel knows that nobody else has it
    const answer = await eventually(
      () => peer.fetches(`http://${server.containerName}:80`),
      ({ kind }) => kind === 'reached',
      { within: duplicateDetection },
    );
    expect(answer).toBeReached({ by: server });
    expect(answer).toMatchObject({ remoteAddress: (await server.endpoint(network.name)).GlobalIPv6Address });
  });

  claim('ipv6.only.neither-is-refused', async () => {
    await control(() => make.network({ EnableIPv4: true, EnableIPv6: false }));
    expect(await refusedNetwork({ EnableIPv4: false, EnableIPv6: false })).toBe(400);
  });
});

describe('a container that asks for an IPv6 address', () => {
  claim('ipv6.static.is-the-containers-own', async () => {
    const { six, body } = dualStack();
    const network = await make.claimed.network(body);
    const container = await make.claimed.container(inside(network, { IPv6Address: six.address(0x88) }));
    const look = async () => ({
      reported: (await container.endpoint(network.name)).GlobalIPv6Address,
      own: (await addressesOf(container)).includes(`${six.address(0x88)}/64`),
    });
    expect(await look()).toEqual({ reported: six.address(0x88), own: true });
    await container.stop();
    await container.start();
    expect(await look()).toEqual({ reported: six.address(0x88), own: true });
  });

  claim('ipv6.static.taken-one-fails-the-start', async () => {
    const { network, six, server } = await dual();
    await control(async () => expect((await server.endpoint(network.name)).GlobalIPv6Address).toBe(six.address(0x77)));
    for (const IPv6Address of [six.address(0x77), six.gateway, make.subnet6().address(0x77)]) {
      expect(await make.tryToRun(inside(network, { IPv6Address }))).toBeRefused();
    }
  });
});

describe('a network with a large IPv6 subnet', () => {
  claim('ipv6.subnet.may-be-larger-than-64', async () => {
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
  });
});
