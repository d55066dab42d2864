import type { ApiFault } from '../../fixtures/faults/model';
import { networkObject } from '../../fixtures/faults/trials/life-cycle';
import {
  attachedTo,
  claims,
  type Container,
  control,
  conversation,
  eventually,
  expect,
  externalHost,
  freePorts,
  lab,
  networkView,
  overIPv6,
  type OwnLab,
  type OwnNetwork,
  scene,
} from '../../helpers';

const startAutomatically = { docs: 'docs.docker.com/engine/containers/start-containers-automatically' };
const liveRestore = { docs: 'docs.docker.com/engine/daemon/live-restore' };
const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const serviceTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/service_test.go' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };

const ipv6Bindings = { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' };

/** What a container asks for that is to have this address on a network and, if given, this port of the host for its port 80. */
const at = (network: OwnNetwork, address: string, hostPort?: number, restart = 'no') => ({
  ...(hostPort !== undefined && { ExposedPorts: { '80/tcp': {} } }),
  ...attachedTo(network, {
    RestartPolicy: { Name: restart },
    ...(hostPort !== undefined && { PortBindings: { '80/tcp': [{ HostPort: String(hostPort) }] } }),
  }),
  NetworkingConfig: { EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } } },
});

/** Fetches until a server answers that may have only just been started. */
const answers = (origin: string, server: Container, from: { fetches: Container['fetches'] }) =>
  eventually(
    () => from.fetches(origin),
    (outcome) => outcome.kind === 'reached' && outcome.by === server.token,
    { within: 5000 },
  );

/** A network with options, two servers that come back with the engine, and one that does not, on a lab that is restarted then. */
async function street(own: OwnLab) {
  const [{ subnet, gateway, address }, six] = [own.make.subnet(), own.make.subnet6()];
  const network = await own.make.network({
    EnableIPv6: true,
    IPAM: {
      Config: [
        { Subnet: subnet, Gateway: gateway },
        { Subnet: six.subnet, Gateway: six.gateway },
      ],
    },
    Options: { 'com.docker.network.driver.mtu': '1400' },
  });
  const port = await freePorts(own.host, 2);
  const [web, other, ended] = await Promise.all([
    own.make.server({ member: 'web', ...at(network, address(20), port, 'always') }),
    own.make.server({ member: 'other', ...at(network, address(30), undefined, 'always') }),
    own.make.server({ member: 'ended', ...at(network, address(40), port + 1) }),
  ]);
  return { own, network, address, port, web, other, ended, before: await network.inspect() };
}

/** Fetches a published port from a machine beside the host, by which no docker-proxy stands as on the host's loopback. */
async function fromBeside(own: OwnLab, port: number, server: Container, family: 'IPv4' | 'IPv6' = 'IPv4') {
  const far = await externalHost(own);
  const address = family === 'IPv4' ? far.hostAddress : `[${(await overIPv6(own, far)).hostAddress}]`;
  return answers(`http://${address}:${port}`, server, far.machine);
}

/** Fetches from a new member of the network, from the host, and from beside it. */
async function mustAnswer({ own, network, address, port, web }: Awaited<ReturnType<typeof street>>) {
  const member = await own.make.container(attachedTo(network));
  expect(await answers(`http://${address(20)}`, web, member)).toBeReached({ by: web });
  expect(await answers(`http://localhost:${port}`, web, own.host)).toBeReached({ by: web });
  expect(await fromBeside(own, port, web)).toBeReached({ by: web });
}

const restarted = scene(async () => {
  const made = await street(await lab([], 'restarted'));
  await made.own.restart();
  return made;
});

const crashed = scene(async () => {
  const own = await lab([], 'crashed');
  const abandoned = await own.make.network();
  const [made, left] = await Promise.all([street(own), own.make.container(attachedTo(abandoned))]);
  const had = { left: (await left.endpoint(abandoned.name)).IPAddress, ended: (await made.ended.endpoint(made.network.name)).IPAddress };
  await own.restart({ signal: 'SIGKILL' });
  return { ...made, abandoned, left, had };
});

/** What an engine tells of the endpoint of a container, and what there is inside. */
const endpointOf = async (container: Container, network: OwnNetwork) => {
  const { NetworkSettings } = await container.inspect();
  const { EndpointID, NetworkID, IPAddress, MacAddress } = await container.endpoint(network.name);
  const { links } = await networkView(container);
  return {
    EndpointID,
    NetworkID,
    IPAddress,
    MacAddress,
    SandboxID: NetworkSettings.SandboxID,
    Ports: NetworkSettings.Ports,
    macOfLink: links['eth0']?.macAddress,
  };
};

const restored = scene(async () => {
  const own = await lab(['--live-restore'], 'live-restore');
  const { subnet, address } = own.make.subnet();
  const network = await own.make.network({
    EnableIPv6: true,
    IPAM: { Config: [{ Subnet: subnet }, { Subnet: own.make.subnet6().subnet }] },
  });
  // the first addresses after the gateway's: an engine that forgets who has them gives them to the next container
  const [web, other, mover] = await Promise.all([
    own.make.server({ member: 'web', ...at(network, address(2), 8080) }),
    own.make.container({ member: 'other', ...at(network, address(3)) }),
    own.make.server({ member: 'mover', ...at(network, address(4)) }),
  ]);
  const talk = await conversation(other, web, address(2));
  await talk.ask();
  const before = {
    answers: await talk.answers(1),
    endpoint: await endpointOf(web, network),
    onLoopback: await own.host.fetches('http://localhost:8080'),
    byName: await other.fetches(`http://${web.containerName}`),
  };
  await own.restart();
  return { own, network, address, web, other, mover, talk, before };
});
const containerObject: Pick<ApiFault['calls'][number], 'method' | 'path'> = { method: 'GET', path: /^\/containers\/[^/]+\/json$/ };

export default claims([
  // an engine that was restarted
  {
    id: 'life.engine-restart.network-keeps-id-and-settings',
    level: 'observed',
    title: 'A network must keep its id, subnet and options across a restart of the engine',
    sources: [serviceTests, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/store.go' }],
    observedBy: 'The network object before and after the restart.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.networks-have-no-options',
        title: 'The API tells no options of any network',
        api: [{ ...networkObject, does: 'answers', at: ['Options'], value: {} }],
      },
    ],
    check: async () => {
      const { network, before } = await restarted();
      await control(() => expect(before.Options).toMatchObject({ 'com.docker.network.driver.mtu': '1400' }));
      const { Id, Name, IPAM, Options } = await network.inspect();
      expect({ Id, Name, IPAM, Options }).toEqual({ Id: before.Id, Name: before.Name, IPAM: before.IPAM, Options: before.Options });
    },
  },
  {
    id: 'life.engine-restart.always-comes-back',
    level: 'must',
    title: 'With restart policy always, a static IPv4 address and host port must answer after an engine restart',
    sources: [
      startAutomatically,
      connectReference,
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' },
    ],
    observedBy: 'A new member of the network fetches the address; the host, and a machine beside it, fetch the published port.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down', 'life-cycle.dnat-is-stale'],
    check: async () => mustAnswer(await restarted()),
  },
  {
    id: 'life.engine-restart.ipv6-port-answers',
    level: 'must',
    title: 'With restart policy always, a given port must answer remote machines by IPv6 after an engine restart',
    sources: [startAutomatically, portPublishing],
    observedBy:
      "A machine beside the host fetches the host's IPv6 address at the published port, which a container on a network with IPv6 publishes.",
    requires: ['own-lab', 'docker-engine'],
    since: ipv6Bindings,
    faults: ['life-cycle.dnat-of-ipv6-is-stale'],
    check: async () => {
      const { own, port, web } = await restarted();
      expect(await fromBeside(own, port, web, 'IPv6')).toBeReached({ by: web });
    },
  },
  {
    id: 'life.engine-restart.names-resolve',
    level: 'must',
    title: 'A container that returns with the engine must be reached by its name on its user-defined network',
    sources: [startAutomatically, { docs: 'docs.docker.com/engine/network' }],
    observedBy: 'Another container that returned fetches it by its name.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { web, other } = await restarted();
      expect(await answers(`http://${web.containerName}`, web, other)).toBeReached({ by: web });
    },
  },
  {
    id: 'life.engine-restart.ended-container-holds-nothing',
    level: 'must',
    title: 'A container that does not return with the engine must leave its IPv4 address and port to others',
    sources: [startAutomatically, connectReference],
    observedBy: 'The state of the container; another server asks for its address and its port, and is reached at both.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.containers-run-for-ever',
        title: 'The API tells of every container that it runs',
        api: [{ ...containerObject, does: 'answers', at: ['State', 'Running'], value: true }],
      },
    ],
    check: async () => {
      const { own, network, address, port, ended, other } = await restarted();
      expect((await ended.inspect()).State.Running).toBe(false);
      const heir = await own.make.server(at(network, address(40), port + 1));
      expect(await other.fetches(`http://${address(40)}`)).toBeReached({ by: heir });
      expect(await own.host.fetches(`http://localhost:${port + 1}`)).toBeReached({ by: heir });
    },
  },
  // an engine that was killed and started again
  {
    id: 'life.engine-crash.always-comes-back',
    level: 'must',
    title: 'With restart policy always, a static IPv4 address and host port must answer after an engine crash',
    sources: [startAutomatically, connectReference],
    observedBy:
      'The daemon is killed and started again; a new member of the network fetches the address, and the host and a machine beside it the published port.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down', 'life-cycle.dnat-is-stale'],
    check: async () => mustAnswer(await crashed()),
  },
  {
    id: 'life.engine-crash.ipv6-port-answers',
    level: 'must',
    title: 'With restart policy always, a given port must answer remote machines by IPv6 after an engine crash',
    sources: [startAutomatically, portPublishing],
    observedBy:
      "A machine beside the host fetches the host's IPv6 address at the published port, which a container on a network with IPv6 publishes.",
    requires: ['own-lab', 'docker-engine'],
    since: ipv6Bindings,
    faults: ['life-cycle.dnat-of-ipv6-is-stale'],
    check: async () => {
      const { own, port, web } = await crashed();
      expect(await fromBeside(own, port, web, 'IPv6')).toBeReached({ by: web });
    },
  },
  {
    id: 'life.engine-crash.network-can-be-removed',
    level: 'observed',
    title: 'A network must be removable after a crash of the engine that ended its containers',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/rm' }, { docs: 'github.com/moby/moby/issues/17217' }],
    observedBy: 'The status of the removal, when the daemon was killed and started again.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.refuses-to-remove'],
    check: async () => {
      const { abandoned, left, had } = await crashed();
      await control(() => expect(had.left).not.toBe(''));
      await control(async () => expect((await left.inspect()).State.Running).toBe(false));
      expect((await abandoned.remove()).status).toBe(204);
    },
  },
  {
    id: 'life.engine-crash.ended-container-shows-no-address',
    level: 'must',
    title: 'A container that ended with a crash of the engine must show no IPv4 address',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }],
    observedBy: 'The endpoint of its object, when the daemon was killed and started again.',
    requires: ['own-lab', 'docker-engine'],
    since: {
      version: '27.0.1',
      source: 'the networking state of ended containers is cleared at the start of the daemon since, Engine 27.0 release notes',
    },
    faults: [
      {
        id: 'life-cycle.addresses-stay',
        title: 'The API tells an address of a container that does not run',
        api: [
          {
            ...containerObject,
            does: 'answers',
            at: ['NetworkSettings', 'Networks', '*', 'IPAddress'],
            value: '192.0.2.7',
            where: { at: ['State', 'Running'], is: false },
          },
        ],
      },
    ],
    check: async () => {
      const { network, address, ended, had } = await crashed();
      await control(() => expect(had.ended).toBe(address(40)));
      await control(async () => expect((await ended.inspect()).State.Running).toBe(false));
      expect((await ended.endpoint(network.name)).IPAddress).toBe('');
    },
  },
  // an engine with live restore that was restarted
  {
    // Docker promises that containers keep running, and speaks of their networking as interrupted meanwhile
    id: 'life.live-restore.open-connections-survive',
    level: 'observed',
    title: 'With live restore, TCP connections over IPv4 between containers must survive an engine restart',
    sources: [liveRestore, startAutomatically, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_store.go' }],
    observedBy: 'One TCP connection to nginx is asked before and after the restart; a connection that broke gives no further answer.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { talk, before } = await restored();
      await control(() => expect(before.answers).toBe(1));
      // it may have been asked before by this claim
      const answered = await talk.answers(1);
      await talk.ask();
      expect(await talk.answers(answered + 1)).toBe(answered + 1);
    },
  },
  {
    id: 'life.live-restore.published-port-answers-meanwhile',
    level: 'observed',
    title: "With live restore, a published port must answer at the host's IPv4 address while dockerd is down",
    sources: [liveRestore, startAutomatically, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_store.go' }],
    observedBy:
      "The host fetches its own address on the container's network at the published port, between the end of the daemon and its next start.",
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.no-live-restore',
        title: 'The daemon is started without live restore',
        labArgs: [],
      },
    ],
    check: async () => {
      const own = await lab(['--live-restore'], 'meanwhile');
      const { subnet, gateway, address } = own.make.subnet();
      const network = await own.make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
      const web = await own.make.server(at(network, address(20), 8080));
      const reached = async () => expect(await own.host.fetches(`http://${gateway}:8080`)).toBeReached({ by: web });
      await control(reached);
      await own.restart({ meanwhile: reached });
    },
  },
  {
    id: 'life.live-restore.published-port-answers-again',
    level: 'observed',
    title: 'With live restore, a published port must answer over IPv4 on loopback and outside after a restart',
    sources: [liveRestore, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_store.go' }],
    observedBy:
      'The host fetches localhost at the published port before and after the restart, and a machine beside the host does after it.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down', 'life-cycle.dnat-is-stale'],
    check: async () => {
      const { own, before, web } = await restored();
      await control(() => expect(before.onLoopback).toBeReached({ by: web }));
      expect(await answers('http://localhost:8080', web, own.host)).toBeReached({ by: web });
      expect(await fromBeside(own, 8080, web)).toBeReached({ by: web });
    },
  },
  {
    id: 'life.live-restore.ipv6-port-answers',
    level: 'observed',
    title: 'With live restore, a published port must answer remote machines over IPv6 after a restart',
    sources: [liveRestore, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_store.go' }],
    observedBy:
      "A machine beside the host fetches the host's IPv6 address at the published port, which a container on a network with IPv6 publishes.",
    requires: ['own-lab', 'docker-engine'],
    since: ipv6Bindings,
    faults: ['life-cycle.dnat-of-ipv6-is-stale'],
    check: async () => {
      const { own, before, web } = await restored();
      await control(() => expect(before.onLoopback).toBeReached({ by: web }));
      expect(await fromBeside(own, 8080, web, 'IPv6')).toBeReached({ by: web });
    },
  },
  {
    // that the address is kept is tested by moby; the ids are promised by nobody
    id: 'life.live-restore.endpoint-stays-what-it-was',
    level: 'observed',
    title: "With live restore, an endpoint's ids, IPv4 and MAC address and ports must survive an engine restart",
    sources: [liveRestore, networkTests],
    observedBy:
      "EndpointID, NetworkID, SandboxID, IPAddress, MacAddress and Ports of the container's object, and the MAC address inside it, before and after.",
    requires: ['own-lab', 'docker-engine'],
    faults: [
      {
        id: 'life-cycle.endpoints-are-others',
        title: 'The API tells another MAC address of every endpoint',
        api: [{ ...containerObject, does: 'answers', at: ['NetworkSettings', 'Networks', '*', 'MacAddress'], value: '02:00:5e:00:53:07' }],
      },
      {
        id: 'life-cycle.endpoints-have-new-ids',
        title: 'The API tells another id of every endpoint',
        api: [{ ...containerObject, does: 'answers', at: ['NetworkSettings', 'Networks', '*', 'EndpointID'], value: '0'.repeat(64) }],
      },
    ],
    check: async () => {
      const { network, address, before, web } = await restored();
      await control(() => expect(before.endpoint).toMatchObject({ NetworkID: network.id, IPAddress: address(2) }));
      expect(await endpointOf(web, network)).toEqual(before.endpoint);
    },
  },
  {
    id: 'life.live-restore.names-resolve-again',
    level: 'observed',
    title: 'With live restore, names must still resolve once the engine is back',
    sources: [liveRestore, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/sandbox_store.go' }],
    observedBy: 'A container fetches another one by name before and after a restart of a daemon with --live-restore.',
    requires: ['own-lab', 'docker-engine'],
    faults: [
      'life-cycle.veths-are-down',
      {
        id: 'life-cycle.names-are-forgotten',
        title: 'The embedded name server is out of reach once the engine is back',
        inject: `for pid in $(docker ps --quiet | xargs -r docker inspect --format '{{.State.Pid}}'); do busybox nsenter -t $pid -n iptables -I OUTPUT -d 127.0.0.11 -j REJECT; done`,
        undo: `for pid in $(docker ps --quiet | xargs -r docker inspect --format '{{.State.Pid}}'); do busybox nsenter -t $pid -n iptables -D OUTPUT -d 127.0.0.11 -j REJECT; done`,
      },
    ],
    check: async () => {
      const { other, web, before } = await restored();
      await control(() => expect(before.byName).toBeReached({ by: web }));
      expect(await other.fetches(`http://${web.containerName}`)).toBeReached({ by: web });
    },
  },
  {
    id: 'life.live-restore.addresses-stay-taken',
    level: 'must',
    title: 'With live restore, a new container must not get an IPv4 address or port that is still in use',
    sources: [liveRestore, networkTests],
    observedBy:
      'The address that a new container gets where the first ones of the subnet are in use, and the status of starts that ask for the address and for the port in use; with others they are granted.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.starts-nothing'],
    check: async () => {
      const { own, network, address } = await restored();
      // the mover's is not always taken: it leaves the network for another claim
      const taken = [address(2), address(3)];
      const start = async (asked: object) => {
        const box = await own.make.container({ started: false, ...asked });
        return (await own.ask('POST', `/containers/${box.id}/start`)).status;
      };
      const newcomer = await own.make.container(attachedTo(network));
      const { IPAddress } = await newcomer.endpoint(network.name);
      expect(IPAddress).toBeInSubnet(`${address(0)}/24`);
      expect(taken).not.toContain(IPAddress);
      expect(await start(at(network, address(2)))).toBeGreaterThanOrEqual(400);
      expect(await start(at(network, address(50), 8080))).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await start(at(network, address(50), 8082))).toBe(204));
    },
  },
  {
    id: 'life.live-restore.networks-can-be-left-and-joined',
    level: 'must',
    title: 'With live restore, containers must be able to leave and join networks after a restart',
    sources: [liveRestore, { docs: 'docs.docker.com/engine/network/drivers/bridge' }],
    observedBy: 'The server is disconnected and connected again, and fetched at its new address.',
    requires: ['own-lab', 'docker-engine'],
    faults: ['life-cycle.veths-are-down'],
    check: async () => {
      const { network, other, mover } = await restored();
      await network.disconnect(mover);
      await network.connect(mover);
      expect(await other.fetches(await mover.origin(network.name))).toBeReached({ by: mover });
    },
  },
]);
