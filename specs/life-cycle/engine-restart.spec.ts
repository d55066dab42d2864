import {
  claim,
  control,
  conversation,
  describe,
  eventually,
  expect,
  externalHost,
  freePorts,
  lab,
  networkView,
  overIPv6,
  scene,
} from '../../helpers';

type Lab = Awaited<ReturnType<typeof lab>>;
type Network = Awaited<ReturnType<Lab['make']['network']>>;
type Container = Awaited<ReturnType<Lab['make']['container']>>;

/** What a container asks for that is to have this address on a network and, if given, this port of the host for its port 80. */
const at = (network: Network, address: string, hostPort?: number, restart = 'no') => ({
  ...(hostPort !== undefined && { ExposedPorts: { '80/tcp': {} } }),
  HostConfig: {
    NetworkMode: network.name,
    RestartPolicy: { Name: restart },
    ...(hostPort !== undefined && { PortBindings: { '80/tcp': [{ HostPort: String(hostPort) }] } }),
  },
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
async function street(own: Lab) {
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
async function fromBeside(own: Lab, port: number, server: Container, family: 'IPv4' | 'IPv6' = 'IPv4') {
  const far = await externalHost(own);
  const address = family === 'IPv4' ? far.hostAddress : `[${(await overIPv6(own, far)).hostAddress}]`;
  return answers(`http://${address}:${port}`, server, far.machine);
}

/** Fetches from a new member of the network, from the host, and from beside it. */
async function mustAnswer({ own, network, address, port, web }: Awaited<ReturnType<typeof street>>) {
  const member = await own.make.container({ HostConfig: { NetworkMode: network.name } });
  expect(await answers(`http://${address(20)}`, web, member)).toBeReached({ by: web });
  expect(await answers(`http://localhost:${port}`, web, own.host)).toBeReached({ by: web });
  expect(await fromBeside(own, port, web)).toBeReached({ by: web });
}

describe('an engine that was restarted', () => {
  const restarted = scene(async () => {
    const made = await street(await lab([], 'restarted'));
    await made.own.restart();
    return made;
  });

  claim('life.engine-restart.network-keeps-id-and-settings', async () => {
    const { network, before } = await restarted();
    await control(() => expect(before.Options).toMatchObject({ 'com.docker.network.driver.mtu': '1400' }));
    const { Id, Name, IPAM, Options } = await network.inspect();
    expect({ Id, Name, IPAM, Options }).toEqual({ Id: before.Id, Name: before.Name, IPAM: before.IPAM, Options: before.Options });
  });

  claim('life.engine-restart.always-comes-back', async () => mustAnswer(await restarted()));

  claim('life.engine-restart.ipv6-port-answers', async () => {
    const { own, port, web } = await restarted();
    expect(await fromBeside(own, port, web, 'IPv6')).toBeReached({ by: web });
  });

  claim('life.engine-restart.names-resolve', async () => {
    const { web, other } = await restarted();
    expect(await answers(`http://${web.containerName}`, web, other)).toBeReached({ by: web });
  });

  claim('life.engine-restart.ended-container-holds-nothing', async () => {
    const { own, network, address, port, ended, other } = await restarted();
    expect((await ended.inspect()).State.Running).toBe(false);
    const heir = await own.make.server(at(network, address(40), port + 1));
    expect(await other.fetches(`http://${address(40)}`)).toBeReached({ by: heir });
    expect(await own.host.fetches(`http://localhost:${port + 1}`)).toBeReached({ by: heir });
  });
});

describe('an engine that was killed and started again', () => {
  const crashed = scene(async () => {
    const own = await lab([], 'crashed');
    const abandoned = await own.make.network();
    const [made, left] = await Promise.all([street(own), own.make.container({ HostConfig: { NetworkMode: abandoned.name } })]);
    const had = { left: (await left.endpoint(abandoned.name)).IPAddress, ended: (await made.ended.endpoint(made.network.name)).IPAddress };
    await own.restart({ signal: 'SIGKILL' });
    return { ...made, abandoned, left, had };
  });

  claim('life.engine-crash.always-comes-back', async () => mustAnswer(await crashed()));

  claim('life.engine-crash.ipv6-port-answers', async () => {
    const { own, port, web } = await crashed();
    expect(await fromBeside(own, port, web, 'IPv6')).toBeReached({ by: web });
  });

  claim('life.engine-crash.network-can-be-removed', async () => {
    const { abandoned, left, had } = await crashed();
    await control(() => expect(had.left).not.toBe(''));
    await control(async () => expect((await left.inspect()).State.Running).toBe(false));
    expect((await abandoned.remove()).status).toBe(204);
  });

  claim('life.engine-crash.ended-container-shows-no-address', async () => {
    const { network, address, ended, had } = await crashed();
    await control(() => expect(had.ended).toBe(address(40)));
    await control(async () => expect((await ended.inspect()).State.Running).toBe(false));
    expect((await ended.endpoint(network.name)).IPAddress).toBe('');
  });
});

describe('an engine with live restore that was restarted', () => {
  /** What an engine tells of the endpoint of a container, and what there is inside. */
  const endpointOf = async (container: Container, network: Network) => {
    const { NetworkSettings } = await container.inspect();
    const { EndpointID, NetworkID, IPAddress, IPPrefixLen, Gateway, MacAddress } = await container.endpoint(network.name);
    const { links } = await networkView(container);
    return {
      EndpointID,
      NetworkID,
      IPAddress,
      IPPrefixLen,
      Gateway,
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

  claim('life.live-restore.open-connections-survive', async () => {
    const { talk, before } = await restored();
    await control(() => expect(before.answers).toBe(1));
    // it may have been asked before by this claim
    const answered = await talk.answers(1);
    await talk.ask();
    expect(await talk.answers(answered + 1)).toBe(answered + 1);
  });

  claim('life.live-restore.published-port-answers-meanwhile', async () => {
    const own = await lab(['--live-restore'], 'meanwhile');
    const { subnet, gateway, address } = own.make.subnet();
    const network = await own.make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } });
    const web = await own.make.server(at(network, address(20), 8080));
    const reached = async () => expect(await own.host.fetches(`http://${gateway}:8080`)).toBeReached({ by: web });
    await control(reached);
    await own.restart({ meanwhile: reached });
  });

  claim('life.live-restore.published-port-answers-again', async () => {
    const { own, before, web } = await restored();
    await control(() => expect(before.onLoopback).toBeReached({ by: web }));
    expect(await answers('http://localhost:8080', web, own.host)).toBeReached({ by: web });
    expect(await fromBeside(own, 8080, web)).toBeReached({ by: web });
  });

  claim('life.live-restore.ipv6-port-answers', async () => {
    const { own, before, web } = await restored();
    await control(() => expect(before.onLoopback).toBeReached({ by: web }));
    expect(await fromBeside(own, 8080, web, 'IPv6')).toBeReached({ by: web });
  });

  claim('life.live-restore.endpoint-stays-what-it-was', async () => {
    const { network, address, before, web } = await restored();
    await control(() => expect(before.endpoint).toMatchObject({ NetworkID: network.id, IPAddress: address(2) }));
    expect(await endpointOf(web, network)).toEqual(before.endpoint);
  });

  claim('life.live-restore.names-resolve-again', async () => {
    const { other, web, before } = await restored();
    await control(() => expect(before.byName).toBeReached({ by: web }));
    expect(await other.fetches(`http://${web.containerName}`)).toBeReached({ by: web });
  });

  claim('life.live-restore.addresses-stay-taken', async () => {
    const { own, network, address } = await restored();
    // the mover's is not always taken: it leaves the network for another claim
    const taken = [address(2), address(3)];
    const start = async (asked: object) => {
      const box = await own.make.container({ started: false, ...asked });
      return (await own.ask('POST', `/containers/${box.id}/start`)).status;
    };
    const newcomer = await own.make.container({ HostConfig: { NetworkMode: network.name } });
    const { IPAddress } = await newcomer.endpoint(network.name);
    expect(IPAddress).toBeInSubnet(`${address(0)}/24`);
    expect(taken).not.toContain(IPAddress);
    expect(await start(at(network, address(2)))).toBeGreaterThanOrEqual(400);
    expect(await start(at(network, address(50), 8080))).toBeGreaterThanOrEqual(400);
    await control(async () => expect(await start(at(network, address(50), 8082))).toBe(204));
  });

  claim('life.live-restore.networks-can-be-left-and-joined', async () => {
    const { network, other, mover } = await restored();
    await network.disconnect(mover);
    await network.connect(mover);
    expect(await other.fetches(await mover.origin(network.name))).toBeReached({ by: mover });
  });
});
