import { claim, control, describe, eventually, expect, freePorts, host, make, networkView, read, scene } from '../../helpers';

type From = Parameters<typeof networkView>[0];

/** What a file says at a vantage point, without the end of its last line. */
const textOf = async (from: From, file: string) => (await read(from, ['cat', file])).trim();

/** Name servers in the resolver's configuration at a vantage point. */
const nameServersOf = async (from: From) =>
  (await textOf(from, '/etc/resolv.conf')).split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

/** What an answer said once there was one. */
async function pageOf(from: { fetches: typeof host.fetches }, origin: string): Promise<string> {
  const answer = await eventually(
    () => from.fetches(origin),
    ({ kind }) => kind === 'reached',
    { within: 3000 },
  );
  return answer.kind === 'reached' ? answer.body : answer.kind;
}

describe('what a container in host mode shares', () => {
  const sideBySide = scene(async () => {
    const [ofHost, bridged] = await Promise.all([
      make.container({ member: 'of-the-host', ...inHostMode }),
      make.container({ member: 'bridged' }),
    ]);
    return { ofHost, bridged };
  });

  /** nginx in host mode, at a port of the loopback address and at the next one of every address. It tells who asks. */
  const serving = scene(async () => {
    const [port, page] = [await freePorts(host, 2), make.name('page')];
    const sites = [`127.0.0.1:${port}`, port + 1].map((listen) => `server { listen ${listen}; return 200 "${page} $remote_addr"; }`);
    await make.container({
      member: 'server',
      ...inHostMode,
      Cmd: ['sh', '-c', `echo '${sites.join(' ')}' >/etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`],
    });
    return { page, onLoopback: port, everywhere: port + 1 };
  });

  /** A container in host mode with a host name and an extra host of its own. */
  const choosing = scene(async () => {
    const [before, Hostname, extra] = [
      await textOf(host, '/proc/sys/kernel/hostname'),
      make.name('called'),
      `${make.name('extra')}.example`,
    ];
    const container = await make.claimed.container({
      member: 'choosing',
      Hostname,
      HostConfig: { ...inHostMode.HostConfig, ExtraHosts: [`${extra}:192.0.2.7`] },
    });
    return { before, Hostname, extra, container };
  });

  claim('host.sharing.host-name-is-the-hosts', async () => {
    const { ofHost, bridged } = await sideBySide();
    const [inside, outside, elsewhere] = await Promise.all(
      [ofHost, host, bridged].map((from) => textOf(from, '/proc/sys/kernel/hostname')),
    );
    await control(() => expect(elsewhere).not.toBe(outside));
    expect(outside).not.toBe('');
    expect(inside).toBe(outside);
  });

  claim('host.sharing.own-host-name-stays-inside', async () => {
    const { before, Hostname, container } = await choosing();
    expect(await textOf(container, '/proc/sys/kernel/hostname')).toBe(Hostname);
    expect(await textOf(host, '/proc/sys/kernel/hostname')).toBe(before);
  });

  claim('host.sharing.network-settings-are-the-hosts', async () => {
    const { ofHost, bridged } = await sideBySide();
    const settings = ['sh', '-ec', 'cd /proc/sys/net/ipv4; cat ip_forward ip_local_port_range ip_unprivileged_port_start ping_group_range'];
    const [inside, outside, elsewhere] = await Promise.all([ofHost, host, bridged].map((from) => read(from, settings)));
    await control(() => expect(elsewhere).not.toBe(outside));
    expect(inside).toBe(outside);
  });

  claim('host.sharing.reaches-the-hosts-loopback', async () => {
    const [{ ofHost, bridged }, { page, onLoopback }] = await Promise.all([sideBySide(), serving()]);
    expect(await pageOf(ofHost, `http://127.0.0.1:${onLoopback}`)).toBe(`${page} 127.0.0.1`);
    expect(await bridged.fetches(`http://127.0.0.1:${onLoopback}`)).toBeOutcome('refused');
  });

  claim('host.sharing.a-port-is-had-once', async () => {
    const [{ ofHost, bridged }, { page, everywhere }] = await Promise.all([sideBySide(), serving()]);
    const serves = async () => expect(await pageOf(ofHost, `http://127.0.0.1:${everywhere}`)).toMatch(page);
    await control(serves);
    // at all IPv4 addresses, as the server: a host can be told to keep the families apart (bindv6only)
    const listen = (seconds: number) => ['timeout', `${seconds}`, 'socat', '-u', `TCP4-LISTEN:${everywhere}`, 'OPEN:/dev/null'];
    // who may not listen ends at once, however slow the machine is to say so
    const [beside, apart] = await Promise.all([ofHost.exec(listen(5)), bridged.exec(listen(1))]);
    // whoever listens does so until the time is up
    await control(() => expect(apart).toMatchObject({ exitCode: 143, stdout: '' }));
    expect(beside).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Address already in use') });
    await control(serves);
  });

  claim('host.sharing.clients-keep-their-address', async () => {
    const [{ bridged }, { page, everywhere }] = await Promise.all([sideBySide(), serving()]);
    const [gateway] = (await networkView(bridged)).gateways;
    expect(await pageOf(bridged, `http://${gateway}:${everywhere}`)).toBe(`${page} ${(await bridged.endpoint('bridge')).IPAddress}`);
  });

  claim('host.sharing.name-servers-are-the-hosts', async () => {
    const { ofHost } = await sideBySide();
    const [inside, outside] = await Promise.all([nameServersOf(ofHost), nameServersOf(host)]);
    expect(inside).not.toEqual([]);
    expect(inside).toEqual(outside);
  });

  claim('host.sharing.extra-hosts-stay-inside', async () => {
    const { extra, container } = await choosing();
    const lines = (await textOf(container, '/etc/hosts')).split('\n').filter((line) => line.includes(extra));
    expect(lines.map((line) => line.split(/\s+/))).toEqual([['192.0.2.7', extra]]);
    expect(await textOf(host, '/etc/hosts')).not.toContain(extra);
  });
});
