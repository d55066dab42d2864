import { containerCreate } from '../../fixtures/faults/trials/mtu-and-sysctls';
import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  eventually,
  expect,
  listeningAt,
  listensOn,
  make,
  networkView,
  type OwnNetwork,
  read,
  scene,
} from '../../helpers';

const connectReference = { docs: 'docs.docker.com/reference/cli/docker/network/connect' };
const runReference = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const apiHistory = (version: string) => ({ docs: `docs.docker.com/reference/api/engine/version-history/#${version}-api-changes` });
const release20 = { docs: 'docs.docker.com/engine/release-notes/20.10' };
const release27 = { docs: 'docs.docker.com/engine/release-notes/27' };
const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };
const endpointSysctlTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' };
const since27 = { version: '27.0.1', source: 'options for the sysctls of an interface since, Engine 27.0 release notes, API 1.46' };
const ifnameTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/service_test.go' };
const ifnameSince = { version: '28.0.0', source: 'options for the name of an interface since, Engine 28.0 release notes' };
const noEth0 = { version: '28.0.0', source: 'sysctls of eth0 are options of an endpoint since, Engine 28.0 release notes, API 1.48' };

// it is killed when it is stopped: a shell that has only just been started may not yet heed any other signal
const on = (network: OwnNetwork, more: object = {}) => ({ ...attachedTo(network, more), StopSignal: 'SIGKILL' });

/** What an endpoint's options say of a sysctl of its interface, e.g. `net.ipv4.conf.IFNAME.log_martians=1`. */
const endpointSysctl = (assignment: string) => ({ DriverOpts: { 'com.docker.network.endpoint.sysctls': assignment } });

/** As {@link on}, with settings for the endpoint. */
const withEndpoint = (network: OwnNetwork, endpoint: object) => ({
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
async function atInterfaceOf(container: Container, network: OwnNetwork): Promise<string | undefined> {
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

const networks = scene(async () => {
  const [home, other] = await Promise.all([make.claimed.network(), make.claimed.network()]);
  return { home, other };
});

export default claims([
  // containers on two networks
  {
    id: 'sysctls.default.low-ports-are-open-to-all',
    level: 'should',
    title: 'Outside host mode, an unprivileged process must be able to listen on port 80 of its container',
    sources: [release20, { docs: 'github.com/moby/moby/pull/41030' }],
    observedBy: 'The listening sockets of a container in which nobody, without capabilities, runs a server at port 80.',
    faults: ['sysctls.defaults-are-the-kernels'],
    check: async () => {
      const { home } = await networks();
      const box = await make.container({ ...on(home, { CapDrop: ['ALL'] }), ...unprivileged(80) });
      expect(await listens(box, 80)).toBe(true);
    },
  },
  {
    id: 'sysctls.default.all-groups-may-ping',
    level: 'should',
    title: 'Outside host mode, every group must be allowed to open ICMP echo sockets in a container',
    sources: [release20, { docs: 'github.com/moby/moby/pull/41030' }],
    observedBy: 'net.ipv4.ping_group_range inside the container.',
    requires: ['host-user-namespace'],
    since: {
      version: '20.10.13',
      source: 'before, a container without a user namespace was taken for one with it, moby pull request 43084',
    },
    faults: ['sysctls.defaults-are-the-kernels'],
    check: async () => {
      const { home } = await networks();
      const [range] = await sysctl(await make.container(on(home)), 'ipv4/ping_group_range');
      expect(range?.split(/\s+/).map(Number)).toEqual([0, 2_147_483_647]);
    },
  },
  {
    id: 'sysctls.asked.holds-in-its-container-alone',
    level: 'must',
    title: 'A sysctl that a container asks for must hold in it, and not in another container beside it',
    sources: [runReference],
    observedBy: '/proc/sys/net inside the container, and inside another one that asks for nothing.',
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const [asking, other] = await Promise.all([
        make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '1234' } })),
        make.container(on(home)),
      ]);
      expect(await sysctl(asking, 'ipv4/tcp_keepalive_time')).toEqual(['1234']);
      expect((await sysctl(other, 'ipv4/tcp_keepalive_time'))[0]).toMatch(/^(?!1234$)\d+$/);
    },
  },
  {
    id: 'sysctls.asked.has-its-effect',
    level: 'must',
    title: 'net.ipv4.ip_unprivileged_port_start must be enforced inside the container',
    sources: [runReference],
    observedBy: 'nobody, without capabilities, tries to listen below that port in vain, and listens at it.',
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const box = await make.claimed.container({
        ...on(home, { CapDrop: ['ALL'], Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '600' } }),
        ...unprivileged(600),
      });
      await control(async () => expect(await listens(box, 600)).toBe(true));
      // nc ends with 1 where it may not bind, and timeout with 143 what goes on
      expect(await box.execByEngine(['timeout', '5', 'nc', '-l', '-p', '599'])).toMatchObject({ exitCode: 1 });
    },
  },
  {
    id: 'sysctls.asked.holds-after-a-restart',
    level: 'must',
    title: 'A sysctl that a container asks for must hold again after a restart',
    sources: [runReference],
    observedBy: '/proc/sys/net inside the container before and after it is restarted.',
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const box = await make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '1234' } }));
      await control(async () => expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(['1234']));
      await box.restart();
      expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(['1234']);
    },
  },
  {
    id: 'sysctls.unknown.keeps-it-from-starting',
    level: 'observed',
    title: 'A container that asks for a sysctl which the kernel does not have must not start',
    sources: [{ docs: 'github.com/opencontainers/runc/blob/v1.3.3/libcontainer/standard_init_linux.go' }],
    observedBy: 'The status of the start, and the state of the container; with a sysctl that there is it starts.',
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const start = async (Sysctls: Record<string, string>) => {
        const box = await make.container({ started: false, ...on(home, { Sysctls }) });
        return { granted: (await ask('POST', `/containers/${box.id}/start`)).status < 400, running: (await box.inspect()).State.Running };
      };
      expect(await start({ 'net.ipv4.no_such_setting': '1' })).toEqual({ granted: false, running: false });
      await control(async () => expect(await start({ 'net.ipv4.tcp_keepalive_time': '1234' })).toEqual({ granted: true, running: true }));
    },
  },
  {
    id: 'sysctls.inside.are-read-only',
    level: 'observed',
    title: "An unprivileged container must not write its network namespace's sysctls, even with NET_ADMIN",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/oci/defaults.go' }],
    observedBy:
      'Writing to /proc/sys/net fails, and the value stays; for another container the engine sets that value when it is asked to.',
    faults: [
      {
        id: 'sysctls.are-writable',
        title: 'The engine is asked to keep nothing in /proc read-only',
        api: [{ ...containerCreate, does: 'asks', at: ['HostConfig', 'ReadonlyPaths'], value: [] }],
      },
    ],
    check: async () => {
      const { home } = await networks();
      const [box, asking] = await Promise.all([
        make.container(on(home, { CapAdd: ['NET_ADMIN'] })),
        make.claimed.container(on(home, { Sysctls: { 'net.ipv4.tcp_keepalive_time': '4321' } })),
      ]);
      const before = await sysctl(box, 'ipv4/tcp_keepalive_time');
      await control(async () => expect(await sysctl(asking, 'ipv4/tcp_keepalive_time')).not.toEqual(before));
      expect(await box.execByEngine(['sh', '-c', 'echo 4321 >/proc/sys/net/ipv4/tcp_keepalive_time'])).toMatchObject({
        stderr: expect.stringContaining('Read-only file system'),
      });
      expect(await sysctl(box, 'ipv4/tcp_keepalive_time')).toEqual(before);
    },
  },
  {
    id: 'sysctls.endpoint.applies-to-its-interface-alone',
    level: 'must',
    title: "A sysctl in an endpoint's options must hold at that endpoint's interface alone",
    sources: [release27, apiHistory('v146'), endpointSysctlTests],
    observedBy:
      '/proc/sys/net/ipv4/conf inside a container that was created with such an option for one network, and connected to another one without.',
    requires: ['docker-engine'],
    since: since27,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home, other } = await networks();
      const box = await make.claimed.container(withEndpoint(home, endpointSysctl(`net.ipv4.conf.IFNAME.${interval}=${chosen}`)));
      await other.connect(box);
      expect(await atInterfaceOf(box, home)).toBe(chosen);
      expect(await atInterfaceOf(box, other)).toMatch(new RegExp(`^(?!${chosen}$)\\d+$`));
    },
  },
  {
    id: 'sysctls.endpoint.applies-when-connected-live',
    level: 'must',
    title: "A sysctl in an endpoint's options must hold when connected live, and after a restart",
    sources: [release27, apiHistory('v146'), connectReference],
    observedBy:
      '/proc/sys/net/ipv4/conf inside the container, at the link that has its address in that network, after the connect and after the restart.',
    requires: ['docker-engine'],
    since: since27,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home, other } = await networks();
      const box = await make.container(on(home));
      await other.connect(box, endpointSysctl(`net.ipv4.conf.IFNAME.${interval}=${chosen}`));
      expect(await atInterfaceOf(box, other)).toBe(chosen);
      await box.restart();
      expect(await atInterfaceOf(box, other)).toBe(chosen);
    },
  },
  {
    id: 'sysctls.endpoint.must-be-of-an-interface',
    level: 'must',
    title: 'Endpoint sysctls must be refused with 400 unless they are per-interface ones written with IFNAME',
    sources: [apiHistory('v146'), endpointSysctlTests],
    observedBy:
      'The statuses of creates with a sysctl of the whole namespace and with one of eth0; with the placeholder IFNAME it is granted.',
    requires: ['docker-engine'],
    since: since27,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home } = await networks();
      const create = async (assignment: string) => (await make.tryContainer(withEndpoint(home, endpointSysctl(assignment)))).status;
      expect(await create('net.ipv4.tcp_keepalive_time=1234')).toBe(400);
      expect(await create('net.ipv4.conf.eth0.log_martians=1')).toBe(400);
      await control(async () => expect(await create('net.ipv4.conf.IFNAME.log_martians=1')).toBe(201));
    },
  },
  {
    id: 'sysctls.eth0.is-set-by-name',
    level: 'must',
    title: 'A sysctl of eth0 that a container asks for must hold at its first interface',
    sources: [runReference, release28],
    observedBy: '/proc/sys/net/ipv4/conf inside the container.',
    until: { ...noEth0, replacedBy: 'sysctls.eth0.is-refused' },
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const box = await make.claimed.container(on(home, { Sysctls: { [`net.ipv4.conf.eth0.${interval}`]: chosen } }));
      expect(await atInterfaceOf(box, home)).toBe(chosen);
    },
  },
  {
    id: 'sysctls.eth0.is-refused',
    level: 'must',
    title: 'A sysctl that names eth0 must be refused when a container is created',
    sources: [release28, apiHistory('v148')],
    observedBy: 'The status of the create; one for all interfaces is granted.',
    requires: ['docker-engine'],
    since: noEth0,
    faults: ['sysctls.are-lost'],
    check: async () => {
      const { home } = await networks();
      const create = async (link: string) =>
        (await make.tryContainer(on(home, { Sysctls: { [`net.ipv4.conf.${link}.log_martians`]: '1' } }))).status;
      expect(await create('eth0')).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await create('all')).toBe(201));
    },
  },
  {
    id: 'sysctls.ifname.names-the-interface',
    level: 'must',
    title: "An interface name in an endpoint's options must be the interface's name, also after a restart",
    sources: [release28, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' }, connectReference],
    observedBy: 'The links inside the container: the one of that name has its address in the network.',
    requires: ['docker-engine'],
    since: ifnameSince,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home } = await networks();
      const box = await make.claimed.container(withEndpoint(home, { DriverOpts: { 'com.docker.network.endpoint.ifname': 'uplink0' } }));
      const addressed = async () =>
        (await networkView(box)).links['uplink0']?.addresses.map((address) => address.split('/')[0]) ?? 'no such link';
      expect(await addressed()).toContain((await box.endpoint(home.name)).IPAddress);
      await box.restart();
      expect(await addressed()).toContain((await box.endpoint(home.name)).IPAddress);
    },
  },
  {
    id: 'sysctls.ifname.taken-one-is-refused',
    level: 'must',
    title: 'A connect that asks for the name of an interface that the container has must be refused',
    sources: [ifnameTests, connectReference],
    observedBy: 'The status of the connect, and the address of the interface that has the name; with another name it is connected.',
    requires: ['docker-engine'],
    since: ifnameSince,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home, other } = await networks();
      const box = await make.container(on(home));
      const called = (name: string) => ({ DriverOpts: { 'com.docker.network.endpoint.ifname': name } });
      const addressesAt = async (name: string) =>
        ((await networkView(box)).links[name]?.addresses ?? []).map((address) => address.split('/')[0]);
      expect((await other.tryConnect(box, called('eth0'))).status).toBeGreaterThanOrEqual(400);
      expect(await addressesAt('eth0')).toEqual([(await box.endpoint(home.name)).IPAddress]);
      const another = await make.container(on(home));
      await control(async () => expect((await other.tryConnect(another, called('uplink1'))).status).toBe(200));
    },
  },
  {
    id: 'sysctls.ifname.automatic-ones-step-around-it',
    level: 'must',
    title: 'An interface that asks for no name must get one that no other interface asks for',
    sources: [ifnameTests],
    observedBy:
      'The interfaces of a container that is created with two networks, of which the first asks for eth1, and then connected to a third.',
    requires: ['docker-engine'],
    since: ifnameSince,
    faults: ['sysctls.options-of-endpoints-are-lost'],
    check: async () => {
      const { home, other } = await networks();
      const EndpointsConfig = { [home.name]: { DriverOpts: { 'com.docker.network.endpoint.ifname': 'eth1' } }, [other.name]: {} };
      const box = await make.claimed.container({ ...on(home), NetworkingConfig: { EndpointsConfig } });
      const addressesAt = async (name: string) =>
        ((await networkView(box)).links[name]?.addresses ?? []).map((address) => address.split('/')[0]);
      expect(await addressesAt('eth1')).toContain((await box.endpoint(home.name)).IPAddress);
      expect(await addressesAt('eth0')).toContain((await box.endpoint(other.name)).IPAddress);
      await (await make.claimed.network()).connect(box);
      expect((await networkView(box)).interfaces.sort()).toEqual(['eth0', 'eth1', 'eth2', 'lo']);
    },
  },
]);
