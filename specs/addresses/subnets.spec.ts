import {
  ask,
  attachedTo,
  cidrParts,
  claims,
  type Container,
  control,
  expect,
  lab,
  make,
  mustRun,
  networkView,
  read,
  scene,
} from '../../helpers';

const subnetAllocation = { docs: 'docs.docker.com/engine/network/#subnet-allocation' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const versionHistory = { docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' };
const daemonOptions = { docs: 'docs.docker.com/reference/cli/dockerd' };

/** Engine 25.0 checks what a network asks of its IPAM driver before it makes the network. */
const validated = { version: '25.0.0', source: 'IPAM configurations are validated since, Engine 25.0 release notes and API 1.44' };

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
async function resolves(container: Container, address: string): Promise<boolean> {
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

const pool = '10.201.0.0/24';
const args = ['--default-address-pool', `base=${pool},size=28`];
/** After the first subnet, which is the default bridge's: the next one, and the two after that. */
const [next, afterNext] = ['10.201.0.16/28', '10.201.0.32/27'];

export default claims([
  // a network that asks for no subnet
  {
    id: 'addresses.automatic-subnet.is-of-a-default-pool',
    level: 'should',
    title: "A network without a given subnet must get an IPv4 one of a default pool, of that pool's size",
    sources: [subnetAllocation],
    observedBy:
      'The IPAM configuration of two such networks, held against the pools that /info lists, and where it lists none against the documented ones.',
    faults: ['addresses.one-subnet-for-all'],
    check: async () => {
      const { DefaultAddressPools } = (await ask<{ DefaultAddressPools?: Pool[] | null }>('GET', '/info')).body;
      const pools = (DefaultAddressPools ?? builtIn).filter(({ Base }) => !Base.includes(':'));
      for (const subnet of await subnets()) {
        const holding = pools.filter(({ Base }) => overlap(subnet, Base));
        expect(holding.map(({ Size }) => `${Size}`)).toEqual([cidrParts(subnet).length]);
        expect(cidrParts(subnet).address).toBeInSubnet(holding[0]?.Base ?? '');
      }
    },
  },
  {
    id: 'addresses.automatic-subnet.is-no-other-networks',
    level: 'must',
    title: 'Two networks without a given subnet must get IPv4 subnets that do not overlap',
    sources: [networkCreate],
    observedBy: 'First and last address of the subnets of two such networks.',
    faults: ['addresses.one-subnet-for-all'],
    check: async () => {
      const [one = '', other = ''] = await subnets();
      expect(one).toMatch(/^[0-9.]+\/\d+$/);
      expect(other).toMatch(/^[0-9.]+\/\d+$/);
      expect(overlap(one, other)).toBe(false);
    },
  },
  // an engine with a default address pool of sixteen subnets
  {
    id: 'addresses.automatic-subnet.is-none-that-the-host-routes',
    level: 'should',
    title: 'An automatic IPv4 subnet must not overlap a directly connected route of the host',
    sources: [subnetAllocation, { docs: 'github.com/moby/moby/pull/42598' }],
    observedBy:
      'In a lab of its own, whose host routes to a link what a network has just been given, and what comes next in the pool: where the next network goes.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'addresses.pools-are-not-configured',
      {
        id: 'addresses.routes-do-not-last',
        title: 'A process of the host deletes the routes that are in the way of new networks',
        inject:
          '(set +e; while :; do ip route del 10.201.0.16/28; ip route del 10.201.0.32/27; sleep 0.01; done) >/dev/null 2>&1 </dev/null & echo $! >/run/trial.pid',
        undo: 'kill "$(cat /run/trial.pid)"',
      },
    ],
    check: async () => {
      const { make: there, host } = await lab(args, 'with routes');
      const first = await there.network();
      await control(async () => expect((await ipamOf(first)).Subnet).toBe(next));
      await first.remove();
      // neither the lowest subnet nor the one that follows the last is free now
      for (const subnet of [next, afterNext]) await mustRun(host, ['ip', 'route', 'replace', subnet, 'dev', 'docker0']);
      const { Subnet } = await ipamOf(await there.network());
      expect(overlap(Subnet, pool)).toBe(true);
      expect([next, afterNext].filter((routed) => overlap(Subnet, routed))).toEqual([]);
    },
  },
  {
    id: 'addresses.default-pools.option-sets-base-and-size',
    level: 'must',
    title: 'An automatic IPv4 subnet must lie in the pool of --default-address-pool and have its size',
    sources: [subnetAllocation, daemonOptions],
    observedBy: 'In a lab of its own: the IPAM configuration of a network that asks for no subnet.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['addresses.one-subnet-for-all', 'addresses.pools-are-not-configured'],
    check: async () => {
      const { address, length } = cidrParts((await ipamOf(await (await lab(args)).make.network())).Subnet);
      expect(address).toBeInSubnet(pool);
      expect(length).toBe('28');
    },
  },
  {
    id: 'addresses.default-pools.option-is-for-the-default-bridge-too',
    level: 'must',
    title: 'Without --bip, the default bridge must get its IPv4 subnet from the pool of --default-address-pool',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/service_test.go' }, daemonOptions],
    observedBy: 'In a lab of its own: the IPAM configuration of the network bridge.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['addresses.one-subnet-for-all', 'addresses.pools-are-not-configured'],
    check: async () => {
      const { body } = await (await lab(args)).ask<{ IPAM: { Config: [IpamEntry] } }>('GET', '/networks/bridge');
      const { address, length } = cidrParts(body.IPAM.Config[0].Subnet);
      expect(address).toBeInSubnet(pool);
      expect(length).toBe('28');
    },
  },
  {
    id: 'addresses.default-pools.info-lists-the-configured',
    level: 'must',
    title: 'DefaultAddressPools of /info must list the pools that dockerd was given',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version-history/#v141-api-changes' }],
    observedBy: 'In a lab of its own: GET /info.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'addresses.pools-are-not-configured',
      {
        id: 'addresses.pools-are-not-told',
        title: 'The API lists no default address pools',
        api: [{ method: 'GET', path: /^\/info/, does: 'answers', at: ['DefaultAddressPools'], value: null }],
      },
    ],
    check: async () => {
      const { body } = await (await lab(args)).ask<{ DefaultAddressPools?: Pool[] | null }>('GET', '/info');
      expect(body.DefaultAddressPools).toEqual([{ Base: pool, Size: 28 }]);
    },
  },
  // an engine with a default address pool of two subnets
  {
    id: 'addresses.default-pools.exhausted-until-a-network-goes',
    level: 'must',
    title: 'With all IPv4 address pools in use, a new network must be refused until another one is removed',
    sources: [subnetAllocation, { docs: 'github.com/docker/for-linux/issues/599' }],
    observedBy:
      'In a lab of its own, whose pool has room for the default bridge and one network: a second network is refused, and granted when the first is gone.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['addresses.pools-are-not-configured', 'addresses.no-network-is-refused'],
    check: async () => {
      const { make: there } = await lab(['--default-address-pool', 'base=10.202.0.0/27,size=28']);
      const first = await there.network();
      expect((await there.tryNetwork()).status).toBeGreaterThanOrEqual(400);
      expect((await first.remove()).status).toBe(204);
      expect((await there.tryNetwork()).status).toBe(201);
    },
  },
  // a network that is created with an IPAM configuration
  {
    id: 'addresses.network.reports-the-configuration-it-was-given',
    level: 'must',
    title: 'A network must report the IPv4 subnet, range, gateway and auxiliary addresses it was given',
    sources: [networkCreate, { docs: 'docs.docker.com/reference/cli/docker/network/inspect' }],
    observedBy: 'The IPAM configuration that was asked for, and that of the network object.',
    faults: [
      'addresses.one-subnet-for-all',
      'addresses.range-is-not-asked-for',
      'addresses.gateway-is-not-asked-for',
      'addresses.auxiliary-addresses-are-not-asked-for',
    ],
    check: async () => {
      const { subnet, address } = make.subnet();
      const asked = { Subnet: subnet, IPRange: `${address(128)}/25`, Gateway: address(254), AuxiliaryAddresses: { printer: address(130) } };
      expect(await ipamOf(await make.claimed.network(configured(asked)))).toEqual(asked);
    },
  },
  {
    id: 'addresses.gateway.as-given-is-the-default-route',
    level: 'must',
    title: "A network's given IPv4 gateway must be the default route of its containers, and answer ARP there",
    sources: [networkCreate, { docs: 'docs.docker.com/engine/network/drivers/bridge#skip-bridge-ip-address-configuration' }],
    observedBy: 'The routes inside a container of a network whose gateway is not the first address, and that ARP finds the gateway.',
    faults: ['addresses.gateway-is-not-asked-for', 'addresses.gateway-answers-no-arp'],
    check: async () => {
      const { subnet, address } = make.subnet();
      const container = await make.container(attachedTo(await make.claimed.network(configured({ Subnet: subnet, Gateway: address(77) }))));
      expect((await networkView(container)).gateways).toEqual([address(77)]);
      expect(await resolves(container, address(77))).toBe(true);
    },
  },
  {
    id: 'addresses.gateway.is-of-the-preferred-range',
    level: 'must',
    title: 'A network with an ip-range and no given gateway must take its IPv4 gateway from that range',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/docs/ipam.md' }, networkCreate],
    observedBy: 'Gateway of an endpoint in a network whose ip-range is the upper half of its subnet.',
    faults: ['addresses.range-is-not-asked-for', 'addresses.another-gateway-is-told'],
    check: async () => {
      const { subnet, address } = make.subnet();
      const range = `${address(128)}/25`;
      const network = await make.claimed.network(configured({ Subnet: subnet, IPRange: range }));
      const { Gateway } = await (await make.container(attachedTo(network))).endpoint(network.name);
      expect(Gateway).toBeInSubnet(range);
    },
  },
  {
    id: 'addresses.given-subnet.may-have-two-addresses',
    level: 'must',
    title: 'A /31 IPv4 subnet must have room for the gateway and one container',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/23.0' }, { docs: 'github.com/moby/moby/pull/42626' }],
    observedBy: 'Address and gateway of a container in such a network, and that ARP finds the one from the other.',
    since: { version: '23.0.0', source: 'IPv4 networks with prefix lengths of 31 and 32 are supported since, Engine 23.0 release notes' },
    faults: [
      'addresses.another-address-is-told',
      'addresses.gateway-answers-no-arp',
      'addresses.another-gateway-is-told',
      'addresses.subnets-are-not-asked-for',
    ],
    check: async () => {
      const { address } = make.subnet();
      const network = await make.claimed.network(configured({ Subnet: `${address(0)}/31` }));
      const container = await make.claimed.container(attachedTo(network));
      const { IPAddress, IPPrefixLen, Gateway } = await container.endpoint(network.name);
      expect(IPPrefixLen).toBe(31);
      expect([IPAddress, Gateway].sort()).toEqual([address(0), address(1)]);
      expect(await resolves(container, Gateway)).toBe(true);
    },
  },
  // a network that asks for what cannot be
  {
    id: 'addresses.given-subnet.must-be-cidr',
    level: 'must',
    title: 'A network whose subnet is an IPv4 address without a prefix length must be refused',
    sources: [networkCreate, versionHistory],
    observedBy: 'The answer to its creation, and that no such network is there; the same with a prefix length is created.',
    faults: ['addresses.no-network-is-refused'],
    check: async () => {
      const { subnet, address } = make.subnet();
      await refused(configured({ Subnet: address(0) }), configured({ Subnet: subnet }));
    },
  },
  {
    id: 'addresses.given-subnet.must-have-no-host-bits',
    level: 'must',
    title: 'A subnet with bits beyond its prefix length must be refused with 400, naming the one without them',
    sources: [
      versionHistory,
      { docs: 'docs.docker.com/engine/release-notes/25.0' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' },
    ],
    observedBy:
      'The answer to its creation, which tells the subnet without them, and that no such network is there; the same without them is created.',
    since: validated,
    faults: ['addresses.no-network-is-refused'],
    check: async () => {
      const [good, bad] = [make.subnet(), make.subnet()];
      const { status, message } = await refused(configured({ Subnet: `${bad.address(9)}/24` }), configured({ Subnet: good.subnet }));
      expect(status).toBe(400);
      expect(message).toContain(bad.subnet);
    },
  },
  {
    id: 'addresses.given-gateway.must-be-in-the-subnet',
    level: 'must',
    title: 'A network whose IPv4 gateway lies outside its subnet must be refused',
    sources: [versionHistory, { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' }],
    observedBy: 'The answer to its creation, and that no such network is there; the same with a gateway inside is created.',
    faults: ['addresses.gateway-is-not-asked-for', 'addresses.no-network-is-refused'],
    check: async () => {
      const [good, bad] = [make.subnet(), make.subnet()];
      await refused(
        configured({ Subnet: bad.subnet, Gateway: good.address(9) }),
        configured({ Subnet: good.subnet, Gateway: good.address(9) }),
      );
    },
  },
  {
    id: 'addresses.given-range.must-be-in-the-subnet',
    level: 'must',
    title: 'A network whose IPv4 ip-range is not within its subnet must be refused',
    sources: [
      versionHistory,
      { docs: 'docs.docker.com/engine/release-notes/25.0' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' },
    ],
    observedBy:
      'The answers to the creation of one whose range lies elsewhere and one whose range is larger than the subnet; a range inside is accepted.',
    since: validated,
    faults: ['addresses.range-is-not-asked-for', 'addresses.no-network-is-refused'],
    check: async () => {
      const [good, bad, large] = [make.subnet(), make.subnet(), make.subnet()];
      await refused(
        configured({ Subnet: bad.subnet, IPRange: `${good.address(128)}/25` }),
        configured({ Subnet: good.subnet, IPRange: `${good.address(128)}/25` }),
      );
      await refusedAlone(configured({ Subnet: `${large.address(0)}/25`, IPRange: large.subnet }));
    },
  },
  {
    id: 'addresses.given-auxiliary-address.must-be-in-the-subnet',
    level: 'must',
    title: 'A network with an auxiliary IPv4 address outside its subnet must be refused',
    sources: [versionHistory, { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' }],
    observedBy: 'The answer to its creation, and that no such network is there; the same with an address inside is created.',
    faults: ['addresses.auxiliary-addresses-are-not-asked-for', 'addresses.no-network-is-refused'],
    check: async () => {
      const [good, bad] = [make.subnet(), make.subnet()];
      const AuxiliaryAddresses = { printer: good.address(9) };
      await refused(configured({ Subnet: bad.subnet, AuxiliaryAddresses }), configured({ Subnet: good.subnet, AuxiliaryAddresses }));
    },
  },
  {
    id: 'addresses.given-configuration.is-told-all-its-mistakes',
    level: 'must',
    title: 'A network with several IPAM mistakes must be refused with 400 and a message that names them all',
    sources: [
      versionHistory,
      { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/api/types/network/ipam_test.go' },
    ],
    observedBy: 'Status and message of the answer to the creation of a network whose subnet, range and gateway are wrong.',
    since: validated,
    faults: [
      'addresses.no-network-is-refused',
      {
        id: 'addresses.every-network-is-refused',
        title: 'The API refuses every network, with 400 and without a reason',
        blocks: [
          'addresses.given-subnet.must-be-cidr',
          'addresses.given-subnet.must-have-no-host-bits',
          'addresses.given-gateway.must-be-in-the-subnet',
          'addresses.given-range.must-be-in-the-subnet',
          'addresses.given-auxiliary-address.must-be-in-the-subnet',
          'addresses.given-subnet.must-not-overlap-another-network',
          'addresses.given-subnet.cannot-be-shared-by-ranges',
          'ipv6.only.neither-is-refused',
          'ipv6.automatic.needs-a-subnet',
        ],
        mayKill: 'any',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'pretends', status: 400, message: 'no' }],
      },
    ],
    check: async () => {
      const [wrong, elsewhere] = [make.subnet(), make.subnet()];
      const mistakes = { Subnet: `${wrong.address(9)}/24`, IPRange: `${elsewhere.address(128)}/25`, Gateway: elsewhere.address(1) };
      const { status, message } = await refusedAlone(configured(mistakes));
      expect(status).toBe(400);
      for (const mistake of Object.values(mistakes)) expect(message).toContain(mistake);
    },
  },
  {
    id: 'addresses.given-subnet.must-not-overlap-another-network',
    level: 'must',
    title: 'A network whose IPv4 subnet overlaps that of an existing network must be refused',
    sources: [networkCreate],
    observedBy: 'The answers to three such creations, and to the first of them again when the other network is gone.',
    faults: ['addresses.no-network-is-refused'],
    check: async () => {
      const { subnet, address } = make.subnet();
      const holder = await make.network(configured({ Subnet: `${address(0)}/25` }));
      for (const Subnet of [`${address(0)}/25`, `${address(64)}/26`, subnet]) await refusedAlone(configured({ Subnet }));
      expect((await holder.remove()).status).toBeLessThan(300);
      expect((await make.tryNetwork(configured({ Subnet: `${address(0)}/25` }))).status).toBe(201);
    },
  },
  {
    id: 'addresses.given-subnet.cannot-be-shared-by-ranges',
    level: 'must',
    title: 'Two bridge networks must not share an IPv4 subnet, even with ip-ranges that do not overlap',
    sources: [networkCreate, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy: 'The answer to the creation of the second; the same range of another subnet is accepted.',
    faults: ['addresses.no-network-is-refused'],
    check: async () => {
      const [shared, another] = [make.subnet(), make.subnet()];
      await make.network(configured({ Subnet: shared.subnet, IPRange: `${shared.address(0)}/25` }));
      await refused(
        configured({ Subnet: shared.subnet, IPRange: `${shared.address(128)}/25` }),
        configured({ Subnet: another.subnet, IPRange: `${another.address(128)}/25` }),
      );
    },
  },
  {
    id: 'addresses.network.reports-its-ipam-options',
    level: 'must',
    title: 'A network must report the options that its IPAM driver was given',
    sources: [networkCreate, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' }],
    observedBy: 'IPAM.Options of the network object.',
    faults: [
      {
        id: 'addresses.ipam-options-are-lost',
        title: 'The engine is not told the options for the IPAM driver',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['IPAM', 'Options'], value: {} }],
      },
    ],
    check: async () => {
      const Options = { [make.name('option')]: 'of the test' };
      const net = await make.claimed.network({ IPAM: { Options, Config: [{ Subnet: make.subnet().subnet }] } });
      expect((await net.inspect()).IPAM).toMatchObject({ Options });
    },
  },
]);
