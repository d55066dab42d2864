import { asksNobodyElse, attachedTo, claims, control, eventually, expect, lookUp, lookUpAll, make, scene } from '../../helpers';

const aliasOption = { docs: 'docs.docker.com/reference/cli/docker/container/run/#network-alias' };
const dns = { docs: 'docs.docker.com/engine/network/dns' };

/** What puts a container on a network under further names. */
const on = (net: { name: string }, ...aliases: string[]) => ({
  ...attachedTo(net),
  NetworkingConfig: { EndpointsConfig: { [net.name]: { Aliases: aliases } } },
});

/** Each network has another container, the peer on the one with the alias, and the stranger on the other. */
const served = scene(async () => {
  const alias = make.name('alias');
  const [net, other] = await Promise.all([make.network(), make.network()]);
  const [server, peer, stranger] = await Promise.all([
    make.claimed.server({ member: 'server', ...on(net, alias) }),
    make.container({ member: 'peer', ...on(net) }),
    make.container({ member: 'stranger', ...attachedTo(other, asksNobodyElse) }),
  ]);
  await other.connect(server);
  return { alias, server, peer, stranger };
});

const shared = scene(async () => {
  const net = await make.network();
  const [asking, ...holders] = await Promise.all([
    make.container({ member: 'asking', ...on(net) }),
    ...['one', 'another'].map((member) => make.claimed.container({ member, ...on(net, 'shared') })),
  ]);
  const addresses = await Promise.all(holders.map(async (holder) => (await holder.endpoint(net.name)).IPAddress));
  return { asking, addresses: addresses.sort() };
});

export default claims([
  // a server with an alias on one of its two networks
  {
    id: 'alias.leads-to-its-container',
    level: 'must',
    title: 'On a user-defined network, an alias given at creation must lead peers to its container',
    sources: [aliasOption],
    observedBy: "curl inside a peer fetches the alias; the answer carries the container's token.",
    faults: ['links.aliases-are-lost'],
    check: async () => {
      const { alias, server, peer } = await served();
      expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'alias.unknown-on-other-networks',
    level: 'must',
    title: 'An alias must not resolve on another network of its container',
    sources: [aliasOption, dns],
    observedBy:
      'curl inside a peer on the other network, who reaches the container by its name, and a peer on the right one, who reaches it by the alias.',
    faults: ['links.aliases-are-lost'],
    check: async () => {
      const { alias, server, peer, stranger } = await served();
      const bothReachIt = async () => {
        expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
        expect(await stranger.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
      };
      await control(bothReachIt);
      expect(await stranger.fetches(`http://${alias}`)).toBeOutcome('name-unknown');
      await control(bothReachIt);
    },
  },
  // an alias that two containers share
  {
    id: 'alias.shared-gives-every-address',
    level: 'must',
    title: 'An alias that several containers share must resolve to the IPv4 addresses of all of them',
    sources: [dns],
    observedBy: 'The records that the name server of a peer answers with.',
    faults: ['links.aliases-are-lost'],
    check: async () => {
      const { asking, addresses } = await shared();
      const { code, records } = await lookUp(asking, 'shared');
      expect({ code, addresses: records.map(({ data }) => data).sort() }).toEqual({ code: 'NOERROR', addresses });
    },
  },
  {
    id: 'alias.shared-varies-in-order',
    level: 'must',
    title: 'The IPv4 addresses of a shared alias must come in an order that varies between questions',
    sources: [dns],
    observedBy: 'Which address comes first in twenty answers.',
    faults: ['links.aliases-are-lost'],
    check: async () => {
      const { asking, addresses } = await shared();
      const answers = await lookUpAll(
        asking,
        Array.from({ length: 20 }, () => ['shared', 'A'] as const),
      );
      expect([...new Set(answers.map(({ records: [first] }) => first?.data))].sort()).toEqual(addresses);
    },
  },
  // an alias whose container changes
  {
    id: 'alias.loses-a-stopped-holder',
    level: 'must',
    title: 'A shared alias must no longer give the IPv4 address of a container that has stopped',
    sources: [dns],
    observedBy: 'The records that the name server of a peer answers with, before and after one of two holders is stopped.',
    faults: [
      'links.aliases-are-lost',
      {
        id: 'links.stops-nobody',
        title: 'The API grants every stop, and stops nobody',
        mayKill: ['link.default.follows-a-restarted-source'],
        api: [{ method: 'POST', path: /^\/containers\/[^/]+\/stop/, does: 'pretends', status: 204 }],
      },
    ],
    check: async () => {
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
    },
  },
]);
