import { ask, claim, control, describe, engine, eventually, expect, host, make, networkView, scene } from '../../helpers';

type Server = Awaited<ReturnType<typeof make.server>>;

/** Words of each line of a file in a container. */
async function linesOf(container: Server, file: string): Promise<string[][]> {
  const { stdout } = await container.exec(['cat', file]);
  return stdout.split('\n').map((line) => line.trim().split(/\s+/));
}

/** Connects a running container of a user's network to the default bridge, with settings and then without. */
async function connectsOnlyWithout(settings: object): Promise<void> {
  const net = await make.network();
  const container = await make.container({ HostConfig: { NetworkMode: net.name } });
  const connect = (EndpointConfig: object) => ask('POST', '/networks/bridge/connect', { Container: container.id, EndpointConfig });
  expect(await connect(settings)).toMatchObject({ status: 400 });
  expect(Object.keys((await container.inspect()).NetworkSettings.Networks ?? {})).toEqual([net.name]);
  await control(async () => expect(await connect({})).toMatchObject({ status: 200 }));
}

/** How a fetch by a name ends that nobody knows; where the host's own name server is silent, after a while. */
const unknownName = { kind: expect.stringMatching(/^(name-unknown|timed-out)$/) };

describe('a container on the default bridge', () => {
  const two = scene(async () => {
    const [one, other] = await Promise.all([make.server({ member: 'one' }), make.server({ member: 'other' })]);
    return { one, other };
  });

  claim('bridge.default.names-are-unknown', async () => {
    const { one, other } = await two();
    const reachedAtItsAddress = async () => expect(await one.fetches(other)).toBeReached({ by: other });
    await control(reachedAtItsAddress);
    expect(await one.fetches(`http://${other.containerName}`)).toMatchObject(unknownName);
    await control(reachedAtItsAddress);
  });

  claim('bridge.default.no-embedded-name-server', async () => {
    const lines = await linesOf((await two()).one, '/etc/resolv.conf');
    const servers = lines.flatMap(([keyword, server]) => (keyword === 'nameserver' && server !== undefined ? [server] : []));
    expect(servers).not.toEqual([]);
    for (const server of servers) expect(server).not.toMatch(/^(127\.|::1$)/);
  });

  claim('bridge.default.hosts-file-has-its-own-line', async () => {
    const { one } = await two();
    const { IPAddress } = await one.endpoint('bridge');
    const { stdout } = await one.exec(['cat', '/proc/sys/kernel/hostname']);
    const own = (await linesOf(one, '/etc/hosts')).filter(([address]) => address === IPAddress);
    expect(own).toEqual([expect.arrayContaining([stdout.trim()])]);
  });

  claim('bridge.default.route-leads-to-the-bridge', async () => {
    const bridge = await engine.bridgeInterface('bridge', host);
    const [{ gateways }, { links }] = await Promise.all([networkView((await two()).one), networkView(host)]);
    const addresses = (links[bridge]?.addresses ?? []).map((address) => address.split('/')[0]);
    expect(gateways.length).toBeGreaterThan(0);
    expect(addresses).toEqual(expect.arrayContaining(gateways));
  });

  claim('bridge.default.no-address-of-choice', async () => {
    const { IPAddress } = await (await two()).one.endpoint('bridge');
    await connectsOnlyWithout({ IPAMConfig: { IPv4Address: IPAddress.replace(/\d+$/, '250') } });
  });

  claim('bridge.default.no-alias', async () => {
    await connectsOnlyWithout({ Aliases: [make.name('alias')] });
  });
});

describe('the default bridge and the network of a user', () => {
  const apart = scene(async () => {
    const net = await make.network();
    const [byDefault, byUser] = await Promise.all([make.server({ member: 'by-default' }), make.server({ member: 'by-user', HostConfig: { NetworkMode: net.name } })]);
    return { net, byDefault, byUser };
  });

  claim('bridge.default.apart-from-other-networks', async () => {
    const { net, byDefault, byUser } = await apart();
    const [ofDefault, ofUser] = await Promise.all([byDefault.origin(), byUser.origin(net.name)]);
    const hostReachesBoth = async () => {
      expect(await host.fetches(ofDefault)).toBeReached({ by: byDefault });
      expect(await host.fetches(ofUser)).toBeReached({ by: byUser });
    };
    await control(hostReachesBoth);
    for (const outcome of await Promise.all([byDefault.fetches(ofUser), byUser.fetches(ofDefault)])) expect(outcome).toBeOutcome('timed-out');
    await control(hostReachesBoth);
  });

  claim('bridge.default.names-are-known-elsewhere', async () => {
    const { net, byUser } = await apart();
    const newcomer = await make.container({ member: 'newcomer' });
    const fetchesByName = () => newcomer.fetches(`http://${byUser.containerName}`);
    await control(async () => expect(await fetchesByName()).toMatchObject(unknownName));
    await net.connect(newcomer);
    expect(await eventually(fetchesByName, ({ kind }) => kind === 'reached', { within: 3000 })).toBeReached({ by: byUser });
  });
});
