import { whereThereIs } from '../../fixtures/faults/trials/shared-namespaces';
import { ask, attachedTo, claims, control, engine, expect, make, networkView, read, scene } from '../../helpers';

const noneDriver = { docs: 'docs.docker.com/engine/network/drivers/none' };
const runTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' };
const release26 = { docs: 'docs.docker.com/engine/release-notes/26.0' };
const loopbackBoundary = { version: '26.0.0', source: 'IPv6 stays enabled on the loopback link, Engine 26.0 release notes' };

const publishing = { PortBindings: { '80/tcp': [{ HostPort: '' }] } };

/** The server, and two containers on a network, one of them a server that publishes a port. */
const lonely = scene(async () => {
  const net = await make.claimed.network();
  const [alone, server, peer] = await Promise.all([
    make.claimed.server({ member: 'alone', HostConfig: { NetworkMode: 'none', ...publishing } }),
    make.server({ member: 'server', ...attachedTo(net, publishing) }),
    make.container({ member: 'peer', ...attachedTo(net) }),
  ]);
  return { net, alone, server, peer };
});

export default claims([
  // a server in none mode
  {
    id: 'none.only-loopback',
    level: 'must',
    title: 'A container in none mode must have only the loopback interface and no default route',
    sources: [noneDriver],
    observedBy: 'The links and the routing tables inside the container.',
    faults: ['shared-namespaces.none-mode-is-ignored'],
    check: async () => {
      const { interfaces, gateways } = await networkView((await lonely()).alone);
      expect(interfaces).toEqual(['lo']);
      expect(gateways).toEqual([]);
    },
  },
  {
    id: 'none.loopback-carries-traffic',
    level: 'must',
    title: 'A server in none mode must be reachable at 127.0.0.1 inside its own container',
    sources: [noneDriver],
    observedBy: "curl inside the container fetches 127.0.0.1; the answer carries the container's own token.",
    faults: ['shared-namespaces.loopback-is-down'],
    check: async () => {
      const { alone } = await lonely();
      expect(await alone.fetches('http://127.0.0.1')).toBeReached({ by: alone });
    },
  },
  {
    id: 'none.reaches-nobody',
    level: 'must',
    title: "A connection from none mode to another container's IPv4 address must fail as unreachable",
    sources: [noneDriver],
    observedBy: 'curl inside it fetches the address of a server that a peer of the server does reach.',
    faults: ['shared-namespaces.none-mode-is-ignored', 'shared-namespaces.interfaces-are-down'],
    check: async () => {
      const { net, alone, server, peer } = await lonely();
      const origin = await server.origin(net.name);
      const peerReaches = async () => expect(await peer.fetches(origin)).toBeReached({ by: server });
      await control(peerReaches);
      expect(await alone.fetches(origin)).toBeOutcome('unreachable');
      await control(peerReaches);
    },
  },
  {
    id: 'none.loopback-has-no-ipv6',
    level: 'must',
    title: 'The loopback interface of a container in none mode must have no IPv6 address',
    sources: [noneDriver],
    observedBy: 'The addresses inside the container.',
    requires: ['docker-engine'],
    until: { ...loopbackBoundary, replacedBy: 'none.loopback-has-ipv6' },
    faults: [
      {
        id: 'shared-namespaces.loopback-speaks-ipv6',
        title: 'The loopback links of containers have IPv6 turned on',
        inject: whereThereIs('lo', "sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'"),
        undo: whereThereIs('lo', "sh -c 'echo 1 >/proc/sys/net/ipv6/conf/lo/disable_ipv6'"),
        engines: { kind: 'docker', versions: '<26' },
      },
    ],
    check: async () => {
      const { links } = await networkView((await lonely()).alone);
      expect(links['lo']?.addresses).toEqual(['127.0.0.1/8']);
    },
  },
  {
    id: 'none.loopback-has-ipv6',
    level: 'must',
    title: 'The loopback interface of a container in none mode must have ::1',
    sources: [release26],
    observedBy:
      'The addresses inside the container. The page of the driver none still says that there is none; engine and release note agree on ::1.',
    requires: ['host-ipv6'],
    since: loopbackBoundary,
    faults: ['shared-namespaces.loopback-is-down'],
    check: async () => {
      const { links } = await networkView((await lonely()).alone);
      expect(links['lo']?.addresses).toContain('::1/128');
    },
  },
  {
    id: 'none.inspect.no-address',
    level: 'observed',
    title: 'A container in none mode must be listed on none alone, without address, gateway and MAC address',
    sources: [runTests, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/null/null.go' }],
    observedBy: 'The container object.',
    faults: ['shared-namespaces.none-mode-is-ignored', 'shared-namespaces.networks-are-not-told'],
    check: async () => {
      const { Networks } = (await (await lonely()).alone.inspect()).NetworkSettings;
      expect(Object.keys(Networks ?? {})).toEqual(['none']);
      expect(Networks?.['none']).toMatchObject({
        IPAddress: '',
        IPPrefixLen: 0,
        Gateway: '',
        GlobalIPv6Address: '',
        IPv6Gateway: '',
        MacAddress: '',
      });
    },
  },
  {
    id: 'none.inspect.network-lists-it',
    level: 'observed',
    title: 'The network none must list a running container in none mode, without an address',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' }],
    observedBy: 'The network object.',
    faults: [
      {
        id: 'shared-namespaces.none-lists-nobody',
        title: 'The network none lists no containers',
        api: [{ method: 'GET', path: /^\/networks\/none$/, does: 'forgets', at: ['Containers'] }],
      },
    ],
    check: async () => {
      const { alone } = await lonely();
      const listed = (await engine.network('none')).Containers ?? {};
      expect(listed).toMatchObject({ [alone.id]: { Name: alone.containerName, IPv4Address: '', IPv6Address: '', MacAddress: '' } });
    },
  },
  {
    id: 'none.ports-are-not-published',
    level: 'observed',
    title: 'A port that a container in none mode is told to publish must not be published',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/null/null.go' }],
    observedBy: 'The container object; that of a container on a network, which was told the same, has a port of the host.',
    faults: ['shared-namespaces.none-mode-is-ignored', 'shared-namespaces.containers-are-without-ports'],
    check: async () => {
      const { alone, server } = await lonely();
      await control(async () => expect(await server.hostPort(80)).toBeGreaterThan(0));
      const { Ports } = (await alone.inspect()).NetworkSettings;
      expect(Object.values(Ports ?? {}).flatMap((bindings) => bindings ?? [])).toEqual([]);
    },
  },
  {
    id: 'none.connecting-is-refused',
    level: 'must',
    title: 'Connecting a container in none mode to a network must be refused',
    sources: [runTests],
    observedBy: "The API's answer, and the links of the container, which stay as they were; connecting another one is granted.",
    faults: ['shared-namespaces.none-mode-is-ignored', 'shared-namespaces.connects-nobody'],
    check: async () => {
      const [{ alone }, net, other] = await Promise.all([lonely(), make.network(), make.container()]);
      expect((await net.tryConnect(alone)).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect((await net.tryConnect(other)).status).toBe(200));
      expect((await networkView(alone)).interfaces).toEqual(['lo']);
    },
  },
  {
    id: 'none.leaving-it-opens-networks',
    level: 'observed',
    title: 'A container that is disconnected from the network none must be able to join another network',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'The container, once it is out of none and connected, fetches from a server of the network.',
    faults: ['shared-namespaces.none-mode-is-ignored', 'shared-namespaces.connects-nobody'],
    check: async () => {
      const { net, server } = await lonely();
      const leaving = await make.claimed.container({ member: 'leaving', HostConfig: { NetworkMode: 'none' } });
      expect(await ask('POST', '/networks/none/disconnect', { Container: leaving.id })).toMatchObject({ status: 200 });
      await net.connect(leaving);
      expect(await leaving.fetches(await server.origin(net.name))).toBeReached({ by: server });
    },
  },
  {
    id: 'none.given-name-servers-are-kept',
    level: 'must',
    title: 'A container in none mode must have the --dns servers that it was given in its resolv.conf',
    sources: [{ docs: 'github.com/containerd/nerdctl/blob/8da504083/cmd/nerdctl/container/container_run_network_linux_test.go' }],
    observedBy: 'The name servers in /etc/resolv.conf inside the container.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'shared-namespaces.name-servers-are-lost',
        title: 'The engine is not told which name servers a container was given',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'Dns'], value: [] }],
      },
    ],
    check: async () => {
      const box = await make.claimed.container({ HostConfig: { NetworkMode: 'none', Dns: ['192.0.2.77'] } });
      const servers = (await read(box, ['cat', '/etc/resolv.conf']))
        .split('\n')
        .flatMap((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
      expect(servers).toEqual(['192.0.2.77']);
    },
  },
]);
