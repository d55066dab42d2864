import {
  cidrParts,
  claim,
  control,
  describe,
  eventually,
  expect,
  ipvs,
  lab,
  lookUp,
  mustGrant,
  networkView,
  read,
  scene,
  serving,
} from '../../helpers';

/** What the API tells of a network. */
interface Overlay {
  Id: string;
  Name: string;
  Driver: string;
  IPAM: { Config: { Subnet: string; Gateway: string }[] };
  Options: Record<string, string>;
  Containers: Record<string, { Name: string; IPv4Address: string }> | null;
}

/** A lab whose engine is a swarm of its own. Its only address that leads anywhere is that of its default bridge. */
const swarm = scene(async () => {
  const own = await lab([], 'swarm');
  const { body: bridge } = await own.ask<Overlay>('GET', '/networks/bridge');
  mustGrant(
    'a swarm that the claim needs could not be begun',
    await own.ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway }),
  );
  return own;
});

const network = async (nameOrId: string) => (await (await swarm()).ask<Overlay>('GET', `/networks/${nameOrId}`)).body;
const vxlanIds = ({ Options }: Overlay) => (Options['com.docker.network.driver.overlay.vxlanid_list'] ?? '').split(',').filter(Boolean);

/** A network with what the manager allocates to it, which comes after the answer that creates it. */
const allocated = (id: string) =>
  eventually(
    () => network(id),
    (seen) => vxlanIds(seen).length > 0,
    { within: 5000 },
  );

/** A network as soon as it names its driver: the manager allocates that, too, after the answer that creates it. */
const driven = <T extends { Driver?: string }>(inspected: () => Promise<T>) =>
  eventually(inspected, ({ Driver }) => Driver !== '', { within: 5000 });

describe('the networks of a swarm', () => {
  /** Two overlays, of which neither is attachable. */
  const two = scene(async () => {
    const own = await swarm();
    const [one, other] = await Promise.all([
      own.make.claimed.network({ Driver: 'overlay' }),
      own.make.claimed.network({ Driver: 'overlay' }),
    ]);
    return { own, one, other };
  });

  /** The manager makes it by itself, which may be after the answer that begins the swarm. */
  const ingress = () =>
    eventually(
      () => network('ingress'),
      ({ Name }) => Name === 'ingress',
      { within: 5000 },
    );

  claim('overlay.swarm.init-makes-ingress', async () => {
    expect(await ingress()).toMatchObject({ Name: 'ingress', Driver: 'overlay', Scope: 'swarm', Ingress: true });
  });

  claim('overlay.swarm.has-one-ingress', async () => {
    const own = await swarm();
    const oneIsThere = async () => expect(await ingress()).toMatchObject({ Name: 'ingress', Ingress: true });
    await control(oneIsThere);
    expect(await own.make.tryNetwork({ Driver: 'overlay', Ingress: true })).toMatchObject({ status: 409 });
    await control(oneIsThere);
  });

  claim('overlay.network.is-of-swarm-scope', async () => {
    const { own, one } = await two();
    expect(await driven(() => one.inspect())).toMatchObject({ Driver: 'overlay', Scope: 'swarm' });
    const ids = async (scope: string) =>
      (await own.ask<{ Id: string }[]>('GET', `/networks?filters=${encodeURIComponent(JSON.stringify({ scope: [scope] }))}`)).body.map(
        ({ Id }) => Id,
      );
    const [ofSwarm, local, bridge] = [await ids('swarm'), await ids('local'), (await network('bridge')).Id];
    expect(ofSwarm).toContain(one.id);
    expect(ofSwarm).not.toContain(bridge);
    expect(local).toContain(bridge);
    expect(local).not.toContain(one.id);
  });

  claim('overlay.network.gets-a-subnet-of-10-0-0-0', async () => {
    const { one, other } = await two();
    const subnets = await Promise.all([one, other].map(async ({ id }) => (await allocated(id)).IPAM.Config[0]));
    for (const config of subnets) {
      const { address, length } = cidrParts(config?.Subnet);
      expect(address).toBeInSubnet('10.0.0.0/8');
      expect(length).toBe('24');
      expect(config?.Gateway).toBe(address.replace(/0$/, '1'));
    }
    expect(subnets[0]?.Subnet).not.toBe(subnets[1]?.Subnet);
  });

  claim('overlay.network.has-a-vxlan-id', async () => {
    const { one, other } = await two();
    const ids = [...vxlanIds(await allocated(one.id)), ...vxlanIds(await allocated(other.id))];
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(id).toMatch(/^\d+$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  claim('overlay.network.takes-several-subnets', async () => {
    const { make } = await swarm();
    const subnets = [make.subnet().subnet, make.subnet().subnet];
    const { id } = await make.claimed.network({ Driver: 'overlay', IPAM: { Config: subnets.map((Subnet) => ({ Subnet })) } });
    const made = await allocated(id);
    expect(made.IPAM.Config.map(({ Subnet }) => Subnet)).toEqual(subnets);
    expect(new Set(vxlanIds(made)).size).toBe(2);
    for (const id of vxlanIds(made)) expect(id).toMatch(/^\d+$/);
  });

  claim('overlay.bridge.may-be-of-swarm-scope', async () => {
    const { ask, make } = await swarm();
    const held = await make.network({ ConfigOnly: true });
    // without labels, which are a configuration, too
    const Name = make.name('net');
    const made = await ask<{ Id: string }>('POST', '/networks/create', {
      Name,
      Driver: 'bridge',
      Scope: 'swarm',
      ConfigFrom: { Network: held.name },
    });
    expect(made.status).toBe(201);
    expect(await driven(() => network(made.body.Id))).toMatchObject({
      Name,
      Driver: 'bridge',
      Scope: 'swarm',
      ConfigFrom: { Network: held.name },
    });
  });
});

describe('containers in overlay networks', () => {
  /** Two servers in one attachable overlay, of which the first publishes its port and the second has an alias, and a client in another. */
  const overlay = scene(async () => {
    const { ask, make, host } = await swarm();
    const [net, elsewhere] = await Promise.all([
      make.claimed.network({ Driver: 'overlay', Attachable: true }),
      make.claimed.network({ Driver: 'overlay', Attachable: true }),
    ]);
    const alias = make.name('alias');
    const [publisher, named, stranger] = await Promise.all([
      make.claimed.server({ member: 'publisher', HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{}] } } }),
      make.claimed.server({
        member: 'named',
        HostConfig: { NetworkMode: net.name },
        NetworkingConfig: { EndpointsConfig: { [net.name]: { Aliases: [alias] } } },
      }),
      make.container({ member: 'stranger', HostConfig: { NetworkMode: elsewhere.name } }),
    ]);
    return { ask, make, host, net, alias, publisher, named, stranger };
  });

  /** Where a container is in docker_gwbridge. */
  const inGatewayBridge = async ({ id }: { id: string }) =>
    cidrParts((await network('docker_gwbridge')).Containers?.[id]?.IPv4Address).address;

  claim('overlay.swarm.listens-at-its-ports', async () => {
    const { host } = await overlay();
    const sockets = (await read(host, ['ss', '-lntuH']))
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
      .map(([protocol, , , , local]) => `${local?.split(':').at(-1) ?? ''}/${protocol ?? ''}`);
    expect(sockets).toEqual(expect.arrayContaining(['2377/tcp', '7946/tcp', '7946/udp', '4789/udp']));
  });

  claim('overlay.network.takes-containers-if-attachable', async () => {
    const { ask, make, publisher } = await overlay();
    await control(async () => expect((await publisher.inspect()).State.Running).toBe(true));
    const closed = await make.network({ Driver: 'overlay' });
    const box = await make.container({ HostConfig: { NetworkMode: closed.name }, started: false });
    const { status, message } = await ask('POST', `/containers/${box.id}/start`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(message).toContain('not manually attachable');
  });

  claim('overlay.network.in-use-is-not-removed', async () => {
    const { make, net, publisher } = await overlay();
    const unused = await make.network({ Driver: 'overlay', Attachable: true });
    await control(async () => {
      expect((await publisher.inspect()).State.Running).toBe(true);
      expect(await unused.remove()).toMatchObject({ status: 204 });
    });
    expect((await net.remove()).status).toBeGreaterThanOrEqual(400);
    expect((await net.inspect()).Id).toBe(net.id);
  });

  claim('overlay.container.has-two-links', async () => {
    const { net, publisher } = await overlay();
    const { links } = await networkView(publisher);
    const addresses = Object.entries(links).flatMap(([name, link]) =>
      name === 'lo' ? [] : link.addresses.map((address) => cidrParts(address).address),
    );
    const { IPAddress } = await publisher.endpoint(net.name);
    expect(IPAddress).toBeInSubnet((await network(net.id)).IPAM.Config[0]?.Subnet ?? '');
    expect(addresses.sort()).toEqual([IPAddress, await inGatewayBridge(publisher)].sort());
  });

  claim('overlay.container.leaves-by-the-gateway-bridge', async () => {
    const { publisher } = await overlay();
    expect((await networkView(publisher)).gateways).toEqual([(await network('docker_gwbridge')).IPAM.Config[0]?.Gateway]);
  });

  claim('overlay.container.mtu-leaves-room-for-vxlan', async () => {
    const { net, publisher } = await overlay();
    const [{ links }, { IPAddress }] = await Promise.all([networkView(publisher), publisher.endpoint(net.name)]);
    const [name] = Object.keys(links).filter((it) => links[it]?.addresses.some((address) => cidrParts(address).address === IPAddress));
    expect((await read(publisher, ['cat', `/sys/class/net/${name}/mtu`])).trim()).toBe('1450');
  });

  claim('overlay.container.resolves-peers', async () => {
    const { publisher, named, alias } = await overlay();
    for (const name of [named.containerName, alias]) expect(await publisher.fetches(`http://${name}:80`)).toBeReached({ by: named });
    expect(await named.fetches(`http://${publisher.containerName}:80`)).toBeReached({ by: publisher });
  });

  claim('overlay.container.serves-its-published-port', async () => {
    const { host, publisher } = await overlay();
    expect(await host.fetches(`http://127.0.0.1:${await publisher.hostPort(80)}`)).toBeReached({ by: publisher });
  });

  claim('overlay.networks.are-isolated', async () => {
    const { net, publisher, named, stranger } = await overlay();
    const origin = await named.origin(net.name);
    const peerReachesIt = async () => expect(await publisher.fetches(origin)).toBeReached({ by: named });
    await control(peerReachesIt);
    expect(['timed-out', 'unreachable']).toContain((await stranger.fetches(origin)).kind);
    await control(peerReachesIt);
  });

  claim('overlay.gateway-bridge.lets-no-containers-through', async () => {
    const { host, publisher, named } = await overlay();
    const origin = `http://${await inGatewayBridge(named)}:80`;
    const hostReachesIt = async () => expect(await host.fetches(origin)).toBeReached({ by: named });
    await control(hostReachesIt);
    expect(await publisher.fetches(origin)).toBeOutcome('timed-out');
    await control(hostReachesIt);
  });

  claim('overlay.gateway-bridge.in-use-is-not-removed', async () => {
    const { ask, publisher } = await overlay();
    await control(async () => expect((await publisher.inspect()).State.Running).toBe(true));
    expect((await ask('DELETE', '/networks/docker_gwbridge')).status).toBe(403);
  });

  claim('overlay.gateway-bridge.refusal-names-endpoints', async () => {
    const { ask, publisher } = await overlay();
    const { Name = '' } = (await network('docker_gwbridge')).Containers?.[publisher.id] ?? {};
    await control(() => expect(Name).not.toBe(''));
    expect((await ask('DELETE', '/networks/docker_gwbridge')).message).toContain(Name);
  });
});

describe('services in an overlay network', () => {
  /** A site that answers with the address at which it was reached, by which tasks are told from each other. */
  const tellsItsAddress = 'server { listen 80; root /usr/share/nginx/html; location = / { return 200 "$server_addr"; } }';

  /** A service of each endpoint mode, of two tasks each that run, and a client in their network. */
  const services = scene(async () => {
    const { ask, make, host } = await swarm();
    const net = await make.network({ Driver: 'overlay', Attachable: true });
    const client = await make.container({ HostConfig: { NetworkMode: net.name } });
    const { body } = await ask<{ Image: string }>('GET', `/containers/${client.id}/json`);
    const begun = async (Mode: 'vip' | 'dnsrr') => {
      const Name = make.name(Mode);
      const TaskTemplate = {
        ContainerSpec: {
          Image: body.Image,
          Command: serving(tellsItsAddress).Entrypoint,
          Args: ['nginx', '-g', 'daemon off;'],
          Labels: make.labels,
        },
        Networks: [{ Target: net.id }],
      };
      mustGrant(
        'a service that the claim needs could not be created',
        await ask('POST', '/services/create', { Name, TaskTemplate, Mode: { Replicated: { Replicas: 2 } }, EndpointSpec: { Mode } }),
      );
      const look = async () =>
        (
          await ask<{ Status: { State: string }; NetworksAttachments: { Addresses: string[] }[] }[]>(
            'GET',
            `/tasks?filters=${encodeURIComponent(JSON.stringify({ service: [Name] }))}`,
          )
        ).body;
      const tasks = await eventually(look, (seen) => seen.filter(({ Status }) => Status.State === 'running').length === 2, {
        within: 15_000,
      });
      return {
        Name,
        addresses: tasks.flatMap(({ NetworksAttachments }) =>
          NetworksAttachments.flatMap(({ Addresses }) => Addresses.map((address) => cidrParts(address).address)),
        ),
      };
    };
    const [vip, dnsrr] = await Promise.all([begun('vip'), begun('dnsrr')]);
    return { ask, host, net, client, vip, dnsrr };
  });

  /** Expects a client to reach one of these tasks; a task runs before its nginx listens. */
  async function expectATask(host: string, addresses: readonly string[]): Promise<void> {
    const { client } = await services();
    const outcome = await eventually(
      () => client.fetches(`http://${host}:80`),
      ({ kind }) => kind !== 'refused',
      { within: 5000 },
    );
    expect(outcome).toMatchObject({ kind: 'reached', status: 200 });
    expect(addresses).toContain(outcome.kind === 'reached' ? outcome.body : '');
  }

  /** The addresses that a name leads a client to, sorted. */
  const addressesOf = async (name: string) => (await lookUp((await services()).client, name)).records.map(({ data }) => data).sort();

  claim('overlay.service.name-leads-to-a-virtual-address', async () => {
    const { ask, net, vip } = await services();
    const { body } = await ask<{ Endpoint: { VirtualIPs: { NetworkID: string; Addr: string }[] } }>('GET', `/services/${vip.Name}`);
    const own = body.Endpoint.VirtualIPs.flatMap(({ NetworkID, Addr }) => (NetworkID === net.id ? [cidrParts(Addr).address] : []));
    expect(own).toHaveLength(1);
    expect(await addressesOf(vip.Name)).toEqual(own);
  });

  claim('overlay.service.tasks-name-leads-to-tasks', async () => {
    const { vip } = await services();
    expect(vip.addresses).toHaveLength(2);
    expect(await addressesOf(`tasks.${vip.Name}`)).toEqual(vip.addresses.sort());
  });

  claim('overlay.service.dnsrr-leads-to-tasks', async () => {
    const { dnsrr } = await services();
    expect(dnsrr.addresses).toHaveLength(2);
    expect(await addressesOf(dnsrr.Name)).toEqual(dnsrr.addresses.sort());
    for (const address of dnsrr.addresses) await expectATask(address, [address]);
  });

  claim('overlay.service.virtual-address-is-served', async () => {
    const { host, vip } = await services();
    await ipvs(host);
    await expectATask(vip.Name, vip.addresses);
  });
});
