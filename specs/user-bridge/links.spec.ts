import { claim, control, describe, engine, expect, host, lab, make, mustRun, networkView, scene } from '../../helpers';

/** A name that a link can have: 15 characters, of which chance chooses 8. */
const linkName = () => make.name('l').replace(/^dnc-l-/, 'dnc-br-');
const named = (link: string) => ({ Options: { 'com.docker.network.bridge.name': link } });

/** The host's links as they are now. */
const hostLinks = async () => (await networkView(host)).links;

/** Names of a container's interfaces besides loopback. */
const interfacesOf = async (container: Parameters<typeof networkView>[0]) =>
  (await networkView(container)).interfaces.filter((name) => name !== 'lo');

/** The interfaces of a container on two networks, before it leaves the second one, and when it has come back. */
async function leavesAndComesBack(): Promise<{ before: string[]; after: string[] }> {
  const [first, second] = await Promise.all([make.network(), make.claimed.network()]);
  const container = await make.container({ HostConfig: { NetworkMode: first.name } });
  await second.connect(container);
  const before = await interfacesOf(container);
  await second.disconnect(container);
  await second.connect(container);
  return { before, after: await interfacesOf(container) };
}

describe("the host's link of a user's bridge network", () => {
  /** A network that asks for a link, a subnet and names of interfaces, and a container on it. */
  const choosing = scene(async () => {
    const [link, subnet] = [linkName(), make.subnet()];
    const net = await make.claimed.network({
      IPAM: { Config: [{ Subnet: subnet.subnet }] },
      Options: { ...named(link).Options, 'com.docker.network.container_iface_prefix': 'wan' },
    });
    const container = await make.container({ HostConfig: { NetworkMode: net.name } });
    return { link, net, container, first: subnet.gateway };
  });

  claim('bridge.user.link-is-named-by-the-id', async () => {
    const { id } = await make.network();
    expect(Object.keys(await hostLinks())).toContain(`br-${id.slice(0, 12)}`);
  });

  claim('bridge.user.link-is-named-on-request', async () => {
    const { link, container } = await choosing();
    const [ports, { links }] = await Promise.all([host.bridgePorts(link), networkView(container)]);
    const peers = Object.entries(links).flatMap(([name, { peerIndex }]) => (name === 'lo' ? [] : [peerIndex]));
    expect(ports).toHaveLength(1);
    expect(ports.map(({ index }) => index)).toEqual(peers);
  });

  claim('bridge.user.link-has-the-first-address', async () => {
    const { net, container, first } = await choosing();
    const holder = await host.linkWith(first);
    expect((await hostLinks())[holder]?.addresses).toContain(`${first}/24`);
    expect((await networkView(container)).gateways).toEqual([first]);
    expect((await container.endpoint(net.name)).Gateway).toBe(first);
  });

  claim('bridge.user.interfaces-are-named-on-request', async () => {
    expect(await interfacesOf((await choosing()).container)).toEqual(['wan0']);
  });

  claim('bridge.user.link-goes-with-the-network', async () => {
    const link = linkName();
    const net = await make.claimed.network(named(link));
    const container = await make.container({ HostConfig: { NetworkMode: net.name } });
    await control(async () => expect(Object.keys(await hostLinks())).toContain(link));
    await net.disconnect(container);
    expect(await net.remove()).toMatchObject({ status: 204 });
    expect(Object.keys(await hostLinks())).not.toContain(link);
  });

  claim('bridge.user.link-name-is-taken-once', async () => {
    const link = linkName();
    await make.claimed.network(named(link));
    expect((await make.tryNetwork(named(link))).status).toBeGreaterThanOrEqual(400);
    await control(async () => expect(await make.tryNetwork(named(linkName()))).toMatchObject({ status: 201 }));
  });

  claim('bridge.user.link-name-has-15-characters', async () => {
    const Name = make.name();
    expect((await make.tryNetwork({ Name, ...named(`${linkName()}x`) })).status).toBeGreaterThanOrEqual(400);
    expect(await engine.networkIfAny(Name)).toBeUndefined();
    await control(async () => expect(await make.tryNetwork({ Name, ...named(linkName()) })).toMatchObject({ status: 201 }));
  });

  claim('bridge.user.link-of-the-host-is-kept', async () => {
    const own = await lab();
    const link = linkName();
    await mustRun(own.host, ['ip', 'link', 'add', link, 'type', 'bridge']);
    const indexOf = async () => (await networkView(own.host)).links[link]?.index;
    const index = await indexOf();
    const net = await own.make.claimed.network(named(link));
    const container = await own.make.container({ HostConfig: { NetworkMode: net.name } });
    await control(async () => expect(await own.host.bridgePorts(link)).toHaveLength(1));
    await net.disconnect(container);
    expect(await net.remove()).toMatchObject({ status: 204 });
    await control(() => expect(index).toBeGreaterThan(0));
    expect(await indexOf()).toBe(index);
  });

  claim('bridge.user.link-without-address', async () => {
    const link = linkName();
    const net = await make.claimed.network({ Options: { ...named(link).Options, 'com.docker.network.bridge.inhibit_ipv4': 'true' } });
    const [client, server] = await Promise.all([
      make.container({ HostConfig: { NetworkMode: net.name } }),
      make.server({ HostConfig: { NetworkMode: net.name } }),
    ]);
    expect(await client.fetches(await server.origin(net.name))).toBeReached({ by: server });
    const { addresses } = (await hostLinks())[link] ?? {};
    expect(addresses?.filter((address) => !address.includes(':'))).toEqual([]);
  });
});

describe("the interfaces of containers on a user's bridge network", () => {
  claim('bridge.user.interface-names-are-not-reused', async () => {
    expect(await leavesAndComesBack()).toEqual({ before: ['eth0', 'eth1'], after: ['eth0', 'eth2'] });
  });

  claim('bridge.user.interface-names-are-reused', async () => {
    expect(await leavesAndComesBack()).toEqual({ before: ['eth0', 'eth1'], after: ['eth0', 'eth1'] });
  });
});
