import { binding } from '../../fixtures/faults/trials/publishing';
import {
  ask,
  attachedTo,
  claims,
  type Container,
  control,
  eventually,
  expect,
  freePorts,
  host,
  listeningAt,
  lab,
  listensOn,
  make,
  mustRun,
  networkView,
  scene,
} from '../../helpers';

const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const runReference = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const containerCreate = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate' };
const release20 = { docs: 'docs.docker.com/engine/release-notes/20.10' };
const portMappingTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/port_mapping_linux_test.go' };
const portTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_port_test.go' };
const networkCliTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const portAllocator = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/portallocator/portallocator.go' };
const portAllocatorTests = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/portallocator/portallocator_test.go' };
const bridgeDriverTests = { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/port_mapping_linux_test.go' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' };

type Bindings = Record<string, { HostIp?: string; HostPort?: string }[]>;

/** A port of the host on which nobody listens, as bindings name it. */
const freePort = async () => `${await freePorts(host)}`;

/** What a container has at the host for one of its ports; empty where it has nothing. */
async function bindingsOf(container: Container, port = '80/tcp') {
  return (await container.inspect()).NetworkSettings.Ports?.[port] ?? [];
}

/** Starts a container that was created only, and looks at what came of it. */
async function started(container: Container): Promise<{ refused: boolean; running: boolean; message: string }> {
  const { status, message } = await ask('POST', `/containers/${container.id}/start`);
  return { refused: status >= 400, running: (await container.inspect()).State.Running, message };
}

/** Running containers that pass a filter, as the list of containers shows them. */
async function listedBy(filters: Record<string, readonly string[]>) {
  const { status, body } = await ask<{ Id: string; Ports: { IP: string; PublicPort: number; PrivatePort: number }[] }[]>(
    'GET',
    `/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`,
  );
  expect(status).toBe(200);
  return body;
}

const refused = { refused: true, running: false, message: expect.stringMatching(/\S/) as unknown };
const running = { refused: false, running: true };

const street = scene(async () => {
  const { subnet, gateway } = make.subnet();
  return { net: await make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }), gateway };
});

/** A lab whose engine found a range of a hundred ports, which it reads when it starts. */
const smallRange = scene(async () => {
  const own = await lab([], 'small port range');
  await own.restart({ meanwhile: () => mustRun(own.host, ['sh', '-c', 'echo 20000 20099 >/proc/sys/net/ipv4/ip_local_port_range']) });
  return own;
});

/** A server with these bindings on the network that all of these claims share. */
async function server(PortBindings: Bindings, more: { started?: false; ExposedPorts?: Record<string, object> } = {}): Promise<Container> {
  const { net } = await street();
  return make.claimed.server({ ...more, ...attachedTo(net, { PortBindings }) });
}

/** That a container answers at a port of the host once more: on loopback, where docker-proxy stands, and at an address to which rules lead. */
async function isServedOnHost(container: Container, hostPort: string, ofHost: string): Promise<void> {
  for (const address of ['127.0.0.1', ofHost]) {
    const answer = await eventually(
      () => host.fetches(`http://${address}:${hostPort}`),
      ({ kind }) => kind === 'reached',
      { within: 5000 },
    );
    expect(answer).toBeReached({ by: container });
  }
}

const at = (HostPort: string, HostIp = '') => ({ '80/tcp': [{ HostIp, HostPort }] });

export default claims([
  // a container that publishes ports
  {
    id: 'publishing.host-address.all-are-listed-for-both-families',
    level: 'must',
    title: 'With docker-proxy, a port without host address or binding option must be listed at 0.0.0.0 and ::',
    sources: [portPublishing, release20, bridgeTests],
    observedBy: 'NetworkSettings.Ports of a container that asked for one number of the host.',
    requires: ['userland-proxy', 'host-ipv6'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: ['publishing.asked-for-ipv4-only', 'publishing.numbers-differ-by-family'],
    check: async () => {
      const HostPort = await freePort();
      await control(async () => expect((await networkView(host)).addresses).toContain('::1%lo'));
      const bindings = await bindingsOf(await server(at(HostPort)));
      expect([...bindings].sort((one, other) => one.HostIp.localeCompare(other.HostIp))).toEqual([
        { HostIp: '::', HostPort },
        { HostIp: '0.0.0.0', HostPort },
      ]);
    },
  },
  {
    id: 'publishing.host-address.is-the-only-one',
    level: 'must',
    title: "A port published at 127.0.0.1 must be closed at the host's address on a bridge",
    sources: [portPublishing],
    observedBy:
      "curl on the host: 127.0.0.1 leads to the container, and the host's address on a bridge refuses, where another container's port is open.",
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port', 'publishing.asked-for-all-addresses'],
    check: async () => {
      const { gateway } = await street();
      const HostPort = await freePort();
      const [local, open] = await Promise.all([server(at(HostPort, '127.0.0.1')), server(at(''))]);
      const bothAnswer = async () => {
        expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: local });
        expect(await host.fetches(`http://${gateway}:${await open.hostPort(80)}`)).toBeReached({ by: open });
      };
      await control(bothAnswer);
      expect(await host.fetches(`http://${gateway}:${HostPort}`)).toBeOutcome('refused');
      await control(bothAnswer);
    },
  },
  {
    id: 'publishing.host-address.ipv4-wildcard-is-no-ipv6',
    level: 'must',
    title: 'A port published at 0.0.0.0 must be served over IPv4 and be closed at ::1',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/bridge' }],
    observedBy: 'NetworkSettings.Ports, and curl on the host: 127.0.0.1 leads to the container, and [::1] refuses.',
    requires: ['published-ports', 'host-ipv6'],
    faults: ['publishing.asked-for-all-addresses'],
    check: async () => {
      const HostPort = await freePort();
      const only4 = await server(at(HostPort, '0.0.0.0'));
      const overIPv4 = async () => expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: only4 });
      await overIPv4();
      expect(await bindingsOf(only4)).toEqual([{ HostIp: '0.0.0.0', HostPort }]);
      expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeOutcome('refused');
      await control(overIPv4);
    },
  },
  {
    id: 'publishing.host-address.one-number-serves-two-addresses',
    level: 'must',
    title: 'Two containers must be able to publish one port number at two IPv4 addresses of the host',
    sources: [portPublishing, { docs: 'github.com/moby/moby/blob/docker-v29.7.2/integration/networking/port_mapping_linux_test.go' }],
    observedBy: 'curl on the host fetches 127.0.0.2 and 127.0.0.3 at that number, and each leads to the container that published there.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port', 'publishing.asked-for-all-addresses'],
    check: async () => {
      const HostPort = await freePort();
      const second = await server(at(HostPort, '127.0.0.2'));
      const third = await server(at(HostPort, '127.0.0.3'));
      expect(await host.fetches(`http://127.0.0.2:${HostPort}`)).toBeReached({ by: second });
      expect(await host.fetches(`http://127.0.0.3:${HostPort}`)).toBeReached({ by: third });
    },
  },
  {
    id: 'publishing.host-address.foreign-one-is-refused',
    level: 'observed',
    title: 'A container must not start if it publishes at an IPv4 address that the host does not have',
    sources: [{ docs: 'github.com/moby/moby/issues/18826' }],
    observedBy:
      'What the engine answers to the start, at an address that is reserved for documentation; at 127.0.0.1 the same container starts.',
    requires: ['no-nonlocal-bind'],
    faults: ['publishing.asked-for-all-addresses'],
    check: async () => {
      const port = await freePorts(host, 2);
      await control(async () => expect(await started(await server(at(`${port}`, '127.0.0.1'), { started: false }))).toMatchObject(running));
      expect(await started(await server(at(`${port + 1}`, '192.0.2.1'), { started: false }))).toMatchObject(refused);
    },
  },
  {
    id: 'publishing.host-address.networks-option-is-the-default',
    level: 'must',
    title: "A port published without a host address must be bound at the network's host_binding_ipv4",
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/bridge' }, portPublishing],
    observedBy:
      'NetworkSettings.Ports of a container on a network with the option com.docker.network.bridge.host_binding_ipv4, and what the host fetches there.',
    requires: ['published-ports', 'docker-engine'],
    faults: [
      'publishing.asked-for-ipv4-only',
      {
        id: 'publishing.network-options-are-lost',
        title: 'The engine is not told the options of a network',
        api: [{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['Options'], value: {} }],
      },
    ],
    check: async () => {
      const net = await make.claimed.network({ Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.2' } });
      const HostPort = await freePort();
      const bound = await make.claimed.server(attachedTo(net, { PortBindings: at(HostPort) }));
      expect(await bindingsOf(bound)).toEqual([{ HostIp: '127.0.0.2', HostPort }]);
      expect(await host.fetches(`http://127.0.0.2:${HostPort}`)).toBeReached({ by: bound });
    },
  },
  {
    id: 'publishing.ephemeral.lies-in-the-hosts-range',
    level: 'must',
    title: "A host port that the engine chooses must lie in the host's ip_local_port_range",
    sources: [runReference, release20],
    observedBy: 'NetworkSettings.Ports, on a host that was given a range of a hundred ports before the engine started.',
    requires: ['own-lab'],
    since: { version: '20.10.22', source: 'The range of the kernel is honoured since, Engine 20.10 release notes' },
    faults: [
      {
        id: 'publishing.asked-for-one-port',
        title: 'The engine is asked for a low port of the host where it may choose one',
        mayKill: ['publishing.conflicts.with-another-container'],
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: [...binding, 'HostPort'], value: '9099' }],
      },
    ],
    check: async () => {
      const own = await smallRange();
      const chosen = await own.make.container({
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '' }] } },
      });
      const port = await chosen.hostPort(80);
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThanOrEqual(20_099);
    },
  },
  {
    id: 'publishing.ephemeral.is-the-same-for-both-families',
    level: 'must',
    title: 'A host port that the engine chooses must have the same number for IPv4 and for IPv6',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }, portMappingTests],
    observedBy: 'NetworkSettings.Ports of a container that is started right after another one has got the next number for IPv6 alone.',
    requires: ['userland-proxy', 'host-ipv6'],
    since: { version: '27.0.1', source: 'The same port is chosen for IPv4 and IPv6 since, Engine 27.0 release notes' },
    faults: ['publishing.asked-for-all-addresses', 'publishing.numbers-differ-by-family'],
    check: async () => {
      // of the two families, this leaves the next number free for IPv4 only
      await control(async () => expect(await bindingsOf(await server(at('', '::')))).toMatchObject([{ HostIp: '::' }]));
      const [one, other, ...more] = await bindingsOf(await server(at('')));
      expect([one?.HostIp, other?.HostIp, ...more].sort()).toEqual(['0.0.0.0', '::']);
      expect(one?.HostPort).toBe(other?.HostPort);
    },
  },
  {
    id: 'publishing.exposed.all-are-published-on-request',
    level: 'must',
    title: 'PublishAllPorts must publish each exposed TCP and UDP port at a host port of its own',
    sources: [runReference],
    observedBy: 'NetworkSettings.Ports, and what the host fetches at the port that stands for 80/tcp.',
    requires: ['published-ports'],
    faults: [
      {
        id: 'publishing.exposed-ports-stay-closed',
        title: 'The engine is not asked to publish all exposed ports',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'PublishAllPorts'], value: false }],
      },
    ],
    check: async () => {
      const { net } = await street();
      const open = await make.claimed.server({
        ExposedPorts: { '80/tcp': {}, '53/udp': {} },
        ...attachedTo(net, { PublishAllPorts: true }),
      });
      expect(await host.fetches(`http://127.0.0.1:${await open.hostPort(80)}`)).toBeReached({ by: open });
      expect(await bindingsOf(open, '53/udp')).toContainEqual({
        HostIp: expect.stringMatching(/^(0\.0\.0\.0)?$/),
        HostPort: expect.stringMatching(/^[1-9]\d*$/),
      });
    },
  },
  {
    id: 'publishing.range.gives-the-next-free-port',
    level: 'must',
    title: 'Containers that ask for a host port range must get one free port of it each, until none is left',
    sources: [{ docs: 'docs.docker.com/engine/network/links#connect-using-network-port-mapping' }, portTests],
    observedBy:
      'NetworkSettings.Ports of two containers that ask for a range of two, what the host fetches there, and what the engine answers to the third.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const first = await freePorts(host, 2);
      const range = at(`${first}-${first + 1}`);
      const one = await server(range);
      const other = await server(range);
      const ports = await Promise.all([one.hostPort(80), other.hostPort(80)]);
      expect(ports.sort()).toEqual([first, first + 1]);
      for (const member of [one, other])
        expect(await host.fetches(`http://127.0.0.1:${await member.hostPort(80)}`)).toBeReached({ by: member });
      expect(await started(await server(range, { started: false }))).toMatchObject(refused);
    },
  },
  {
    id: 'publishing.several.host-ports-lead-to-one-container-port',
    level: 'must',
    title: 'A container port published at two host ports must be reached at both over IPv4',
    sources: [containerCreate],
    observedBy: 'curl on the host fetches both.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const first = await freePorts(host, 2);
      const both = [first, first + 1];
      const doubled = await server({ '80/tcp': both.map((port) => ({ HostPort: `${port}` })) });
      for (const port of both) expect(await host.fetches(`http://127.0.0.1:${port}`)).toBeReached({ by: doubled });
    },
  },
  {
    id: 'publishing.conflicts.with-another-container',
    level: 'must',
    title: 'A start on a host port that another container has must fail, naming the port, which that one keeps',
    sources: [bridgeTests, portAllocatorTests],
    observedBy:
      'What the engine answers to the start, the state of the container, and what the host fetches; when the other one has stopped, the same container starts.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const HostPort = await freePort();
      const [holder, late] = await Promise.all([server(at(HostPort)), server(at(HostPort), { started: false })]);
      expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: holder });
      await holder.stop();
      await control(async () => expect(await started(late)).toMatchObject(running));
    },
  },
  {
    id: 'publishing.conflicts.second-start-has-its-network',
    level: 'must',
    title: 'A container whose start failed on a busy port must be reached over IPv4 when it is started again',
    sources: [portPublishing, { docs: 'github.com/moby/moby/issues/51758' }],
    observedBy: 'When the port is free again, the container is started; a peer fetches its address, and the host its published port.',
    requires: ['published-ports'],
    faults: [
      {
        id: 'publishing.containers-have-no-address',
        title: 'The API tells no IPv4 address of any container',
        mayKill: 'any',
        api: [
          {
            method: 'GET',
            path: /^\/containers\/[^/]+\/json/,
            does: 'answers',
            at: ['NetworkSettings', 'Networks', '*', 'IPAddress'],
            value: '',
          },
        ],
      },
    ],
    check: async () => {
      const { net } = await street();
      const HostPort = await freePort();
      const [holder, late, peer] = await Promise.all([
        server(at(HostPort)),
        server(at(HostPort), { started: false }),
        make.container(attachedTo(net)),
      ]);
      await control(async () =>
        expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown }),
      );
      await holder.stop();
      expect(await started(late)).toMatchObject(running);
      const origin = await late.origin(net.name, 80);
      expect(
        await eventually(
          () => peer.fetches(origin),
          ({ kind }) => kind === 'reached',
          { within: 5000 },
        ),
      ).toBeReached({ by: late });
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: late });
    },
  },
  {
    id: 'publishing.conflicts.of-all-addresses-with-one',
    level: 'must',
    title: 'A start at 0.0.0.0 must fail on a port that another container has at one address, naming the port',
    sources: [portAllocator, portAllocatorTests],
    observedBy: 'What the engine answers to the start, and the state of the container; at a second address it starts.',
    faults: ['publishing.asked-for-any-port', 'publishing.asked-for-all-addresses'],
    check: async () => {
      const HostPort = await freePort();
      const [, everywhere, elsewhere] = await Promise.all([
        server(at(HostPort, '127.0.0.2')),
        server(at(HostPort, '0.0.0.0'), { started: false }),
        server(at(HostPort, '127.0.0.3'), { started: false }),
      ]);
      await control(async () => expect(await started(elsewhere)).toMatchObject(running));
      expect(await started(everywhere)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
    },
  },
  {
    id: 'publishing.conflicts.with-a-process-of-the-host',
    level: 'must',
    title: 'A start on a host port that a process of the host listens on must fail, naming the port',
    sources: [bridgeDriverTests],
    observedBy: 'What the engine answers to the start beside a listener in host mode; when that has gone, the same container starts.',
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const HostPort = await freePort();
      const [listener, late] = await Promise.all([
        make.container({ Cmd: ['nc', '-ll', '-p', HostPort, '-e', 'true'], HostConfig: { NetworkMode: 'host' } }),
        server(at(HostPort), { started: false }),
      ]);
      const isListening = async () => listensOn(await listeningAt(host), Number(HostPort));
      await control(async () => expect(await eventually(isListening, (it) => it, { within: 5000 })).toBe(true));
      expect(await started(late)).toMatchObject({ ...refused, message: expect.stringContaining(HostPort) as unknown });
      await ask('POST', `/containers/${listener.id}/kill`);
      await control(async () => expect(await eventually(isListening, (it) => !it, { within: 5000 })).toBe(false));
      await control(async () => expect(await started(late)).toMatchObject(running));
    },
  },
  {
    id: 'publishing.released.by-a-stop',
    level: 'observed',
    title: 'An IPv4 host port must be free for another container as soon as its container has stopped',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/port_mapping_linux.go' }],
    observedBy: 'A second container starts with that port, and the host reaches it there.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port', 'publishing.stop-is-not-passed-on'],
    check: async () => {
      const HostPort = await freePort();
      const [first, second] = await Promise.all([server(at(HostPort)), server(at(HostPort), { started: false })]);
      await first.stop();
      expect(await started(second)).toMatchObject(running);
      const answer = await eventually(
        () => host.fetches(`http://127.0.0.1:${HostPort}`),
        ({ kind }) => kind === 'reached',
        { within: 5000 },
      );
      expect(answer).toBeReached({ by: second });
    },
  },
  {
    id: 'publishing.released.stopped-container-lists-none',
    level: 'observed',
    title: 'A stopped container must list no bound ports, and keep its PortBindings',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'NetworkSettings.Ports before and after the stop, HostConfig.PortBindings, and that the host port refuses.',
    requires: ['published-ports'],
    faults: ['publishing.stop-is-not-passed-on'],
    check: async () => {
      const HostPort = await freePort();
      const origin = `http://127.0.0.1:${HostPort}`;
      const stopped = await server(at(HostPort));
      await control(async () => {
        expect(await bindingsOf(stopped)).not.toEqual([]);
        expect(await host.fetches(origin)).toBeReached({ by: stopped });
      });
      await stopped.stop();
      const { NetworkSettings, HostConfig } = await stopped.inspect();
      expect(NetworkSettings.Ports ?? {}).toEqual({});
      expect(HostConfig.PortBindings).toMatchObject({ '80/tcp': [{ HostPort }] });
      expect(await host.fetches(origin)).toBeOutcome('refused');
    },
  },
  {
    id: 'publishing.released.proxies-end-with-the-container',
    level: 'must',
    title: 'No docker-proxy of a container may be left after it has stopped',
    sources: [release20, bridgeDriverTests],
    observedBy: "The command lines of the host's docker-proxy processes, before the stop and after it.",
    requires: ['docker-engine', 'userland-proxy'],
    since: { version: '20.10.6', source: 'docker-proxy ends in all cases again since, Engine 20.10 release notes' },
    faults: ['publishing.stop-is-not-passed-on'],
    check: async () => {
      const HostPort = await freePort();
      const stopped = await server(at(HostPort));
      const proxies = async () => (await host.commandLines('docker-proxy')).filter((line) => line.includes(`-host-port ${HostPort} `));
      await control(async () => expect(await proxies()).not.toEqual([]));
      await stopped.stop();
      expect(await eventually(proxies, (lines) => lines.length === 0, { within: 5000 })).toEqual([]);
    },
  },
  {
    id: 'publishing.kept.given-port-survives-a-restart',
    level: 'must',
    title: 'A host port asked for by number must lead to the container again over IPv4 after a restart',
    sources: [runReference, portMappingTests],
    observedBy:
      "curl on the host fetches it, right after it was in use and the container was restarted, on loopback and at the host's address on the network.",
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port', 'publishing.dnat-of-the-host-is-stale'],
    check: async () => {
      const HostPort = await freePort();
      const restarted = await server(at(HostPort));
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeReached({ by: restarted });
      await restarted.restart();
      await isServedOnHost(restarted, HostPort, (await street()).gateway);
    },
  },
  {
    id: 'publishing.kept.when-the-network-changes',
    level: 'must',
    title: 'A host port asked for by number must lead to the container over IPv4 after a move between networks',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/network/connect' }, networkCliTests],
    observedBy:
      "curl on the host fetches the port after a live connect and a live disconnect, on loopback and at the host's address on the new network.",
    requires: ['published-ports'],
    faults: [
      'publishing.asked-for-any-port',
      'publishing.dnat-of-the-host-is-stale',
      {
        id: 'publishing.connect-is-not-passed-on',
        title: 'The API says that a container was connected to a network, which it was not',
        api: [{ method: 'POST', path: /^\/networks\/[^/]+\/connect/, does: 'pretends', status: 200 }],
      },
    ],
    check: async () => {
      const { net } = await street();
      const HostPort = await freePort();
      const [moved, destination] = await Promise.all([server(at(HostPort)), make.claimed.network()]);
      await destination.connect(moved);
      await net.disconnect(moved);
      await isServedOnHost(moved, HostPort, (await moved.endpoint(destination.name)).Gateway);
    },
  },
  {
    id: 'publishing.kept.by-no-network',
    level: 'observed',
    title: 'A container that has left its last network must have no published port',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy:
      'NetworkSettings.Ports before and after the disconnection, and that the host port refuses which led to the container before.',
    requires: ['published-ports'],
    faults: [
      {
        id: 'publishing.disconnect-is-not-passed-on',
        title: 'The API says that a container was disconnected from a network, which it was not',
        api: [{ method: 'POST', path: /^\/networks\/[^/]+\/disconnect/, does: 'pretends', status: 200 }],
      },
    ],
    check: async () => {
      const { net } = await street();
      const HostPort = await freePort();
      const origin = `http://127.0.0.1:${HostPort}`;
      const lonely = await server(at(HostPort));
      await control(async () => {
        expect(await bindingsOf(lonely)).not.toEqual([]);
        expect(await host.fetches(origin)).toBeReached({ by: lonely });
      });
      await net.disconnect(lonely);
      expect(await bindingsOf(lonely)).toEqual([]);
      expect(await host.fetches(origin)).toBeOutcome('refused');
    },
  },
  {
    id: 'publishing.listed.container-list-agrees',
    level: 'observed',
    title: 'The list of containers must show the port bindings that inspecting the container does',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerList' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/container/view.go' },
    ],
    observedBy: 'GET /containers/json, beside NetworkSettings.Ports.',
    faults: [
      'publishing.numbers-differ-by-family',
      {
        id: 'publishing.list-forgets-ports',
        title: 'The list of containers shows no ports',
        api: [{ method: 'GET', path: /^\/containers\/json/, does: 'forgets', at: ['*', 'Ports'] }],
      },
    ],
    check: async () => {
      const shown = await server(at(''));
      const bindings = (await bindingsOf(shown)).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`);
      await control(() => expect(bindings).not.toEqual([]));
      const [listed] = await listedBy({ id: [shown.id] });
      const bound = listed?.Ports.filter(({ PrivatePort }) => PrivatePort === 80).map(({ IP, PublicPort }) => `${IP}:${PublicPort}`);
      expect(bound?.sort()).toEqual(bindings.sort());
    },
  },
  {
    id: 'publishing.listed.filter-finds-the-holder',
    level: 'must',
    title: 'The filter publish must find the container that publishes a host port, and none that does not',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/ls' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_ps_test.go' },
    ],
    observedBy:
      "GET /containers/json with that filter, at the port of the host that the engine chose for one of two containers. The page's example names the container's port, the engine's own test that of the host.",
    faults: [
      {
        id: 'publishing.list-forgets-containers',
        title: 'The list of containers is empty',
        api: [{ method: 'GET', path: /^\/containers\/json/, does: 'forgets', at: [] }],
      },
      {
        id: 'publishing.list-is-not-filtered',
        title: 'The list of containers is asked for without its filter publish',
        api: [{ method: 'GET', path: /^\/containers\/json\?filters=\{"publish"/, does: 'rewrites', from: /\?filters=.*$/, to: '' }],
      },
    ],
    check: async () => {
      // the other one's port is none that an engine chooses by itself
      const [holder] = await Promise.all([server(at('')), server(at(await freePort()))]);
      const port = await holder.hostPort(80);
      const found = await listedBy({ publish: [`${port}`] });
      expect(found.map(({ Id }) => Id)).toContain(holder.id);
      // somebody else can have that number for the other family: before 27.0 each is chosen for itself
      for (const { Ports } of found) expect(Ports.map(({ PublicPort }) => PublicPort)).toContain(port);
    },
  },
  {
    id: 'publishing.refused.number-that-no-port-has',
    level: 'must',
    title: 'Creating a container with a host port above 65535 must be refused with 400',
    sources: [containerCreate],
    observedBy: 'What the engine answers to the creation; with 65535 it creates the container.',
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const { net } = await street();
      const create = (HostPort: string) =>
        make.tryContainer({ ExposedPorts: { '80/tcp': {} }, ...attachedTo(net, { PortBindings: at(HostPort) }) });
      await control(async () => expect((await create('65535')).status).toBe(201));
      expect((await create('65536')).status).toBe(400);
    },
  },
  // a container that publishes ports
  {
    id: 'publishing.host-address.ipv6-loopback-is-no-ipv4',
    level: 'must',
    title: 'With docker-proxy, a port published at ::1 must be served there, and be closed at 127.0.0.1',
    sources: [portPublishing],
    observedBy:
      'NetworkSettings.Ports of a container with IPv4 alone, and curl on the host: [::1] leads to the container, and 127.0.0.1 refuses.',
    requires: ['userland-proxy', 'published-ports', 'host-ipv6'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: ['publishing.asked-for-all-addresses'],
    check: async () => {
      const HostPort = await freePort();
      const only6 = await server(at(HostPort, '::1'));
      const overIPv6 = async () => expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeReached({ by: only6 });
      await overIPv6();
      expect(await bindingsOf(only6)).toEqual([{ HostIp: '::1', HostPort }]);
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeOutcome('refused');
      await control(overIPv6);
    },
  },
  {
    id: 'publishing.host-address.ipv6-wildcard-is-no-ipv4',
    level: 'must',
    title: 'With docker-proxy, a port published at :: must be served at ::1, and be closed at 127.0.0.1',
    sources: [portPublishing],
    observedBy:
      'NetworkSettings.Ports of a container with IPv4 alone, and curl on the host: [::1] leads to the container, and 127.0.0.1 refuses.',
    requires: ['userland-proxy', 'published-ports', 'host-ipv6'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: ['publishing.asked-for-all-addresses'],
    check: async () => {
      const HostPort = await freePort();
      const only6 = await server(at(HostPort, '::'));
      const overIPv6 = async () => expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeReached({ by: only6 });
      await overIPv6();
      expect(await bindingsOf(only6)).toEqual([{ HostIp: '::', HostPort }]);
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeOutcome('refused');
      await control(overIPv6);
    },
  },
  {
    id: 'publishing.host-address.networks-option-may-be-ipv6',
    level: 'must',
    title: 'On a network with host_binding_ipv4 ::, a port must be published on IPv6 alone',
    sources: [portPublishing],
    observedBy: 'NetworkSettings.Ports of a container on such a network, and that the host port refuses at 127.0.0.1.',
    requires: ['userland-proxy', 'published-ports', 'host-ipv6', 'docker-engine'],
    faults: ['publishing.asked-for-ipv4-only'],
    check: async () => {
      const net = await make.claimed.network({ Options: { 'com.docker.network.bridge.host_binding_ipv4': '::' } });
      const HostPort = await freePort();
      const bound = await make.claimed.server(attachedTo(net, { PortBindings: at(HostPort) }));
      const overIPv6 = async () => expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeReached({ by: bound });
      await overIPv6();
      expect(await bindingsOf(bound)).toEqual([{ HostIp: '::', HostPort }]);
      expect(await host.fetches(`http://127.0.0.1:${HostPort}`)).toBeOutcome('refused');
      await control(overIPv6);
    },
  },
  {
    id: 'publishing.ipv6.host-reaches-a-container-with-ipv6',
    level: 'must',
    title: "A published port of a container with IPv6 must answer at the host's ::1 and at its IPv6 gateway",
    sources: [portPublishing, { docs: 'docs.docker.com/engine/daemon/ipv6' }, portMappingTests],
    observedBy: 'curl on the host fetches [::1] and the address that the host has on the network, at the published port.',
    requires: ['userland-proxy', 'published-ports', 'host-ipv6', 'ipv6-forwarding'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: ['publishing.asked-for-ipv4-only'],
    check: async () => {
      const six = make.subnet6();
      const net = await make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: six.subnet }] } });
      const HostPort = await freePort();
      const dual = await make.claimed.server(attachedTo(net, { PortBindings: at(HostPort) }));
      for (const address of ['::1', six.gateway]) {
        // before Engine 28 the host first sees that nobody else has an address of its bridge
        const answer = await eventually(
          () => host.fetches(`http://[${address}]:${HostPort}`),
          ({ kind }) => kind === 'reached',
          { within: 8000 },
        );
        expect(answer).toBeReached({ by: dual });
      }
    },
  },
  {
    id: 'publishing.conflicts.with-itself',
    level: 'must',
    title: 'A container must not start if two of its ports ask for one TCP port at one address of the host',
    sources: [portAllocatorTests, { docs: 'github.com/containers/podman/blob/v5.8.2/test/e2e/run_networking_test.go' }],
    observedBy: 'What the engine answers to the creation or the start, and the state of the container; with two numbers it starts.',
    faults: ['publishing.asked-for-any-port'],
    check: async () => {
      const { net } = await street();
      const port = await freePorts(host, 2);
      const binds = (one: number, other: number) => ({
        ExposedPorts: { '80/tcp': {}, '81/tcp': {} },
        ...attachedTo(net, {
          PortBindings: {
            '80/tcp': [{ HostIp: '127.0.0.1', HostPort: `${one}` }],
            '81/tcp': [{ HostIp: '127.0.0.1', HostPort: `${other}` }],
          },
        }),
      });
      await control(async () => expect(await make.tryToRun(binds(port, port + 1))).toMatchObject({ status: 204, runs: true }));
      const again = await freePorts(host);
      expect(await make.tryToRun(binds(again, again))).toBeRefused();
    },
  },
  {
    id: 'publishing.ephemeral.steps-around-a-process-of-the-host',
    level: 'must',
    title: 'A host port that the engine chooses must be none that a process of the host listens on',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy:
      'NetworkSettings.Ports of two containers in a lab, where a process of the host listens on the number that follows the first one; the host reaches the second.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const own = await smallRange();
      const publishing = () => own.make.server({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '' }] } } });
      const before = await (await publishing()).hostPort(80);
      const busy = before + 1;
      const listener = { Cmd: ['nc', '-ll', '-p', `${busy}`, '-e', 'true'], HostConfig: { NetworkMode: 'host' } };
      await own.make.container(listener);
      const isListening = async () => listensOn(await listeningAt(own.host), busy);
      await control(async () => expect(await eventually(isListening, (it) => it, { within: 5000 })).toBe(true));
      const next = await publishing();
      const chosen = await next.hostPort(80);
      expect(chosen).not.toBe(busy);
      expect(await own.host.fetches(`http://127.0.0.1:${chosen}`)).toBeReached({ by: next });
    },
  },
]);
