import { createNetwork } from '../../fixtures/faults/trials/user-bridge';
import { attachedTo, claims, control, engine, expect, host, lab, make, mustRun, networkView, scene } from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const driverSource = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' };
/** Where a network's gateway gets its address: the first that is free, of the ip-range where there is one. */
const addressSource = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/ipams/defaultipam/allocator.go' };
const freeNames = {
  version: '28.0.0',
  source: 'the names in use are looked up when an interface gets its own since, moby pull request 49155',
};

/** A name that a link can have: 15 characters, of which chance chooses 8. */
const linkName = () => make.name('l').replace(/^dnc-l-/, 'dnc-br-');
const named = (link: string) => ({ Options: { 'com.docker.network.bridge.name': link } });

/** The host's links as they are now. */
const hostLinks = async () => (await networkView(host)).links;

/** Names of a container's interfaces besides loopback. */
const interfacesOf = async (container: Parameters<typeof networkView>[0]) =>
  (await networkView(container)).interfaces.filter((name) => name !== 'lo');

/** The interfaces of a container on two networks, before it leaves the second one, and when it has come back. */
async function leavesAndComesBack(): Promise<{ before: string[]; after: string[] }> {
  const [first, second] = await Promise.all([make.network(), make.claimed.network()]);
  const container = await make.container(attachedTo(first));
  await second.connect(container);
  const before = await interfacesOf(container);
  await second.disconnect(container);
  await second.connect(container);
  return { before, after: await interfacesOf(container) };
}

/** A network that asks for a link, a subnet and names of interfaces, and a container on it. */
const choosing = scene(async () => {
  const [link, subnet] = [linkName(), make.subnet()];
  const net = await make.claimed.network({
    IPAM: { Config: [{ Subnet: subnet.subnet }] },
    Options: { ...named(link).Options, 'com.docker.network.container_iface_prefix': 'wan' },
  });
  const container = await make.container(attachedTo(net));
  return { link, net, container, first: subnet.gateway };
});

export default claims([
  // the host's link of a user's bridge network
  {
    id: 'bridge.user.link-is-named-by-the-id',
    level: 'observed',
    title: "Without a name given, a network's bridge interface must be called br- and its id's first 12 digits",
    sources: [driverSource],
    observedBy: "The host's links after the network was created, before any container has joined it.",
    requires: ['docker-engine', 'host-bridges'],
    faults: ['user-bridge.link-has-another-name'],
    check: async () => {
      const { id } = await make.network();
      expect(Object.keys(await hostLinks())).toContain(`br-${id.slice(0, 12)}`);
    },
  },
  {
    id: 'bridge.user.link-is-named-on-request',
    level: 'must',
    title: "The host's bridge interface must have the name that com.docker.network.bridge.name gives",
    sources: [bridgeDriver],
    observedBy: "The host's links while a container is on the network, whose interface is the other end of one of the link's ports.",
    requires: ['host-bridges'],
    faults: ['user-bridge.options-are-lost', 'user-bridge.link-has-another-name'],
    check: async () => {
      const { link, container } = await choosing();
      const [ports, { links }] = await Promise.all([host.bridgePorts(link), networkView(container)]);
      const peers = Object.entries(links).flatMap(([name, { peerIndex }]) => (name === 'lo' ? [] : [peerIndex]));
      expect(ports).toHaveLength(1);
      expect(ports.map(({ index }) => index)).toEqual(peers);
    },
  },
  {
    id: 'bridge.user.link-has-the-first-address',
    level: 'observed',
    title: "Without a gateway or range given, the bridge interface must have the subnet's first IPv4 address",
    sources: [networkCreate, bridgeDriver, addressSource],
    observedBy: "The addresses of the link among the host's, the routing table inside a container, and the Gateway of its endpoint.",
    requires: ['host-bridges'],
    faults: [
      'user-bridge.other-subnet',
      {
        id: 'user-bridge.link-has-no-address',
        title: 'The engine is asked for links without an IPv4 address',
        api: [{ ...createNetwork, does: 'asks', at: ['Options', 'com.docker.network.bridge.inhibit_ipv4'], value: 'true' }],
      },
    ],
    check: async () => {
      const { net, container, first } = await choosing();
      const holder = await host.linkWith(first);
      expect((await hostLinks())[holder]?.addresses).toContain(`${first}/24`);
      expect((await networkView(container)).gateways).toEqual([first]);
      expect((await container.endpoint(net.name)).Gateway).toBe(first);
    },
  },
  {
    id: 'bridge.user.link-goes-with-the-network',
    level: 'must',
    title: 'The bridge interface made for a network must be gone once the network is removed',
    sources: [bridgeDriver, { docs: 'docs.docker.com/reference/cli/docker/network/rm' }],
    observedBy: "The host's links, before and after.",
    requires: ['host-bridges'],
    faults: [
      'user-bridge.options-are-lost',
      'user-bridge.leaving-is-pretended',
      {
        id: 'user-bridge.removal-is-pretended',
        title: 'The engine says that it has removed a network, and has not',
        api: [{ method: 'DELETE', path: /^\/networks\/[0-9a-f]{64}$/, does: 'pretends', status: 204 }],
      },
    ],
    check: async () => {
      const link = linkName();
      const net = await make.claimed.network(named(link));
      const container = await make.container(attachedTo(net));
      await control(async () => expect(Object.keys(await hostLinks())).toContain(link));
      await net.disconnect(container);
      expect(await net.remove()).toMatchObject({ status: 204 });
      expect(Object.keys(await hostLinks())).not.toContain(link);
    },
  },
  {
    id: 'bridge.user.link-name-is-taken-once',
    level: 'observed',
    title: 'A second network that asks for the same bridge interface name must be refused',
    sources: [driverSource],
    observedBy: 'POST /networks/create with the name of the link of another network is an error, and with a free name it is not.',
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const link = linkName();
      await make.claimed.network(named(link));
      expect((await make.tryNetwork(named(link))).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await make.tryNetwork(named(linkName()))).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'bridge.user.link-name-has-15-characters',
    level: 'observed',
    title: 'A network that asks for a bridge interface name of more than 15 characters must be refused',
    sources: [driverSource, { docs: 'man7.org/linux/man-pages/man7/netdevice.7.html' }],
    observedBy:
      'POST /networks/create with a name of 16 characters for the link is an error that leaves no network behind, and with 15 it is not.',
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const Name = make.name();
      expect((await make.tryNetwork({ Name, ...named(`${linkName()}x`) })).status).toBeGreaterThanOrEqual(400);
      expect(await engine.networkIfAny(Name)).toBeUndefined();
      await control(async () => expect(await make.tryNetwork({ Name, ...named(linkName()) })).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'bridge.user.link-of-the-host-is-kept',
    level: 'observed',
    title: 'An existing bridge interface that a network was given by name must outlive the network',
    sources: [driverSource],
    observedBy:
      'In a lab of its own a bridge is made by hand, a network is asked for with its name, and removed: the link has the same index as before.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const own = await lab();
      const link = linkName();
      await mustRun(own.host, ['ip', 'link', 'add', link, 'type', 'bridge']);
      const indexOf = async () => (await networkView(own.host)).links[link]?.index;
      const index = await indexOf();
      const net = await own.make.claimed.network(named(link));
      const container = await own.make.container(attachedTo(net));
      await control(async () => expect(await own.host.bridgePorts(link)).toHaveLength(1));
      await net.disconnect(container);
      expect(await net.remove()).toMatchObject({ status: 204 });
      await control(() => expect(index).toBeGreaterThan(0));
      expect(await indexOf()).toBe(index);
    },
  },
  {
    id: 'bridge.user.link-without-address',
    level: 'must',
    title: 'With inhibit_ipv4 the bridge must have no IPv4 address, and its containers still reach each other',
    sources: [bridgeDriver],
    observedBy: "The addresses of the link among the host's, and curl from one server to the other.",
    requires: ['host-bridges'],
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const link = linkName();
      const net = await make.claimed.network({ Options: { ...named(link).Options, 'com.docker.network.bridge.inhibit_ipv4': 'true' } });
      const [client, server] = await Promise.all([make.container(attachedTo(net)), make.server(attachedTo(net))]);
      expect(await client.fetches(await server.origin(net.name))).toBeReached({ by: server });
      const { addresses } = (await hostLinks())[link] ?? {};
      expect(addresses?.filter((address) => !address.includes(':'))).toEqual([]);
    },
  },
  {
    id: 'bridge.user.interfaces-are-named-on-request',
    level: 'must',
    title: 'Container interfaces must begin with com.docker.network.container_iface_prefix, instead of eth',
    sources: [bridgeDriver],
    observedBy: 'The links inside a container on the network.',
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      expect(await interfacesOf((await choosing()).container)).toEqual(['wan0']);
    },
  },
  // the interfaces of containers on a user's bridge network
  {
    id: 'bridge.user.interface-names-are-not-reused',
    level: 'observed',
    title: 'A container that leaves a network and joins it again must get a new interface name',
    sources: [{ docs: 'github.com/moby/moby/pull/49155' }],
    observedBy: 'The links inside a container on two networks, which leaves the second one and comes back.',
    requires: ['docker-engine'],
    until: { ...freeNames, replacedBy: 'bridge.user.interface-names-are-reused' },
    faults: ['user-bridge.leaving-is-pretended'],
    check: async () => {
      expect(await leavesAndComesBack()).toEqual({ before: ['eth0', 'eth1'], after: ['eth0', 'eth2'] });
    },
  },
  {
    id: 'bridge.user.interface-names-are-reused',
    level: 'observed',
    title: 'A container that leaves a network and joins it again must get the first free interface name',
    sources: [{ docs: 'github.com/moby/moby/pull/49155' }],
    observedBy: 'The links inside a container on two networks, which leaves the second one and comes back.',
    since: freeNames,
    faults: ['user-bridge.leaving-is-pretended'],
    check: async () => {
      expect(await leavesAndComesBack()).toEqual({ before: ['eth0', 'eth1'], after: ['eth0', 'eth1'] });
    },
  },
]);
