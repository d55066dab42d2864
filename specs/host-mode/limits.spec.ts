import { ask, claim, control, describe, eventually, expect, freePorts, host, make, read, scene } from '../../helpers';

type Box = Awaited<ReturnType<typeof make.container>>;

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

const networksOf = async (container: Box) => Object.keys((await container.inspect()).NetworkSettings.Networks ?? {});

describe('what a container in host mode cannot have', () => {
  const sideBySide = scene(async () => {
    const net = await make.network();
    const [ofHost, bridged] = await Promise.all([
      make.container({ member: 'of-the-host', ...inHostMode }),
      make.container({ member: 'bridged' }),
    ]);
    return { net, ofHost, bridged };
  });

  claim('host.limits.published-ports-are-discarded', async () => {
    const own = await freePorts(host, 2);
    const published = own + 1;
    const page = make.name('page');
    const container = await make.container({
      Cmd: [
        'sh',
        '-c',
        `echo 'server { listen ${own}; return 200 ${page}; }' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`,
      ],
      ExposedPorts: { [`${own}/tcp`]: {} },
      HostConfig: { ...inHostMode.HostConfig, PortBindings: { [`${own}/tcp`]: [{ HostPort: `${published}` }] } },
    });
    const serves = async () =>
      expect(
        await eventually(
          () => host.fetches(`http://127.0.0.1:${own}`),
          ({ kind }) => kind === 'reached',
          { within: 3000 },
        ),
      ).toMatchObject({ kind: 'reached', body: page });
    await control(serves);
    expect(await host.fetches(`http://127.0.0.1:${published}`)).toBeOutcome('refused');
    expect((await container.inspect()).NetworkSettings.Ports ?? {}).toEqual({});
    await control(serves);
  });

  claim('host.limits.discarding-is-warned-of', async () => {
    const warningsOf = async (ports: object) =>
      (await make.tryContainer({ HostConfig: { ...inHostMode.HostConfig, ...ports } })).body.Warnings ?? [];
    expect(await warningsOf({})).toEqual([]);
    expect(await warningsOf({ PortBindings: { '80/tcp': [{ HostPort: '' }] } })).toEqual([expect.stringMatching(/ports are discarded/i)]);
  });

  claim('host.limits.joins-no-other-network', async () => {
    const { net, ofHost, bridged } = await sideBySide();
    const before = await networksOf(ofHost);
    expect((await net.tryConnect(ofHost)).status).toBeGreaterThanOrEqual(400);
    expect(await networksOf(ofHost)).toEqual(before);
    await control(async () => expect(await net.tryConnect(bridged)).toMatchObject({ status: 200 }));
  });

  claim('host.limits.is-neither-entered-nor-left', async () => {
    const { net, ofHost } = await sideBySide();
    const bridged = await make.container();
    const before = await networksOf(bridged);
    expect(await ask('POST', '/networks/host/connect', { Container: bridged.id })).toMatchObject({ status: 400 });
    expect(await networksOf(bridged)).toEqual(before);
    for (const Force of [false, true])
      expect(await ask('POST', '/networks/host/disconnect', { Container: ofHost.id, Force })).toMatchObject({ status: 400 });
    expect(await networksOf(ofHost)).toEqual(['host']);
    for (const way of ['connect', 'disconnect'])
      await control(async () =>
        expect(await ask('POST', `/networks/${net.id}/${way}`, { Container: bridged.id })).toMatchObject({ status: 200 }),
      );
  });

  claim('host.limits.network-sysctls-are-refused', async () => {
    const setting = 'net.ipv4.ip_unprivileged_port_start';
    const Sysctls = { [setting]: (await read(host, ['cat', `/proc/sys/${setting.replaceAll('.', '/')}`])).trim() };
    expect(await make.tryToRun({ HostConfig: { ...inHostMode.HostConfig, Sysctls } })).toBeRefused();
    await control(async () => expect(await make.tryToRun({ HostConfig: { Sysctls } })).toMatchObject({ status: 204, runs: true }));
  });

  claim('host.limits.has-no-address-of-choice', async () => {
    const wishing = (endpoint: object) => ({ ...inHostMode, NetworkingConfig: { EndpointsConfig: { host: endpoint } } });
    for (const wish of [{ IPAMConfig: { IPv4Address: '192.0.2.7' } }, { Aliases: [make.name('alias')] }])
      expect(await make.tryToRun(wishing(wish))).toBeRefused();
    await control(async () => expect(await make.tryToRun(wishing({}))).toMatchObject({ status: 204, runs: true }));
  });
});

describe('what a container in host mode must not do to the host', () => {
  const plain = scene(() => make.container(inHostMode));

  claim('host.limits.network-settings-are-read-only', async () => {
    const container = await plain();
    const within = (command: string) => container.exec(['sh', '-c', `cd /proc/sys/net/ipv4 && ${command}`]);
    await control(async () => expect(await within('cat ip_unprivileged_port_start')).toMatchObject({ exitCode: 0 }));
    expect(await within('echo "$(cat ip_unprivileged_port_start)" >ip_unprivileged_port_start')).toMatchObject({
      stderr: expect.stringContaining('Read-only file system'),
    });
  });

  claim('host.limits.links-need-net-admin', async () => {
    const resize = ['sh', '-c', 'ip link set lo mtu "$(cat /sys/class/net/lo/mtu)"'];
    const able = await make.container({ HostConfig: { ...inHostMode.HostConfig, CapAdd: ['NET_ADMIN'] } });
    await control(async () => expect(await able.exec(resize)).toMatchObject({ exitCode: 0 }));
    expect(await (await plain()).exec(resize)).toMatchObject({ stderr: expect.stringContaining('Operation not permitted') });
  });
});
