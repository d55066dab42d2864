import { eachContainer, networkRequest } from '../../fixtures/faults/trials/macvlan';
import {
  asksForMac,
  attachedTo,
  claims,
  context,
  control,
  eventually,
  expect,
  externalHost,
  type ExternalHost,
  lab,
  make,
  networkView,
  overIPv6,
  scene,
} from '../../helpers';

const driver = { docs: 'docs.docker.com/engine/network/drivers/macvlan' };
const macvlanTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/macvlan/macvlan_test.go' };

const containerCreate = { method: 'POST', path: /^\/containers\/create\b/, does: 'asks' } as const;

/** What a container asks for that is to have these addresses on a network. */
const at = (net: { name: string }, IPv4Address?: string, IPv6Address?: string) => ({
  ...attachedTo(net),
  NetworkingConfig: {
    EndpointsConfig: {
      [net.name]: { IPAMConfig: { ...(IPv4Address !== undefined && { IPv4Address }), ...(IPv6Address !== undefined && { IPv6Address }) } },
    },
  },
});

/**
 * A macvlan network on the veth link to an external host, of the subnets that they have there and of another one for each
 * family, with a container in the first ones and two in the others.
 */
const several = scene(async () => {
  const own = await lab();
  const far = await externalHost(own);
  const six = await overIPv6(own, far);
  const [other, other6] = [own.make.subnet(), own.make.subnet6()];
  const net = await own.make.claimed.network({
    Driver: 'macvlan',
    EnableIPv6: true,
    Options: { parent: far.link },
    IPAM: {
      Config: [
        // the host and the external host have the first two addresses of either subnet
        {
          Subnet: far.subnet,
          Gateway: far.address,
          AuxiliaryAddresses: { host: far.hostAddress, third: far.address.replace(/\d+$/, '3') },
        },
        { Subnet: other.subnet, Gateway: other.address(9) },
        { Subnet: six.address.replace(/::.*$/, '::/64'), Gateway: six.address, AuxiliaryAddresses: { host6: six.hostAddress } },
        { Subnet: other6.subnet, Gateway: other6.address(9) },
      ],
    },
  });
  const [automatic, one, two] = await Promise.all([
    own.make.claimed.server({ member: 'automatic', ...attachedTo(net) }),
    own.make.claimed.server({ member: 'one', ...at(net, other.address(20), other6.address(20)) }),
    own.make.claimed.container({ member: 'two', ...at(net, other.address(21), other6.address(21)) }),
  ]);
  return { own, far, six, other, other6, net, automatic, one, two };
});

/** The body of a macvlan network in a mode on the veth link to an external host, which is its gateway. */
const inMode = ({ link, subnet, address }: ExternalHost, macvlan_mode: string) => ({
  Driver: 'macvlan',
  Options: { parent: link, macvlan_mode },
  IPAM: { Config: [{ Subnet: subnet, Gateway: address, IPRange: subnet.replace('.0/24', '.128/25') }] },
});

export default claims([
  // macvlan networks of several subnets and both families
  {
    id: 'macvlan.subnets.each-gives-addresses',
    level: 'must',
    title: 'A macvlan network must give addresses of each of its IPv4 and IPv6 subnets',
    sources: [driver, macvlanTests],
    observedBy: 'The endpoints of a container that asks for nothing, and of one that asks for addresses of the other subnets.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'macvlan.addresses-are-not-asked-for',
        title: 'The engine is not told which addresses a container wants',
        api: [{ ...containerCreate, at: ['NetworkingConfig', 'EndpointsConfig', '*', 'IPAMConfig'], value: {} }],
      },
    ],
    check: async () => {
      const { far, six, other, other6, net, automatic, one } = await several();
      const first = await automatic.endpoint(net.name);
      expect(first.IPAddress).toBeInSubnet(far.subnet);
      expect(first.GlobalIPv6Address).toBeInSubnet(six.address.replace(/::.*$/, '::/64'));
      expect(await one.endpoint(net.name)).toMatchObject({ IPAddress: other.address(20), GlobalIPv6Address: other6.address(20) });
    },
  },
  {
    id: 'macvlan.subnets.each-has-its-gateway',
    level: 'must',
    title: "A macvlan container's default routes must lead to the given gateways of the subnets of its addresses",
    sources: [driver, macvlanTests],
    observedBy: 'The routes inside a container of the first subnets and one of the second.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'macvlan.gateways-are-not-asked-for',
        title: 'The engine is not told which gateways a network has',
        api: [{ ...networkRequest, at: ['IPAM', 'Config', '*', 'Gateway'], value: undefined }],
      },
    ],
    check: async () => {
      const { far, six, other, other6, automatic, one } = await several();
      expect((await networkView(automatic)).gateways.sort()).toEqual([far.address, six.address].sort());
      expect((await networkView(one)).gateways.sort()).toEqual([other.address(9), other6.address(9)].sort());
    },
  },
  {
    id: 'macvlan.subnets.members-reach-each-other',
    level: 'must',
    title: 'Containers in a further subnet of a macvlan network must reach each other over IPv4 and IPv6',
    sources: [driver, macvlanTests],
    observedBy: "curl in one fetches from the other's addresses.",
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'macvlan.further-subnet-is-cut-off',
        title: 'Containers have no way into the further subnets',
        inject: eachContainer('for at in INPUT OUTPUT; do iptables -I $at -p tcp --dport 80 -j DROP; done'),
        undo: eachContainer('for at in INPUT OUTPUT; do iptables -D $at -p tcp --dport 80 -j DROP; done'),
      },
    ],
    check: async () => {
      const { other, other6, one, two } = await several();
      for (const origin of [`http://${other.address(20)}`, `http://[${other6.address(20)}]`])
        expect(await two.fetches(origin)).toBeReached({ by: one });
    },
  },
  {
    id: 'macvlan.neighbours.reach-the-container-over-ipv6',
    level: 'must',
    title: "A remote machine must reach a macvlan container's unpublished port over IPv6",
    sources: [driver],
    observedBy: 'curl on a machine beside the host fetches the IPv6 address of the container.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['macvlan.veth-links-are-down'],
    check: async () => {
      const { far, net, automatic } = await several();
      const { GlobalIPv6Address } = await automatic.endpoint(net.name);
      const seen = await eventually(
        () => far.machine.fetches(`http://[${GlobalIPv6Address}]`),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      );
      expect(seen).toBeReached({ by: automatic });
    },
  },
  {
    id: 'macvlan.auxiliary.are-given-to-nobody',
    level: 'must',
    title: 'A macvlan container must not get an auxiliary address of its network by itself, of either family',
    sources: [driver],
    observedBy: 'The addresses of a container that asks for none, where the first ones of both subnets are auxiliary or the gateway.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'macvlan.auxiliary-addresses-are-not-told',
        title: 'The engine is not told which addresses are others',
        api: [{ ...networkRequest, at: ['IPAM', 'Config', '*', 'AuxiliaryAddresses'], value: {} }],
      },
    ],
    check: async () => {
      const own = await lab();
      const [{ link }, four, six] = [await externalHost(own), own.make.subnet(), own.make.subnet6()];
      const taken = [1, 2, 3, 4];
      const Config = [four, six].map(({ subnet, address }) => ({
        Subnet: subnet,
        Gateway: address(1),
        AuxiliaryAddresses: Object.fromEntries(taken.slice(1).map((n) => [`machine${n}`, address(n)])),
      }));
      const net = await own.make.network({ Driver: 'macvlan', EnableIPv6: true, Options: { parent: link }, IPAM: { Config } });
      const { IPAddress, GlobalIPv6Address } = await (await own.make.container(attachedTo(net))).endpoint(net.name);
      expect(IPAddress).toBeInSubnet(four.subnet);
      expect(GlobalIPv6Address).toBeInSubnet(six.subnet);
      expect(taken.map(four.address)).not.toContain(IPAddress);
      expect(taken.map(six.address)).not.toContain(GlobalIPv6Address);
    },
  },
  {
    id: 'macvlan.families.are-as-asked',
    level: 'must',
    title: 'A macvlan container must have IPv6 addresses alone, or none, where its network has no more',
    sources: [macvlanTests],
    observedBy: 'The addresses of the interface inside containers of a network with IPv6 alone, and of one with neither family.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.0.0', source: 'networks can do without IPv4 since, Engine 28.0 release notes' },
    faults: [
      {
        id: 'macvlan.ipv4-is-not-declined',
        title: 'The engine is not told that a network is to do without IPv4',
        api: [{ ...networkRequest, at: ['EnableIPv4'], value: true }],
      },
    ],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      const families = async (EnableIPv6: boolean) => {
        const net = await own.make.claimed.network({ Driver: 'macvlan', EnableIPv4: false, EnableIPv6, Options: { parent: link } });
        const box = await own.make.claimed.container(attachedTo(net));
        const { IPAddress, GlobalIPv6Address } = await box.endpoint(net.name);
        const inside = (await networkView(box)).links['eth0']?.addresses ?? [];
        return { IPAddress, GlobalIPv6Address, four: inside.some((it) => it.includes('.')) };
      };
      expect(await families(true)).toEqual({ IPAddress: '', GlobalIPv6Address: expect.stringContaining(':'), four: false });
      expect(await families(false)).toEqual({ IPAddress: '', GlobalIPv6Address: '', four: false });
    },
  },
  // endpoints and modes
  {
    id: 'macvlan.mac-address.is-the-asked-one',
    level: 'must',
    title: 'A macvlan container must have the MAC address that it asks for',
    sources: [
      { docs: 'github.com/containerd/nerdctl/blob/8da504083/cmd/nerdctl/container/container_run_network_linux_test.go' },
      { docs: 'docs.docker.com/reference/cli/docker/container/run' },
    ],
    observedBy: 'The link inside the container.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'macvlan.mac-address-is-lost',
        title: 'The engine is not told which MAC address a container wants',
        api: [
          { ...containerCreate, at: ['MacAddress'], value: '' },
          { ...containerCreate, at: ['NetworkingConfig', 'EndpointsConfig', '*', 'MacAddress'], value: '' },
        ],
      },
    ],
    check: async () => {
      const { own, net } = await several();
      const asked = '02:dc:4d:00:00:07';
      const box = await own.make.claimed.container({ ...attachedTo(net), ...asksForMac(context.engine, net.name, asked) });
      expect((await networkView(box)).links['eth0']?.macAddress).toBe(asked);
    },
  },
  {
    id: 'macvlan.ifname.names-the-interface',
    level: 'must',
    title: "An interface name in a macvlan endpoint's options must be the name of the interface",
    sources: [macvlanTests],
    observedBy: 'The links inside the container.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.0.0', source: 'interface names can be chosen since, Engine 28.0 release notes' },
    faults: [
      {
        id: 'macvlan.interface-names-are-lost',
        title: 'The engine is not told the options of endpoints',
        api: [{ ...containerCreate, at: ['NetworkingConfig', 'EndpointsConfig', '*', 'DriverOpts'], value: {} }],
      },
    ],
    check: async () => {
      const { own, net } = await several();
      const DriverOpts = { 'com.docker.network.endpoint.ifname': 'chosen' };
      const box = await own.make.claimed.container({
        ...attachedTo(net),
        NetworkingConfig: { EndpointsConfig: { [net.name]: { DriverOpts } } },
      });
      expect(Object.keys((await networkView(box)).links)).toEqual(expect.arrayContaining(['chosen']));
    },
  },
  {
    id: 'macvlan.passthru.keeps-its-parent-for-itself',
    level: 'must',
    title: 'A macvlan network must be refused on a parent that has a passthru network',
    sources: [macvlanTests],
    observedBy: 'The answer to the request that creates it; on a parent without networks it is granted.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const [free, taken] = await Promise.all([externalHost(own), externalHost(own)]);
      const asked = ({ link }: ExternalHost, macvlan_mode: string) =>
        own.make.tryNetwork({
          Driver: 'macvlan',
          Options: { parent: link, macvlan_mode },
          IPAM: { Config: [{ Subnet: make.subnet().subnet }] },
        });
      await control(async () => expect(await asked(taken, 'passthru')).toMatchObject({ status: 201 }));
      expect((await asked(taken, 'bridge')).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await asked(free, 'bridge')).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'macvlan.passthru.reaches-the-neighbour',
    level: 'must',
    title: 'A macvlan container in passthru mode must reach a remote machine over IPv4',
    sources: [driver],
    observedBy: 'curl in the container fetches from a machine beside the host.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      const net = await own.make.claimed.network(inMode(far, 'passthru'));
      const box = await own.make.claimed.container(attachedTo(net));
      expect(await box.fetches(`http://${far.address}`)).toBeReached({ by: far.machine });
    },
  },
  {
    id: 'macvlan.vepa.leaves-peers-to-the-switch',
    level: 'must',
    title: 'In macvlan vepa mode, a container must reach remote machines, and no peer past the switch',
    sources: [driver],
    observedBy: 'curl in a container fetches from a machine beside the host, which sends nothing back, and not from its peer.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['macvlan.asked-for-bridge-mode'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      const net = await own.make.claimed.network(inMode(far, 'vepa'));
      const [box, peer] = await Promise.all([own.make.claimed.container(attachedTo(net)), own.make.claimed.server(attachedTo(net))]);
      const origin = await peer.origin(net.name);
      const reachesTheNeighbour = async () => expect(await box.fetches(`http://${far.address}`)).toBeReached({ by: far.machine });
      await control(reachesTheNeighbour);
      await control(async () => expect(await far.machine.fetches(origin)).toBeReached({ by: peer }));
      expect(await box.fetches(origin)).toBeOutcome('unreachable', 'timed-out');
      await control(reachesTheNeighbour);
    },
  },
]);
