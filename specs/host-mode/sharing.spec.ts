import { createContainer } from '../../fixtures/faults/trials/host-mode';
import { claims, control, eventually, expect, freePorts, host, make, networkView, read, scene } from '../../helpers';

const hostDriver = { docs: 'docs.docker.com/engine/network/drivers/host' };
const runReference = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const overview = { docs: 'docs.docker.com/engine/network' };

type From = Parameters<typeof networkView>[0];

/** What a file says at a vantage point, without the end of its last line. */
const textOf = async (from: From, file: string) => (await read(from, ['cat', file])).trim();

/** Name servers in the resolver's configuration at a vantage point. */
const nameServersOf = async (from: From) =>
  (await textOf(from, '/etc/resolv.conf')).split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

/** What an answer said once there was one; there must be one. */
async function pageOf(from: { fetches: typeof host.fetches }, origin: string): Promise<string> {
  const answer = await eventually(
    () => from.fetches(origin),
    ({ kind }) => kind === 'reached',
    { within: 3000 },
  );
  expect(answer).toBeOutcome('reached');
  return answer.kind === 'reached' ? answer.body : '';
}

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

/** A name server that no host has. */
const given = '192.0.2.77';

/** A container in host mode with a host name, an extra host and a name server of its own. */
const choosing = scene(async () => {
  const [before, Hostname, extra] = [await textOf(host, '/proc/sys/kernel/hostname'), make.name('called'), `${make.name('extra')}.example`];
  const container = await make.claimed.container({
    member: 'choosing',
    Hostname,
    HostConfig: { ...inHostMode.HostConfig, ExtraHosts: [`${extra}:192.0.2.7`], Dns: [given] },
  });
  return { before, Hostname, extra, container };
});

export default claims([
  // what a container in host mode shares
  {
    id: 'host.sharing.host-name-is-the-hosts',
    level: 'must',
    title: "A container in host mode that asks for no host name must have the host's",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy:
      '/proc/sys/kernel/hostname inside the container and on the host, and inside a container on a bridge, which has another one.',
    faults: ['host-mode.is-ignored', 'host-mode.host-name-is-another'],
    check: async () => {
      const { ofHost, bridged } = await sideBySide();
      const [inside, outside, elsewhere] = await Promise.all(
        [ofHost, host, bridged].map((from) => textOf(from, '/proc/sys/kernel/hostname')),
      );
      await control(() => expect(elsewhere).not.toBe(outside));
      expect(outside).not.toBe('');
      expect(inside).toBe(outside);
    },
  },
  {
    id: 'host.sharing.own-host-name-stays-inside',
    level: 'must',
    title: 'A container in host mode must get the host name that it asks for, and the host must keep its own',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run#uts' }],
    observedBy: '/proc/sys/kernel/hostname inside the container, and on the host before and after.',
    faults: ['host-mode.host-name-is-another'],
    check: async () => {
      const { before, Hostname, container } = await choosing();
      expect(await textOf(container, '/proc/sys/kernel/hostname')).toBe(Hostname);
      expect(await textOf(host, '/proc/sys/kernel/hostname')).toBe(before);
    },
  },
  {
    id: 'host.sharing.network-settings-are-the-hosts',
    level: 'must',
    title: "A container in host mode must see the host's values of net.ipv4 sysctls, such as ip_forward",
    sources: [hostDriver, { docs: 'docs.docker.com/engine/release-notes/20.10' }],
    observedBy:
      'Forwarding, the ports for clients and those for privileged programs, and the group that may ping, inside the container and on the host, and inside a container on a bridge, which has others.',
    faults: ['host-mode.is-ignored'],
    check: async () => {
      const { ofHost, bridged } = await sideBySide();
      const settings = [
        'sh',
        '-ec',
        'cd /proc/sys/net/ipv4; cat ip_forward ip_local_port_range ip_unprivileged_port_start ping_group_range',
      ];
      const [inside, outside, elsewhere] = await Promise.all([ofHost, host, bridged].map((from) => read(from, settings)));
      await control(() => expect(elsewhere).not.toBe(outside));
      expect(inside).toBe(outside);
    },
  },
  {
    id: 'host.sharing.reaches-the-hosts-loopback',
    level: 'must',
    title: "A container in host mode must reach a server at the host's 127.0.0.1, and one on a bridge must not",
    sources: [hostDriver, overview],
    observedBy: 'curl fetches 127.0.0.1 inside another container in host mode, and inside one on a bridge, which is refused.',
    faults: ['host-mode.is-ignored'],
    check: async () => {
      const [{ ofHost, bridged }, { page, onLoopback }] = await Promise.all([sideBySide(), serving()]);
      expect(await pageOf(ofHost, `http://127.0.0.1:${onLoopback}`)).toBe(`${page} 127.0.0.1`);
      expect(await bridged.fetches(`http://127.0.0.1:${onLoopback}`)).toBeOutcome('refused');
    },
  },
  {
    id: 'host.sharing.a-port-is-had-once',
    level: 'must',
    title: 'Two containers in host mode must not both listen on one TCP port, which one on a bridge still can',
    sources: [hostDriver],
    observedBy:
      'A listener in a second container in host mode ends because the address is in use; on a bridge it listens at the same port, while the first one goes on. Neither asks for SO_REUSEPORT, by which a kernel lets both.',
    faults: ['host-mode.is-ignored'],
    check: async () => {
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
    },
  },
  {
    id: 'host.sharing.clients-keep-their-address',
    level: 'must',
    title: "A server in host mode must see a container on the default bridge with the container's IPv4 address",
    sources: [hostDriver],
    observedBy: 'A server in host mode answers a container with the address that the connection came from.',
    requires: ['host-bridges', 'default-bridge', 'unconfigured-default-gateway', 'host-input'],
    faults: [
      'host-mode.is-ignored',
      'user-bridge.host-takes-nothing',
      {
        id: 'host-mode.clients-are-translated',
        title: 'What arrives at the host by TCP comes with an address that no container has',
        inject: 'iptables -t nat -I INPUT -p tcp -j SNAT --to-source 192.0.2.1',
        undo: 'iptables -t nat -D INPUT -p tcp -j SNAT --to-source 192.0.2.1',
      },
    ],
    check: async () => {
      const [{ bridged }, { page, everywhere }] = await Promise.all([sideBySide(), serving()]);
      const [gateway] = (await networkView(bridged)).gateways;
      expect(await pageOf(bridged, `http://${gateway}:${everywhere}`)).toBe(`${page} ${(await bridged.endpoint('bridge')).IPAddress}`);
    },
  },
  {
    id: 'host.sharing.name-servers-are-the-hosts',
    level: 'should',
    title: "A container in host mode must use the host's name servers, and no embedded one",
    sources: [overview, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/sandbox_dns_unix.go' }],
    observedBy: 'The name servers in /etc/resolv.conf inside the container and on the host.',
    faults: [
      {
        id: 'host-mode.name-servers-are-others',
        title: 'Containers are told to ask another name server than the host',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'Dns'], value: ['192.0.2.99'] }],
      },
    ],
    check: async () => {
      const { ofHost } = await sideBySide();
      const [inside, outside] = await Promise.all([nameServersOf(ofHost), nameServersOf(host)]);
      expect(inside).not.toEqual([]);
      expect(inside).toEqual(outside);
    },
  },
  {
    id: 'host.sharing.extra-hosts-stay-inside',
    level: 'must',
    title: "Extra hosts of a container in host mode must be in its /etc/hosts, and not in the host's",
    sources: [runReference, { docs: 'docs.docker.com/engine/network' }],
    observedBy: '/etc/hosts inside the container and on the host.',
    faults: [
      {
        id: 'host-mode.extra-hosts-are-lost',
        title: 'The engine is not told which hosts to add for a container',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'ExtraHosts'], value: [] }],
      },
    ],
    check: async () => {
      const { extra, container } = await choosing();
      const lines = (await textOf(container, '/etc/hosts')).split('\n').filter((line) => line.includes(extra));
      expect(lines.map((line) => line.split(/\s+/))).toEqual([['192.0.2.7', extra]]);
      expect(await textOf(host, '/etc/hosts')).not.toContain(extra);
    },
  },
  {
    id: 'host.sharing.given-name-servers-are-used',
    level: 'must',
    title: 'A container in host mode must have the --dns servers that it was given, and no others',
    sources: [runReference, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: 'The name servers in /etc/resolv.conf inside the container.',
    faults: [
      {
        id: 'host-mode.name-servers-are-lost',
        title: 'The engine is not told which name servers a container was given',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'Dns'], value: [] }],
      },
    ],
    check: async () => {
      expect(await nameServersOf((await choosing()).container)).toEqual([given]);
    },
  },
  {
    id: 'host.sharing.variable-says-the-host-name',
    level: 'must',
    title: "The variable HOSTNAME of a container in host mode must be the host's name, or the one it asked for",
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/run/#env' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/container/container_unix.go' },
    ],
    observedBy: 'The environment of the first process in a container without and in one with a host name of its choice.',
    faults: [
      {
        id: 'host-mode.variable-is-another',
        title: 'The engine is asked for another value of the variable HOSTNAME',
        api: [{ ...createContainer, does: 'asks', at: ['Env'], value: ['HOSTNAME=another'] }],
      },
    ],
    check: async () => {
      const [{ ofHost }, { container, Hostname, before }] = await Promise.all([sideBySide(), choosing()]);
      const variable = async (from: From) =>
        (await textOf(from, '/proc/1/environ')).split('\0').flatMap((it) => /^HOSTNAME=(.*)/.exec(it)?.[1] ?? []);
      expect(await variable(ofHost)).toEqual([before]);
      expect(await variable(container)).toEqual([Hostname]);
    },
  },
]);
