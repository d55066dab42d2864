import { ask, claim, control, describe, engine, expect, make, networkView, scene } from '../../helpers';

const publishing = { PortBindings: { '80/tcp': [{ HostPort: '' }] } };

describe('a server in none mode', () => {
  /** The server, and two containers on a network, one of them a server that publishes a port. */
  const lonely = scene(async () => {
    const net = await make.claimed.network();
    const [alone, server, peer] = await Promise.all([
      make.claimed.server({ member: 'alone', HostConfig: { NetworkMode: 'none', ...publishing } }),
      make.server({ member: 'server', HostConfig: { NetworkMode: net.name, ...publishing } }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
    ]);
    return { net, alone, server, peer };
  });

  claim('none.only-loopback', async () => {
    const { interfaces, gateways } = await networkView((await lonely()).alone);
    expect(interfaces).toEqual(['lo']);
    expect(gateways).toEqual([]);
  });

  claim('none.loopback-carries-traffic', async () => {
    const { alone } = await lonely();
    expect(await alone.fetches('http://127.0.0.1')).toBeReached({ by: alone });
  });

  claim('none.reaches-nobody', async () => {
    const { net, alone, server, peer } = await lonely();
    const origin = await server.origin(net.name);
    const peerReaches = async () => expect(await peer.fetches(origin)).toBeReached({ by: server });
    await control(peerReaches);
    expect(await alone.fetches(origin)).toBeOutcome('unreachable');
    await control(peerReaches);
  });

  claim('none.loopback-has-no-ipv6', async () => {
    const { links } = await networkView((await lonely()).alone);
    expect(links['lo']?.addresses).toEqual(['127.0.0.1/8']);
  });

  claim('none.loopback-has-ipv6', async () => {
    const { links } = await networkView((await lonely()).alone);
    expect(links['lo']?.addresses).toContain('::1/128');
  });

  claim('none.inspect.no-address', async () => {
    const { Networks } = (await (await lonely()).alone.inspect()).NetworkSettings;
    expect(Object.keys(Networks ?? {})).toEqual(['none']);
    expect(Networks?.['none']).toMatchObject({
      IPAddress: '',
      IPPrefixLen: 0,
      Gateway: '',
      GlobalIPv6Address: '',
      IPv6Gateway: '',
      MacAddress: '',
    });
  });

  claim('none.inspect.network-lists-it', async () => {
    const { alone } = await lonely();
    const listed = (await engine.network('none')).Containers ?? {};
    expect(listed).toMatchObject({ [alone.id]: { Name: alone.containerName, IPv4Address: '', IPv6Address: '', MacAddress: '' } });
  });

  claim('none.ports-are-not-published', async () => {
    const { alone, server } = await lonely();
    await control(async () => expect(await server.hostPort(80)).toBeGreaterThan(0));
    const { Ports } = (await alone.inspect()).NetworkSettings;
    expect(Object.values(Ports ?? {}).flatMap((bindings) => bindings ?? [])).toEqual([]);
  });

  claim('none.connecting-is-refused', async () => {
    const [{ alone }, net, other] = await Promise.all([lonely(), make.network(), make.container()]);
    expect((await net.tryConnect(alone)).status).toBeGreaterThanOrEqual(400);
    await control(async () => expect((await net.tryConnect(other)).status).toBe(200));
    expect((await networkView(alone)).interfaces).toEqual(['lo']);
  });

  claim('none.leaving-it-opens-networks', async () => {
    const { net, server } = await lonely();
    const leaving = await make.claimed.container({ member: 'leaving', HostConfig: { NetworkMode: 'none' } });
    expect(await ask('POST', '/networks/none/disconnect', { Container: leaving.id })).toMatchObject({ status: 200 });
    await net.connect(leaving);
    expect(await leaving.fetches(await server.origin(net.name))).toBeReached({ by: server });
  });
});
