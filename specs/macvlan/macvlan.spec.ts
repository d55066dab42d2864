import { brokenTool } from '../../fixtures/faults/trials/broken-tool';
import { eachContainer, networkRequest } from '../../fixtures/faults/trials/macvlan';
import {
  attachedTo,
  claims,
  control,
  eventually,
  expect,
  externalHost,
  type ExternalHost,
  lab,
  linksOfKind,
  listeningAt,
  make,
  mustRun,
  networkView,
  type OwnLab,
  read,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

const driver = { docs: 'docs.docker.com/engine/network/drivers/macvlan' };
const design = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/docs/macvlan.md' };
const filteringPage = { docs: 'docs.docker.com/engine/network/packet-filtering-firewalls' };

/** From this version on a parent can have several macvlan networks. */
const manyNetworks = { version: '27.0.1', source: 'macvlan networks can share a parent since, Engine 27 release notes' };

/** The body of a macvlan network on the veth link to an external host, which is its gateway; the host and the external host have the lower addresses. */
const onVethLink = ({ link, subnet, address }: ExternalHost, options: Record<string, string> = {}) => ({
  Driver: 'macvlan',
  Options: { parent: link, ...options },
  IPAM: { Config: [{ Subnet: subnet, Gateway: address, IPRange: subnet.replace('.0/24', '.128/25') }] },
});

/** The body of a macvlan network with a subnet that nobody else is in. */
const onParent = (parent: string, options: Record<string, string> = {}, Driver = 'macvlan') => ({
  Driver,
  Options: { parent, ...options },
  IPAM: { Config: [{ Subnet: make.subnet().subnet }] },
});

/** Two servers on a macvlan network beside an external host; the first one and the external host tell who asks. */
async function twoServers(own: OwnLab, options: Record<string, string> = {}) {
  const far = await externalHost(own, serving(tellsWhoAsks));
  const net = await own.make.claimed.network(onVethLink(far, options));
  const HostConfig = { NetworkMode: net.name };
  const [one, other] = await Promise.all([
    own.make.claimed.server({ member: 'one', ...serving(tellsWhoAsks), HostConfig }),
    own.make.claimed.server({ member: 'other', HostConfig }),
  ]);
  return {
    own,
    far,
    net,
    one,
    other,
    oneOrigin: await one.origin(net.name),
    otherOrigin: await other.origin(net.name),
    farOrigin: `http://${far.address}:80`,
  };
}

/** MAC address under which an external host knows an address (/proc/net/arp). */
async function knownAs({ machine }: ExternalHost, address: string): Promise<string | undefined> {
  return (await read(machine, ['cat', '/proc/net/arp']))
    .split('\n')
    .map((line) => line.split(/\s+/))
    .find(([known]) => known === address)?.[3];
}

const addressIn = (origin: string) => new URL(origin).hostname;

const world = scene(async () => twoServers(await lab()));

/** Another next hop beside the one that a container has. */
const otherGateway = '$(ip route | sed -n "s/^default via \\([0-9.]*\\)\\.[0-9]* .*/\\1.77/p" | head -n 1)';

export default claims([
  // containers of a macvlan network
  {
    id: 'macvlan.neighbours.reach-the-container',
    level: 'must',
    title: "A remote machine must reach a macvlan container's unpublished port over IPv4, without source NAT",
    sources: [driver, filteringPage],
    observedBy: 'A remote machine fetches a container that publishes nothing; the container tells who asked.',
    requires: ['own-lab'],
    faults: ['macvlan.veth-links-are-down'],
    check: async () => {
      const { far, one, oneOrigin } = await world();
      const outcome = await far.machine.fetches(oneOrigin);
      expect(outcome).toBeReached({ by: one });
      expect(outcome).toMatchObject({ body: far.address });
    },
  },
  {
    id: 'macvlan.neighbours.are-reached-by-the-container',
    level: 'must',
    title: 'A macvlan container must reach a remote machine over IPv4, and be seen with its own address',
    sources: [driver, filteringPage],
    observedBy: 'The container fetches a remote machine, which tells who asked.',
    requires: ['own-lab'],
    faults: ['macvlan.veth-links-are-down'],
    check: async () => {
      const { far, one, oneOrigin, farOrigin } = await world();
      const outcome = await one.fetches(farOrigin);
      expect(outcome).toBeReached({ by: far.machine });
      expect(outcome).toMatchObject({ body: addressIn(oneOrigin) });
    },
  },
  {
    id: 'macvlan.neighbours.see-a-mac-address-of-its-own',
    level: 'must',
    title: "A remote machine must see a macvlan container with its listed MAC address, and not the host's",
    sources: [driver],
    observedBy: "The remote machine's ARP table once it has fetched the container, the container's endpoint, and the parent's address.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'macvlan.another-mac-address-is-told',
        title: 'The API tells another MAC address of each container',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/[^/]+\/json/,
            does: 'answers',
            at: ['NetworkSettings', 'Networks', '*', 'MacAddress'],
            value: '02:00:5e:10:00:01',
          },
        ],
      },
    ],
    check: async () => {
      const { own, far, net, other, otherOrigin } = await world();
      await control(async () => expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other }));
      const seen = await knownAs(far, addressIn(otherOrigin));
      expect(seen).toBe((await other.endpoint(net.name)).MacAddress);
      expect(seen).not.toBe((await networkView(own.host)).links[far.link]?.macAddress);
    },
  },
  {
    id: 'macvlan.peers.reach-each-other',
    level: 'must',
    title: 'In macvlan bridge mode, the default, a container must reach its peer over IPv4',
    sources: [driver, design],
    observedBy: "curl inside one container fetches the other's address.",
    requires: ['own-lab'],
    faults: ['macvlan.veth-links-are-down'],
    check: async () => {
      const { one, other, otherOrigin } = await world();
      expect(await one.fetches(otherOrigin)).toBeReached({ by: other });
    },
  },
  {
    id: 'macvlan.peers.resolve-names',
    level: 'must',
    title: 'In macvlan bridge mode, the default, a container must reach its peer by name',
    sources: [{ docs: 'docs.docker.com/engine/network' }],
    observedBy: "curl inside one container fetches the other's name.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'macvlan.name-server-is-silent',
        title: "Containers get no answer from the engine's name server",
        inject: eachContainer('iptables -I OUTPUT -d 127.0.0.11 -j DROP'),
        undo: eachContainer('iptables -D OUTPUT -d 127.0.0.11 -j DROP'),
      },
    ],
    check: async () => {
      const { one, other } = await world();
      expect(await one.fetches(`http://${other.containerName}:80`)).toBeReached({ by: other });
    },
  },
  // macvlan networks of other kinds
  {
    id: 'macvlan.private-mode.keeps-peers-apart',
    level: 'must',
    title: 'A container of a macvlan network in private mode must not reach its peer over IPv4',
    sources: [driver, { docs: 'man7.org/linux/man-pages/man8/ip-link.8.html' }],
    observedBy: "curl inside one container fetches the other's address; the remote machine gets through to both.",
    requires: ['own-lab'],
    faults: ['macvlan.asked-for-bridge-mode'],
    check: async () => {
      const { far, one, other, oneOrigin, otherOrigin } = await twoServers(await lab(), { macvlan_mode: 'private' });
      const externalHostGetsThrough = async () => {
        expect(await far.machine.fetches(oneOrigin)).toBeReached({ by: one });
        expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other });
      };
      await control(externalHostGetsThrough);
      expect(await one.fetches(otherOrigin)).toBeOutcome('timed-out');
      await control(externalHostGetsThrough);
    },
  },
  // containers of a macvlan network
  {
    id: 'macvlan.host.cannot-reach-the-container',
    level: 'must',
    title: 'The host must not reach a macvlan container over IPv4 through the parent interface',
    sources: [design],
    observedBy: "curl on the host fetches the container's address; the remote machine gets through.",
    requires: ['own-lab'],
    faults: ['macvlan.veth-links-are-down', 'macvlan.host-has-a-child-of-the-parent'],
    check: async () => {
      const { own, far, other, otherOrigin } = await world();
      const externalHostGetsThrough = async () => expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other });
      await control(externalHostGetsThrough);
      expect(await own.host.fetches(otherOrigin)).toBeOutcome('timed-out');
      await control(externalHostGetsThrough);
    },
  },
  {
    id: 'macvlan.host.is-not-reached-by-the-container',
    level: 'must',
    title: "A macvlan container must not reach the host at the parent interface's IPv4 address",
    sources: [design],
    observedBy: "curl inside the container fetches a server of the host at the parent's address; the remote machine gets through.",
    requires: ['own-lab'],
    faults: ['macvlan.veth-links-are-down', 'macvlan.host-has-a-child-of-the-parent'],
    check: async () => {
      const { own, far, one } = await world();
      const hostServer = await own.make.server({ HostConfig: { NetworkMode: 'host' } });
      const parentOrigin = `http://${far.hostAddress}:80`;
      const externalHostGetsThrough = async () => expect(await far.machine.fetches(parentOrigin)).toBeReached({ by: hostServer });
      await control(externalHostGetsThrough);
      expect(await one.fetches(parentOrigin)).toBeOutcome('timed-out');
      await control(externalHostGetsThrough);
    },
  },
  {
    id: 'macvlan.gateway.is-the-default-route',
    level: 'must',
    title: "The IPv4 default route of a macvlan container must lead to its network's given gateway",
    sources: [driver],
    observedBy: "The container's routes in /proc/net.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'macvlan.containers-have-two-gateways',
        title: 'Each container has a second default route',
        inject: eachContainer(`ip route append default via ${otherGateway} metric 7`),
        undo: eachContainer('ip route del default metric 7'),
      },
    ],
    check: async () => {
      const { far, other } = await world();
      expect((await networkView(other)).gateways).toEqual([far.address]);
    },
  },
  {
    id: 'macvlan.published.is-ignored',
    level: 'observed',
    title: 'A TCP port that a macvlan container publishes must be bound nowhere on the host',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/macvlan/macvlan_endpoint.go' }],
    observedBy:
      "The Ports of the container, and the host's listening sockets; the Ports of a container on a bridge tell where its port is bound.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'macvlan.ports-are-listed',
        title: 'The API tells of a published port',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/[^/]+\/json/,
            does: 'answers',
            at: ['NetworkSettings', 'Ports'],
            value: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '31880' }] },
          },
        ],
      },
    ],
    check: async () => {
      const { own, net } = await world();
      const server = await own.make.claimed.server(attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: '31880' }] } }));
      const bridged = await own.make.server({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '31882' }] } } });
      const bindingsOf = async (container: typeof server) =>
        Object.values((await container.inspect()).NetworkSettings.Ports ?? {}).flatMap((bound) => bound ?? []);
      await control(async () => expect(await bindingsOf(bridged)).not.toEqual([]));
      expect(await bindingsOf(server)).toEqual([]);
      expect((await listeningAt(own.host)).filter((socket) => socket.endsWith(':31880'))).toEqual([]);
    },
  },
  // macvlan networks of other kinds
  {
    id: 'macvlan.filtering.makes-no-rules',
    level: 'must',
    title: "A macvlan network and its containers must add no rule to the host's packet filter",
    sources: [filteringPage],
    observedBy:
      'The rules of the host before the network was made, and while a container runs on it; one on a bridge that publishes a port changes them.',
    requires: ['own-lab'],
    faults: [
      'macvlan.asked-for-a-bridge',
      {
        id: 'macvlan.nft-is-broken',
        title: 'The tool that lists rules of nftables fails',
        endsInError: true,
        ...brokenTool('nft'),
      },
    ],
    check: async () => {
      const own = await lab([], 'rules');
      const rules = async () => {
        const stdout = await read(own.host, ['sh', '-ec', 'iptables-save; ip6tables-save; nft list ruleset']);
        return stdout
          .split('\n')
          .filter((line) => !line.startsWith('#'))
          .map((line) => line.replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+/, ''));
      };
      const far = await externalHost(own);
      const before = await rules();
      const net = await own.make.claimed.network(onVethLink(far));
      const server = await own.make.claimed.server(attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: '31881' }] } }));
      await control(async () => expect(await far.machine.fetches(await server.origin(net.name))).toBeReached({ by: server }));
      expect(await rules()).toEqual(before);
      await control(async () => {
        await own.make.server({ HostConfig: { PortBindings: { '80/tcp': [{}] } } });
        expect(await rules()).not.toEqual(before);
      });
    },
  },
  // requests for macvlan networks
  {
    id: 'macvlan.mode.unknown-is-refused',
    level: 'must',
    title: 'A macvlan or ipvlan network with an unknown mode must be refused',
    sources: [driver, { docs: 'docs.docker.com/engine/network/drivers/ipvlan' }],
    observedBy: 'The answers to the requests that create them; on the same parent one with a mode of the driver is granted.',
    requires: ['own-lab'],
    faults: ['macvlan.asked-for-bridge-mode'],
    check: async () => {
      const own = await lab();
      for (const [driver, known] of [
        ['macvlan', 'vepa'],
        ['ipvlan', 'l3'],
      ] as const) {
        const { link } = await externalHost(own);
        const asked = (mode: string) => own.make.tryNetwork(onParent(link, { [`${driver}_mode`]: mode }, driver));
        expect((await asked('sideways')).status).toBeGreaterThanOrEqual(400);
        await control(async () => expect(await asked(known)).toMatchObject({ status: 201 }));
      }
    },
  },
  {
    id: 'macvlan.parent.unknown-is-refused',
    level: 'observed',
    title: 'A macvlan network on an unknown parent without VLAN suffix must be refused, naming the parent',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/macvlan/macvlan_setup.go' }],
    observedBy: 'The answer to the request that creates it; on a link of the host it is granted. A name such as eth0.50 asks for a VLAN.',
    requires: ['own-lab'],
    faults: ['macvlan.asked-for-a-parent-that-there-is'],
    check: async () => {
      const own = await lab();
      const { status, message } = await own.make.tryNetwork(onParent('nosuchlink'));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toMatch(/nosuchlink/);
      const { link } = await externalHost(own);
      await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'macvlan.parent.loopback-is-refused',
    level: 'observed',
    title: "A macvlan or ipvlan network on the host's loopback interface must be refused",
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/macvlan/macvlan_network.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/ipvlan/ipvlan_network.go' },
    ],
    observedBy: 'The answers to the requests that create them; on another link of the host they are granted.',
    requires: ['own-lab'],
    faults: ['macvlan.asked-for-a-parent-that-there-is'],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      for (const driver of ['macvlan', 'ipvlan']) {
        expect((await own.make.tryNetwork(onParent('lo', {}, driver))).status).toBeGreaterThanOrEqual(400);
        await control(async () => expect(await own.make.tryNetwork(onParent(link, {}, driver))).toMatchObject({ status: 201 }));
      }
    },
  },
  {
    id: 'macvlan.parent.serves-one-network',
    level: 'observed',
    title: 'A second macvlan network on the same parent must be refused, and the refusal must name the parent',
    sources: [
      { docs: 'docs.docker.com/engine/release-notes/27' },
      { docs: 'github.com/moby/moby/blob/v26.1.5/libnetwork/drivers/macvlan/macvlan_network.go' },
    ],
    observedBy: 'The answer to the request that creates the second one.',
    requires: ['docker-engine', 'own-lab'],
    until: { ...manyNetworks, replacedBy: 'macvlan.parent.serves-many-networks' },
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
      const { status, message } = await own.make.tryNetwork(onParent(link));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toContain(link);
    },
  },
  {
    id: 'macvlan.parent.serves-many-networks',
    level: 'must',
    title: 'Containers of two macvlan networks on one parent must both reach a remote machine over IPv4',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }],
    observedBy: 'A container of each network, with a subnet of its own, fetches the remote machine at its address in that subnet.',
    requires: ['own-lab'],
    since: manyNetworks,
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      const second = own.make.subnet();
      await mustRun(far.machine, ['ip', 'address', 'add', `${second.gateway}/24`, 'dev', 'plug']);
      const nets = [
        await own.make.claimed.network(onVethLink(far)),
        await own.make.claimed.network({ ...onParent(far.link), IPAM: { Config: [{ Subnet: second.subnet, Gateway: second.gateway }] } }),
      ];
      for (const [index, net] of nets.entries()) {
        const container = await own.make.claimed.container(attachedTo(net));
        expect(await container.fetches(`http://${index === 0 ? far.address : second.gateway}:80`)).toBeReached({ by: far.machine });
      }
    },
  },
  {
    id: 'macvlan.passthru.wants-its-parent-alone',
    level: 'must',
    title: 'A passthru macvlan network must be refused on a parent that has another macvlan network',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/macvlan/macvlan_test.go' }, driver],
    observedBy: 'The answer to the request that creates it; on a parent without networks it is granted.',
    requires: ['own-lab'],
    faults: [
      'macvlan.asked-for-a-parent-that-there-is-not',
      {
        id: 'macvlan.passthru-is-lost',
        title: 'The engine is asked for bridge mode instead of passthru',
        api: [{ ...networkRequest, at: ['Options', 'macvlan_mode'], value: 'bridge' }],
        engines: { kind: 'docker', versions: '>=27.0.1' },
      },
    ],
    check: async () => {
      const own = await lab();
      const [free, taken] = await Promise.all([externalHost(own), externalHost(own)]);
      await control(async () =>
        expect(await own.make.tryNetwork(onParent(free.link, { macvlan_mode: 'passthru' }))).toMatchObject({ status: 201 }),
      );
      await control(async () => expect(await own.make.tryNetwork(onParent(taken.link))).toMatchObject({ status: 201 }));
      expect((await own.make.tryNetwork(onParent(taken.link, { macvlan_mode: 'passthru' }))).status).toBeGreaterThanOrEqual(400);
    },
  },
  // macvlan networks of other kinds
  {
    id: 'macvlan.parent.may-be-down',
    level: 'must',
    title: 'A macvlan container must start while its parent is down, and reach out over IPv4 once it is up',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/28' }, { docs: 'github.com/moby/moby/pull/49630' }],
    observedBy: 'A container is started on a parent that is down; it fetches a remote machine once the parent is up.',
    requires: ['own-lab'],
    since: { version: '28.0.2', source: 'containers start on a macvlan parent that is down since, Engine 28 release notes' },
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const far = await externalHost(own);
      const net = await own.make.claimed.network(onVethLink(far));
      const set = (state: 'up' | 'down') => mustRun(own.host, ['ip', 'link', 'set', far.link, state]);
      await set('down');
      const container = await own.make.claimed.container(attachedTo(net));
      await set('up');
      const outcome = await eventually(
        () => container.fetches(`http://${far.address}:80`),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      );
      expect(outcome).toBeReached({ by: far.machine });
    },
  },
  {
    id: 'macvlan.subinterface.comes-and-goes-with-its-network',
    level: 'must',
    title: 'A VLAN parent such as eth0.50 that is not there must be made and removed with its macvlan network',
    sources: [
      driver,
      { docs: 'docs.docker.com/engine/network/drivers/ipvlan' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/macvlan/macvlan_test.go' },
    ],
    observedBy: "The host's links while the network is there, and when it is removed.",
    requires: ['own-lab'],
    kernel: ['vlan'],
    faults: ['macvlan.asked-for-a-parent-that-there-is-not'],
    check: async () => {
      const own = await lab();
      const { link } = await externalHost(own);
      await linksOfKind(own.host, 'vlan', link);
      const net = await own.make.claimed.network(onParent(`${link}.50`));
      const links = async () => (await networkView(own.host)).interfaces;
      expect(await links()).toContain(`${link}.50`);
      expect(await net.remove()).toMatchObject({ status: 204 });
      expect(await links()).not.toContain(`${link}.50`);
    },
  },
  {
    id: 'macvlan.without-parent.is-internal',
    level: 'must',
    title: 'A macvlan network without a parent must join its containers over IPv4, without default route',
    sources: [
      { docs: 'docs.docker.com/engine/network/drivers/ipvlan' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/macvlan/macvlan_test.go' },
    ],
    observedBy: "curl inside one container fetches the other's address, and its routes in /proc/net.",
    requires: ['docker-engine', 'own-lab'],
    kernel: ['dummy'],
    since: {
      version: '26.0.1',
      source: 'the driver takes a network without a parent for an internal one since, moby pull request 47705',
    },
    faults: ['macvlan.asked-for-a-bridge'],
    check: async () => {
      const own = await lab();
      await linksOfKind(own.host, 'dummy');
      const net = await own.make.claimed.network({ Driver: 'macvlan' });
      const [one, other] = await Promise.all([own.make.claimed.container(attachedTo(net)), own.make.claimed.server(attachedTo(net))]);
      expect(await one.fetches(await other.origin(net.name))).toBeReached({ by: other });
      expect((await networkView(one)).gateways).toEqual([]);
    },
  },
]);
