import { ask, claim, control, describe, eventually, expect, host, make, networkView, scene } from '../../helpers';

type Box = Awaited<ReturnType<typeof make.container>>;

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

/** Ports of the host on which nobody listens, below those that engines and kernels hand out by themselves. */
async function freePorts(): Promise<{ own: number; published: number }> {
  const { listening } = await networkView(host);
  const own = 10_000 + 2 * Math.floor(Math.random() * 10_000);
  const ports = { own, published: own + 1 };
  return listening.some((socket) => Object.values(ports).some((port) => socket.endsWith(`:${port}`))) ? freePorts() : ports;
}

const networksOf = async (container: Box) => Object.keys((await container.inspect()).NetworkSettings.Networks ?? {});

describe('what a container in host mode cannot have', () => {
  const neighbours = scene(async () => {
    const net = await make.network();
    const [ofHost, bridged] = await Promise.all([make.container({ member: 'of-the-host', ...inHostMode }), make.container({ member: 'bridged' })]);
    return { net, ofHost, bridged };
  });

  claim('host.limits.published-ports-are-discarded', async () => {
    const { own, published } = await freePorts();
    const page = make.name('page');
    const container = await make.container({
      Cmd: ['sh', '-c', `echo 'server { listen ${own}; return 200 ${page}; }' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`],
      ExposedPorts: { [`${own}/tcp`]: {} },
      HostConfig: { ...inHostMode.HostConfig, PortBindings: { [`${own}/tcp`]: [{ HostPort: `${published}` }] } },
    });
    const serves = async () => expect(await eventually(() => host.fetches(`http://127.0.0.1:${own}`), ({ kind }) => kind === 'reached', { within: 3000 })).toMatchObject({ kind: 'reached', body: page });
    await control(serves);
    expect(await host.fetches(`http://127.0.0.1:${published}`)).toBeOutcome('refused');
    expect((await container.inspect()).NetworkSettings.Ports ?? {}).toEqual({});
    await control(serves);
  });

  claim('host.limits.discarding-is-warned-of', async () => {
    const warningsOf = async (ports: object) => (await make.tryContainer({ HostConfig: { ...inHostMode.HostConfig, ...ports } })).body.Warnings ?? [];
    expect(await warningsOf({})).toEqual([]);
    expect(await warningsOf({ PortBindings: { '80/tcp': [{ HostPort: '' }] } })).toEqual([expect.stringMatching(/ports are discarded/i)]);
  });

  claim('host.limits.joins-no-other-network', async () => {
    const { net, ofHost, bridged } = await neighbours();
    expect((await net.tryConnect(ofHost)).status).toBeGreaterThanOrEqual(400);
    expect(await networksOf(ofHost)).toEqual(['host']);
    await control(async () => expect(await net.tryConnect(bridged)).toMatchObject({ status: 200 }));
  });

  claim('host.limits.is-neither-entered-nor-left', async () => {
    const { ofHost } = await neighbours();
    const bridged = await make.container();
    const before = await networksOf(bridged);
    expect(await ask('POST', '/networks/host/connect', { Container: bridged.id })).toMatchObject({ status: 400 });
    expect(await networksOf(bridged)).toEqual(before);
    for (const Force of [false, true]) expect(await ask('POST', '/networks/host/disconnect', { Container: ofHost.id, Force })).toMatchObject({ status: 400 });
    expect(await networksOf(ofHost)).toEqual(['host']);
  });

  claim('host.limits.network-sysctls-are-refused', async () => {
    const setting = 'net.ipv4.ip_unprivileged_port_start';
    const { stdout } = await host.exec(['cat', `/proc/sys/${setting.replaceAll('.', '/')}`]);
    const Sysctls = { [setting]: stdout.trim() };
    /** The status of the first call that the engine refuses: it may do so when the container is created, or when it starts. */
    const runWith = async (HostConfig: object) => {
      const created = await make.tryContainer({ HostConfig });
      return created.status >= 400 ? created.status : (await ask('POST', `/containers/${created.body.Id}/start`)).status;
    };
    expect(await runWith({ ...inHostMode.HostConfig, Sysctls })).toBeGreaterThanOrEqual(400);
    await control(async () => expect(await runWith({ Sysctls })).toBe(204));
  });
});

describe('what a container in host mode must not do to the host', () => {
  /** Writes a setting of the kernel as it is. */
  const rewrite = ['sh', '-c', 'cd /proc/sys/net/ipv4 && value=$(cat ip_unprivileged_port_start) && echo "$value" >ip_unprivileged_port_start'];
  /** Gives a link the MTU that it has. */
  const resize = ['sh', '-c', 'ip link set lo mtu "$(cat /sys/class/net/lo/mtu)"'];

  const three = scene(async () => {
    const having = (more: Record<string, unknown>) => make.container({ HostConfig: { ...inHostMode.HostConfig, ...more } });
    const [without, admin, privileged] = await Promise.all([having({}), having({ CapAdd: ['NET_ADMIN'] }), having({ Privileged: true })]);
    return { without, admin, privileged };
  });

  claim('host.limits.network-settings-are-read-only', async () => {
    const { without, privileged } = await three();
    await control(async () => expect(await privileged.exec(rewrite)).toMatchObject({ exitCode: 0 }));
    expect(await without.exec(rewrite)).toMatchObject({ stderr: expect.stringMatching(/Read-only file system|Permission denied/) });
  });

  claim('host.limits.links-need-net-admin', async () => {
    const { without, admin } = await three();
    await control(async () => expect(await admin.exec(resize)).toMatchObject({ exitCode: 0 }));
    expect(await without.exec(resize)).toMatchObject({ stderr: expect.stringContaining('Operation not permitted') });
  });

  claim('host.limits.has-no-address-of-choice', async () => {
    const statusWith = async (endpoint: object) => (await make.tryContainer({ ...inHostMode, NetworkingConfig: { EndpointsConfig: { host: endpoint } } })).status;
    for (const wish of [{ IPAMConfig: { IPv4Address: '192.0.2.7' } }, { Aliases: [make.name('alias')] }]) expect(await statusWith(wish)).toBeGreaterThanOrEqual(400);
    await control(async () => expect(await statusWith({})).toBe(201));
  });
});
