import { claim, control, describe, expect, host, lookUp, make, scene } from '../../helpers';

type Container = Awaited<ReturnType<typeof make.server>>;

const withoutIcc = { 'com.docker.network.bridge.enable_icc': 'false' };
const published = { '80/tcp': [{ HostPort: '' }] };

/** A network without inter-container communication, a container that asks, and a server that publishes its port. */
const world = scene(async () => {
  const net = await make.claimed.network({ Options: withoutIcc });
  const [peer, server] = await Promise.all([
    make.server({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
    make.server({ member: 'server', HostConfig: { NetworkMode: net.name, PortBindings: published } }),
  ]);
  return { net, peer, server, origin: await server.origin(net.name) };
});

/** Fetches a server that must be out of reach, while the host does reach it. */
async function onlyTheHostReaches(server: Container, origin: string, from: Container): Promise<void> {
  const hostGetsThrough = async () => expect(await host.fetches(origin)).toBeReached({ by: server });
  await control(hostGetsThrough);
  expect(await from.fetches(origin)).toBeOutcome('timed-out');
  await control(hostGetsThrough);
}

describe('a network without inter-container communication', () => {
  claim('icc.off.peers-cannot-reach-each-other', async () => {
    const { net, peer, server } = await world();
    const peersOrigin = await peer.origin(net.name);
    await onlyTheHostReaches(peer, peersOrigin, server);
  });

  claim('icc.off.publishing-does-not-open-the-address', async () => {
    const { peer, server, origin } = await world();
    await onlyTheHostReaches(server, origin, peer);
  });

  claim('icc.off.published-ports-are-open-at-the-host', async () => {
    const { net, peer, server } = await world();
    const { Gateway } = await peer.endpoint(net.name);
    expect(await peer.fetches(`http://${Gateway}:${await server.hostPort(80)}`)).toBeReached({ by: server });
  });

  claim('icc.off.host-reaches-the-containers', async () => {
    const { net, peer, server, origin } = await world();
    expect(await host.fetches(await peer.origin(net.name))).toBeReached({ by: peer });
    expect(await host.fetches(origin)).toBeReached({ by: server });
  });

  claim('icc.off.names-resolve', async () => {
    const { net, peer, server } = await world();
    const { records } = await lookUp(peer, server.containerName);
    expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
  });

  claim('icc.off.second-network-joins', async () => {
    const { net } = await world();
    const second = await make.network();
    const [asking, server] = await Promise.all([
      make.container({ HostConfig: { NetworkMode: net.name } }),
      make.server({ HostConfig: { NetworkMode: net.name } }),
    ]);
    await Promise.all([second.connect(asking), second.connect(server)]);
    expect(await asking.fetches(await server.origin(second.name))).toBeReached({ by: server });
  });

  claim('icc.links.nothing-on-user-networks', async () => {
    const { net, server, origin } = await world();
    const linked = await make.claimed.container({
      HostConfig: { NetworkMode: net.name },
      NetworkingConfig: { EndpointsConfig: { [net.name]: { Links: [`${server.containerName}:linked`] } } },
    });
    await control(async () => expect((await lookUp(linked, 'linked')).records).toHaveLength(1));
    await onlyTheHostReaches(server, origin, linked);
  });
});

describe('other networks without inter-container communication', () => {
  /** A container that asks and a server, on a network of their own without inter-container communication. */
  async function twoOn(body: object) {
    const net = await make.claimed.network({ ...body, Options: withoutIcc });
    const [peer, server] = await Promise.all([
      make.container({ HostConfig: { NetworkMode: net.name } }),
      make.server({ HostConfig: { NetworkMode: net.name } }),
    ]);
    return { net, peer, server };
  }

  claim('icc.off.ipv6-is-dropped-too', async () => {
    const { net, peer, server } = await twoOn({ EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet6().subnet }] } });
    await onlyTheHostReaches(server, `http://[${(await server.endpoint(net.name)).GlobalIPv6Address}]:80`, peer);
  });

  claim('icc.off.internal-networks-obey-it', async () => {
    const { net, peer, server } = await twoOn({ Internal: true });
    await onlyTheHostReaches(server, await server.origin(net.name), peer);
  });
});
