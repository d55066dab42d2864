import { ask, cidrParts, claim, control, describe, expect, lab, make, mustRun, networkView, read, scene } from '../../helpers';

/** One entry of the IPAM configuration of a network, as the API has it. */
interface IpamEntry {
  Subnet: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

interface Pool {
  Base: string;
  Size: number;
}

/** The body of a network with this IPAM configuration. */
const configured = (...Config: Partial<IpamEntry>[]) => ({ IPAM: { Config } });

/** The body of a container in a network. */
const inside = (network: { name: string }) => ({ HostConfig: { NetworkMode: network.name } });

/** IPAM configuration of a network that has only one subnet. */
const ipamOf = async (network: { inspect(): Promise<object> }) =>
  ((await network.inspect()) as { IPAM: { Config: [IpamEntry] } }).IPAM.Config[0];

/** First and last address of an IPv4 subnet, as numbers. */
function bounds(cidr: string): { first: number; last: number } {
  const { address, length } = cidrParts(cidr);
  const first = address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(length)) - 1 };
}

/** Whether a container finds who has an address on its link: whether ARP resolves it for a packet that goes there. */
async function resolves(container: Awaited<ReturnType<typeof make.container>>, address: string): Promise<boolean> {
  const stdout = await read(container, ['sh', '-c', `nc -w 1 ${address} 9 </dev/null; cat /proc/net/arp`]);
  const complete = '0x2';
  return stdout
    .split('\n')
    .map((row) => row.split(/ +/))
    .some(([known, , flags]) => known === address && flags === complete);
}

const overlap = (one: string, other: string) => bounds(one).first <= bounds(other).last && bounds(other).first <= bounds(one).last;

/** That a network like `good` can be created, and one like `bad` cannot; answers how it was refused. */
async function refused(bad: Record<string, unknown>, good: Record<string, unknown>): Promise<{ status: number; message: string }> {
  await control(() => make.claimed.network(good));
  return refusedAlone(bad);
}

/** That a network cannot be created, and is not there afterwards. */
async function refusedAlone(bad: Record<string, unknown>): Promise<{ status: number; message: string }> {
  const Name = make.name('bad');
  const { status, message } = await make.tryNetwork({ Name, ...bad });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(message).toMatch(/\S/);
  expect((await ask('GET', `/networks/${Name}`)).status).toBe(404);
  return { status, message };
}

describe('a network that asks for no subnet', () => {
  const two = scene(() => Promise.all([make.networkOfPools(), make.networkOfPools()]));
  const subnets = async () => Promise.all((await two()).map(async (network) => (await ipamOf(network)).Subnet));

  /** What an engine has whose operator configured none (docs.docker.com/engine/network/#subnet-allocation). */
  const builtIn: readonly Pool[] = [
    ...['172.17.0.0/16', '172.18.0.0/16', '172.19.0.0/16', '172.20.0.0/14', '172.24.0.0/14', '172.28.0.0/14'].map((Base) => ({
      Base,
      Size: 16,
    })),
    { Base: '192.168.0.0/16', Size: 20 },
  ];

  claim('addresses.automatic-subnet.is-of-a-default-pool', async () => {
    const { DefaultAddressPools } = (await ask<{ DefaultAddressPools?: Pool[] | null }>('GET', '/info')).body;
    const pools = (DefaultAddressPools ?? builtIn).filter(({ Base }) => !Base.includes(':'));
    for (const subnet of await subnets()) {
      const holding = pools.filter(({ Base }) => overlap(subnet, Base));
      expect(holding.map(({ Size }) => `${Size}`)).toEqual([cidrParts(subnet).length]);
      expect(cidrParts(subnet).address).toBeInSubnet(holding[0]?.Base ?? '');
    }
  });

  claim('addresses.automatic-subnet.is-no-other-networks', async () => {
    const [one = '', other = ''] = await subnets();
    expect(one).toMatch(/^[0-9.]+\/\d+$/);
    expect(other).toMatch(/^[0-9.]+\/\d+$/);
    expect(overlap(one, other)).toBe(false);
  });
});

describe('an engine with a default address pool of sixteen subnets', () => {
  const pool = '10.201.0.0/24';
  const args = ['--default-address-pool', `base=${pool},size=28`];
  /** After the first subnet, which is the default bridge's: the next one, and the two after that. */
  const [next, afterNext] = ['10.201.0.16/28', '10.201.0.32/27'];

  claim('addresses.automatic-subnet.is-none-that-the-host-routes', async () => {
    const { make: there, host } = await lab(args, 'with routes');
    const first = await there.network();
    await control(async () => expect((await ipamOf(first)).Subnet).toBe(next));
    await first.remove();
    // neither the lowest subnet nor the one that follows the last is free now
    for (const subnet of [next, afterNext]) await mustRun(host, ['ip', 'route', 'replace', subnet, 'dev', 'docker0']);
    const { Subnet } = await ipamOf(await there.network());
    expect(overlap(Subnet, pool)).toBe(true);
    expect([next, afterNext].filter((routed) => overlap(Subnet, routed))).toEqual([]);
  });

  claim('addresses.default-pools.option-sets-base-and-size', async () => {
    const { address, length } = cidrParts((await ipamOf(await (await lab(args)).make.network())).Subnet);
    expect(address).toBeInSubnet(pool);
    expect(length).toBe('28');
  });

  claim('addresses.default-pools.option-is-for-the-default-bridge-too', async () => {
    const { body } = await (await lab(args)).ask<{ IPAM: { Config: [IpamEntry] } }>('GET', '/networks/bridge');
    const { address, length } = cidrParts(body.IPAM.Config[0].Subnet);
    expect(address).toBeInSubnet(pool);
    expect(length).toBe('28');
  });

  claim('addresses.default-pools.info-lists-the-configured', async () => {
    const { body } = await (await lab(args)).ask<{ DefaultAddressPools?: Pool[] | null }>('GET', '/info');
    expect(body.DefaultAddressPools).toEqual([{ Base: pool, Size: 28 }]);
  });
});

describe('an engine with a default address pool of two subnets', () => {
  claim('addresses.default-pools.exhausted-until-a-network-goes', async () => {
    const { make: there } = await lab(['--default-address-pool', 'base=10.202.0.0/27,size=28']);
    const first = await there.network();
    expect((await there.tryNetwork()).status).toBeGreaterThanOrEqual(400);
    expect((await first.remove()).status).toBe(204);
    expect((await there.tryNetwork()).status).toBe(201);
  });
});

describe('a network that is created with an IPAM configuration', () => {
  claim('addresses.network.reports-the-configuration-it-was-given', async () => {
    const { subnet, address } = make.subnet();
    const asked = { Subnet: subnet, IPRange: `${address(128)}/25`, Gateway: address(254), AuxiliaryAddresses: { printer: address(130) } };
    expect(await ipamOf(await make.claimed.network(configured(asked)))).toEqual(asked);
  });

  claim('addresses.gateway.as-given-is-the-default-route', async () => {
    const { subnet, address } = make.subnet();
    const container = await make.container(inside(await make.claimed.network(configured({ Subnet: subnet, Gateway: address(77) }))));
    expect((await networkView(container)).gateways).toEqual([address(77)]);
    expect(await resolves(container, address(77))).toBe(true);
  });

  claim('addresses.gateway.is-of-the-preferred-range', async () => {
    const { subnet, address } = make.subnet();
    const range = `${address(128)}/25`;
    const network = await make.claimed.network(configured({ Subnet: subnet, IPRange: range }));
    const { Gateway } = await (await make.container(inside(network))).endpoint(network.name);
    expect(Gateway).toBeInSubnet(range);
  });

  claim('addresses.given-subnet.may-have-two-addresses', async () => {
    const { address } = make.subnet();
    const network = await make.claimed.network(configured({ Subnet: `${address(0)}/31` }));
    const container = await make.claimed.container(inside(network));
    const { IPAddress, IPPrefixLen, Gateway } = await container.endpoint(network.name);
    expect(IPPrefixLen).toBe(31);
    expect([IPAddress, Gateway].sort()).toEqual([address(0), address(1)]);
    expect(await resolves(container, Gateway)).toBe(true);
  });
});

describe('a network that asks for what cannot be', () => {
  claim('addresses.given-subnet.must-be-cidr', async () => {
    const { subnet, address } = make.subnet();
    await refused(configured({ Subnet: address(0) }), configured({ Subnet: subnet }));
  });

  claim('addresses.given-subnet.must-have-no-host-bits', async () => {
    const [good, bad] = [make.subnet(), make.subnet()];
    const { status, message } = await refused(configured({ Subnet: `${bad.address(9)}/24` }), configured({ Subnet: good.subnet }));
    expect(status).toBe(400);
    expect(message).toContain(bad.subnet);
  });

  claim('addresses.given-gateway.must-be-in-the-subnet', async () => {
    const [good, bad] = [make.subnet(), make.subnet()];
    await refused(
      configured({ Subnet: bad.subnet, Gateway: good.address(9) }),
      configured({ Subnet: good.subnet, Gateway: good.address(9) }),
    );
  });

  claim('addresses.given-range.must-be-in-the-subnet', async () => {
    const [good, bad, large] = [make.subnet(), make.subnet(), make.subnet()];
    await refused(
      configured({ Subnet: bad.subnet, IPRange: `${good.address(128)}/25` }),
      configured({ Subnet: good.subnet, IPRange: `${good.address(128)}/25` }),
    );
    await refusedAlone(configured({ Subnet: `${large.address(0)}/25`, IPRange: large.subnet }));
  });

  claim('addresses.given-auxiliary-address.must-be-in-the-subnet', async () => {
    const [good, bad] = [make.subnet(), make.subnet()];
    const AuxiliaryAddresses = { printer: good.address(9) };
    await refused(configured({ Subnet: bad.subnet, AuxiliaryAddresses }), configured({ Subnet: good.subnet, AuxiliaryAddresses }));
  });

  claim('addresses.given-configuration.is-told-all-its-mistakes', async () => {
    const [wrong, elsewhere] = [make.subnet(), make.subnet()];
    const mistakes = { Subnet: `${wrong.address(9)}/24`, IPRange: `${elsewhere.address(128)}/25`, Gateway: elsewhere.address(1) };
    const { status, message } = await refusedAlone(configured(mistakes));
    expect(status).toBe(400);
    for (const mistake of Object.values(mistakes)) expect(message).toContain(mistake);
  });

  claim('addresses.given-subnet.must-not-overlap-another-network', async () => {
    const { subnet, address } = make.subnet();
    const holder = await make.network(configured({ Subnet: `${address(0)}/25` }));
    for (const Subnet of [`${address(0)}/25`, `${address(64)}/26`, subnet]) await refusedAlone(configured({ Subnet }));
    expect((await holder.remove()).status).toBeLessThan(300);
    expect((await make.tryNetwork(configured({ Subnet: `${address(0)}/25` }))).status).toBe(201);
  });

  claim('addresses.given-subnet.cannot-be-shared-by-ranges', async () => {
    const [shared, another] = [make.subnet(), make.subnet()];
    await make.network(configured({ Subnet: shared.subnet, IPRange: `${shared.address(0)}/25` }));
    await refused(
      configured({ Subnet: shared.subnet, IPRange: `${shared.address(128)}/25` }),
      configured({ Subnet: another.subnet, IPRange: `${another.address(128)}/25` }),
    );
  });
});
