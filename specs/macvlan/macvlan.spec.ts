import {
  claim,
  control,
  describe,
  eventually,
  expect,
  externalHost,
  lab,
  linksOfKind,
  listeningAt,
  make,
  mustRun,
  networkView,
  read,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
type ExternalHost = Awaited<ReturnType<typeof externalHost>>;

/** The body of a macvlan network on the veth link to an external host, which is its gateway; the host and the external host have the lower addresses. */
const onVethLink = ({ link, subnet, address }: ExternalHost, options: Record<string, string> = {}) => ({
  Driver: 'macvlan',
  Options: { parent: link, ...options },
  IPAM: { Config: [{ Subnet: subnet, Gateway: address, IPRange: subnet.replace('.0/24', '.128/25') }] },
});

/** The body of a macvlan network with a subnet that nobody else is in. */
const onParent = (parent: string, options: Record<string, string> = {}, Driver = 'macvlan') => ({
  Driver,
  Options: { parent, ...options },
  IPAM: { Config: [{ Subnet: make.subnet().subnet }] },
});

/** Two servers on a macvlan network beside an external host; the first one and the external host tell who asks. */
async function twoServers(own: OwnLab, options: Record<string, string> = {}) {
  const far = await externalHost(own, serving(tellsWhoAsks));
  const net = await own.make.claimed.network(onVethLink(far, options));
  const HostConfig = { NetworkMode: net.name };
  const [one, other] = await Promise.all([
    own.make.claimed.server({ member: 'one', ...serving(tellsWhoAsks), HostConfig }),
    own.make.claimed.server({ member: 'other', HostConfig }),
  ]);
  return {
    own,
    far,
    net,
    one,
    other,
    oneOrigin: await one.origin(net.name),
    otherOrigin: await other.origin(net.name),
    farOrigin: `http://${far.address}:80`,
  };
}

/** MAC address under which an external host knows an address (/proc/net/arp). */
async function knownAs({ machine }: ExternalHost, address: string): Promise<string | undefined> {
  return (await read(machine, ['cat', '/proc/net/arp']))
    .split('\n')
    .map((line) => line.split(/\s+/))
    .find(([known]) => known === address)?.[3];
}

const addressIn = (origin: string) => new URL(origin).hostname;

describe('containers of a macvlan network', () => {
  const world = scene(async () => twoServers(await lab()));

  claim('macvlan.neighbours.reach-the-container', async () => {
    const { far, one, oneOrigin } = await world();
    const outcome = await far.machine.fetches(oneOrigin);
    expect(outcome).toBeReached({ by: one });
    expect(outcome).toMatchObject({ body: far.address });
  });

  claim('macvlan.neighbours.are-reached-by-the-container', async () => {
    const { far, one, oneOrigin, farOrigin } = await world();
    const outcome = await one.fetches(farOrigin);
    expect(outcome).toBeReached({ by: far.machine });
    expect(outcome).toMatchObject({ body: addressIn(oneOrigin) });
  });

  claim('macvlan.neighbours.see-a-mac-address-of-its-own', async () => {
    const { own, far, net, other, otherOrigin } = await world();
    await control(async () => expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other }));
    const seen = await knownAs(far, addressIn(otherOrigin));
    expect(seen).toBe((await other.endpoint(net.name)).MacAddress);
    expect(seen).not.toBe((await networkView(own.host)).links[far.link]?.macAddress);
  });

  claim('macvlan.peers.reach-each-other', async () => {
    const { one, other, otherOrigin } = await world();
    expect(await one.fetches(otherOrigin)).toBeReached({ by: other });
  });

  claim('macvlan.peers.resolve-names', async () => {
    const { one, other } = await world();
    expect(await one.fetches(`http://${other.containerName}:80`)).toBeReached({ by: other });
  });

  claim('macvlan.host.cannot-reach-the-container', async () => {
    const { own, far, other, otherOrigin } = await world();
    const externalHostGetsThrough = async () => expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other });
    await control(externalHostGetsThrough);
    expect(await own.host.fetches(otherOrigin)).toBeOutcome('timed-out');
    await control(externalHostGetsThrough);
  });

  claim('macvlan.host.is-not-reached-by-the-container', async () => {
    const { own, far, one } = await world();
    const hostServer = await own.make.server({ HostConfig: { NetworkMode: 'host' } });
    const parentOrigin = `http://${far.hostAddress}:80`;
    const externalHostGetsThrough = async () => expect(await far.machine.fetches(parentOrigin)).toBeReached({ by: hostServer });
    await control(externalHostGetsThrough);
    expect(await one.fetches(parentOrigin)).toBeOutcome('timed-out');
    await control(externalHostGetsThrough);
  });

  claim('macvlan.gateway.is-the-default-route', async () => {
    const { far, other } = await world();
    expect((await networkView(other)).gateways).toEqual([far.address]);
  });

  claim('macvlan.published.is-ignored', async () => {
    const { own, net } = await world();
    const server = await own.make.claimed.server({
      HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: '31880' }] } },
    });
    const bridged = await own.make.server({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '31882' }] } } });
    const bindingsOf = async (container: typeof server) =>
      Object.values((await container.inspect()).NetworkSettings.Ports ?? {}).flatMap((bound) => bound ?? []);
    await control(async () => expect(await bindingsOf(bridged)).not.toEqual([]));
    expect(await bindingsOf(server)).toEqual([]);
    expect((await listeningAt(own.host)).filter((socket) => socket.endsWith(':31880'))).toEqual([]);
  });
});

describe('macvlan networks of other kinds', () => {
  claim('macvlan.private-mode.keeps-peers-apart', async () => {
    const { far, one, other, oneOrigin, otherOrigin } = await twoServers(await lab(), { macvlan_mode: 'private' });
    const externalHostGetsThrough = async () => {
      expect(await far.machine.fetches(oneOrigin)).toBeReached({ by: one });
      expect(await far.machine.fetches(otherOrigin)).toBeReached({ by: other });
    };
    await control(externalHostGetsThrough);
    expect(await one.fetches(otherOrigin)).toBeOutcome('timed-out');
    await control(externalHostGetsThrough);
  });

  claim('macvlan.filtering.makes-no-rules', async () => {
    const own = await lab([], 'rules');
    const rules = async () => {
      const stdout = await read(own.host, ['sh', '-ec', 'iptables-save; ip6tables-save; nft list ruleset']);
      return stdout
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .map((line) => line.replace(/\[\d+:\d+\]|counter packets \d+ bytes \d+/, ''));
    };
    const far = await externalHost(own);
    const before = await rules();
    const net = await own.make.claimed.network(onVethLink(far));
    const server = await own.make.claimed.server({
      HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: '31881' }] } },
    });
    await control(async () => expect(await far.machine.fetches(await server.origin(net.name))).toBeReached({ by: server }));
    expect(await rules()).toEqual(before);
    await control(async () => {
      await own.make.server({ HostConfig: { PortBindings: { '80/tcp': [{}] } } });
      expect(await rules()).not.toEqual(before);
    });
  });

  claim('macvlan.parent.may-be-down', async () => {
    const own = await lab();
    const far = await externalHost(own);
    const net = await own.make.claimed.network(onVethLink(far));
    const set = (state: 'up' | 'down') => mustRun(own.host, ['ip', 'link', 'set', far.link, state]);
    await set('down');
    const container = await own.make.claimed.container({ HostConfig: { NetworkMode: net.name } });
    await set('up');
    const outcome = await eventually(
      () => container.fetches(`http://${far.address}:80`),
      ({ kind }) => kind === 'reached',
      { within: 5000 },
    );
    expect(outcome).toBeReached({ by: far.machine });
  });

  claim('macvlan.subinterface.comes-and-goes-with-its-network', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    await linksOfKind(own.host, 'vlan', link);
    const net = await own.make.claimed.network(onParent(`${link}.50`));
    const links = async () => (await networkView(own.host)).interfaces;
    expect(await links()).toContain(`${link}.50`);
    expect(await net.remove()).toMatchObject({ status: 204 });
    expect(await links()).not.toContain(`${link}.50`);
  });

  claim('macvlan.without-parent.is-internal', async () => {
    const own = await lab();
    await linksOfKind(own.host, 'dummy');
    const net = await own.make.claimed.network({ Driver: 'macvlan' });
    const [one, other] = await Promise.all([
      own.make.claimed.container({ HostConfig: { NetworkMode: net.name } }),
      own.make.claimed.server({ HostConfig: { NetworkMode: net.name } }),
    ]);
    expect(await one.fetches(await other.origin(net.name))).toBeReached({ by: other });
    expect((await networkView(one)).gateways).toEqual([]);
  });
});

describe('requests for macvlan networks', () => {
  claim('macvlan.mode.unknown-is-refused', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    for (const driver of ['macvlan', 'ipvlan']) {
      const { status, message } = await own.make.tryNetwork(onParent(link, { [`${driver}_mode`]: 'sideways' }, driver));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toMatch(/sideways/);
    }
    await control(async () => expect(await own.make.tryNetwork(onParent(link, { macvlan_mode: 'vepa' }))).toMatchObject({ status: 201 }));
  });

  claim('macvlan.parent.unknown-is-refused', async () => {
    const own = await lab();
    const { status, message } = await own.make.tryNetwork(onParent('nosuchlink'));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toMatch(/nosuchlink/);
    const { link } = await externalHost(own);
    await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
  });

  claim('macvlan.parent.loopback-is-refused', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    for (const driver of ['macvlan', 'ipvlan']) {
      expect((await own.make.tryNetwork(onParent('lo', {}, driver))).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await own.make.tryNetwork(onParent(link, {}, driver))).toMatchObject({ status: 201 }));
    }
  });

  claim('macvlan.parent.serves-one-network', async () => {
    const own = await lab();
    const { link } = await externalHost(own);
    await control(async () => expect(await own.make.tryNetwork(onParent(link))).toMatchObject({ status: 201 }));
    const { status, message } = await own.make.tryNetwork(onParent(link));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toContain(link);
  });

  claim('macvlan.parent.serves-many-networks', async () => {
    const own = await lab();
    const far = await externalHost(own);
    const second = own.make.subnet();
    await mustRun(far.machine, ['ip', 'address', 'add', `${second.gateway}/24`, 'dev', 'plug']);
    const nets = [
      await own.make.claimed.network(onVethLink(far)),
      await own.make.claimed.network({ ...onParent(far.link), IPAM: { Config: [{ Subnet: second.subnet, Gateway: second.gateway }] } }),
    ];
    for (const [index, net] of nets.entries()) {
      const container = await own.make.claimed.container({ HostConfig: { NetworkMode: net.name } });
      expect(await container.fetches(`http://${index === 0 ? far.address : second.gateway}:80`)).toBeReached({ by: far.machine });
    }
  });

  claim('macvlan.passthru.wants-its-parent-alone', async () => {
    const own = await lab();
    const [free, taken] = await Promise.all([externalHost(own), externalHost(own)]);
    await control(async () =>
      expect(await own.make.tryNetwork(onParent(free.link, { macvlan_mode: 'passthru' }))).toMatchObject({ status: 201 }),
    );
    await control(async () => expect(await own.make.tryNetwork(onParent(taken.link))).toMatchObject({ status: 201 }));
    const { status, message } = await own.make.tryNetwork(onParent(taken.link, { macvlan_mode: 'passthru' }));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toContain(taken.link);
  });
});
