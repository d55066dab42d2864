import type { Requirement } from '../../fixtures/claims/model';
import { networkCreate as networkCreateFault, networkObject, networkRemoval } from '../../fixtures/faults/trials/overlay';
import { attachedTo, cidrParts, claims, clock, control, eventually, expect, lab, mustGrant, networkView, scene } from '../../helpers';

const overlayDriver = { docs: 'docs.docker.com/engine/network/drivers/overlay' };
const swarmNetworking = { docs: 'docs.docker.com/engine/swarm/networking' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const networkConnect = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const swarmTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_swarm_test.go' };
const requires: Requirement[] = ['docker-engine', 'own-lab'];

const containerCreate = { method: 'POST', path: /^\/containers\/create\b/ } as const;

interface Network {
  Id: string;
  Name: string;
  Driver: string;
  Attachable: boolean;
  IPAM: { Config: { Subnet: string; Gateway?: string }[] };
  Options: Record<string, string>;
  Containers: Record<string, { IPv4Address: string }> | null;
}

/** A lab whose docker_gwbridge was made by its operator, before a swarm was begun there; and what came of an address that is none. */
const swarm = scene(async () => {
  const own = await lab([], 'overlay-networks');
  const { body: bridge } = await own.ask<Network>('GET', '/networks/bridge');
  const asked = { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway };
  const active = async () => (await own.ask<{ Swarm: { LocalNodeState: string } }>('GET', '/info')).body.Swarm.LocalNodeState === 'active';
  if (!(await active())) {
    const { subnet, gateway } = own.make.subnet();
    const gatewayBridge = {
      Name: 'docker_gwbridge',
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] },
      Options: {
        'com.docker.network.bridge.name': 'docker_gwbridge',
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': 'true',
        'com.docker.network.driver.mtu': '1400',
      },
    };
    mustGrant('docker_gwbridge could not be made beforehand', await own.ask('POST', '/networks/create', gatewayBridge));
    mustGrant('a swarm that the claim needs could not be begun', await own.ask('POST', '/swarm/init', asked));
  }
  return own;
});

const networkOf = async (nameOrId: string) => (await (await swarm()).ask<Network>('GET', `/networks/${nameOrId}`)).body;

/** An attachable overlay with two subnets, and containers in both. */
const spacious = scene(async () => {
  const own = await swarm();
  const [one, other] = [own.make.subnet(), own.make.subnet()];
  const net = await own.make.claimed.network({
    Driver: 'overlay',
    Attachable: true,
    IPAM: {
      Config: [
        { Subnet: one.subnet, Gateway: one.address(200) },
        { Subnet: other.subnet, Gateway: other.address(200) },
      ],
    },
  });
  const asking = (IPv4Address?: string) => ({
    ...attachedTo(net),
    NetworkingConfig: { EndpointsConfig: { [net.name]: IPv4Address === undefined ? {} : { IPAMConfig: { IPv4Address } } } },
  });
  const [automatic, chosen, peer] = await Promise.all([
    own.make.container(asking()),
    own.make.server(asking(other.address(20))),
    own.make.container(asking(other.address(21))),
  ]);
  return { own, net, one, other, automatic, chosen, peer };
});

/** A container on an internal overlay, and one on an overlay that is not. */
const internal = scene(async () => {
  const own = await swarm();
  const within = async (Internal: boolean) =>
    own.make.container(attachedTo(await own.make.claimed.network({ Driver: 'overlay', Attachable: true, Internal })));
  const [inside, outside] = await Promise.all([within(true), within(false)]);
  return { inside, outside };
});

/** Two containers of a local bridge network on that engine. */
const local = scene(async () => {
  const { make } = await swarm();
  const net = await make.network();
  const [server, client] = await Promise.all([make.server(attachedTo(net)), make.container(attachedTo(net))]);
  return { server, client };
});

/** The links of a container beside its loopback, and its default routes. */
const seenInside = async (container: Parameters<typeof networkView>[0]) => {
  const { links, gateways } = await networkView(container);
  return { links: Object.keys(links).filter((name) => name !== 'lo').length, gateways: gateways.length };
};

interface Told {
  Type: string;
  Action: string;
  Actor: { ID: string };
}

export default claims([
  // what a swarm is begun with
  {
    id: 'overlay.gateway-bridge.may-be-made-beforehand',
    level: 'must',
    title: 'A docker_gwbridge made before the swarm must be used, with its subnet and its options',
    sources: [swarmNetworking],
    observedBy: 'The object of that network, and the address there of a container in an overlay.',
    requires,
    backend: 'iptables',
    faults: ['overlay.subnets-of-somebody', 'overlay.gateway-bridge-is-left'],
    check: async () => {
      const { outside } = await internal();
      const { IPAM, Options, Containers } = await networkOf('docker_gwbridge');
      expect(Options).toMatchObject({ 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.enable_icc': 'false' });
      const { address } = cidrParts(Containers?.[outside.id]?.IPv4Address);
      expect(address).toBeInSubnet(IPAM.Config[0]?.Subnet ?? '');
      expect(
        Object.values((await networkView(outside)).links).flatMap(({ addresses }) => addresses.map((it) => cidrParts(it).address)),
      ).toContain(address);
    },
  },
  {
    id: 'overlay.swarm.data-path-address-must-be-one',
    level: 'must',
    title: 'A swarm whose data path address is 0.0.0.0 must be refused with 400',
    sources: [swarmTests, { docs: 'docs.docker.com/reference/cli/docker/swarm/init' }],
    observedBy: 'The answer to its initialization, and that the engine is in no swarm after it.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.data-path-address-is-not-asked-for',
        title: 'The engine is not told which address carries VXLAN',
        api: [{ method: 'POST', path: /^\/swarm\/init$/, does: 'asks', at: ['DataPathAddr'], value: '' }],
      },
    ],
    check: async () => {
      const { ask } = await lab();
      const asked = { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: '127.0.0.1', DataPathAddr: '0.0.0.0' };
      const answer = await ask('POST', '/swarm/init', asked);
      const info = await ask('GET', '/info');
      // an engine that has begun one is none that others can use
      if (answer.status === 200) await ask('POST', '/swarm/leave?force=true');
      expect(answer.status).toBe(400);
      expect(info).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } });
    },
  },
  // requests for overlay networks
  {
    id: 'overlay.network.name-is-no-bridges',
    level: 'must',
    title: 'An overlay network must be refused the name of a bridge network, and a bridge that of an overlay',
    sources: [swarmTests],
    observedBy: 'The answers to both requests.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.networks-have-other-names',
        title: 'The engine is asked for overlay networks of another name',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Name'], value: 'dnc-another', where: { at: ['Driver'], is: 'overlay' } }],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      for (const [first, second] of [
        ['bridge', 'overlay'],
        ['overlay', 'bridge'],
      ]) {
        const { name } = await make.network({ Driver: first });
        // asked for as docker network create does, without which engines before 25 take any name twice
        expect((await make.tryNetwork({ Name: name, Driver: second, CheckDuplicate: true })).status).toBe(409);
      }
    },
  },
  {
    id: 'overlay.network.name-may-begin-an-id',
    level: 'must',
    title: "An overlay network must be granted a name with which another network's id begins",
    sources: [swarmTests],
    observedBy: 'The request for an overlay that is called like the first digits of the id of ingress.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.names-of-ids-are-taken',
        title: 'A network is refused its name as one that is taken',
        api: [
          {
            ...networkCreateFault,
            does: 'pretends',
            status: 409,
            message: 'network with that name already exists',
            asked: /"Driver":"overlay"/,
          },
        ],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      const other = await eventually(
        () => networkOf('ingress'),
        ({ Id }) => (Id as string | undefined) !== undefined,
        { within: 5000 },
      );
      const made = await make.claimed.network({ Name: other.Id.slice(0, 6), Driver: 'overlay' });
      expect((await networkOf(made.id)).Name).toBe(made.name);
    },
  },
  {
    id: 'overlay.network.must-have-ipv4',
    level: 'must',
    title: 'A network of swarm scope without IPv4 must be refused with 400',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/service/network_linux_test.go' }],
    observedBy: 'The answer to the request for one; the same with IPv4 is granted.',
    requires,
    backend: 'iptables',
    since: { version: '28.0.0', source: 'networks can do without IPv4 since, Engine 28.0 release notes' },
    faults: [
      {
        id: 'overlay.ipv4-is-not-declined',
        title: 'The engine is not told that a network is to do without IPv4',
        api: [{ ...networkCreateFault, does: 'asks', at: ['EnableIPv4'], value: true }],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      const body = { Driver: 'overlay', Attachable: true };
      expect((await make.tryNetwork({ ...body, EnableIPv4: false })).status).toBe(400);
      await control(async () => expect((await make.tryNetwork({ ...body, EnableIPv4: true })).status).toBe(201));
    },
  },
  {
    id: 'overlay.network.creation-and-removal-are-told',
    level: 'must',
    title: 'Creating and removing an overlay network must emit the events create and remove of swarm scope',
    sources: [swarmTests, { docs: 'docs.docker.com/reference/cli/docker/system/events' }],
    observedBy: 'GET /events with the filters type=network and scope=swarm.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.events-of-swarms-are-left-out',
        title: 'Who asks for events of the swarm gets those of the engine',
        api: [{ method: 'GET', path: /^\/events\b/, does: 'rewrites', from: /"scope":\["swarm"\]/, to: '"scope":["local"]' }],
      },
    ],
    check: async () => {
      const { ask, make } = await swarm();
      const since = Math.floor(Date.parse((await ask<{ SystemTime: string }>('GET', '/info')).body.SystemTime) / 1000) - 1;
      const began = clock();
      const net = await make.network({ Driver: 'overlay' });
      mustGrant('a network that the claim needs to go could not be removed', await net.remove());
      const filters = JSON.stringify({ type: ['network'], scope: ['swarm'] });
      const told = async () => {
        const until = since + Math.ceil((clock() - began) / 1000) + 2;
        const query = new URLSearchParams({ since: String(since), until: String(until), filters });
        const { body } = await ask<string | Told | undefined>('GET', `/events?${query.toString()}`);
        const all =
          typeof body === 'string'
            ? body
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line) as Told)
            : body
              ? [body]
              : [];
        return all.filter(({ Actor }) => Actor.ID === net.id).map(({ Action }) => Action);
      };
      const seen = await eventually(told, (actions) => actions.includes('remove'), { within: 8000 });
      expect(seen.filter((action) => action !== 'update')).toEqual(['create', 'remove']);
    },
  },
  // containers in overlay networks
  {
    id: 'overlay.network.gives-addresses-of-each-subnet',
    level: 'must',
    title: 'An overlay network must give addresses of each of its subnets, where containers reach each other',
    sources: [networkCreate, overlayDriver],
    observedBy:
      'The gateways that the network tells, the address of either that a container gets by itself, and those that two others ask for in the second subnet, of which one fetches from the other.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.addresses-are-not-asked-for',
        title: 'The engine is not told which address a container wants',
        api: [{ ...containerCreate, does: 'asks', at: ['NetworkingConfig', 'EndpointsConfig', '*', 'IPAMConfig'], value: {} }],
      },
      'overlay.links-are-down',
    ],
    check: async () => {
      const { net, one, other, automatic, chosen, peer } = await spacious();
      expect((await networkOf(net.id)).IPAM.Config).toMatchObject([{ Gateway: one.address(200) }, { Gateway: other.address(200) }]);
      // which one it gives addresses of by itself is any of them: it goes through them in no order (swarmkit's network allocator)
      const { IPAddress } = await automatic.endpoint(net.name);
      expect([one.subnet, other.subnet].map((it) => it.replace('.0/24', ''))).toContain(IPAddress.replace(/\.\d+$/, ''));
      expect((await chosen.endpoint(net.name)).IPAddress).toBe(other.address(20));
      expect(await peer.fetches(`http://${other.address(20)}`)).toBeReached({ by: chosen });
    },
  },
  {
    id: 'overlay.internal.has-no-way-out',
    level: 'must',
    title: 'A container on an internal overlay must have one interface, and no default route to docker_gwbridge',
    sources: [swarmNetworking, networkCreate],
    observedBy: 'The links and routes inside the container; one on an overlay that is not internal has both.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.internal-is-not-asked-for',
        title: 'The engine is not told that a network is to be internal',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Internal'], value: false }],
      },
    ],
    check: async () => {
      const { inside, outside } = await internal();
      await control(async () => expect(await seenInside(outside)).toEqual({ links: 2, gateways: 1 }));
      expect(await seenInside(inside)).toEqual({ links: 1, gateways: 0 });
      expect((await networkOf('docker_gwbridge')).Containers ?? {}).not.toHaveProperty(inside.id);
    },
  },
  {
    id: 'overlay.container.joins-by-the-networks-id',
    level: 'must',
    title: 'A container must join an overlay by its id, which then still says that it is attachable',
    sources: [swarmTests],
    observedBy: "The networks of the container, and the network's object, before and while it is there.",
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.attachable-is-not-told',
        title: 'Networks with containers in them say that they are not attachable',
        api: [{ ...networkObject, does: 'answers', at: ['Attachable'], value: false, where: { at: ['Scope'], is: 'swarm' } }],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      const net = await make.network({ Driver: 'overlay', Attachable: true });
      const box = await make.claimed.container({ HostConfig: { NetworkMode: net.id } });
      expect(Object.values((await box.inspect()).NetworkSettings.Networks ?? {}).map(({ NetworkID }) => NetworkID)).toEqual([net.id]);
      expect(await networkOf(net.id)).toMatchObject({ Id: net.id, Attachable: true });
    },
  },
  {
    id: 'overlay.container.failed-start-leaves-nothing',
    level: 'must',
    title: 'A container that an overlay refuses a taken address must not keep that network from being removed',
    sources: [swarmTests],
    observedBy: 'The start of a second container with the address of the first, and the removal of the network once the first is gone.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.networks-are-never-removed',
        title: 'The removal of a network is refused',
        api: [{ ...networkRemoval, does: 'pretends', status: 403, message: 'network has active endpoints' }],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      const { subnet, address } = make.subnet();
      const net = await make.network({ Driver: 'overlay', Attachable: true, IPAM: { Config: [{ Subnet: subnet }] } });
      const asking = {
        ...attachedTo(net),
        NetworkingConfig: { EndpointsConfig: { [net.name]: { IPAMConfig: { IPv4Address: address(33) } } } },
      };
      const first = await make.container({ StopTimeout: 0, ...asking });
      await control(async () => expect(await make.tryToRun(asking)).toMatchObject({ runs: false }));
      await first.stop();
      await first.remove();
      const removed = await eventually(
        () => net.remove(),
        ({ status }) => status === 204,
        { within: 5000 },
      );
      expect(removed.status).toBe(204);
    },
  },
  {
    id: 'overlay.container.names-its-interface',
    level: 'must',
    title: "An interface name in an overlay endpoint's options must be the name of the interface there",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/overlay/overlay_test.go' }, networkConnect],
    observedBy: 'The links inside the container.',
    requires,
    backend: 'iptables',
    since: { version: '28.0.0', source: 'interface names can be chosen since, Engine 28.0 release notes' },
    faults: [
      {
        id: 'overlay.interface-names-are-lost',
        title: 'The engine is not told the options of endpoints',
        api: [{ ...containerCreate, does: 'asks', at: ['NetworkingConfig', 'EndpointsConfig', '*', 'DriverOpts'], value: {} }],
      },
    ],
    check: async () => {
      const { make } = await swarm();
      const net = await make.network({ Driver: 'overlay', Attachable: true });
      const DriverOpts = { 'com.docker.network.endpoint.ifname': 'chosen' };
      const box = await make.container({ ...attachedTo(net), NetworkingConfig: { EndpointsConfig: { [net.name]: { DriverOpts } } } });
      const { IPAddress } = await box.endpoint(net.name);
      const { links } = await networkView(box);
      expect((links['chosen']?.addresses ?? []).map((it) => cidrParts(it).address)).toEqual([IPAddress]);
    },
  },
  {
    id: 'overlay.container.may-be-on-a-bridge-as-well',
    level: 'must',
    title: 'A container on an overlay and a bridge network must reach peers of both by name',
    sources: [networkConnect, { docs: 'docs.docker.com/engine/network' }],
    observedBy: 'curl in the container fetches from a peer on each of the networks.',
    requires,
    backend: 'iptables',
    faults: ['overlay.names-are-not-answered'],
    check: async () => {
      const { own, chosen, peer } = await spacious();
      const bridge = await own.make.network();
      const neighbour = await own.make.server(attachedTo(bridge));
      await bridge.connect(peer);
      expect(await peer.fetches(`http://${chosen.containerName}`)).toBeReached({ by: chosen });
      expect(await peer.fetches(`http://${neighbour.containerName}`)).toBeReached({ by: neighbour });
    },
  },
  {
    id: 'overlay.swarm.names-of-local-networks-resolve',
    level: 'must',
    title: 'On an engine in a swarm, containers of a local bridge network must reach each other by name',
    sources: [
      { docs: 'github.com/moby/moby/blob/docker-v29.7.2/integration/networking/bridge_linux_test.go' },
      { docs: 'docs.docker.com/engine/network' },
    ],
    observedBy: 'curl in a container of a user-defined bridge network fetches from another by its name.',
    requires,
    backend: 'iptables',
    faults: ['overlay.names-are-not-answered'],
    check: async () => {
      const { server, client } = await local();
      expect(await client.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
    },
  },
]);
