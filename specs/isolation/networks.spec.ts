import { claim, control, describe, expect, host, lab, make, mustRun, scene } from '../../helpers';

type Container = Awaited<ReturnType<typeof make.server>>;

const published = { '80/tcp': [{ HostPort: '' }] };

/** `http://[address]:80` of a container's server, at its IPv6 address in a network. */
const origin6 = async (server: Container, network: string) => `http://[${(await server.endpoint(network)).GlobalIPv6Address}]:80`;

/** Fetches what must be out of reach, while somebody else does reach that very server. */
async function mustNotReach(from: Container, origin: string, reached: () => Promise<void>): Promise<void> {
  await control(reached);
  expect(await make.betweenNetworks(() => from.fetches(origin))).toBeOutcome('timed-out');
  await control(reached);
}

describe('two bridge networks', () => {
  const two = scene(async () => {
    const [here, there] = await Promise.all([make.network(), make.network()]);
    const [stranger, peer, server] = await Promise.all([
      make.server({ member: 'stranger', HostConfig: { NetworkMode: here.name } }),
      make.server({ member: 'peer', HostConfig: { NetworkMode: there.name } }),
      make.server({ HostConfig: { NetworkMode: there.name, PortBindings: published } }),
    ]);
    const { Gateway } = await server.endpoint(there.name);
    return {
      here,
      there,
      stranger,
      peer,
      server,
      origin: await server.origin(there.name),
      atTheHost: `http://${Gateway}:${await server.hostPort(80)}`,
    };
  });

  claim('isolation.networks.addresses-are-out-of-reach', async () => {
    const { here, there, stranger, peer, server } = await two();
    const [strangersOrigin, peersOrigin] = await Promise.all([stranger.origin(here.name), peer.origin(there.name)]);
    await mustNotReach(stranger, peersOrigin, async () => expect(await server.fetches(peersOrigin)).toBeReached({ by: peer }));
    await mustNotReach(peer, strangersOrigin, async () => expect(await stranger.fetches(strangersOrigin)).toBeReached({ by: stranger }));
  });

  claim('isolation.networks.publishing-does-not-open-the-address', async () => {
    const { stranger, peer, server, origin, atTheHost } = await two();
    await mustNotReach(stranger, origin, async () => expect(await peer.fetches(atTheHost)).toBeReached({ by: server }));
  });

  claim('isolation.networks.unpublished-ports-are-closed-at-the-host', async () => {
    const { here, stranger } = await two();
    const net = await make.network();
    const [peer, server] = await Promise.all([
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
      make.server({ HostConfig: { NetworkMode: net.name, PortBindings: {} } }),
    ]);
    const gateways = [(await server.endpoint(net.name)).Gateway, (await stranger.endpoint(here.name)).Gateway];
    await control(async () => expect(await Promise.all(gateways.map((gateway) => host.linkWith(gateway)))).toHaveLength(gateways.length));
    const serverListens = async () => expect(await peer.fetches(await server.origin(net.name))).toBeReached({ by: server });
    await control(serverListens);
    for (const gateway of gateways) expect(await stranger.fetches(`http://${gateway}:80`)).not.toBeReached({ by: server });
    await control(serverListens);
  });
});

describe('bridge networks with IPv6', () => {
  claim('isolation.networks.ipv6-is-out-of-reach', async () => {
    const withIPv6 = () => make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet6().subnet }] } });
    const [here, there] = await Promise.all([withIPv6(), withIPv6()]);
    const [stranger, peer, server] = await Promise.all([
      make.container({ member: 'stranger', HostConfig: { NetworkMode: here.name } }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: there.name } }),
      make.server({ HostConfig: { NetworkMode: there.name } }),
    ]);
    const origin = await origin6(server, there.name);
    await mustNotReach(stranger, origin, async () => expect(await peer.fetches(origin)).toBeReached({ by: server }));
  });
});

describe('a host that accepts what no rule drops', () => {
  claim('isolation.networks.hold-under-an-open-forward-policy', async () => {
    const own = await lab([], 'open');
    await mustRun(own.host, ['iptables', '-P', 'FORWARD', 'ACCEPT']);
    const [here, there] = await Promise.all([own.make.network(), own.make.network()]);
    const [stranger, server] = await Promise.all([
      own.make.container({ member: 'stranger', HostConfig: { NetworkMode: here.name } }),
      own.make.server({ HostConfig: { NetworkMode: there.name } }),
    ]);
    const origin = await server.origin(there.name);
    await mustNotReach(stranger, origin, async () => expect(await own.host.fetches(origin)).toBeReached({ by: server }));
  });
});
