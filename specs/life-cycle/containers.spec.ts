import {
  ask,
  claim,
  control,
  describe,
  eventually,
  expect,
  freePorts,
  host,
  knowsNoName,
  lab,
  lookUpAll,
  make,
  read,
  scene,
} from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

/** What a container asks for that is to have this address on a network, and this port of the host for its port 80. */
const at = (network: Network, address: string, hostPort?: number) => ({
  ...(hostPort !== undefined && { ExposedPorts: { '80/tcp': {} } }),
  HostConfig: {
    NetworkMode: network.name,
    ...(hostPort !== undefined && { PortBindings: { '80/tcp': [{ HostPort: String(hostPort) }] } }),
  },
  NetworkingConfig: { EndpointsConfig: { [network.name]: { IPAMConfig: { IPv4Address: address } } } },
});

/** Ends a server's own process, as if it had crashed. Nobody asks how the command fared that does it: Podman forgets it as soon as the container starts again. */
async function end(server: Container): Promise<void> {
  const { body } = await ask<{ Id: string }>('POST', `/containers/${server.id}/exec`, { Cmd: ['kill', '-TERM', '1'] });
  await control(async () => expect((await ask('POST', `/exec/${body.Id}/start`, { Detach: true })).status).toBe(200));
}

/** Looks at the state of a container until the engine has noticed something. */
const untilState = (container: Container, noticed: (state: { Running: boolean; restarts: number }) => boolean) =>
  eventually(
    async () => {
      const { body } = await ask<{ State: { Running: boolean }; RestartCount: number }>('GET', `/containers/${container.id}/json`);
      return {
        Running: body.State.Running,
        get restarts() {
          return body.RestartCount;
        },
      };
    },
    noticed,
    { within: 5000 },
  );

const answers = (origin: string, server: Container, from: { fetches: Container['fetches'] }) =>
  eventually(
    () => from.fetches(origin),
    (outcome) => outcome.kind === 'reached' && outcome.by === server.token,
    { within: 5000 },
  );

describe('a network with a member that looks at the others', () => {
  const street = scene(async () => {
    const { subnet, address } = make.subnet();
    const network = await make.network({ IPAM: { Config: [{ Subnet: subnet }] } });
    return {
      network,
      address,
      member: await make.container({
        member: 'member',
        HostConfig: { NetworkMode: network.name, Dns: [await knowsNoName(make, network)] },
      }),
    };
  });

  claim('life.policy.comes-back-with-address-and-port', async () => {
    const [{ network, address, member }, port] = [await street(), await freePorts(host)];
    const asked = at(network, address(30), port);
    const server = await make.server({ ...asked, HostConfig: { ...asked.HostConfig, RestartPolicy: { Name: 'always' } } });
    await end(server);
    expect(await untilState(server, ({ Running, restarts }) => Running && restarts > 0)).toEqual({ Running: true, restarts: 1 });
    expect(await answers(`http://${address(30)}`, server, member)).toBeReached({ by: server });
    expect(await answers(`http://localhost:${port}`, server, host)).toBeReached({ by: server });
  });

  claim('life.end.network-lists-it-no-longer', async () => {
    const [{ network, address }, port] = [await street(), await freePorts(host)];
    const server = await make.server(at(network, address(40), port));
    const members = async () => Object.keys((await network.inspect()).Containers ?? {});
    await control(async () => {
      expect(await members()).toContain(server.id);
      expect(await host.fetches(`http://localhost:${port}`)).toBeReached({ by: server });
    });
    await end(server);
    expect(await untilState(server, ({ Running }) => !Running)).toMatchObject({ Running: false });
    expect(await eventually(members, (ids) => !ids.includes(server.id), { within: 5000 })).not.toContain(server.id);
    expect(
      await eventually(
        () => host.fetches(`http://localhost:${port}`),
        ({ kind }) => kind === 'refused',
        { within: 5000 },
      ),
    ).toBeOutcome('refused');
  });

  claim('life.removal.name-leads-to-the-successor', async () => {
    const { network, address, member } = await street();
    const name = make.name('heir');
    const first = await make.server({ name, ...at(network, address(70)) });
    await control(async () => expect(await member.fetches(`http://${name}`)).toBeReached({ by: first }));
    await ask('DELETE', `/containers/${first.id}?force=1`);
    const second = await make.claimed.server({ name, ...at(network, address(71)) });
    expect(await member.fetches(`http://${name}`)).toBeReached({ by: second });
  });

  claim('life.rename.new-name-resolves', async () => {
    const { network, address, member } = await street();
    const [box, renamed] = [await make.container(at(network, address(80))), make.name('renamed')];
    const answers = () =>
      lookUpAll(member, [
        [box.containerName, 'A'],
        [renamed, 'A'],
      ]);
    const [known, unknown] = [
      { code: 'NOERROR', records: [{ data: address(80) }] },
      { code: 'NXDOMAIN', records: [] },
    ];
    await control(async () => expect(await answers()).toMatchObject([known, unknown]));
    await ask('POST', `/containers/${box.id}/rename?name=${renamed}`);
    expect(await answers()).toMatchObject([unknown, known]);
  });
});

describe('a container that datagrams are sent to through a published port', () => {
  claim('life.removal.flows-are-forgotten', async () => {
    const own = await lab();
    const port = String(await freePorts(own.host));
    const [home, elsewhere] = await Promise.all([own.make.network(), own.make.network()]);
    const [server, sender] = await Promise.all([
      own.make.container({
        ExposedPorts: { '7/udp': {} },
        HostConfig: { NetworkMode: home.name, PortBindings: { '7/udp': [{ HostPort: port }] } },
      }),
      own.make.container({ HostConfig: { NetworkMode: elsewhere.name } }),
    ]);
    const [{ IPAddress }, { Gateway }] = [await server.endpoint(home.name), await sender.endpoint(elsewhere.name)];
    const flows = async () =>
      (await read(own.host, ['conntrack', '-L', '-p', 'udp'])).split('\n').filter((flow) => flow.includes(`dst=${IPAddress} `));
    await control(async () => {
      // nobody answers it; what counts is that the host saw it
      expect((await sender.exec(['timeout', '0.3', 'busybox', 'tftp', '-g', '-r', 'anything', Gateway, port])).exitCode).not.toBe(0);
      expect((await flows()).length).toBeGreaterThan(0);
    });
    await own.ask('DELETE', `/containers/${server.id}?force=1`);
    expect(await flows()).toEqual([]);
  });
});
