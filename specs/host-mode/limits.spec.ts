import { createContainer } from '../../fixtures/faults/trials/host-mode';
import { ask, claims, type Container, control, eventually, expect, freePorts, host, listeningAt, make, read, scene } from '../../helpers';

const hostDriver = { docs: 'docs.docker.com/engine/network/drivers/host' };
const connectApi = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkConnect' };
const createApi = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate' };
const networkCliTest = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const privileges = { docs: 'docs.docker.com/engine/containers/run#runtime-privilege-and-linux-capabilities' };

const inHostMode = { HostConfig: { NetworkMode: 'host' } };

const networksOf = async (container: Container) => Object.keys((await container.inspect()).NetworkSettings.Networks ?? {});

const sideBySide = scene(async () => {
  const net = await make.network();
  const [ofHost, bridged] = await Promise.all([
    make.container({ member: 'of-the-host', ...inHostMode }),
    make.container({ member: 'bridged' }),
  ]);
  return { net, ofHost, bridged };
});

const plain = scene(() => make.container(inHostMode));

export default claims([
  // what a container in host mode cannot have
  {
    id: 'host.limits.published-ports-are-discarded',
    level: 'must',
    title: 'A TCP port that a container in host mode publishes must not be opened on the host',
    sources: [hostDriver],
    observedBy:
      "The container's server listens on one port of the host and publishes it as another one, which refuses and where no socket of either family listens; the first one answers, before and after.",
    faults: [
      'host-mode.is-ignored',
      {
        id: 'host-mode.ports-are-told-as-published',
        title: 'The object of a container tells a port of the host',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/[^/]+\/json$/,
            does: 'answers',
            at: ['NetworkSettings', 'Ports'],
            value: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32768' }] },
          },
        ],
      },
    ],
    check: async () => {
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
      const serves = async () => {
        const answer = await eventually(
          () => host.fetches(`http://127.0.0.1:${own}`),
          ({ kind }) => kind === 'reached',
          { within: 3000 },
        );
        expect(answer).toBeOutcome('reached');
        expect(answer).toMatchObject({ body: page });
      };
      await control(serves);
      expect(await host.fetches(`http://127.0.0.1:${published}`)).toBeOutcome('refused');
      const listening = await listeningAt(host);
      await control(() => expect(listening).toContain(`0.0.0.0:${own}`));
      expect(listening.filter((at) => at.endsWith(`:${published}`))).toEqual([]);
      expect((await container.inspect()).NetworkSettings.Ports ?? {}).toEqual({});
      await control(serves);
    },
  },
  {
    id: 'host.limits.discarding-is-warned-of',
    level: 'must',
    title: 'Creating a container in host mode that publishes a port must be answered with a warning',
    sources: [hostDriver, createApi],
    observedBy: 'Warnings of POST /containers/create; there are none without a published port.',
    faults: [
      'host-mode.is-ignored',
      {
        id: 'host-mode.nobody-is-warned',
        title: 'Creating a container is never answered with a warning',
        api: [{ ...createContainer, does: 'forgets', at: ['Warnings'] }],
      },
    ],
    check: async () => {
      const warningsOf = async (ports: object) =>
        (await make.tryContainer({ HostConfig: { ...inHostMode.HostConfig, ...ports } })).body.Warnings ?? [];
      expect(await warningsOf({})).toEqual([]);
      expect(await warningsOf({ PortBindings: { '80/tcp': [{ HostPort: '' }] } })).toEqual([expect.stringMatching(/ports are discarded/i)]);
    },
  },
  {
    id: 'host.limits.joins-no-other-network',
    level: 'must',
    title: 'Connecting a container in host mode to a user-defined network must be refused',
    sources: [connectApi, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy:
      "POST /networks/{id}/connect is an error, and the container's networks are what they were; a container on a bridge is connected.",
    faults: ['default-bridge.connecting-is-pretended', 'host-mode.is-ignored'],
    check: async () => {
      const { net, ofHost, bridged } = await sideBySide();
      const before = await networksOf(ofHost);
      expect((await net.tryConnect(ofHost)).status).toBeGreaterThanOrEqual(400);
      expect(await networksOf(ofHost)).toEqual(before);
      await control(async () => expect(await net.tryConnect(bridged)).toMatchObject({ status: 200 }));
    },
  },
  {
    id: 'host.limits.is-neither-entered-nor-left',
    level: 'must',
    title: 'A running container must not be connected to the network host, nor disconnected from it',
    sources: [connectApi, networkCliTest],
    observedBy:
      'POST /networks/host/connect and disconnect are errors, the latter with force, too, and the networks of both containers are what they were; a network of a user is entered and left.',
    requires: ['host-network'],
    faults: ['default-bridge.connecting-is-pretended', 'host-mode.is-ignored'],
    check: async () => {
      const { net, ofHost } = await sideBySide();
      const bridged = await make.container();
      const before = await networksOf(bridged);
      expect((await ask('POST', '/networks/host/connect', { Container: bridged.id })).status).toBeGreaterThanOrEqual(400);
      expect(await networksOf(bridged)).toEqual(before);
      for (const Force of [false, true])
        expect((await ask('POST', '/networks/host/disconnect', { Container: ofHost.id, Force })).status).toBeGreaterThanOrEqual(400);
      expect(await networksOf(ofHost)).toEqual(['host']);
      for (const way of ['connect', 'disconnect'])
        await control(async () =>
          expect(await ask('POST', `/networks/${net.id}/${way}`, { Container: bridged.id })).toMatchObject({ status: 200 }),
        );
    },
  },
  {
    id: 'host.limits.network-sysctls-are-refused',
    level: 'must',
    title: 'A container in host mode that asks for a net.* sysctl must not start',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run' }],
    observedBy:
      'A sysctl below net, with the value that the host has anyway, keeps the container from running; on a bridge the same one does not.',
    faults: [
      'host-mode.is-ignored',
      {
        id: 'host-mode.sysctls-are-lost',
        title: 'The engine is not told which sysctls a container wants',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'Sysctls'], value: {} }],
      },
    ],
    check: async () => {
      const setting = 'net.ipv4.ip_unprivileged_port_start';
      const Sysctls = { [setting]: (await read(host, ['cat', `/proc/sys/${setting.replaceAll('.', '/')}`])).trim() };
      expect(await make.tryToRun({ HostConfig: { ...inHostMode.HostConfig, Sysctls } })).toBeRefused();
      await control(async () => expect(await make.tryToRun({ HostConfig: { Sysctls } })).toMatchObject({ status: 204, runs: true }));
    },
  },
  // what a container in host mode must not do to the host
  {
    id: 'host.limits.network-settings-are-read-only',
    level: 'observed',
    title: "An unprivileged container in host mode must not write the host's /proc/sys/net",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/oci/defaults.go' }],
    observedBy: 'Writing the value that a setting has anyway fails, since the file system is read-only there; reading it does not.',
    faults: [
      {
        id: 'host-mode.settings-can-be-written',
        title: 'Containers get a /proc/sys that they can write',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'ReadonlyPaths'], value: [] }],
      },
    ],
    check: async () => {
      const container = await plain();
      const within = (command: string) => container.execByEngine(['sh', '-c', `cd /proc/sys/net/ipv4 && ${command}`]);
      await control(async () => expect(await within('cat ip_unprivileged_port_start')).toMatchObject({ exitCode: 0 }));
      expect(await within('echo "$(cat ip_unprivileged_port_start)" >ip_unprivileged_port_start')).toMatchObject({
        stderr: expect.stringContaining('Read-only file system'),
      });
    },
  },
  {
    id: 'host.limits.links-need-net-admin',
    level: 'must',
    title: "A container in host mode without NET_ADMIN must not change the host's interfaces",
    sources: [privileges, hostDriver],
    observedBy: 'Setting the MTU of the loopback link to what it is fails; with NET_ADMIN it works.',
    faults: ['user-bridge.everybody-administers-networks'],
    check: async () => {
      const resize = ['sh', '-c', 'ip link set lo mtu "$(cat /sys/class/net/lo/mtu)"'];
      const able = await make.container({ HostConfig: { ...inHostMode.HostConfig, CapAdd: ['NET_ADMIN'] } });
      await control(async () => expect(await able.execByEngine(resize)).toMatchObject({ exitCode: 0 }));
      expect(await (await plain()).execByEngine(resize)).toMatchObject({ stderr: expect.stringContaining('Operation not permitted') });
    },
  },
  // what a container in host mode cannot have
  {
    id: 'host.limits.has-no-address-of-choice',
    level: 'must',
    title: 'A static IPv4 address or an alias for a container in host mode must be refused',
    sources: [networkCliTest, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: 'With either for the network host the container is not created, or not started; without them it is both.',
    faults: [
      {
        id: 'host-mode.wishes-are-lost',
        title: 'The engine is not told what a container wants of its network',
        api: [{ ...createContainer, does: 'asks', at: ['NetworkingConfig'], value: {} }],
      },
    ],
    check: async () => {
      const wishing = (endpoint: object) => ({ ...inHostMode, NetworkingConfig: { EndpointsConfig: { host: endpoint } } });
      for (const wish of [{ IPAMConfig: { IPv4Address: '192.0.2.7' } }, { Aliases: [make.name('alias')] }])
        expect(await make.tryToRun(wishing(wish))).toBeRefused();
      await control(async () => expect(await make.tryToRun(wishing({}))).toMatchObject({ status: 204, runs: true }));
    },
  },
]);
