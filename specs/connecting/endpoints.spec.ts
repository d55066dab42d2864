import { ask, claim, control, describe, eventually, expect, listeningAt, listensOn, make, networkView, scene } from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: Network) => ({ HostConfig: { NetworkMode: network.name }, StopSignal: 'SIGKILL' });

/** Names of the networks that a container's object lists, sorted. */
const networksOf = async (container: Container) => Object.keys((await container.inspect()).NetworkSettings.Networks ?? {}).sort();

/** Whether a network lists a container. */
const lists = async (network: Network, container: Container) =>
  Object.keys((await network.inspect()).Containers ?? {}).includes(container.id);

describe('two networks', () => {
  const both = scene(async () => {
    const { subnet, address } = make.subnet();
    const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network({ IPAM: { Config: [{ Subnet: subnet }] } })]);
    return { home, other, address };
  });

  claim('connecting.restart.reapplies-address-and-alias', async () => {
    const { home, other, address } = await both();
    const [server, member, alias] = [await make.server(on(home)), await make.container(on(other)), make.name('alias')];
    await other.connect(server, { IPAMConfig: { IPv4Address: address(66) }, Aliases: [alias] });
    await server.restart();
    await control(async () =>
      expect(
        await eventually(
          () => listeningAt(server),
          (sockets) => listensOn(sockets, 80),
          { within: 5000 },
        ),
      ).toContainEqual(expect.stringMatching(/:80$/)),
    );
    expect(await member.fetches(`http://${address(66)}`)).toBeReached({ by: server });
    expect(await member.fetches(`http://${alias}`)).toBeReached({ by: server });
  });

  claim('connecting.stopped.connection-waits-for-the-start', async () => {
    const { home, other } = await both();
    // that the engine starts containers at all is seen of one that is connected to nothing else
    const [box] = await Promise.all([make.container({ started: false, ...on(home) }), make.container({ member: 'plain', ...on(home) })]);
    await other.connect(box);
    expect(await lists(other, box)).toBe(false);
    await box.start();
    expect(await lists(other, box)).toBe(true);
    expect((await networkView(box)).addresses).toContain((await box.endpoint(other.name)).IPAddress);
  });

  claim('connecting.stopped.disconnection-holds-at-the-start', async () => {
    const { home, other } = await both();
    const box = await make.container(on(home));
    await other.connect(box);
    const { interfaces } = await networkView(box);
    await box.stop();
    await other.disconnect(box);
    await box.start();
    expect((await networkView(box)).interfaces).toHaveLength(interfaces.length - 1);
    expect(await networksOf(box)).toEqual([home.name]);
  });

  claim('connecting.twice.is-refused', async () => {
    const { home, other } = await both();
    const box = await make.container(on(home));
    const before = await box.endpoint(home.name);
    expect((await home.tryConnect(box, { Aliases: ['again'] })).status).toBe(403);
    expect(await box.endpoint(home.name)).toEqual(before);
    await control(async () => expect((await other.tryConnect(box, { Aliases: ['again'] })).status).toBe(200));
  });

  claim('connecting.not-connected.is-refused', async () => {
    const { home, other } = await both();
    const box = await make.container(on(home));
    const disconnect = async ({ id }: Network) => (await ask('POST', `/networks/${id}/disconnect`, { Container: box.id })).status;
    expect(await disconnect(other)).toBeGreaterThanOrEqual(400);
    expect(await networksOf(box)).toEqual([home.name]);
    await control(async () => expect(await disconnect(home)).toBe(200));
  });

  claim('connecting.names.any-unambiguous-one-will-do', async () => {
    const { home, other } = await both();
    const box = await make.container(on(home));
    const pairs = [
      [other.name, box.containerName],
      [other.id, box.id],
      [other.id.slice(0, 12), box.id.slice(0, 12)],
    ];
    for (const [network, container] of pairs) {
      await ask('POST', `/networks/${network}/connect`, { Container: container });
      expect(await lists(other, box)).toBe(true);
      await ask('POST', `/networks/${network}/disconnect`, { Container: container });
      expect(await lists(other, box)).toBe(false);
    }
  });

  claim('connecting.create.several-networks', async () => {
    const { home, other } = await both();
    const box = await make.claimed.container({ ...on(home), NetworkingConfig: { EndpointsConfig: { [home.name]: {}, [other.name]: {} } } });
    const { addresses } = await networkView(box);
    for (const { name } of [home, other]) expect(addresses).toContain((await box.endpoint(name)).IPAddress);
  });

  claim('connecting.create.several-networks-are-refused', async () => {
    const { home, other } = await both();
    const create = async (...networks: Network[]) =>
      (
        await make.tryContainer({
          ...on(home),
          NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks.map(({ name }) => [name, {}])) },
        })
      ).status;
    await control(async () => expect(await create(home)).toBe(201));
    expect(await create(home, other)).toBe(400);
  });

  claim('connecting.force.removes-the-endpoint', async () => {
    const network = await make.claimed.network();
    const box = await make.container(on(network));
    await network.disconnect(box, true);
    expect((await network.remove()).status).toBe(204);
    expect(await networksOf(box)).toEqual([]);
  });
});
