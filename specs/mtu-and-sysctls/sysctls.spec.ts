import { ask, claim, control, describe, eventually, expect, listeningAt, listensOn, make, networkView, read, scene } from '../../helpers';

type Network = Awaited<ReturnType<typeof make.network>>;
type Container = Awaited<ReturnType<typeof make.container>>;

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: Network, more: object = {}) => ({ HostConfig: { NetworkMode: network.name, ...more }, StopSignal: 'SIGKILL' });

/** What an endpoint's options say of a sysctl of its interface, e.g. `net.ipv4.conf.IFNAME.log_martians=1`. */
const endpointSysctl = (assignment: string) => ({ DriverOpts: { 'com.docker.network.endpoint.sysctls': assignment } });

/** As {@link on}, with settings for the endpoint. */
const withEndpoint = (network: Network, endpoint: object) => ({
  ...on(network),
  NetworkingConfig: { EndpointsConfig: { [network.name]: endpoint } },
});

/** Values of a sysctl in a container; its name is a path below /proc/sys/net and may have wildcards. */
async function sysctl(container: Container, path: string): Promise<string[]> {
  return (await read(container, ['sh', '-c', `cat /proc/sys/net/${path}`])).trim().split('\n');
}

/** A sysctl of an interface, in milliseconds: no host has just this value, while a switch such as log_martians may be on everywhere. */
const interval = 'igmpv2_unsolicited_report_interval';
const chosen = '12345';

/** Value of {@link interval} at the link with the container's address in a network. */
async function atInterfaceOf(container: Container, network: Network): Promise<string | undefined> {
  const [{ links }, { IPAddress }] = await Promise.all([networkView(container), container.endpoint(network.name)]);
  const name = Object.keys(links).find((link) => links[link]?.addresses.some((address) => address.startsWith(`${IPAddress}/`)));
  return name && (await sysctl(container, `ipv4/conf/${name}/${interval}`))[0];
}

/** A process of nobody that listens at a port if it may, and then waits. */
const unprivileged = (port: number) => ({ User: 'nobody', Cmd: ['sh', '-c', `nc -l -p ${port} & sleep 3600`] });

/** Whether somebody listens at a port inside, within five seconds. */
async function listens(container: Container, port: number): Promise<boolean> {
  return listensOn(
    await eventually(
      () => listeningAt(container),
      (sockets) => listensOn(sockets, port),
      { within: 5000 },
    ),
    port,
  );
}

describe('containers on two networks', () => {
  const networks = scene(async () => {
    const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network()]);
    return { home, other };
  });

  claim('sysctls.default.low-ports-are-open-to-all', async () => {
    const { home } = await networks();
    const box = await make.container({ ...on(home, { CapDrop: ['ALL'] }), ...unprivileged(80) });
    expect(await listens(box, 80)).toBe(true);
  });

  claim('sysctls.default.all-groups-may-ping', async () => {
    const { home } = await networks();
    const [range] = await sysctl(await make.container(on(home)), 'ipv4/ping_group_range');
    expect(range?.split(/\s+/).map(Number)).toEqual([0, 2_147_483_647]);
  });

  claim('sysctls.asked.holds-in-its-container-alone', async () => {
    const { home } = await networks();
    const [asking, other] = await Promise.all([
      make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '1234' } })),
      make.container(on(home)),
    ]);
    expect(await sysctl(asking, 'ipv4/tcp_keepalive_time')).toEqual(['1234']);
    expect((await sysctl(other, 'ipv4/tcp_keepalive_time'))[0]).toMatch(/^(?!1234$)\d+$/);
  });

  claim('sysctls.asked.has-its-effect', async () => {
    const { home } = await networks();
    const box = await make.claimed.container({
      ...on(home, { CapDrop: ['ALL'], Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '600' } }),
      ...unprivileged(600),
    });
    await control(async () => expect(await listens(box, 600)).toBe(true));
    const stdout = await read(box, ['sh', '-c', 'timeout 5 nc -l -p 599; echo $?']);
    // nc ends with 1 where it may not bind, and timeout with 143 what goes on
    expect(stdout.trim()).toBe('1');
  });

  claim('sysctls.asked.holds-after-a-restart', async () => {
    const { home } = await networks();
    const box = await make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '1234' } }));
    await control(async () => expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(['1234']));
    await box.restart();
    expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(['1234']);
  });

  claim('sysctls.unknown.keeps-it-from-starting', async () => {
    const { home } = await networks();
    const start = async (Sysctls: Record<string, string>) => {
      const box = await make.container({ started: false, ...on(home, { Sysctls }) });
      return { granted: (await ask('POST', `/containers/${box.id}/start`)).status < 400, running: (await box.inspect()).State.Running };
    };
    expect(await start({ 'net.ipv4.no_such_setting': '1' })).toEqual({ granted: false, running: false });
    await control(async () => expect(await start({ 'net.ipv4.tcp_keepalive_time': '1234' })).toEqual({ granted: true, running: true }));
  });

  claim('sysctls.inside.are-read-only', async () => {
    const { home } = await networks();
    const [box, asking] = await Promise.all([
      make.container(on(home, { CapAdd: ['NET_ADMIN'] })),
      make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '4321' } })),
    ]);
    const before = await sysctl(box, 'ipv4/tcp_keepalive_time');
    await control(async () => expect(await sysctl(asking, 'ipv4/tcp_keepalive_time')).not.toEqual(before));
    expect(await box.exec(['sh', '-c', 'echo 4321 >/proc/sys/net/ipv4/tcp_keepalive_time'])).toMatchObject({
      stderr: expect.stringContaining('Read-only file system'),
    });
    expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(before);
  });

  claim('sysctls.endpoint.applies-to-its-interface-alone', async () => {
    const { home, other } = await networks();
    const box = await make.claimed.container(withEndpoint(home, endpointSysctl(`net.ipv4.conf.IFNAME.${interval}=${chosen}`)));
    await other.connect(box);
    expect(await atInterfaceOf(box, home)).toBe(chosen);
    expect(await atInterfaceOf(box, other)).toMatch(new RegExp(`^(?!${chosen}$)\\d+$`));
  });

  claim('sysctls.endpoint.applies-when-connected-live', async () => {
    const { home, other } = await networks();
    const box = await make.container(on(home));
    await other.connect(box, endpointSysctl(`net.ipv4.conf.IFNAME.${interval}=${chosen}`));
    expect(await atInterfaceOf(box, other)).toBe(chosen);
    await box.restart();
    expect(await atInterfaceOf(box, other)).toBe(chosen);
  });

  claim('sysctls.endpoint.must-be-of-an-interface', async () => {
    const { home } = await networks();
    const create = async (assignment: string) => (await make.tryContainer(withEndpoint(home, endpointSysctl(assignment)))).status;
    expect(await create('net.ipv4.tcp_keepalive_time=1234')).toBe(400);
    expect(await create('net.ipv4.conf.eth0.log_martians=1')).toBe(400);
    await control(async () => expect(await create('net.ipv4.conf.IFNAME.log_martians=1')).toBe(201));
  });

  claim('sysctls.eth0.is-set-by-name', async () => {
    const { home } = await networks();
    const box = await make.claimed.container(on(home, { Sysctls: { [`net.ipv4.conf.eth0.${interval}`]: chosen } }));
    expect(await atInterfaceOf(box, home)).toBe(chosen);
  });

  claim('sysctls.eth0.is-refused', async () => {
    const { home } = await networks();
    const create = async (link: string) =>
      (await make.tryContainer(on(home, { Sysctls: { [`net.ipv4.conf.${link}.log_martians`]: '1' } }))).status;
    expect(await create('eth0')).toBeGreaterThanOrEqual(400);
    await control(async () => expect(await create('all')).toBe(201));
  });

  claim('sysctls.ifname.names-the-interface', async () => {
    const { home } = await networks();
    const box = await make.claimed.container(withEndpoint(home, { DriverOpts: { 'com.docker.network.endpoint.ifname': 'uplink0' } }));
    const addressed = async () =>
      (await networkView(box)).links['uplink0']?.addresses.map((address) => address.split('/')[0]) ?? 'no such link';
    expect(await addressed()).toContain((await box.endpoint(home.name)).IPAddress);
    await box.restart();
    expect(await addressed()).toContain((await box.endpoint(home.name)).IPAddress);
  });
});
