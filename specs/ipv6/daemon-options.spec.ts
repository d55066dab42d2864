import { cidrParts, claim, describe, expect, lab, networkView, scene } from '../../helpers';

interface Ipam {
  IPAM: { Config: { Subnet: string }[] };
}

/** IPv6 subnets of a network object. */
const subnets6 = ({ IPAM }: Ipam) => IPAM.Config.map(({ Subnet }) => Subnet).filter((subnet) => subnet.includes(':'));

describe('an engine with an IPv6 subnet for the default bridge, and an IPv6 pool', () => {
  const [fixed, pool] = ['fd0c:51ab:27e9:1::/64', 'fd0c:51ab:27e9:ff00::/56'];
  const options = [
    '--ipv6',
    '--fixed-cidr-v6',
    fixed,
    '--default-address-pool',
    'base=10.203.0.0/16,size=24',
    '--default-address-pool',
    `base=${pool},size=64`,
  ];
  const pair = scene(async () => {
    const { make } = await lab(options);
    const [server, peer] = await Promise.all([make.server(), make.container({ MacAddress: '02:dc:0a:0b:0c:0d' })]);
    return { server, peer };
  });

  claim('ipv6.default-bridge.option-gives-addresses', async () => {
    const { peer } = await pair();
    const { GlobalIPv6Address, IPv6Gateway } = await peer.endpoint('bridge');
    expect(GlobalIPv6Address).toBeInSubnet(fixed);
    const { links, gateways } = await networkView(peer);
    expect(links['eth0']?.addresses).toContain(`${GlobalIPv6Address}/64`);
    expect(gateways.filter((gateway) => gateway.includes(':'))).toEqual([IPv6Gateway]);
  });

  claim('ipv6.default-bridge.containers-reach-each-other', async () => {
    const { server, peer } = await pair();
    expect(await peer.fetches(`http://[${(await server.endpoint('bridge')).GlobalIPv6Address}]:80`)).toBeReached({ by: server });
  });

  claim('ipv6.default-bridge.addresses-are-counted', async () => {
    const { peer } = await pair();
    expect((await peer.endpoint('bridge')).GlobalIPv6Address).toMatch(/^fd0c:51ab:27e9:1::[1-9a-f]$/);
  });

  claim('ipv6.default-bridge.addresses-are-made-of-macs', async () => {
    const { peer } = await pair();
    expect((await peer.endpoint('bridge')).GlobalIPv6Address).toMatch(/:2dc:a0b:c0d$/);
  });

  claim('ipv6.default-pools.option-gives-ipv6-subnets', async () => {
    const network = await (await lab(options)).make.claimed.network({ EnableIPv6: true });
    const [subnet = ''] = subnets6((await network.inspect()) as unknown as Ipam);
    expect(cidrParts(subnet).address).toBeInSubnet(pool);
    expect(cidrParts(subnet).length).toBe('64');
  });
});

describe('an engine with IPv6 on the default bridge, and no subnet for it', () => {
  claim('ipv6.default-bridge.option-needs-no-subnet', async () => {
    const { make, ask } = await lab(['--ipv6']);
    const [subnet = ''] = subnets6((await ask<Ipam>('GET', '/networks/bridge')).body);
    expect(cidrParts(subnet).address).toBeInSubnet('fd00::/8');
    expect(cidrParts(subnet).length).toBe('64');
    expect((await (await make.container()).endpoint('bridge')).GlobalIPv6Address).toBeInSubnet(subnet);
  });
});

describe('an engine with IPv6 in each new bridge network', () => {
  claim('ipv6.default-network-opt.enables-ipv6-for-new-networks', async () => {
    const network = await (await lab(['--default-network-opt', 'bridge=com.docker.network.enable_ipv6=true'])).make.network();
    const object = await network.inspect();
    expect(object).toMatchObject({ EnableIPv6: true });
    expect(subnets6(object as unknown as Ipam)).toEqual([expect.stringMatching(/^fd/)]);
  });
});
