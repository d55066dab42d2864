import { asksNobodyElse, claim, control, describe, eventually, expect, lookUp, lookUpAll, make, scene } from '../../helpers';

/** What puts a container on a network under further names. */
const on = (net: { name: string }, ...aliases: string[]) => ({
  HostConfig: { NetworkMode: net.name },
  NetworkingConfig: { EndpointsConfig: { [net.name]: { Aliases: aliases } } },
});

describe('a server with an alias on one of its two networks', () => {
  /** Each network has another container, the peer on the one with the alias, and the stranger on the other. */
  const served = scene(async () => {
    const alias = make.name('alias');
    const [net, other] = await Promise.all([make.network(), make.network()]);
    const [server, peer, stranger] = await Promise.all([
      make.claimed.server({ member: 'server', ...on(net, alias) }),
      make.container({ member: 'peer', ...on(net) }),
      make.container({ member: 'stranger', HostConfig: { NetworkMode: other.name, ...asksNobodyElse } }),
    ]);
    await other.connect(server);
    return { alias, server, peer, stranger };
  });

  claim('alias.leads-to-its-container', async () => {
    const { alias, server, peer } = await served();
    expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
  });

  claim('alias.unknown-on-other-networks', async () => {
    const { alias, server, peer, stranger } = await served();
    const bothReachIt = async () => {
      expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
      expect(await stranger.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
    };
    await control(bothReachIt);
    expect(await stranger.fetches(`http://${alias}`)).toBeOutcome('name-unknown');
    await control(bothReachIt);
  });
});

describe('an alias that two containers share', () => {
  const shared = scene(async () => {
    const net = await make.network();
    const [asking, ...holders] = await Promise.all([
      make.container({ member: 'asking', ...on(net) }),
      ...['one', 'another'].map((member) => make.claimed.container({ member, ...on(net, 'shared') })),
    ]);
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
    const answers = await lookUpAll(
      asking,
      Array.from({ length: 20 }, () => ['shared', 'A'] as const),
    );
    expect([...new Set(answers.map(({ records: [first] }) => first?.data))].sort()).toEqual(addresses);
  });
});

describe('an alias whose container changes', () => {
  claim('alias.loses-a-stopped-holder', async () => {
    const net = await make.network();
    const [asking, staying, leaving] = await Promise.all([
      make.container({ ...on(net) }),
      ...['staying', 'leaving'].map((member) => make.claimed.container({ member, ...on(net, 'shared') })),
    ]);
    const given = async () => (await lookUp(asking, 'shared')).records.map(({ data }) => data);
    await control(async () => expect(await given()).toHaveLength(2));
    await leaving?.stop();
    expect(await eventually(given, ({ length }) => length === 1, { within: 3000 })).toEqual([
      (await staying?.endpoint(net.name))?.IPAddress,
    ]);
  });
});
