import {
  ask,
  claim,
  control,
  describe,
  eventually,
  expect,
  freePorts,
  host,
  listeningAt,
  listensOn,
  make,
  networkView,
  read,
  scene,
} from '../../helpers';

type Container = Awaited<ReturnType<typeof make.container>>;
type Bindings = Record<string, { HostIp?: string; HostPort?: string }[]>;

/** A port of the host on which nobody listens, as bindings name it. */
const freePort = async () => `${await freePorts(host)}`;

/** What a container has at the host for one of its ports; empty where it has nothing. */
async function bindingsOf(container: Container, port = '80/tcp') {
  return (await container.inspect()).NetworkSettings.Ports?.[port] ?? [];
}

/** Starts a container that was created only, and looks at what came of it. */
async function started(container: Container): Promise<{ refused: boolean; running: boolean; message: string }> {
  const { status, message } = await ask('POST', `/containers/${container.id}/start`);
  return { refused: status >= 400, running: (await container.inspect()).State.Running, message };
}

/** Running containers that pass a filter, as the list of containers shows them. */
async function listedBy(filters: Record<string, readonly string[]>) {
  const { status, body } = await ask<{ Id: string; Ports: { IP: string; PublicPort: number; PrivatePort: number }[] }[]>(
    'GET',
    `/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`,
  );
  expect(status).toBe(200);
  return body;
}

const refused = { refused: true, running: false, message: expect.stringMatching(/\S/) as unknown };
const running = { refused: false, running: true };

describe('a container that publishes ports', () => {
  const street = scene(async () => {
    const { subnet, gateway } = make.subnet();
    return { net: await make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }), gateway };
  });

  /** A server with these bindings on the network that all of these claims share. */
  async function server(PortBindings: Bindings, more: { started?: false; ExposedPorts?: Record<string, object> } = {}): Promise<Container> {
    const { net } = await street();
    return make.claimed.server({ ...more, HostConfig: { NetworkMode: net.name, PortBindings } });
  }

  const at = (HostPort: string, HostIp = '') => ({ '80/tcp': [{ HostIp, HostPort }] });

  claim('publishing.host-address.all-are-listed-for-both-families', async () => {
    const HostPort = await freePort();
    await control(async () => expect((await networkView(host)).addresses).toContain('::1%lo'));
    const bindings = await bindingsOf(await server(at(HostPort)));
    expect([...bindings].sort((one, other) => one.HostIp.localeCompare(other.HostIp))).toEqual([
      { HostIp: '::', HostPort },
      { HostIp: '0.0.0.0', HostPort },
    ]);
  });

  claim('publishing.host-address.is-the-only-one', async () => {
    const { gateway } = await street();
    const HostPort = await freePort();
    const [local, open] = await Promise.all([server(at(HostPort, '127.0.0.1')), server(at(''))]);
    const bothAnswer = async () => {
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: local });
      expect(await host.fetches(`http://${gateway}:${await open.hostPort(80)}`)).toBeReached({ by: open });
    };
    await control(bothAnswer);
    expect(await host.fetches(`http://${gateway}:${HostPort}`)).toBeOutcome('refused');
    await control(bothAnswer);
  });

  claim('publishing.host-address.ipv4-wildcard-is-no-ipv6', async () => {
    const HostPort = await freePort();
    const only4 = await server(at(HostPort, '0.0.0.0'));
    const overIPv4 = async () => expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: only4 });
    await overIPv4();
    expect(await bindingsOf(only4)).toEqual([{ HostIp: '0.0.0.0', HostPort }]);
    expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeOutcome('refused');
    await control(overIPv4);
  });

  claim('publishing.host-address.one-number-serves-two-addresses', async () => {
    const HostPort = await freePort();
    const second = await server(at(HostPort, '127.0.0.2'));
    const third = await server(at(HostPort, '127.0.0.3'));
    expect(await host.fetches(`http://127.0.0.2:${HostPort}`)).toBeReached({ by: second });
    expect(await host.fetches(`http://127.0.0.3:${HostPort}`)).toBeReached({ by: third });
  });

  claim('publishing.host-address.foreign-one-is-refused', async () => {
    const port = await freePorts(host, 2);
    await control(async () => expect(await started(await server(at(`${port}`, '127.0.0.1'), { started: false }))).toMatchObject(running));
    expect(await started(await server(at(`${port + 1}`, '192.0.2.1'), { started: false }))).toMatchObject(refused);
  });

  claim('publishing.host-address.networks-option-is-the-default', async () => {
    const net = await make.claimed.network({ Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.2' } });
    const HostPort = await freePort();
    const bound = await make.claimed.server({ HostConfig: { NetworkMode: net.name, PortBindings: at(HostPort) } });
    expect(await bindingsOf(bound)).toEqual([{ HostIp: '127.0.0.2', HostPort }]);
    expect(await host.fetches(`http://127.0.0.2:${HostPort}`)).toBeReached({ by: bound });
  });

  claim('publishing.ephemeral.lies-in-the-hosts-range', async () => {
    const [chosen, range] = await Promise.all([server(at('')), read(host, ['cat', '/proc/sys/net/ipv4/ip_local_port_range'])]);
    const [lowest, highest] = range.trim().split(/\s+/).map(Number);
    const port = await chosen.hostPort(80);
    expect(port).toBeGreaterThanOrEqual(Number(lowest));
    expect(port).toBeLessThanOrEqual(Number(highest));
  });

  claim('publishing.ephemeral.is-the-same-for-both-families', async () => {
    // of the two families, this leaves the next number free for IPv4 only
    await control(async () => expect(await bindingsOf(await server(at('', '::')))).toMatchObject([{ HostIp: '::' }]));
    const [one, other, ...more] = await bindingsOf(await server(at('')));
    expect([one?.HostIp, other?.HostIp, ...more].sort()).toEqual(['0.0.0.0', '::']);
    expect(one?.HostPort).toBe(other?.HostPort);
  });

  claim('publishing.exposed.all-are-published-on-request', async () => {
    const { net } = await street();
    const open = await make.claimed.server({
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      HostConfig: { NetworkMode: net.name, PublishAllPorts: true },
    });
    expect(await host.fetches(`http://127.0.0.1:${await open.hostPort(80)}`)).toBeReached({ by: open });
    expect(await bindingsOf(open, '53/udp')).toContainEqual({
      HostIp: expect.stringMatching(/^(0\.0\.0\.0)?$/),
      HostPort: expect.stringMatching(/^[1-9]\d*$/),
    });
  });

  claim('publishing.range.gives-the-next-free-port', async () => {
    const first = await freePorts(host, 2);
    const range = at(`${first}-${first + 1}`);
    const one = await server(range);
    const other = await server(range);
    const ports = await Promise.all([one.hostPort(80), other.hostPort(80)]);
    expect(ports.sort()).toEqual([first, first + 1]);
    for (const member of [one, other])
      expect(await host.fetches(`http://127.0.0.1:${await member.hostPort(80)}`)).toBeReached({ by: member });
    expect(await started(await server(range, { started: false }))).toMatchObject(refused);
  });

  claim('publishing.several.host-ports-lead-to-one-container-port', async () => {
    const first = await freePorts(host, 2);
    const both = [first, first + 1];
    const doubled = await server({ '80/tcp': both.map((port) => ({ HostPort: `${port}` })) });
    for (const port of both) expect(await host.fetches(`http://127.0.0.1:${port}`)).toBeReached({ by: doubled });
  });

  claim('publishing.conflicts.with-another-container', async () => {
    const HostPort = await freePort();
    const [holder, late] = await Promise.all([server(at(HostPort)), server(at(HostPort), { started: false })]);
    expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
    expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: holder });
    await holder.stop();
    await control(async () => expect(await started(late)).toMatchObject(running));
  });

  claim('publishing.conflicts.second-start-has-its-network', async () => {
    const { net } = await street();
    const HostPort = await freePort();
    const [holder, late, peer] = await Promise.all([
      server(at(HostPort)),
      server(at(HostPort), { started: false }),
      make.container({ HostConfig: { NetworkMode: net.name } }),
    ]);
    await control(async () =>
      expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown }),
    );
    await holder.stop();
    expect(await started(late)).toMatchObject(running);
    const origin = await late.origin(net.name, 80);
    expect(
      await eventually(
        () => peer.fetches(origin),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      ),
    ).toBeReached({ by: late });
    expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: late });
  });

  claim('publishing.conflicts.of-all-addresses-with-one', async () => {
    const HostPort = await freePort();
    const [, everywhere, elsewhere] = await Promise.all([
      server(at(HostPort, '127.0.0.2')),
      server(at(HostPort, '0.0.0.0'), { started: false }),
      server(at(HostPort, '127.0.0.3'), { started: false }),
    ]);
    await control(async () => expect(await started(elsewhere)).toMatchObject(running));
    expect(await started(everywhere)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
  });

  claim('publishing.conflicts.with-a-process-of-the-host', async () => {
    const HostPort = await freePort();
    const [listener, late] = await Promise.all([
      make.container({ Cmd: ['nc', '-ll', '-p', HostPort, '-e', 'true'], HostConfig: { NetworkMode: 'host' } }),
      server(at(HostPort), { started: false }),
    ]);
    const isListening = async () => listensOn(await listeningAt(host), Number(HostPort));
    await control(async () => expect(await eventually(isListening, (it) => it, { within: 5000 })).toBe(true));
    expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
    await ask('POST', `/containers/${listener.id}/kill`);
    await control(async () => expect(await eventually(isListening, (it) => !it, { within: 5000 })).toBe(false));
    await control(async () => expect(await started(late)).toMatchObject(running));
  });

  claim('publishing.released.by-a-stop', async () => {
    const HostPort = await freePort();
    const [first, second] = await Promise.all([server(at(HostPort)), server(at(HostPort), { started: false })]);
    await first.stop();
    expect(await started(second)).toMatchObject(running);
    const answer = await eventually(
      () => host.fetches(`http://127.0.0.1:${HostPort}`),
      ({ kind }) => kind === 'reached',
      { within: 5000 },
    );
    expect(answer).toBeReached({ by: second });
  });

  claim('publishing.released.stopped-container-lists-none', async () => {
    const HostPort = await freePort();
    const origin = `http://127.0.0.1:${HostPort}`;
    const stopped = await server(at(HostPort));
    await control(async () => {
      expect(await bindingsOf(stopped)).not.toEqual([]);
      expect(await host.fetches(origin)).toBeReached({ by: stopped });
    });
    await stopped.stop();
    const { NetworkSettings, HostConfig } = await stopped.inspect();
    expect(NetworkSettings.Ports ?? {}).toEqual({});
    expect(HostConfig.PortBindings).toMatchObject({ '80/tcp': [{ HostPort }] });
    expect(await host.fetches(origin)).toBeOutcome('refused');
  });

  claim('publishing.released.proxies-end-with-the-container', async () => {
    const HostPort = await freePort();
    const stopped = await server(at(HostPort));
    const proxies = async () => (await host.commandLines('docker-proxy')).filter((line) => line.includes(`-host-port ${HostPort} `));
    await control(async () => expect(await proxies()).not.toEqual([]));
    await stopped.stop();
    expect(await eventually(proxies, (lines) => lines.length === 0, { within: 5000 })).toEqual([]);
  });

  claim('publishing.kept.given-port-survives-a-restart', async () => {
    const HostPort = await freePort();
    const restarted = await server(at(HostPort));
    const look = () => host.fetches(`http://127.0.0.1:${HostPort}`);
    expect(await look()).toBeReached({ by: restarted });
    await restarted.restart();
    expect(await eventually(look, ({ kind }) => kind === 'reached', { within: 5000 })).toBeReached({ by: restarted });
  });

  claim('publishing.kept.when-the-network-changes', async () => {
    const { net } = await street();
    const HostPort = await freePort();
    const [moved, destination] = await Promise.all([server(at(HostPort)), make.claimed.network()]);
    await destination.connect(moved);
    await net.disconnect(moved);
    const answer = await eventually(
      () => host.fetches(`http://127.0.0.1:${HostPort}`),
      ({ kind }) => kind === 'reached',
      { within: 3000 },
    );
    expect(answer).toBeReached({ by: moved });
  });

  claim('publishing.kept.by-no-network', async () => {
    const { net } = await street();
    const HostPort = await freePort();
    const origin = `http://127.0.0.1:${HostPort}`;
    const lonely = await server(at(HostPort));
    await control(async () => {
      expect(await bindingsOf(lonely)).not.toEqual([]);
      expect(await host.fetches(origin)).toBeReached({ by: lonely });
    });
    await net.disconnect(lonely);
    expect(await bindingsOf(lonely)).toEqual([]);
    expect(await host.fetches(origin)).toBeOutcome('refused');
  });

  claim('publishing.listed.container-list-agrees', async () => {
    const shown = await server(at(''));
    const bindings = (await bindingsOf(shown)).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`);
    await control(() => expect(bindings).not.toEqual([]));
    const [listed] = await listedBy({ id: [shown.id] });
    const bound = listed?.Ports.filter(({ PrivatePort }) => PrivatePort === 80).map(({ IP, PublicPort }) => `${IP}:${PublicPort}`);
    expect(bound?.sort()).toEqual(bindings.sort());
  });

  claim('publishing.listed.filter-finds-the-holder', async () => {
    // the other one's port is none that an engine chooses by itself
    const [holder] = await Promise.all([server(at('')), server(at(await freePort()))]);
    const port = await holder.hostPort(80);
    const found = await listedBy({ publish: [`${port}`] });
    expect(found.map(({ Id }) => Id)).toContain(holder.id);
    // somebody else can have that number for the other family: before 27.0 each is chosen for itself
    for (const { Ports } of found) expect(Ports.map(({ PublicPort }) => PublicPort)).toContain(port);
  });

  claim('publishing.refused.number-that-no-port-has', async () => {
    const { net } = await street();
    const create = (HostPort: string) =>
      make.tryContainer({ ExposedPorts: { '80/tcp': {} }, HostConfig: { NetworkMode: net.name, PortBindings: at(HostPort) } });
    await control(async () => expect((await create('65535')).status).toBe(201));
    expect((await create('65536')).status).toBe(400);
  });
});
