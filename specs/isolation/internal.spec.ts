import { claim, control, describe, expect, externalHost, freePorts, host, lab, make, mustRun, networkView, scene } from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
type Container = Awaited<ReturnType<typeof make.container>>;

const published = { '80/tcp': [{ HostPort: '' }] };

/** An internal network with two servers, and an ordinary one with a server that publishes its port and somebody who asks. */
const world = scene(async () => {
  const [inner, outer] = await Promise.all([make.claimed.network({ Internal: true }), make.network()]);
  const [one, other, outside, ordinary] = await Promise.all([
    make.server({ member: 'one', HostConfig: { NetworkMode: inner.name } }),
    make.server({ member: 'other', HostConfig: { NetworkMode: inner.name } }),
    make.server({ member: 'outside', HostConfig: { NetworkMode: outer.name, PortBindings: published } }),
    make.container({ member: 'ordinary', HostConfig: { NetworkMode: outer.name } }),
  ]);
  const { Gateway } = await outside.endpoint(outer.name);
  return {
    inner,
    outer,
    one,
    other,
    outside,
    ordinary,
    innerOrigin: await other.origin(inner.name),
    outerOrigin: await outside.origin(outer.name),
    outsideOrigin: `http://${Gateway}:${await outside.hostPort(80)}`,
  };
});

/** A container of an ordinary network reaches the port that its peer published on the host. */
async function outsideIsReached(): Promise<void> {
  const { ordinary, outside, outsideOrigin } = await world();
  expect(await ordinary.fetches(outsideOrigin)).toBeReached({ by: outside });
}

/** An internal network of a claim's own, and a container on it. */
async function inside() {
  const net = await make.claimed.network({ Internal: true });
  const container = await make.container({ member: 'inside', HostConfig: { NetworkMode: net.name } });
  return { container, endpoint: await container.endpoint(net.name) };
}

describe('an internal network', () => {
  claim('isolation.internal.peers-reach-each-other', async () => {
    const { one, other, innerOrigin } = await world();
    expect(await one.fetches(innerOrigin)).toBeReached({ by: other });
    expect(await one.fetches(`http://${other.containerName}:80`)).toBeReached({ by: other });
  });

  claim('isolation.internal.has-no-default-route', async () => {
    const [{ ordinary }, { container }] = await Promise.all([world(), inside()]);
    await control(async () => expect((await networkView(ordinary)).gateways).toHaveLength(1));
    expect((await networkView(container)).gateways).toEqual([]);
  });

  claim('isolation.internal.lists-no-gateway', async () => {
    const [{ outer, ordinary }, { endpoint }] = await Promise.all([world(), inside()]);
    await control(async () => expect((await ordinary.endpoint(outer.name)).Gateway).toMatch(/\d/));
    expect(endpoint.Gateway).toBe('');
  });

  claim('isolation.internal.outside-is-unreachable-at-once', async () => {
    const [{ outsideOrigin }, { container }] = await Promise.all([world(), inside()]);
    await control(outsideIsReached);
    expect(await container.fetches(outsideOrigin)).toBeOutcome('unreachable');
    await control(outsideIsReached);
  });

  claim('isolation.internal.outside-is-dropped', async () => {
    const [{ ordinary, outside, outerOrigin }, { container, endpoint }] = await Promise.all([world(), inside()]);
    const peerGetsThrough = async () => expect(await ordinary.fetches(outerOrigin)).toBeReached({ by: outside });
    expect((await networkView(container)).gateways).toEqual([endpoint.Gateway]);
    await control(peerGetsThrough);
    expect(await make.betweenNetworks(() => container.fetches(outerOrigin))).toBeOutcome('timed-out');
    await control(peerGetsThrough);
  });

  claim('isolation.internal.host-reaches-its-containers', async () => {
    const { other, innerOrigin } = await world();
    expect(await host.fetches(innerOrigin)).toBeReached({ by: other });
  });

  claim('isolation.internal.is-closed-to-other-networks', async () => {
    const { one, other, ordinary, innerOrigin } = await world();
    const peerGetsThrough = async () => expect(await one.fetches(innerOrigin)).toBeReached({ by: other });
    await control(peerGetsThrough);
    expect(await make.betweenNetworks(() => ordinary.fetches(innerOrigin))).toBeOutcome('timed-out');
    await control(peerGetsThrough);
  });

  claim('isolation.internal.publishes-nothing', async () => {
    const [net, port] = [await make.claimed.network({ Internal: true }), await freePorts(host)];
    const server = await make.server({ HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: String(port) }] } } });
    const serverAnswers = async () => expect(await host.fetches(await server.origin(net.name))).toBeReached({ by: server });
    await control(serverAnswers);
    const bindings = Object.values((await server.inspect()).NetworkSettings.Ports ?? {}).flatMap((it) => it ?? []);
    expect(bindings).toEqual([]);
    expect(await host.fetches(`http://127.0.0.1:${port}`)).toBeOutcome('refused');
    await control(serverAnswers);
  });

  claim('isolation.internal.second-network-leads-out', async () => {
    const { inner, outer, outside, outsideOrigin } = await world();
    const member = await make.container({ HostConfig: { NetworkMode: inner.name } });
    const staysInside = async () => expect(await member.fetches(outsideOrigin)).not.toBeReached({ by: outside });
    await control(outsideIsReached);
    await staysInside();
    await outer.connect(member);
    expect((await networkView(member)).gateways).toEqual([(await member.endpoint(outer.name)).Gateway]);
    expect(await member.fetches(outsideOrigin)).toBeReached({ by: outside });
    await outer.disconnect(member);
    await staysInside();
    await control(outsideIsReached);
  });
});

/** A container of an ordinary network. */
async function ordinaryOn({ make: { network, container } }: OwnLab): Promise<Container> {
  const net = await network();
  return container({ member: 'ordinary', HostConfig: { NetworkMode: net.name } });
}

/** A container of an internal network that has given itself a default route to the host's address on the bridge. */
async function insideWithRouteOut({ make: making }: OwnLab): Promise<Container> {
  const net = await making.claimed.network({ Internal: true });
  const prisoner = await making.container({ member: 'inside', HostConfig: { NetworkMode: net.name, CapAdd: ['NET_ADMIN'] } });
  const bridge = (await net.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
  await mustRun(prisoner, ['ip', 'route', 'replace', 'default', 'via', bridge]);
  return prisoner;
}

async function mustStayInside(
  { make: { betweenNetworks } }: OwnLab,
  inside: Container,
  ordinary: Container,
  { address, machine }: Awaited<ReturnType<typeof externalHost>>,
): Promise<void> {
  const outsideIsThere = async () => expect(await ordinary.fetches(`http://${address}:80`)).toBeReached({ by: machine });
  await control(outsideIsThere);
  expect(await betweenNetworks(() => inside.fetches(`http://${address}:80`))).toBeOutcome('timed-out');
  await control(outsideIsThere);
}

describe('an internal network and what is around its host', () => {
  claim('isolation.internal.reaches-the-host-at-its-bridge', async () => {
    const own = await lab();
    const net = await own.make.claimed.network({ Internal: true });
    const [hostServer, inside] = await Promise.all([
      own.make.server({ HostConfig: { NetworkMode: 'host' } }),
      own.make.container({ HostConfig: { NetworkMode: net.name } }),
    ]);
    const bridge = (await net.inspect()).IPAM?.Config?.[0]?.Gateway ?? '';
    expect(await inside.fetches(`http://${bridge}:80`)).toBeReached({ by: hostServer });
  });

  claim('isolation.internal.own-route-leads-nowhere', async () => {
    const own = await lab();
    const far = await externalHost(own);
    const ordinary = await ordinaryOn(own);
    await mustStayInside(own, await insideWithRouteOut(own), ordinary, far);
  });

  claim('isolation.internal.outlasts-that-forwarding-is-turned-on', async () => {
    const own = await lab([], 'forwarding');
    const setForwarding = (value: 0 | 1) => mustRun(own.host, ['sh', '-c', `echo ${value} >/proc/sys/net/ipv4/ip_forward`]);
    const far = await externalHost(own);
    await setForwarding(0);
    const inside = await insideWithRouteOut(own);
    await setForwarding(1);
    await mustStayInside(own, inside, await ordinaryOn(own), far);
  });
});
