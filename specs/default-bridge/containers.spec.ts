import {
  ask,
  asksNobodyElse,
  claim,
  control,
  describe,
  engine,
  eventually,
  expect,
  host,
  make,
  networkView,
  read,
  scene,
} from '../../helpers';

type Server = Awaited<ReturnType<typeof make.server>>;

/** Words of each line of a file in a container. */
async function linesOf(container: Server, file: string): Promise<string[][]> {
  return (await read(container, ['cat', file])).split('\n').map((line) => line.trim().split(/\s+/));
}

/** Connects a running container of a user's network to the default bridge, with settings and then without. */
async function connectsOnlyWithout(settings: object, net: { name: string }): Promise<void> {
  const container = await make.container({ HostConfig: { NetworkMode: net.name } });
  const connect = (EndpointConfig: object) => ask('POST', '/networks/bridge/connect', { Container: container.id, EndpointConfig });
  expect(await connect(settings)).toMatchObject({ status: 400 });
  expect(Object.keys((await container.inspect()).NetworkSettings.Networks ?? {})).toEqual([net.name]);
  await control(async () => expect(await connect({})).toMatchObject({ status: 200 }));
}

describe('containers on the default bridge', () => {
  /** Two servers there, and a third one on the network of a user. */
  const three = scene(async () => {
    const net = await make.network();
    const [one, other, byUser] = await Promise.all([
      make.server({ member: 'one' }),
      make.server({ member: 'other', HostConfig: asksNobodyElse }),
      make.server({ member: 'by-user', HostConfig: { NetworkMode: net.name } }),
    ]);
    return { one, other, net, byUser };
  });

  claim('bridge.default.names-are-unknown', async () => {
    const { one, other } = await three();
    const reachedAtItsAddress = async () => expect(await other.fetches(one)).toBeReached({ by: one });
    await control(reachedAtItsAddress);
    expect(await other.fetches(`http://${one.containerName}`)).toBeOutcome('name-unknown');
    await control(reachedAtItsAddress);
  });

  claim('bridge.default.no-embedded-name-server', async () => {
    const lines = await linesOf((await three()).one, '/etc/resolv.conf');
    const servers = lines.flatMap(([keyword, server]) => (keyword === 'nameserver' && server !== undefined ? [server] : []));
    expect(servers).not.toEqual([]);
    for (const server of servers) expect(server).not.toMatch(/^(127\.|::1$)/);
  });

  claim('bridge.default.hosts-file-has-its-own-line', async () => {
    const { one } = await three();
    const { IPAddress } = await one.endpoint('bridge');
    const name = await read(one, ['cat', '/proc/sys/kernel/hostname']);
    const own = (await linesOf(one, '/etc/hosts')).filter(([address]) => address === IPAddress);
    expect(own).toEqual([expect.arrayContaining([name.trim()])]);
  });

  claim('bridge.default.route-leads-to-the-bridge', async () => {
    const { gateways } = await networkView((await three()).one);
    const [bridge, { links }] = await Promise.all([engine.bridgeInterface('bridge', host), networkView(host)]);
    const addresses = (links[bridge]?.addresses ?? []).map((address) => address.split('/')[0]);
    expect(gateways.length).toBeGreaterThan(0);
    expect(addresses).toEqual(expect.arrayContaining(gateways));
  });

  claim('bridge.default.no-address-of-choice', async () => {
    const { one, net } = await three();
    const { IPAddress } = await one.endpoint('bridge');
    await connectsOnlyWithout({ IPAMConfig: { IPv4Address: IPAddress.replace(/\d+$/, '250') } }, net);
  });

  claim('bridge.default.no-alias', async () => {
    await connectsOnlyWithout({ Aliases: [make.name('alias')] }, (await three()).net);
  });

  claim('bridge.default.apart-from-other-networks', async () => {
    const { one, net, byUser } = await three();
    const [ofDefault, ofUser] = await Promise.all([one.origin(), byUser.origin(net.name)]);
    const hostReachesBoth = async () => {
      expect(await host.fetches(ofDefault)).toBeReached({ by: one });
      expect(await host.fetches(ofUser)).toBeReached({ by: byUser });
    };
    await control(hostReachesBoth);
    for (const outcome of await Promise.all([
      make.betweenNetworks(() => one.fetches(ofUser)),
      make.betweenNetworks(() => byUser.fetches(ofDefault)),
    ]))
      expect(outcome).toBeOutcome('timed-out');
    await control(hostReachesBoth);
  });

  claim('bridge.default.names-are-known-elsewhere', async () => {
    const { net, byUser } = await three();
    const newcomer = await make.container({ member: 'newcomer', HostConfig: asksNobodyElse });
    const fetchesByName = () => newcomer.fetches(`http://${byUser.containerName}`);
    await control(async () => expect(await fetchesByName()).toBeOutcome('name-unknown'));
    await net.connect(newcomer);
    expect(await eventually(fetchesByName, ({ kind }) => kind === 'reached', { within: 3000 })).toBeReached({ by: byUser });
  });
});
