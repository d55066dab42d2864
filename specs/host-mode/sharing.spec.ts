import { claim, control, describe, eventually, expect, host, make, networkView, scene } from '../../helpers';

type From = Parameters<typeof networkView>[0];

/** What a file says at a vantage point, without the end of its last line. */
const textOf = async (from: From, file: string) => (await from.exec(['cat', file])).stdout.trim();

/** Name servers in the resolver's configuration at a vantage point. */
const nameServersOf = async (from: From) => (await textOf(from, '/etc/resolv.conf')).split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

/** A port of the host on which nobody listens, below those that engines and kernels hand out by themselves. */
async function freePort(): Promise<number> {
  const { listening } = await networkView(host);
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  return listening.some((socket) => socket.endsWith(`:${port}`)) ? freePort() : port;
}

/** nginx with one site that listens where it is told to, and answers with its page and the address of whoever asks. */
const site = (listen: string | number, page: string) => ({ Cmd: ['sh', '-c', `echo 'server { listen ${listen}; return 200 "${page} $remote_addr"; }' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`] });

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

/** What an answer said once there was one. */
async function pageOf(from: { fetches: typeof host.fetches }, origin: string): Promise<string> {
  const answer = await eventually(() => from.fetches(origin), ({ kind }) => kind === 'reached', { within: 3000 });
  return answer.kind === 'reached' ? answer.body : answer.kind;
}

describe('what a container in host mode shares', () => {
  const neighbours = scene(async () => {
    const [ofHost, bridged] = await Promise.all([make.container({ member: 'of-the-host', ...inHostMode }), make.container({ member: 'bridged' })]);
    return { ofHost, bridged };
  });

  claim('host.sharing.host-name-is-the-hosts', async () => {
    const { ofHost, bridged } = await neighbours();
    const [inside, outside, elsewhere] = await Promise.all([ofHost, host, bridged].map((from) => textOf(from, '/proc/sys/kernel/hostname')));
    await control(() => expect(elsewhere).not.toBe(outside));
    expect(outside).not.toBe('');
    expect(inside).toBe(outside);
  });

  claim('host.sharing.own-host-name-stays-inside', async () => {
    const before = await textOf(host, '/proc/sys/kernel/hostname');
    const Hostname = make.name('called');
    const called = await make.container({ ...inHostMode, Hostname });
    expect(await textOf(called, '/proc/sys/kernel/hostname')).toBe(Hostname);
    expect(await textOf(host, '/proc/sys/kernel/hostname')).toBe(before);
  });

  claim('host.sharing.network-settings-are-the-hosts', async () => {
    const { ofHost } = await neighbours();
    const read = ['sh', '-c', 'cd /proc/sys/net/ipv4 && cat ip_forward ip_local_port_range ip_unprivileged_port_start ping_group_range'];
    const [inside, outside] = await Promise.all([ofHost.exec(read), host.exec(read)]);
    expect(outside).toMatchObject({ exitCode: 0 });
    expect(inside.stdout.trim()).toBe(outside.stdout.trim());
  });

  claim('host.sharing.reaches-the-hosts-loopback', async () => {
    const { ofHost, bridged } = await neighbours();
    const [port, page] = [await freePort(), make.name('page')];
    await make.container({ member: 'server', ...inHostMode, ...site(`127.0.0.1:${port}`, page) });
    expect(await pageOf(ofHost, `http://127.0.0.1:${port}`)).toBe(`${page} 127.0.0.1`);
    expect(await bridged.fetches(`http://127.0.0.1:${port}`)).toBeOutcome('refused');
  });

  claim('host.sharing.a-port-is-had-once', async () => {
    const { ofHost, bridged } = await neighbours();
    const [port, page] = [await freePort(), make.name('page')];
    await make.container({ member: 'server', ...inHostMode, ...site(port, page) });
    const serves = async () => expect(await pageOf(ofHost, `http://127.0.0.1:${port}`)).toMatch(page);
    await control(serves);
    const listen = ['timeout', '1', 'nc', '-l', '-p', `${port}`];
    const [beside, apart] = await Promise.all([ofHost.exec(listen), bridged.exec(listen)]);
    // whoever listens does so until the time is up
    await control(() => expect(apart).toMatchObject({ exitCode: 143, stderr: '' }));
    expect(beside).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Address already in use') });
    await control(serves);
  });

  claim('host.sharing.clients-keep-their-address', async () => {
    const { bridged } = await neighbours();
    const [port, page, [gateway]] = [await freePort(), make.name('page'), (await networkView(bridged)).gateways];
    await make.container({ member: 'server', ...inHostMode, ...site(port, page) });
    expect(await pageOf(bridged, `http://${gateway}:${port}`)).toBe(`${page} ${(await bridged.endpoint('bridge')).IPAddress}`);
  });

  claim('host.sharing.name-servers-are-the-hosts', async () => {
    const { ofHost } = await neighbours();
    const [inside, outside] = await Promise.all([nameServersOf(ofHost), nameServersOf(host)]);
    expect(inside).not.toEqual([]);
    expect(inside).toEqual(outside);
  });

  claim('host.sharing.extra-hosts-stay-inside', async () => {
    const name = `${make.name('extra')}.example`;
    const container = await make.container({ HostConfig: { ...inHostMode.HostConfig, ExtraHosts: [`${name}:192.0.2.7`] } });
    const lines = (await textOf(container, '/etc/hosts')).split('\n').filter((line) => line.includes(name));
    expect(lines.map((line) => line.split(/\s+/))).toEqual([['192.0.2.7', name]]);
    expect(await textOf(host, '/etc/hosts')).not.toContain(name);
  });
});
