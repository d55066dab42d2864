import { answers, containerObject, digits, hostEndpoint, ofHostMode, ofRunning } from '../../fixtures/faults/calls';
import {
  ask,
  claims,
  cli,
  context,
  control,
  engine,
  eventually,
  expect,
  host,
  mustStart,
  networkView,
  once,
  topology,
} from '../../helpers';

const hostDriver = { docs: 'docs.docker.com/engine/network/drivers/host' };
const inspectReference = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerInspect' };

const lab = topology('host-mode');
const localhost = () => `http://localhost:${lab.nginx.ports[0]}`;

const endpoint = () => lab.nginx.endpoint('host');

/** The two commands of the document, run once, with what was there between and after them. */
const removal = once(async () => {
  const { id, containerName } = lab.nginx;
  const [page, containers, network, container] = await Promise.all([
    host.fetches(localhost()),
    engine.containerIds(),
    engine.networkIfAny('host'),
    lab.nginx.inspect(),
  ]);
  const before = { page, containers, network, container };
  const stopped = context.cli ? await cli.docker('stop', containerName) : await lab.nginx.stop();
  const exited = await lab.nginx.inspect();
  const removed = context.cli ? await cli.docker('rm', containerName) : await lab.nginx.remove();
  return { id, containerName, before, stopped, exited, removed };
});

/** With these, nobody reaches the server in host mode on its loopback. */
const hideTheServer = [
  'firewall.input-drops',
  'firewall.input-policy-drops',
  'firewall.resets-on-a-host-server',
  'host.loopback-is-down',
  'api.host-mode-is-ignored',
] as const;

export default claims(lab, [
  // an nginx in host mode
  {
    id: 'host.shares-the-hosts-network-namespace',
    level: 'must',
    title: "A container in host mode must be in the host's network namespace",
    sources: [{ document: 'line 45' }, hostDriver],
    observedBy: 'The inode of /proc/self/ns/net inside the container and on the host.',
    faults: ['api.host-mode-is-ignored'],
    check: async () => {
      await mustStart('host-mode');
      const [inside, outside] = await Promise.all([networkView(lab.nginx), networkView(host)]);
      expect(inside.namespace).toMatch(/^net:\[\d+\]$/);
      expect(inside.namespace).toBe(outside.namespace);
    },
  },
  {
    id: 'host.run-returns-a-64-digit-id',
    level: 'must',
    title: 'Creating a container in host mode must return its id of 64 hexadecimal digits',
    sources: [{ document: 'lines 66-67' }, { docs: 'docs.docker.com/engine/containers/run#container-identification' }],
    observedBy: 'The id that the engine answered, resolved to the same container again.',
    faults: ['api.other-container-id'],
    check: async () => {
      await mustStart('host-mode');
      expect(lab.nginx.id).toBeHexDigits(64);
      expect((await lab.nginx.inspect()).Id).toBe(lab.nginx.id);
    },
  },
  {
    id: 'host.inspect.bridge-field-is-empty',
    level: 'observed',
    title: 'NetworkSettings.Bridge of a container in host mode must be empty',
    sources: [{ document: 'line 75' }, inspectReference],
    observedBy: 'The container object.',
    until: { version: '29.0.0', source: 'API 1.52 drops the field, Engine API version history', replacedBy: 'inspect.legacy.is-gone' },
    faults: [
      {
        kind: 'api',
        id: 'api.bridge-field-is-set',
        title: 'The object of a container in host mode names a bridge',
        engines: { kind: 'docker', versions: '<29' },
        calls: [{ ...containerObject, ...answers(['NetworkSettings', 'Bridge'], 'docker0', ofHostMode) }],
      },
    ],
    check: async () => {
      expect((await lab.nginx.inspect()).NetworkSettings.Bridge).toBe('');
    },
  },
  {
    id: 'host.inspect.sandbox-id-is-64-digits',
    level: 'observed',
    title: 'NetworkSettings.SandboxID of a running container in host mode must be 64 hexadecimal digits',
    sources: [{ document: 'line 76' }, inspectReference],
    observedBy: 'The container object.',
    faults: [
      'api.sandbox-id-is-never-there',
      {
        kind: 'api',
        id: 'api.sandbox-id-too-short',
        title: 'SandboxID of a container that runs is one digit short',
        calls: [{ ...containerObject, ...answers(['NetworkSettings', 'SandboxID'], digits(63), ofRunning) }],
        mayKill: ['host.inspect.sandbox-id-stays-after-exit'],
      },
    ],
    check: async () => {
      expect((await lab.nginx.inspect()).NetworkSettings.SandboxID).toBeHexDigits(64);
    },
  },
  {
    id: 'host.inspect.host-is-the-only-network',
    level: 'must',
    title: 'A container in host mode must name that mode, and list host as its only network',
    sources: [{ document: 'lines 70, 78-79' }, hostDriver],
    observedBy: 'The container object.',
    faults: ['api.host-mode-is-ignored', 'api.host-mode-in-two-networks'],
    check: async () => {
      const { HostConfig, NetworkSettings } = await lab.nginx.inspect();
      expect(HostConfig.NetworkMode).toBe('host');
      expect(Object.keys(NetworkSettings.Networks ?? {})).toEqual(['host']);
    },
  },
  {
    id: 'host.inspect.configuration-is-null',
    level: 'observed',
    title: 'IPAMConfig, Links, Aliases and DriverOpts of an endpoint in host mode must be null',
    sources: [{ document: 'lines 80-82, 92' }, inspectReference],
    observedBy: 'The container object.',
    faults: [
      'api.host-mode-is-ignored',
      {
        kind: 'api',
        id: 'api.host-endpoint-is-configured',
        title: 'An endpoint in host mode has aliases',
        calls: [hostEndpoint('Aliases', [])],
      },
    ],
    check: async () => {
      expect(await endpoint()).toMatchObject({ IPAMConfig: null, Links: null, Aliases: null, DriverOpts: null });
    },
  },
  {
    id: 'host.inspect.network-id-is-the-host-networks',
    level: 'must',
    title: "NetworkID of an endpoint in host mode must be the host network's id",
    sources: [{ document: 'line 83' }, inspectReference],
    observedBy: 'The container object and the network object.',
    requires: ['host-network'],
    faults: ['api.other-network-of-a-container', 'api.host-mode-is-ignored'],
    check: async () => {
      const { Id } = await engine.network('host');
      expect(Id).toBeHexDigits(64);
      expect((await endpoint()).NetworkID).toBe(Id);
    },
  },
  {
    id: 'host.inspect.endpoint-id-is-64-digits-while-running',
    level: 'observed',
    title: 'EndpointID in host mode must be 64 hexadecimal digits while running, as the host network lists it',
    sources: [{ document: 'line 84, which shows an empty one: the state after the container has ended' }, inspectReference],
    observedBy: 'The container object and the network object.',
    faults: [
      'api.networks-forget-their-containers',
      'api.host-mode-is-ignored',
      'api.host-endpoint-keeps-its-id',
      'api.host-endpoint-id-is-never-there',
      'api.host-network-forgets',
    ],
    check: async () => {
      const id = (await endpoint()).EndpointID;
      expect(id).toBeHexDigits(64);
      expect((await engine.network('host')).Containers?.[lab.nginx.id]?.EndpointID).toBe(id);
    },
  },
  {
    id: 'host.inspect.ipv4-fields-are-empty',
    level: 'must',
    title: 'Gateway and IPAddress of an endpoint in host mode must be empty, and IPPrefixLen 0',
    sources: [{ document: 'lines 85-87' }, hostDriver],
    observedBy: 'The container object.',
    faults: [
      'api.host-mode-is-ignored',
      {
        kind: 'api',
        id: 'api.host-endpoint-has-ipv4',
        title: 'An endpoint in host mode has an IPv4 address',
        calls: [hostEndpoint('IPAddress', '192.0.2.1')],
      },
    ],
    check: async () => {
      expect(await endpoint()).toMatchObject({ Gateway: '', IPAddress: '', IPPrefixLen: 0 });
    },
  },
  {
    id: 'host.inspect.ipv6-fields-are-empty',
    level: 'must',
    title: 'IPv6Gateway and GlobalIPv6Address must be empty in host mode, and GlobalIPv6PrefixLen 0',
    sources: [{ document: 'lines 88-90' }, hostDriver],
    observedBy: 'The container object.',
    faults: [
      'api.host-mode-is-ignored',
      {
        kind: 'api',
        id: 'api.host-endpoint-has-ipv6',
        title: 'An endpoint in host mode has the length of an IPv6 subnet',
        calls: [hostEndpoint('GlobalIPv6PrefixLen', 64)],
      },
    ],
    check: async () => {
      expect(await endpoint()).toMatchObject({ IPv6Gateway: '', GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0 });
    },
  },
  {
    id: 'host.inspect.mac-address-is-empty',
    level: 'observed',
    title: 'MacAddress of an endpoint in host mode must be empty',
    sources: [{ document: 'line 91' }, inspectReference],
    observedBy: 'The container object.',
    faults: [
      'api.host-mode-is-ignored',
      {
        kind: 'api',
        id: 'api.host-endpoint-has-a-mac-address',
        title: 'An endpoint in host mode has a MAC address',
        calls: [hostEndpoint('MacAddress', '02:42:c0:00:02:01')],
      },
    ],
    check: async () => {
      expect(await endpoint()).toMatchObject({ MacAddress: '' });
    },
  },
  {
    id: 'host.needs-no-published-port',
    level: 'must',
    title: 'A server in host mode must be reachable on the host without any published port',
    sources: [{ document: 'line 99' }, hostDriver],
    observedBy: "curl on the host fetches localhost; the answer carries the container's own token, and the container object maps no port.",
    faults: hideTheServer,
    check: async () => {
      expect(await host.fetches(localhost())).toBeReached({ by: lab.nginx });
      const { HostConfig, NetworkSettings } = await lab.nginx.inspect();
      expect(HostConfig.PortBindings ?? {}).toEqual({});
      expect(NetworkSettings.Ports).toEqual({});
    },
  },
  {
    id: 'host.localhost-shows-the-welcome-page',
    level: 'observed',
    title: 'curl localhost on the host must show the welcome page of the nginx in host mode',
    sources: [{ document: 'lines 102-116' }, hostDriver],
    observedBy: 'curl on the host fetches port 80 of localhost: title, heading and closing line, from the container that was started.',
    requires: ['host-port-80'],
    faults: hideTheServer,
    check: async () => {
      const page = await host.fetches('http://localhost');
      expect(page).toBeReached({ by: lab.nginx });
      expect(page).toShowWelcomePage();
    },
  },
  // stopped and removed
  {
    id: 'host.stop-prints-the-name',
    level: 'observed',
    title: 'docker stop must print the name of the container that it stopped',
    sources: [{ document: 'lines 122-123' }, { docs: 'github.com/docker/cli/blob/v28.5.2/cli/command/container/stop.go' }],
    observedBy: 'What the docker client prints, and the state of the container after it.',
    requires: ['docker-cli'],
    faults: [
      'client.is-silent',
      {
        kind: 'api',
        id: 'api.container-never-ends',
        title: 'The object of a container that has ended says that it runs',
        calls: [{ ...containerObject, ...answers(['State', 'Running'], true) }],
      },
    ],
    check: async () => {
      const { containerName, stopped, exited } = await removal();
      expect(stopped.trim()).toBe(containerName);
      expect(exited.State.Running).toBe(false);
    },
  },
  {
    id: 'host.inspect.endpoint-id-is-empty-after-exit',
    level: 'observed',
    title: 'EndpointID in host mode must be empty after exit, and host must stay the only network',
    sources: [{ document: 'line 84' }, inspectReference],
    observedBy: 'The container object after docker stop.',
    requires: ['host-network'],
    faults: ['api.host-mode-in-two-networks', 'api.host-endpoint-keeps-its-id'],
    controlFaults: ['api.host-endpoint-id-is-never-there'],
    check: async () => {
      const { before, exited } = await removal();
      const { Networks } = exited.NetworkSettings;
      await control(() => expect(before.container.NetworkSettings.Networks?.['host']?.EndpointID).toBeHexDigits(64));
      expect(Object.keys(Networks ?? {})).toEqual(['host']);
      expect(Networks?.['host']?.EndpointID).toBe('');
    },
  },
  {
    id: 'host.inspect.sandbox-id-stays-after-exit',
    level: 'observed',
    title: 'SandboxID of a container in host mode must stay the same after it has exited',
    sources: [{ document: 'line 76' }, inspectReference],
    observedBy: 'The container object before and after docker stop.',
    until: {
      version: '27.0.1',
      source: 'a stopped container loses it since, moby pull request 47984 of June 2024',
      replacedBy: 'host.inspect.sandbox-id-is-empty-after-exit',
    },
    faults: ['api.sandbox-id-is-never-there', 'api.sandbox-id-changes-at-the-end'],
    check: async () => {
      const { before, exited } = await removal();
      const { SandboxID } = before.container.NetworkSettings;
      expect(SandboxID).toEqual(expect.stringMatching(/./));
      expect(exited.NetworkSettings.SandboxID).toBe(SandboxID);
    },
  },
  {
    id: 'host.inspect.sandbox-id-is-empty-after-exit',
    level: 'observed',
    title: 'SandboxID of a container in host mode must be empty after it has exited',
    sources: [{ document: 'line 76, which shows that of a running one' }, inspectReference],
    observedBy: 'The container object before and after docker stop.',
    since: { version: '27.0.1', source: 'a stopped container loses it since, moby pull request 47984 of June 2024' },
    requires: ['host-network'],
    faults: ['api.sandbox-id-changes-at-the-end'],
    controlFaults: ['api.sandbox-id-is-never-there'],
    check: async () => {
      const { before, exited } = await removal();
      await control(() => expect(before.container.NetworkSettings.SandboxID).toEqual(expect.stringMatching(/./)));
      expect(exited.NetworkSettings.SandboxID).toBe('');
    },
  },
  {
    id: 'host.rm-prints-the-name',
    level: 'must',
    title: 'docker rm must print the name of the container that it removed',
    sources: [{ document: 'lines 124-125' }, { docs: 'docs.docker.com/reference/cli/docker/container/rm' }],
    observedBy: 'What the docker client prints.',
    requires: ['docker-cli'],
    faults: ['client.is-silent'],
    check: async () => {
      const { containerName, removed } = await removal();
      expect(removed.trim()).toBe(containerName);
    },
  },
  {
    id: 'host.removed.container-is-gone',
    level: 'must',
    title: 'A container that was stopped and removed must be unknown to the engine',
    sources: [{ document: 'line 119' }, { docs: 'docs.docker.com/reference/cli/docker/container/rm' }],
    observedBy: 'The list of all containers, before and after, and 404 for the container itself.',
    faults: [
      {
        kind: 'api',
        id: 'api.removal-is-pretended',
        title: 'The engine says that it has removed a container, and has not',
        calls: [{ method: 'DELETE', path: /^\/containers\//, does: 'pretends', status: 204 }],
      },
    ],
    controlFaults: ['api.container-list-forgets'],
    check: async () => {
      const { id, before } = await removal();
      await control(() => expect(before.containers).toContain(id));
      expect(await engine.containerIds()).not.toContain(id);
      expect((await ask('GET', `/containers/${id}/json`)).status).toBe(404);
    },
  },
  {
    id: 'host.removed.listener-is-gone',
    level: 'must',
    title: 'The port of a removed server in host mode must be refused at localhost on the host',
    sources: [{ document: 'line 119' }, hostDriver],
    observedBy: 'curl on the host: reached before the removal, refused after it.',
    faults: [
      {
        kind: 'host',
        id: 'port.taken-after-the-server',
        title: 'Another program listens on the port of a server in host mode as soon as that has ended',
        within: { 'host-mode': '(while ! busybox httpd -p "$NGINX_PORT" -h /tmp; do sleep 0.01; done) >/dev/null 2>&1 </dev/null &' },
      },
    ],
    controlFaults: ['firewall.resets-on-a-host-server'],
    check: async () => {
      const { before } = await removal();
      await control(() => expect(before.page).toBeReached({ by: lab.nginx }));
      expect(
        await eventually(
          () => host.fetches(localhost()),
          ({ kind }) => kind === 'refused',
          { within: 3000 },
        ),
      ).toBeOutcome('refused');
    },
  },
  {
    id: 'host.removed.endpoint-is-gone',
    level: 'must',
    title: 'The host network must no longer list a container that was removed',
    sources: [{ document: 'line 119' }, { docs: 'docs.docker.com/reference/cli/docker/network/inspect' }],
    observedBy: 'The network object, before and after.',
    requires: ['host-network'],
    faults: [
      {
        kind: 'api',
        id: 'api.host-network-is-stale',
        title: 'The network host is told as it was at first',
        calls: [{ method: 'GET', path: /^\/networks\/host$/, does: 'repeats' }],
      },
    ],
    controlFaults: ['api.host-network-forgets'],
    check: async () => {
      const { id, before } = await removal();
      await control(() => expect(before.network?.Containers?.[id]).toBeDefined());
      const { Containers } = await engine.network('host');
      expect(Containers).toEqual(expect.any(Object));
      expect(Containers?.[id]).toBeUndefined();
    },
  },
]);
