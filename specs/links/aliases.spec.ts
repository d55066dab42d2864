import { claim, control, describe, eventually, expect, lookUp, lookUpAll, make, scene } from '../../helpers';

/** What puts a container on a network under further names. */
const on = (net: { name: string }, ...aliases: string[]) => ({
  HostConfig: { NetworkMode: net.name },
  NetworkingConfig: { EndpointsConfig: { [net.name]: { Aliases: aliases } } },
});

describe('a server with an alias on each of two networks', () => {
  /** `first` was given when the server was created, `second` when it was connected; each network has a neighbour. */
  const served = scene(async () => {
    const [first, second] = [make.name('first'), make.name('second')];
    const [net, other] = await Promise.all([make.network(), make.network()]);
    const [server, neighbour, stranger] = await Promise.all([
      make.server({ member: 'server', Hostname: 'a-host-name', ...on(net, first) }),
      make.container({ member: 'neighbour', ...on(net) }),
      make.container({ member: 'stranger', ...on(other) }),
    ]);
    await other.connect(server, { Aliases: [second] });
    return { first, second, net, server, neighbour, stranger };
  });

  claim('alias.leads-to-its-container', async () => {
    const { first, second, server, neighbour, stranger } = await served();
    expect(await neighbour.fetches(`http://${first}`)).toBeReached({ by: server });
    expect(await stranger.fetches(`http://${second}`)).toBeReached({ by: server });
  });

  claim('alias.unknown-on-other-networks', async () => {
    const { first, server, neighbour, stranger } = await served();
    const bothReachIt = async () => {
      expect(await neighbour.fetches(`http://${first}`)).toBeReached({ by: server });
      expect(await stranger.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
    };
    await control(bothReachIt);
    expect(await stranger.fetches(`http://${first}`)).toBeOutcome('name-unknown');
    await control(bothReachIt);
  });

  claim('alias.inspect.lists-short-id', async () => {
    const { first, net, server } = await served();
    expect((await server.endpoint(net.name)).Aliases).toEqual(expect.arrayContaining([first, server.id.slice(0, 12)]));
  });

  claim('alias.inspect.lists-exactly-the-given', async () => {
    const { first, net, server } = await served();
    expect((await server.endpoint(net.name)).Aliases).toEqual([first]);
  });

  claim('alias.inspect.dns-names-are-all-names', async () => {
    const { first, net, server } = await served();
    const { DNSNames } = (await server.endpoint(net.name)) as { DNSNames?: string[] | null };
    expect([...(DNSNames ?? [])].sort()).toEqual([server.containerName, first, server.id.slice(0, 12), 'a-host-name'].sort());
  });
});

describe('an alias that two containers share', () => {
  const shared = scene(async () => {
    const net = await make.network();
    const [asking, ...holders] = await Promise.all([make.container({ member: 'asking', ...on(net) }), ...['one', 'another'].map((member) => make.container({ member, ...on(net, 'shared') }))]);
    const addresses = await Promise.all(holders.map(async (holder) => (await holder.endpoint(net.name)).IPAddress));
    return { asking, addresses: addresses.sort() };
  });

  claim('alias.shared-gives-every-address', async () => {
    const { asking, addresses } = await shared();
    const { code, records } = await lookUp(asking, 'shared');
    expect({ code, addresses: records.map(({ data }) => data).sort() }).toEqual({ code: 'NOERROR', addresses });
  });

  claim('alias.shared-varies-in-order', async () => {
    const { asking, addresses } = await shared();
    const answers = await lookUpAll(asking, Array.from({ length: 20 }, () => ['shared', 'A'] as const));
    expect([...new Set(answers.map(({ records: [first] }) => first?.data))].sort()).toEqual(addresses);
  });
});

describe('an alias whose container changes', () => {
  claim('alias.loses-a-stopped-holder', async () => {
    const net = await make.network();
    const [asking, staying, leaving] = await Promise.all([make.container({ ...on(net) }), ...['staying', 'leaving'].map((member) => make.container({ member, ...on(net, 'shared') }))]);
    const given = async () => (await lookUp(asking, 'shared')).records.map(({ data }) => data);
    await control(async () => expect(await given()).toHaveLength(2));
    await leaving?.stop();
    expect(await eventually(given, ({ length }) => length === 1, { within: 3000 })).toEqual([(await staying?.endpoint(net.name))?.IPAddress]);
  });

  claim('alias.ends-with-the-connection', async () => {
    const [net, alias] = [await make.network(), make.name('alias')];
    const [server, neighbour] = await Promise.all([make.server({ member: 'server', ...on(net, alias) }), make.container({ member: 'neighbour', ...on(net) })]);
    await control(async () => expect(await neighbour.fetches(`http://${alias}`)).toBeReached({ by: server }));
    await net.disconnect(server);
    expect(await eventually(() => neighbour.fetches(`http://${alias}`), ({ kind }) => kind === 'name-unknown', { within: 3000 })).toBeOutcome('name-unknown');
  });

  claim('alias.survives-a-restart', async () => {
    const net = await make.network();
    const [server, neighbour] = await Promise.all([make.server({ member: 'server', ...on(net, 'alias') }), make.container({ member: 'neighbour', ...on(net) })]);
    await server.restart();
    expect(await eventually(() => neighbour.fetches('http://alias'), ({ kind }) => kind === 'reached', { within: 5000 })).toBeReached({ by: server });
  });
});
