import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  eventually,
  expect,
  listeningAt,
  listensOn,
  make,
  networkView,
  type OwnNetwork,
  scene,
} from '../../helpers';

const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const disconnectReference = { docs: 'docs.docker.com/reference/cli/docker/network/disconnect' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const apiHistory = { docs: 'docs.docker.com/reference/api/engine/version-history/#v144-api-changes' };
const release25 = { docs: 'docs.docker.com/engine/release-notes/25.0' };

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: OwnNetwork) => ({ ...attachedTo(network), StopSignal: 'SIGKILL' });

/** Names of the networks that a container's object lists, sorted. */
const networksOf = async (container: Container) => Object.keys((await container.inspect()).NetworkSettings.Networks ?? {}).sort();

/** Whether a network lists a container. */
const lists = async (network: OwnNetwork, container: Container) =>
  Object.keys((await network.inspect()).Containers ?? {}).includes(container.id);

const both = scene(async () => {
  const { subnet, address } = make.subnet();
  const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network({ IPAM: { Config: [{ Subnet: subnet }] } })]);
  return { home, other, address };
});

export default claims([
  // two networks
  {
    id: 'connecting.restart.reapplies-address-and-alias',
    level: 'observed',
    title: 'A restarted container must have the static IPv4 address and alias that it was connected with',
    sources: [connectReference, { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'A member of the network fetches the server at both, after the server was connected while it ran, and then restarted.',
    faults: ['connecting.endpoint-settings-are-lost'],
    check: async () => {
      const { home, other, address } = await both();
      const [server, member, alias] = [await make.server(on(home)), await make.container(on(other)), make.name('alias')];
      await other.connect(server, { IPAMConfig: { IPv4Address: address(66) }, Aliases: [alias] });
      await server.restart();
      await control(async () =>
        expect(
          await eventually(
            () => listeningAt(server),
            (sockets) => listensOn(sockets, 80),
            { within: 5000 },
          ),
        ).toContainEqual(expect.stringMatching(/:80$/)),
      );
      expect(await member.fetches(`http://${address(66)}`)).toBeReached({ by: server });
      expect(await member.fetches(`http://${alias}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'connecting.stopped.connection-waits-for-the-start',
    level: 'must',
    title: 'A stopped container that is connected must join the network, and be listed there, only at its start',
    sources: [connectReference, networkTests],
    observedBy: 'The network object before and after the start, and the addresses inside the container.',
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { home, other } = await both();
      // that the engine starts containers at all is seen of one that is connected to nothing else
      const [box] = await Promise.all([make.container({ started: false, ...on(home) }), make.container({ member: 'plain', ...on(home) })]);
      await other.connect(box);
      expect(await lists(other, box)).toBe(false);
      await box.start();
      expect(await lists(other, box)).toBe(true);
      expect((await networkView(box)).addresses).toContain((await box.endpoint(other.name)).IPAddress);
    },
  },
  {
    id: 'connecting.stopped.disconnection-holds-at-the-start',
    level: 'must',
    title: 'A stopped container that is disconnected from a network must start without it',
    sources: [networkTests],
    observedBy: 'The links inside the container, and the networks of its object, after the next start.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { home, other } = await both();
      const box = await make.container(on(home));
      await other.connect(box);
      const { interfaces } = await networkView(box);
      await box.stop();
      await other.disconnect(box);
      await box.start();
      expect((await networkView(box)).interfaces).toHaveLength(interfaces.length - 1);
      expect(await networksOf(box)).toEqual([home.name]);
    },
  },
  {
    id: 'connecting.twice.is-refused',
    level: 'must',
    title: 'Connecting a running container to a network that it is in must be refused, and change nothing',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkConnect' }, networkTests],
    observedBy: "The status of the second connect, and the container's endpoint before and after; to another network it is connected.",
    faults: ['connecting.connects-nobody'],
    check: async () => {
      const { home, other } = await both();
      const box = await make.container(on(home));
      const before = await box.endpoint(home.name);
      expect((await home.tryConnect(box, { Aliases: ['again'] })).status).toBeGreaterThanOrEqual(400);
      expect(await box.endpoint(home.name)).toEqual(before);
      await control(async () => expect((await other.tryConnect(box, { Aliases: ['again'] })).status).toBe(200));
    },
  },
  {
    id: 'connecting.not-connected.is-refused',
    level: 'observed',
    title: 'Disconnecting a container from a network that it is not in must be refused',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy:
      'The status of the disconnect, and the networks of the container afterwards; from the network that it is in it is disconnected.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const { home, other } = await both();
      const box = await make.container(on(home));
      const disconnect = async ({ id }: OwnNetwork) => (await ask('POST', `/networks/${id}/disconnect`, { Container: box.id })).status;
      expect(await disconnect(other)).toBeGreaterThanOrEqual(400);
      expect(await networksOf(box)).toEqual([home.name]);
      await control(async () => expect(await disconnect(home)).toBe(200));
    },
  },
  {
    id: 'connecting.names.any-unambiguous-one-will-do',
    level: 'must',
    title: 'Connecting and disconnecting must take names, full ids and the first 12 digits of ids',
    sources: [
      connectReference,
      { docs: 'docs.docker.com/reference/cli/docker/network/inspect' },
      { docs: 'docs.docker.com/engine/containers/run#container-identification' },
      { docs: 'docs.docker.com/reference/cli/docker/network/rm' },
    ],
    observedBy: 'Connects and disconnects with every kind of name; each time the network lists the container, and then no longer.',
    faults: ['connecting.connects-nobody', 'connecting.disconnects-nobody'],
    check: async () => {
      const { home, other } = await both();
      const box = await make.container(on(home));
      const pairs = [
        [other.name, box.containerName],
        [other.id, box.id],
        [other.id.slice(0, 12), box.id.slice(0, 12)],
      ];
      for (const [network, container] of pairs) {
        await ask('POST', `/networks/${network}/connect`, { Container: container });
        expect(await lists(other, box)).toBe(true);
        await ask('POST', `/networks/${network}/disconnect`, { Container: container });
        expect(await lists(other, box)).toBe(false);
      }
    },
  },
  {
    id: 'connecting.create.several-networks',
    level: 'must',
    title: 'A container created with several networks must start with an interface in each',
    sources: [release25, apiHistory],
    observedBy: 'The addresses inside the container, and its endpoints.',
    since: { version: '25.0.0', source: 'several networks at once since, Engine 25.0 release notes, API 1.44' },
    faults: ['connecting.create-knows-one-network'],
    check: async () => {
      const { home, other } = await both();
      const box = await make.claimed.container({
        ...on(home),
        NetworkingConfig: { EndpointsConfig: { [home.name]: {}, [other.name]: {} } },
      });
      const { addresses } = await networkView(box);
      for (const { name } of [home, other]) expect(addresses).toContain((await box.endpoint(name)).IPAddress);
    },
  },
  {
    id: 'connecting.create.several-networks-are-refused',
    level: 'must',
    title: 'Creating a container with several networks must be refused with 400',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version/v1.43' },
      { docs: 'github.com/moby/moby/blob/v24.0.9/integration-cli/docker_api_containers_test.go' },
      { docs: 'github.com/moby/moby/blob/v24.0.9/daemon/create.go' },
    ],
    observedBy: 'The status of the create; with one of the two networks it is granted.',
    requires: ['docker-engine'],
    until: {
      version: '25.0.0',
      source: 'several networks at once since, Engine 25.0 release notes, API 1.44',
      replacedBy: 'connecting.create.several-networks',
    },
    faults: ['connecting.create-knows-one-network'],
    check: async () => {
      const { home, other } = await both();
      const create = async (...networks: OwnNetwork[]) =>
        (
          await make.tryContainer({
            ...on(home),
            NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks.map(({ name }) => [name, {}])) },
          })
        ).status;
      await control(async () => expect(await create(home)).toBe(201));
      expect(await create(home, other)).toBe(400);
    },
  },
  {
    id: 'connecting.force.removes-the-endpoint',
    level: 'must',
    title: 'A forced disconnect of a running container must free the network for removal',
    sources: [disconnectReference],
    observedBy: 'The removal of the network is granted right after.',
    faults: ['connecting.disconnects-nobody'],
    check: async () => {
      const network = await make.claimed.network();
      const box = await make.container(on(network));
      await network.disconnect(box, true);
      expect((await network.remove()).status).toBe(204);
      expect(await networksOf(box)).toEqual([]);
    },
  },
]);
