import type { Requirement } from '../../fixtures/claims/model';
import {
  inContainers,
  network as networkFault,
  networkCreate as networkCreateFault,
  networkRemoval,
} from '../../fixtures/faults/trials/overlay';
import {
  attachedTo,
  cidrParts,
  claims,
  control,
  eventually,
  expect,
  externalHost,
  ipvs,
  lab,
  lookUp,
  mustGrant,
  networkView,
  read,
  scene,
  serving,
} from '../../helpers';

const overlayDriver = { docs: 'docs.docker.com/engine/network/drivers/overlay' };
const swarmNetworking = { docs: 'docs.docker.com/engine/swarm/networking' };
const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const requires: Requirement[] = ['docker-engine', 'own-lab'];

/** What the API tells of a network. */
interface Overlay {
  Id: string;
  Name: string;
  Driver: string;
  IPAM: { Config: { Subnet: string; Gateway: string }[] };
  Options: Record<string, string>;
  Containers: Record<string, { Name: string; IPv4Address: string }> | null;
}

/** A lab whose engine is a swarm of its own. Its only address that leads anywhere is that of its default bridge. */
const swarm = scene(async () => {
  const own = await lab([], 'swarm');
  const { body: bridge } = await own.ask<Overlay>('GET', '/networks/bridge');
  mustGrant(
    'a swarm that the claim needs could not be begun',
    await own.ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway }),
  );
  return own;
});

const network = async (nameOrId: string) => (await (await swarm()).ask<Overlay>('GET', `/networks/${nameOrId}`)).body;
const vxlanIds = ({ Options }: Overlay) => (Options['com.docker.network.driver.overlay.vxlanid_list'] ?? '').split(',').filter(Boolean);

/** A network with what the manager allocates to it, which comes after the answer that creates it. */
const allocated = (id: string) =>
  eventually(
    () => network(id),
    (seen) => vxlanIds(seen).length > 0,
    { within: 5000 },
  );

/** A network as soon as it names its driver: the manager allocates that, too, after the answer that creates it. */
const driven = <T extends { Driver?: string }>(inspected: () => Promise<T>) =>
  eventually(inspected, ({ Driver }) => Driver !== '', { within: 5000 });

/** Two overlays, of which neither is attachable. */
const two = scene(async () => {
  const own = await swarm();
  const [one, other] = await Promise.all([
    own.make.claimed.network({ Driver: 'overlay' }),
    own.make.claimed.network({ Driver: 'overlay' }),
  ]);
  return { own, one, other };
});

/** The manager makes it by itself, which may be after the answer that begins the swarm. */
const ingress = () =>
  eventually(
    () => network('ingress'),
    ({ Name }) => Name === 'ingress',
    { within: 5000 },
  );

/** Two servers in one attachable overlay, of which the first publishes its port and the second has an alias, and a client in another. */
const overlay = scene(async () => {
  const { ask, make, host } = await swarm();
  const [net, elsewhere] = await Promise.all([
    make.claimed.network({ Driver: 'overlay', Attachable: true }),
    make.claimed.network({ Driver: 'overlay', Attachable: true }),
  ]);
  const alias = make.name('alias');
  const [publisher, named, stranger] = await Promise.all([
    make.claimed.server({ member: 'publisher', ...attachedTo(net, { PortBindings: { '80/tcp': [{}] } }) }),
    make.claimed.server({
      member: 'named',
      ...attachedTo(net),
      NetworkingConfig: { EndpointsConfig: { [net.name]: { Aliases: [alias] } } },
    }),
    make.container({ member: 'stranger', ...attachedTo(elsewhere) }),
  ]);
  return { ask, make, host, net, alias, publisher, named, stranger };
});

/** Where a container is in docker_gwbridge. */
const inGatewayBridge = async ({ id }: { id: string }) =>
  cidrParts((await network('docker_gwbridge')).Containers?.[id]?.IPv4Address).address;

/** A site that answers with the address at which it was reached, by which tasks are told from each other. */
const tellsItsAddress = 'server { listen 80; root /usr/share/nginx/html; location = / { return 200 "$server_addr"; } }';

/** A service of each endpoint mode, of two tasks each that run, and a client in their network. */
const services = scene(async () => {
  const { ask, make, host } = await swarm();
  const net = await make.network({ Driver: 'overlay', Attachable: true });
  const client = await make.container(attachedTo(net));
  const { body } = await ask<{ Image: string }>('GET', `/containers/${client.id}/json`);
  const begun = async (Mode: 'vip' | 'dnsrr') => {
    const Name = make.name(Mode);
    const TaskTemplate = {
      ContainerSpec: {
        Image: body.Image,
        Command: serving(tellsItsAddress).Entrypoint,
        Args: ['nginx', '-g', 'daemon off;'],
        Labels: make.labels,
      },
      Networks: [{ Target: net.id }],
    };
    mustGrant(
      'a service that the claim needs could not be created',
      await ask('POST', '/services/create', { Name, TaskTemplate, Mode: { Replicated: { Replicas: 2 } }, EndpointSpec: { Mode } }),
    );
    const look = async () =>
      (
        await ask<{ Status: { State: string }; NetworksAttachments: { Addresses: string[] }[] }[]>(
          'GET',
          `/tasks?filters=${encodeURIComponent(JSON.stringify({ service: [Name] }))}`,
        )
      ).body;
    const tasks = await eventually(look, (seen) => seen.filter(({ Status }) => Status.State === 'running').length === 2, {
      within: 15_000,
    });
    return {
      Name,
      addresses: tasks.flatMap(({ NetworksAttachments }) =>
        NetworksAttachments.flatMap(({ Addresses }) => Addresses.map((address) => cidrParts(address).address)),
      ),
    };
  };
  const [vip, dnsrr] = await Promise.all([begun('vip'), begun('dnsrr')]);
  return { ask, host, net, client, vip, dnsrr };
});

/** Expects a client to reach one of these tasks; a task runs before its nginx listens. */
async function expectATask(host: string, addresses: readonly string[]): Promise<void> {
  const { client } = await services();
  const outcome = await eventually(
    () => client.fetches(`http://${host}:80`),
    ({ kind }) => kind !== 'refused',
    { within: 5000 },
  );
  expect(outcome).toBeOutcome('reached');
  expect(outcome).toMatchObject({ status: 200 });
  expect(addresses).toContain(outcome.kind === 'reached' ? outcome.body : '');
}

/** The addresses that a name leads a client to, sorted. */
const addressesOf = async (name: string) => (await lookUp((await services()).client, name)).records.map(({ data }) => data).sort();

export default claims([
  // the networks of a swarm
  {
    id: 'overlay.swarm.init-makes-ingress',
    level: 'must',
    title: 'Starting a swarm must create the network ingress, an overlay of swarm scope marked as ingress',
    sources: [swarmNetworking],
    observedBy: 'The network object after swarm init in a lab.',
    requires,
    backend: 'iptables',
    faults: ['overlay.ingress-is-unmarked', 'overlay.scope-is-local'],
    check: async () => {
      expect(await ingress()).toMatchObject({ Name: 'ingress', Driver: 'overlay', Scope: 'swarm', Ingress: true });
    },
  },
  // containers in overlay networks
  {
    id: 'overlay.swarm.listens-at-its-ports',
    level: 'must',
    title: 'By default a swarm manager must listen on 2377/tcp, 7946/tcp, 7946/udp and, for VXLAN, 4789/udp',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/overlay/#requirements' }],
    observedBy: 'The listening sockets of the host of a lab that is a swarm with a container in an overlay.',
    requires,
    backend: 'iptables',
    faults: ['overlay.vxlan-is-down', 'overlay.ss-is-broken'],
    check: async () => {
      const { host } = await overlay();
      const sockets = (await read(host, ['ss', '-lntuH']))
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/))
        .map(([protocol, , , , local]) => `${local?.split(':').at(-1) ?? ''}/${protocol ?? ''}`);
      expect(sockets).toEqual(expect.arrayContaining(['2377/tcp', '7946/tcp', '7946/udp', '4789/udp']));
    },
  },
  // the networks of a swarm
  {
    id: 'overlay.swarm.has-one-ingress',
    level: 'must',
    title: 'A second ingress network must be refused',
    sources: [swarmNetworking],
    observedBy: 'A create with Ingress beside the one that is there.',
    requires,
    backend: 'iptables',
    faults: [
      'overlay.ingress-is-unmarked',
      {
        id: 'overlay.second-ingress-is-an-overlay',
        title: 'Who asks for a second ingress gets an ordinary overlay',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Ingress'], value: false }],
      },
    ],
    check: async () => {
      const own = await swarm();
      const oneIsThere = async () => expect(await ingress()).toMatchObject({ Name: 'ingress', Ingress: true });
      await control(oneIsThere);
      expect((await own.make.tryNetwork({ Driver: 'overlay', Ingress: true })).status).toBeGreaterThanOrEqual(400);
      await control(oneIsThere);
    },
  },
  {
    id: 'overlay.network.is-of-swarm-scope',
    level: 'must',
    title: 'An overlay network must have the scope swarm, by which lists select it',
    sources: [overlayDriver, { docs: 'docs.docker.com/reference/cli/docker/network/ls/#scope' }],
    observedBy: 'The object of a new overlay, and lists with scope=swarm and scope=local, which tell it from the default bridge.',
    requires,
    backend: 'iptables',
    faults: [
      'overlay.scope-is-local',
      {
        id: 'overlay.scope-filter-is-ignored',
        title: 'Lists of networks ignore the filter scope',
        api: [{ method: 'GET', path: /^\/networks\?filters=/, does: 'rewrites', from: /filters=.*$/, to: 'filters={}' }],
      },
    ],
    check: async () => {
      const { own, one } = await two();
      expect(await driven(() => one.inspect())).toMatchObject({ Driver: 'overlay', Scope: 'swarm' });
      const ids = async (scope: string) =>
        (await own.ask<{ Id: string }[]>('GET', `/networks?filters=${encodeURIComponent(JSON.stringify({ scope: [scope] }))}`)).body.map(
          ({ Id }) => Id,
        );
      const [ofSwarm, local, bridge] = [await ids('swarm'), await ids('local'), (await network('bridge')).Id];
      expect(ofSwarm).toContain(one.id);
      expect(ofSwarm).not.toContain(bridge);
      expect(local).toContain(bridge);
      expect(local).not.toContain(one.id);
    },
  },
  {
    id: 'overlay.network.gets-a-subnet-of-10-0-0-0',
    level: 'should',
    title: 'By default, an overlay network must get a /24 of 10.0.0.0/8, with its first address as gateway',
    sources: [{ docs: 'docs.docker.com/engine/swarm/swarm-mode/#configuring-default-address-pools' }, swarmNetworking],
    observedBy: 'The objects of two new overlays.',
    requires,
    backend: 'iptables',
    faults: ['overlay.subnets-of-somebody'],
    check: async () => {
      const { one, other } = await two();
      const subnets = await Promise.all([one, other].map(async ({ id }) => (await allocated(id)).IPAM.Config[0]));
      for (const config of subnets) {
        const { address, length } = cidrParts(config?.Subnet);
        expect(address).toBeInSubnet('10.0.0.0/8');
        expect(length).toBe('24');
        expect(config?.Gateway).toBe(address.replace(/0$/, '1'));
      }
      expect(subnets[0]?.Subnet).not.toBe(subnets[1]?.Subnet);
    },
  },
  {
    id: 'overlay.network.has-a-vxlan-id',
    level: 'observed',
    title: 'Each overlay network must have a VXLAN id of its own among its options',
    sources: [swarmNetworking, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/overlay/ov_network.go' }],
    observedBy: 'The objects of two new overlays.',
    requires,
    backend: 'iptables',
    faults: ['overlay.one-vxlan-id'],
    check: async () => {
      const { one, other } = await two();
      const ids = [...vxlanIds(await allocated(one.id)), ...vxlanIds(await allocated(other.id))];
      expect(ids).toHaveLength(2);
      for (const id of ids) expect(id).toMatch(/^\d+$/);
      expect(ids[0]).not.toBe(ids[1]);
    },
  },
  {
    id: 'overlay.network.takes-several-subnets',
    level: 'observed',
    title: 'An overlay network must accept several IPv4 subnets, each with a VXLAN id of its own',
    sources: [networkCreate, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/overlay/ov_network.go' }],
    observedBy: 'The object of an overlay that was created with two.',
    requires,
    backend: 'iptables',
    faults: ['overlay.subnets-of-somebody', 'overlay.one-vxlan-id'],
    check: async () => {
      const { make } = await swarm();
      const subnets = [make.subnet().subnet, make.subnet().subnet];
      const { id } = await make.claimed.network({ Driver: 'overlay', IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) } });
      const made = await allocated(id);
      expect(made.IPAM.Config.map(({ Subnet }) => Subnet)).toEqual(subnets);
      expect(new Set(vxlanIds(made)).size).toBe(2);
      for (const id of vxlanIds(made)) expect(id).toMatch(/^\d+$/);
    },
  },
  // containers in overlay networks
  {
    id: 'overlay.network.takes-containers-if-attachable',
    level: 'must',
    title: 'A standalone container must start on an overlay network only if the network is attachable',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/overlay/#attach-a-container-to-an-overlay-network' }],
    observedBy: 'The start of a container on an overlay that is attachable, and on one that is not.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.all-are-attachable',
        title: 'Every overlay network is attachable',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Attachable'], value: true }],
      },
    ],
    check: async () => {
      const { ask, make, publisher } = await overlay();
      await control(async () => expect((await publisher.inspect()).State.Running).toBe(true));
      const closed = await make.network({ Driver: 'overlay' });
      const box = await make.container({ ...attachedTo(closed), started: false });
      expect((await ask('POST', `/containers/${box.id}/start`)).status).toBeGreaterThanOrEqual(400);
      expect((await box.inspect()).State.Running).toBe(false);
    },
  },
  {
    id: 'overlay.network.in-use-is-not-removed',
    level: 'must',
    title: 'An overlay network with a running container must not be removed',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/rm' }],
    observedBy: 'A removal that is refused, after which the network is still there; an unused one is removed.',
    requires,
    backend: 'iptables',
    faults: ['overlay.used-networks-are-removed'],
    check: async () => {
      const { make, net, publisher } = await overlay();
      const unused = await make.network({ Driver: 'overlay', Attachable: true });
      await control(async () => {
        expect((await publisher.inspect()).State.Running).toBe(true);
        expect(await unused.remove()).toMatchObject({ status: 204 });
      });
      expect((await net.remove()).status).toBeGreaterThanOrEqual(400);
      expect((await net.inspect()).Id).toBe(net.id);
    },
  },
  {
    id: 'overlay.container.has-two-links',
    level: 'must',
    title: 'A container in one overlay, not internal, must have an interface there and one in docker_gwbridge',
    sources: [overlayDriver, swarmNetworking, { docs: 'docs.docker.com/reference/cli/docker/network/create/#internal' }],
    observedBy: "The links inside the container, its endpoint, and docker_gwbridge's list of containers.",
    requires,
    backend: 'iptables',
    faults: ['overlay.subnets-of-somebody', 'overlay.gateway-bridge-is-left'],
    check: async () => {
      const { net, publisher } = await overlay();
      const { links } = await networkView(publisher);
      const addresses = Object.entries(links).flatMap(([name, link]) =>
        name === 'lo' ? [] : link.addresses.map((address) => cidrParts(address).address),
      );
      const { IPAddress } = await publisher.endpoint(net.name);
      expect(IPAddress).toBeInSubnet((await network(net.id)).IPAM.Config[0]?.Subnet ?? '');
      expect(addresses.sort()).toEqual([IPAddress, await inGatewayBridge(publisher)].sort());
    },
  },
  {
    id: 'overlay.container.leaves-by-the-gateway-bridge',
    level: 'must',
    title: 'The IPv4 default route of a container in an overlay, not internal, must lead to docker_gwbridge',
    sources: [swarmNetworking, { docs: 'docs.docker.com/reference/cli/docker/network/create/#internal' }],
    observedBy: 'The routes inside the container.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.other-gateway',
        title: 'docker_gwbridge tells another gateway',
        api: [networkFault(['IPAM', 'Config', '*', 'Gateway'], '192.0.2.1')],
      },
    ],
    check: async () => {
      const { publisher } = await overlay();
      expect((await networkView(publisher)).gateways).toEqual([(await network('docker_gwbridge')).IPAM.Config[0]?.Gateway]);
    },
  },
  {
    id: 'overlay.container.mtu-leaves-room-for-vxlan',
    level: 'observed',
    title: 'An interface in an overlay network without options must have an MTU of 1450, room for VXLAN headers',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/overlay/encryption.go' }],
    observedBy: 'The MTU that the link has inside the container.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.no-room-for-vxlan',
        title: 'Links of containers have the MTU of a network card',
        inject: inContainers('ip link set eth0 mtu 1500'),
        undo: inContainers('ip link set eth0 mtu 1450'),
      },
    ],
    check: async () => {
      const { net, publisher } = await overlay();
      const [{ links }, { IPAddress }] = await Promise.all([networkView(publisher), publisher.endpoint(net.name)]);
      const [name] = Object.keys(links).filter((it) => links[it]?.addresses.some((address) => cidrParts(address).address === IPAddress));
      expect((await read(publisher, ['cat', `/sys/class/net/${name}/mtu`])).trim()).toBe('1450');
    },
  },
  {
    id: 'overlay.container.resolves-peers',
    level: 'must',
    title: 'Containers in an attachable overlay network must reach each other by name and by alias',
    sources: [
      { docs: 'docs.docker.com/engine/network/drivers/overlay/#container-discovery' },
      { docs: 'docs.docker.com/engine/network/#ip-address-and-hostname' },
    ],
    observedBy: 'curl in each container fetches from the other by name, and by alias from the one that has one.',
    requires,
    backend: 'iptables',
    faults: ['overlay.links-are-down', 'overlay.names-are-not-answered'],
    check: async () => {
      const { publisher, named, alias } = await overlay();
      for (const name of [named.containerName, alias]) expect(await publisher.fetches(`http://${name}:80`)).toBeReached({ by: named });
      expect(await named.fetches(`http://${publisher.containerName}:80`)).toBeReached({ by: publisher });
    },
  },
  {
    id: 'overlay.container.serves-its-published-port',
    level: 'must',
    title: 'A port that an overlay container publishes must answer the host and remote machines over IPv4',
    sources: [{ docs: 'docs.docker.com/engine/network/port-publishing' }, swarmNetworking],
    observedBy: 'curl on the host of the lab, and on a machine beside it.',
    requires,
    backend: 'iptables',
    faults: [
      'life-cycle.dnat-is-stale',
      {
        id: 'overlay.published-elsewhere',
        title: 'A container says that its port is published where nobody listens',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/\w+\/json$/,
            does: 'answers',
            at: ['NetworkSettings', 'Ports', '80/tcp', '*', 'HostPort'],
            value: '1',
          },
        ],
      },
    ],
    check: async () => {
      const [own, { publisher }] = [await swarm(), await overlay()];
      const [port, far] = [await publisher.hostPort(80), await externalHost(own)];
      expect(await own.host.fetches(`http://127.0.0.1:${port}`)).toBeReached({ by: publisher });
      expect(await far.machine.fetches(`http://${far.hostAddress}:${port}`)).toBeReached({ by: publisher });
    },
  },
  {
    id: 'overlay.networks.are-isolated',
    level: 'must',
    title: 'A container must not reach a container in another overlay network over IPv4',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/overlay' }],
    observedBy: 'curl from a container in another overlay; a peer reaches the same address.',
    requires,
    backend: 'iptables',
    faults: ['overlay.links-are-down', 'overlay.host-routes-into-overlays'],
    check: async () => {
      const { net, publisher, named, stranger } = await overlay();
      const origin = await named.origin(net.name);
      const peerReachesIt = async () => expect(await publisher.fetches(origin)).toBeReached({ by: named });
      await control(peerReachesIt);
      expect(await stranger.fetches(origin)).toBeOutcome('timed-out', 'unreachable');
      await control(peerReachesIt);
    },
  },
  {
    id: 'overlay.gateway-bridge.lets-no-containers-through',
    level: 'observed',
    title: 'Containers must not reach each other over IPv4 through docker_gwbridge',
    sources: [swarmNetworking, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/default_gateway_linux.go' }],
    observedBy: "curl from one container to the other's address there, which the host does reach.",
    requires,
    backend: 'iptables',
    faults: [
      'overlay.host-routes-into-overlays',
      {
        id: 'overlay.gateway-bridge-is-open',
        title: 'A rule before all others lets packets through from docker_gwbridge to itself',
        inject: 'iptables -I FORWARD -i docker_gwbridge -o docker_gwbridge -j ACCEPT',
        undo: 'iptables -D FORWARD -i docker_gwbridge -o docker_gwbridge -j ACCEPT',
      },
    ],
    check: async () => {
      const { host, publisher, named } = await overlay();
      const origin = `http://${await inGatewayBridge(named)}:80`;
      const hostReachesIt = async () => expect(await host.fetches(origin)).toBeReached({ by: named });
      await control(hostReachesIt);
      expect(await publisher.fetches(origin)).toBeOutcome('timed-out');
      await control(hostReachesIt);
    },
  },
  {
    id: 'overlay.gateway-bridge.in-use-is-not-removed',
    level: 'must',
    title: 'Removing docker_gwbridge must be refused while containers are in overlay networks',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/rm' }, swarmNetworking],
    observedBy: 'A removal that is refused, after which the network is still there.',
    requires,
    backend: 'iptables',
    faults: ['overlay.used-networks-are-removed'],
    check: async () => {
      const { ask, publisher } = await overlay();
      await control(async () => expect((await publisher.inspect()).State.Running).toBe(true));
      expect((await ask('DELETE', '/networks/docker_gwbridge')).status).toBeGreaterThanOrEqual(400);
      expect((await ask('GET', '/networks/docker_gwbridge')).status).toBe(200);
    },
  },
  {
    id: 'overlay.gateway-bridge.refusal-names-endpoints',
    level: 'must',
    title: 'The refusal to remove docker_gwbridge must name the endpoints that use it',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/28/#2810' }],
    observedBy: 'The message, held against the names that the network lists.',
    requires,
    backend: 'iptables',
    since: { version: '28.1.0', source: 'refusals name active endpoints since, Engine 28.1 release notes' },
    faults: [
      'overlay.used-networks-are-removed',
      'overlay.gateway-bridge-is-left',
      {
        id: 'overlay.refusal-names-nobody',
        title: 'The refusal to remove a network does not say who is in the way',
        api: [{ ...networkRemoval, does: 'pretends', status: 403, message: 'network has active endpoints' }],
      },
    ],
    check: async () => {
      const { ask, publisher } = await overlay();
      const { Name = '' } = (await network('docker_gwbridge')).Containers?.[publisher.id] ?? {};
      await control(() => expect(Name).not.toBe(''));
      expect((await ask('DELETE', '/networks/docker_gwbridge')).message).toContain(Name);
    },
  },
  // the networks of a swarm
  {
    id: 'overlay.bridge.may-be-of-swarm-scope',
    level: 'must',
    title: 'A bridge network with ConfigFrom must be creatable with the scope swarm',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/create/#swarm-networks-with-local-scope-drivers' }],
    observedBy: 'The object of such a network.',
    requires,
    backend: 'iptables',
    faults: [
      'overlay.scope-is-local',
      {
        id: 'overlay.swarm-scope-is-lost',
        title: 'The engine is not told the scope of a network',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Scope'], value: '' }],
      },
    ],
    check: async () => {
      const { ask, make } = await swarm();
      const held = await make.network({ ConfigOnly: true });
      // without labels, which are a configuration, too
      const Name = make.name('net');
      const made = await ask<{ Id: string }>('POST', '/networks/create', {
        Name,
        Driver: 'bridge',
        Scope: 'swarm',
        ConfigFrom: { Network: held.name },
      });
      expect(made.status).toBe(201);
      expect(await driven(() => network(made.body.Id))).toMatchObject({
        Name,
        Driver: 'bridge',
        Scope: 'swarm',
        ConfigFrom: { Network: held.name },
      });
    },
  },
  // services in an overlay network
  {
    id: 'overlay.service.name-leads-to-a-virtual-address',
    level: 'must',
    title: 'The name of a service must resolve to its virtual IPv4 address in the overlay network',
    sources: [{ docs: 'docs.docker.com/engine/swarm/networking/#configure-service-discovery' }],
    observedBy: "A DNS question from a container in the overlay, and the service's object.",
    requires,
    backend: 'iptables',
    faults: [
      'overlay.names-are-not-answered',
      {
        id: 'overlay.other-virtual-address',
        title: 'A service tells another virtual address than its name leads to',
        api: [
          {
            method: 'GET',
            path: /^\/services\/[\w-]+$/,
            does: 'answers',
            at: ['Endpoint', 'VirtualIPs', '*', 'Addr'],
            value: '192.0.2.7/24',
          },
        ],
      },
    ],
    check: async () => {
      const { ask, net, vip } = await services();
      const { body } = await ask<{ Endpoint: { VirtualIPs: { NetworkID: string; Addr: string }[] } }>('GET', `/services/${vip.Name}`);
      const own = body.Endpoint.VirtualIPs.flatMap(({ NetworkID, Addr }) => (NetworkID === net.id ? [cidrParts(Addr).address] : []));
      expect(own).toHaveLength(1);
      expect(await addressesOf(vip.Name)).toEqual(own);
    },
  },
  {
    id: 'overlay.service.tasks-name-leads-to-tasks',
    level: 'must',
    title: "tasks.SERVICE must resolve to the IPv4 addresses of the service's tasks",
    sources: [{ docs: 'docs.docker.com/engine/swarm/networking/#container-discovery' }],
    observedBy: 'A DNS question from a container in the overlay, and the tasks of the engine.',
    requires,
    backend: 'iptables',
    faults: ['overlay.names-are-not-answered'],
    check: async () => {
      const { vip } = await services();
      expect(vip.addresses).toHaveLength(2);
      expect(await addressesOf(`tasks.${vip.Name}`)).toEqual(vip.addresses.sort());
    },
  },
  {
    id: 'overlay.service.dnsrr-leads-to-tasks',
    level: 'must',
    title: "A dnsrr service's name must resolve to its tasks' IPv4 addresses, where they answer",
    sources: [{ docs: 'docs.docker.com/engine/swarm/networking/#configure-service-discovery' }],
    observedBy: 'A DNS question and curl from a container in the overlay; each task answers with the address at which it was reached.',
    requires,
    backend: 'iptables',
    faults: ['overlay.links-are-down', 'overlay.names-are-not-answered'],
    check: async () => {
      const { dnsrr } = await services();
      expect(dnsrr.addresses).toHaveLength(2);
      expect(await addressesOf(dnsrr.Name)).toEqual(dnsrr.addresses.sort());
      for (const address of dnsrr.addresses) await expectATask(address, [address]);
    },
  },
  {
    id: 'overlay.service.virtual-address-is-served',
    level: 'must',
    title: 'The virtual IP of a service must lead connections to one of its tasks',
    sources: [{ docs: 'docs.docker.com/engine/swarm/networking/#configure-service-discovery' }],
    observedBy:
      'curl from a container in the overlay; a task answers with the address at which it was reached. Where the kernel has no IPVS nothing can be judged.',
    requires,
    backend: 'iptables',
    kernel: ['ipvs'],
    faults: [
      {
        id: 'overlay.balancers-are-cut-off',
        title: 'The links of the namespaces that hold virtual addresses of services are down',
        inject: 'for it in /run/docker/netns/lb_*; do [ ! -e "$it" ] || busybox nsenter --net="$it" ip link set eth0 down; done',
        undo: 'for it in /run/docker/netns/lb_*; do [ ! -e "$it" ] || busybox nsenter --net="$it" ip link set eth0 up; done',
      },
    ],
    check: async () => {
      const { host, vip } = await services();
      await ipvs(host);
      await expectATask(vip.Name, vip.addresses);
    },
  },
]);
