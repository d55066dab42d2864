import {
  ask,
  claim,
  control,
  conversation,
  describe,
  eventually,
  expect,
  freePorts,
  host,
  knowsNoName,
  lookUpAll,
  make,
  mustGrant,
  networkView,
  read,
  scene,
} from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

const on = (network: Network) => ({ HostConfig: { NetworkMode: network.name } });

/** Lines of /etc/hosts inside a container, each as its words. */
async function hostsLines(container: Container): Promise<string[][]> {
  return (await read(container, ['cat', '/etc/hosts']))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
}

/** A server on a network that publishes its port 80 at a port of the host that stays the same. */
async function publisher(network: Network): Promise<{ server: Container; fromHost: () => ReturnType<typeof host.fetches> }> {
  const port = await freePorts(host);
  const server = await make.server({
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { NetworkMode: network.name, PortBindings: { '80/tcp': [{ HostPort: String(port) }] } },
  });
  return { server, fromHost: () => host.fetches(`http://localhost:${port}`) };
}

describe('a running container of one network, and another network with a server', () => {
  /** The other network has the name that sorts first, so that it gives the default route while a container is in both. */
  const street = scene(async () => {
    const { subnet, address } = make.subnet();
    const [other, home] = await Promise.all([
      make.claimed.network({ Name: make.name('a'), IPAM: { Config: [{ Subnet: subnet }] } }),
      make.claimed.network({ Name: make.name('z') }),
    ]);
    const peer = await make.server({ member: 'peer', HostConfig: { NetworkMode: other.name, Dns: [await knowsNoName(make, other)] } });
    return { home, other, peer, address };
  });

  claim('connecting.live.adds-one-interface', async () => {
    const { home, other } = await street();
    const box = await make.container(on(home));
    const before = await networkView(box);
    await other.connect(box);
    const { links } = await networkView(box);
    const { IPAddress, IPPrefixLen } = await box.endpoint(other.name);
    const added = Object.keys(links).filter((name) => !(name in before.links));
    expect(added).toHaveLength(1);
    expect(links[added[0] ?? '']?.addresses).toContain(`${IPAddress}/${IPPrefixLen}`);
  });

  claim('connecting.live.reaches-the-members-at-once', async () => {
    const { home, other, peer } = await street();
    const box = await make.container(on(home));
    await other.connect(box);
    expect(await box.fetches(`http://${peer.containerName}`)).toBeReached({ by: peer });
  });

  claim('connecting.live.address-is-the-asked-one', async () => {
    const { home, other, peer, address } = await street();
    const server = await make.server(on(home));
    await other.connect(server, { IPAMConfig: { IPv4Address: address(77) } });
    expect(await peer.fetches(`http://${address(77)}`)).toBeReached({ by: server });
  });

  claim('connecting.live.alias-resolves', async () => {
    const { home, other, peer } = await street();
    const [server, alias] = [await make.server(on(home)), make.name('alias')];
    await other.connect(server, { Aliases: [alias] });
    expect(await peer.fetches(`http://${alias}`)).toBeReached({ by: server });
  });

  claim('connecting.live.hosts-file-names-the-new-address', async () => {
    const { home, other } = await street();
    const box = await make.container({ Hostname: 'mover', ...on(home) });
    await other.connect(box);
    const { IPAddress } = await box.endpoint(other.name);
    expect(await hostsLines(box)).toContainEqual(expect.arrayContaining([IPAddress, 'mover']));
  });

  claim('connecting.live.network-lists-its-members', async () => {
    const { home, other } = await street();
    const box = await make.container(on(home));
    await other.connect(box);
    const { IPAddress, IPPrefixLen } = await box.endpoint(other.name);
    expect((await other.inspect()).Containers?.[box.id]?.IPv4Address).toBe(`${IPAddress}/${IPPrefixLen}`);
    await other.disconnect(box);
    expect(Object.keys((await other.inspect()).Containers ?? {})).not.toContain(box.id);
  });

  claim('connecting.live.open-connections-survive', async () => {
    const { home, other, peer } = await street();
    const box = await make.container(on(other));
    const talk = await conversation(box, peer, (await peer.endpoint(other.name)).IPAddress);
    await talk.ask();
    await control(async () => expect(await talk.answers(1)).toBe(1));
    await home.connect(box);
    await talk.ask();
    expect(await talk.answers(2)).toBe(2);
    await home.disconnect(box);
    await talk.ask();
    expect(await talk.answers(3)).toBe(3);
  });

  claim('connecting.live.published-port-survives-a-new-gateway', async () => {
    const { home, other } = await street();
    const { server, fromHost } = await publisher(home);
    await control(async () => expect(await fromHost()).toBeReached({ by: server }));
    await other.connect(server);
    expect(await fromHost()).toBeReached({ by: server });
    const { Gateway } = await server.endpoint(other.name);
    await control(async () => expect((await networkView(server)).gateways).toContain(Gateway));
  });

  claim('connecting.paused.stays-a-member', async () => {
    const { other, peer } = await street();
    const server = await make.server(on(other));
    const origin = await server.origin(other.name);
    mustGrant('a container that the claim needs could not be paused', await ask('POST', `/containers/${server.id}/pause`));
    // an event of its start that comes late may take the word back for a moment
    const isPaused = async () => (await ask<{ State: { Paused: boolean } }>('GET', `/containers/${server.id}/json`)).body.State.Paused;
    await control(async () => expect(await eventually(isPaused, (paused) => paused, { within: 3000 })).toBe(true));
    expect(Object.keys((await other.inspect()).Containers ?? {})).toContain(server.id);
    await ask('POST', `/containers/${server.id}/unpause`);
    expect(await peer.fetches(origin)).toBeReached({ by: server });
  });

  claim('connecting.live.disconnect-takes-the-interface-away', async () => {
    const { home, other } = await street();
    const box = await make.container(on(home));
    const look = async () => {
      const { interfaces, addresses, gateways } = await networkView(box);
      return { interfaces, gateways, ipv4: addresses.filter((address) => !address.includes(':')) };
    };
    const before = await look();
    await other.connect(box);
    await control(async () => expect((await look()).interfaces).toHaveLength(before.interfaces.length + 1));
    await other.disconnect(box);
    expect(await look()).toEqual(before);
  });

  claim('connecting.live.disconnected-is-out-of-reach', async () => {
    // a network of its own: in one that claims share, somebody else soon has the address that is free again
    const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network()]);
    const [server, peer, member] = await Promise.all([make.server(on(home)), make.server(on(other)), make.container(on(other))]);
    await other.connect(server);
    const origin = await server.origin(other.name);
    const memberReachesPeer = async () => expect(await member.fetches(await peer.origin(other.name))).toBeReached({ by: peer });
    await control(async () => {
      await memberReachesPeer();
      expect(await member.fetches(origin)).toBeReached({ by: server });
    });
    await other.disconnect(server);
    expect(['timed-out', 'unreachable']).toContain((await member.fetches(origin)).kind);
    await control(memberReachesPeer);
  });

  claim('connecting.live.disconnected-name-is-forgotten', async () => {
    const { home, other, peer } = await street();
    const box = await make.container(on(home));
    await other.connect(box);
    const codes = async () =>
      (
        await lookUpAll(peer, [
          [peer.containerName, 'A'],
          [box.containerName, 'A'],
        ])
      ).map(({ code }) => code);
    await control(async () => expect(await codes()).toEqual(['NOERROR', 'NOERROR']));
    await other.disconnect(box);
    expect(await codes()).toEqual(['NOERROR', 'NXDOMAIN']);
  });

  claim('connecting.live.other-hosts-lines-stay', async () => {
    const { home, other } = await street();
    const box = await make.container(on(home));
    await other.connect(box);
    const [kept, left] = await Promise.all([box.endpoint(home.name), box.endpoint(other.name)]);
    const addresses = async () => (await hostsLines(box)).map(([address]) => address);
    await control(async () => expect(await addresses()).toEqual(expect.arrayContaining([kept.IPAddress, left.IPAddress])));
    await other.disconnect(box);
    const after = await addresses();
    expect(after).toContain(kept.IPAddress);
    expect(after).not.toContain(left.IPAddress);
  });

  claim('connecting.live.last-disconnect-leaves-loopback', async () => {
    const { home } = await street();
    const box = await make.container(on(home));
    await home.disconnect(box);
    const { interfaces, gateways } = await networkView(box);
    expect({ interfaces, gateways }).toEqual({ interfaces: ['lo'], gateways: [] });
    expect((await box.inspect()).NetworkSettings.Networks ?? {}).toEqual({});
  });

  claim('connecting.live.published-port-returns-with-the-network', async () => {
    const { home } = await street();
    const { server, fromHost } = await publisher(home);
    await control(async () => expect(await fromHost()).toBeReached({ by: server }));
    await home.disconnect(server);
    await control(async () => expect((await fromHost()).kind).not.toBe('reached'));
    await home.connect(server);
    expect(await fromHost()).toBeReached({ by: server });
  });
});
