import {
  ask,
  askedFor,
  asksNobodyElse,
  claim,
  control,
  describe,
  eventually,
  expect,
  lookUp,
  make,
  mustGrant,
  nameServerOn,
  scene,
} from '../../helpers';

const on = (net: { name: string }, more: object = {}) => ({ HostConfig: { NetworkMode: net.name, ...more } });

describe('a server on a user-defined network', () => {
  /** It has a peer; a guest and a second guest are on its network and on another one, where a second server is. */
  const town = scene(async () => {
    const hostName = make.name('host');
    const [net, other] = await Promise.all([make.network(), make.network()]);
    const [server, elsewhere, peer, guest, companion] = await Promise.all([
      make.server({ member: 'server', Hostname: hostName, ...on(net) }),
      make.server({ member: 'elsewhere', ...on(other, asksNobodyElse) }),
      make.container({ member: 'peer', ...on(net) }),
      make.container({ member: 'guest', ...on(net) }),
      make.container({ member: 'companion', ...on(net) }),
    ]);
    await Promise.all([other.connect(guest), other.connect(companion)]);
    return { hostName, net, other, server, elsewhere, peer, guest, companion };
  });

  claim('dns.name.leads-to-its-container', async () => {
    const { server, peer } = await town();
    expect(await peer.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
  });

  claim('dns.host-name.leads-to-its-container', async () => {
    const { hostName, server, peer } = await town();
    expect(await peer.fetches(`http://${hostName}`)).toBeReached({ by: server });
  });

  claim('dns.short-id.leads-to-its-container', async () => {
    const { server, peer } = await town();
    expect(await peer.fetches(`http://${server.id.slice(0, 12)}`)).toBeReached({ by: server });
  });

  claim('dns.name-and-network.gives-the-address-there', async () => {
    const { net, other, guest, companion } = await town();
    for (const { name } of [net, other]) {
      const { records } = await lookUp(guest, `${companion.containerName}.${name}`);
      expect(records.map(({ data }) => data)).toEqual([(await companion.endpoint(name)).IPAddress]);
    }
  });

  claim('dns.name.in-capitals-is-the-same', async () => {
    const { net, server, peer } = await town();
    const { records } = await lookUp(peer, server.containerName.toUpperCase());
    expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
  });

  claim('dns.transport.names-over-tcp', async () => {
    const { net, server, peer } = await town();
    expect(await lookUp(peer, server.containerName, 'A', { over: 'TCP' })).toMatchObject({
      code: 'NOERROR',
      records: [{ type: 'A', data: (await server.endpoint(net.name)).IPAddress }],
    });
  });

  claim('dns.name.unknown-without-a-shared-network', async () => {
    const { server, elsewhere, peer } = await town();
    const reached = async () => expect(await peer.fetches(`http://${server.containerName}`)).toBeReached({ by: server });
    await control(reached);
    expect(await elsewhere.fetches(`http://${server.containerName}`)).toBeOutcome('name-unknown');
    await control(reached);
  });

  claim('dns.name.known-on-every-network-of-the-asker', async () => {
    const { server, elsewhere, guest } = await town();
    for (const it of [server, elsewhere]) expect(await guest.fetches(`http://${it.containerName}`)).toBeReached({ by: it });
  });

  claim('dns.answer.lasts-ten-minutes', async () => {
    const { server, peer } = await town();
    expect((await lookUp(peer, server.containerName)).records.map(({ ttl }) => ttl)).toEqual([600]);
  });

  claim('dns.answer.reverse-is-name-and-network', async () => {
    const { net, server, peer } = await town();
    const { IPAddress } = await server.endpoint(net.name);
    const { records } = await lookUp(peer, `${IPAddress.split('.').reverse().join('.')}.in-addr.arpa`, 'PTR');
    expect(records.map(({ data }) => data)).toEqual([`${server.containerName}.${net.name}`]);
  });
});

describe('a container whose questions can be forwarded', () => {
  /** A name server of the test on a network, and a container that is to ask it for what the engine does not know. */
  const consulted = scene(async () => {
    const net = await make.network();
    const { container: upstream, address } = await nameServerOn(make, net);
    return { upstream, asking: await make.claimed.container({ member: 'asking', ...on(net, { Dns: [address] }) }) };
  });

  /** Asks about a peer, and proves that the question went to nobody else, while others do. */
  async function answeredWithoutForwarding(type: 'AAAA' | 'MX') {
    const { upstream, asking } = await consulted();
    const unknown = `${make.name()}.example`;
    const answer = await lookUp(asking, upstream.containerName, type);
    await lookUp(asking, unknown, type);
    const asked = await askedFor(upstream);
    await control(() => expect(asked).toContain(`${unknown} ${type}`));
    expect(asked).not.toContain(`${upstream.containerName} ${type}`);
    return answer;
  }

  claim('dns.answer.no-ipv6-is-an-empty-success', async () => {
    expect(await answeredWithoutForwarding('AAAA')).toEqual({ code: 'NOERROR', records: [] });
  });

  claim('dns.answer.mail-is-an-empty-success', async () => {
    expect(await answeredWithoutForwarding('MX')).toEqual({ code: 'NOERROR', records: [] });
  });

  claim('dns.answer.other-types-are-forwarded', async () => {
    const { upstream, asking } = await consulted();
    const { code, records } = await lookUp(asking, upstream.containerName, 'TXT');
    expect({ code, data: records.map(({ data }) => data) }).toEqual({ code: 'NOERROR', data: ['198.51.100.1'] });
    expect(await askedFor(upstream)).toContain(`${upstream.containerName} TXT`);
  });
});

describe('a container that changes', () => {
  /** A server and a peer on a network of their own. */
  const pair = async () => {
    const net = await make.network();
    const [server, peer] = await Promise.all([
      make.server({ member: 'server', ...on(net) }),
      make.container({ member: 'peer', ...on(net, asksNobodyElse) }),
    ]);
    const becomes = (name: string, outcome: 'reached' | 'name-unknown') =>
      eventually(
        () => peer.fetches(`http://${name}`),
        ({ kind }) => kind === outcome,
        { within: 4000 },
      );
    return { net, server, peer, becomes };
  };

  claim('dns.name.follows-the-life-of-its-container', async () => {
    const { server, peer, becomes } = await pair();
    const name = server.containerName;
    await control(async () => expect(await peer.fetches(`http://${name}`)).toBeReached({ by: server }));
    await server.stop();
    expect(await becomes(name, 'name-unknown')).toBeOutcome('name-unknown');
    await server.start();
    expect(await becomes(name, 'reached')).toBeReached({ by: server });
  });

  claim('dns.name.stays-while-paused', async () => {
    const { net, server, peer } = await pair();
    mustGrant('a container that the claim needs could not be paused', await ask('POST', `/containers/${server.id}/pause`));
    await control(async () =>
      expect((await ask<{ State: object }>('GET', `/containers/${server.id}/json`)).body.State).toMatchObject({ Paused: true }),
    );
    const { records } = await lookUp(peer, server.containerName);
    await ask('POST', `/containers/${server.id}/unpause`);
    expect(records.map(({ data }) => data)).toEqual([(await server.endpoint(net.name)).IPAddress]);
  });

  claim('dns.answer.ipv6-address', async () => {
    const { subnet, address } = make.subnet6();
    const net = await make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }] } });
    const [named, asking] = await Promise.all([
      make.container({
        member: 'named',
        NetworkingConfig: { EndpointsConfig: { [net.name]: { IPAMConfig: { IPv6Address: address(0x80) } } } },
        ...on(net),
      }),
      make.container({ ...on(net) }),
    ]);
    const { records } = await lookUp(asking, named.containerName, 'AAAA');
    expect(records.map(({ type, data }) => ({ type, data }))).toEqual([{ type: 'AAAA', data: address(0x80) }]);
  });
});
