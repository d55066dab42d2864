import { endpoint, network, networkObject, settings } from '../../fixtures/faults/trials/inspection';
import { ask, attachedTo, claims, control, eventually, expect, host, make, read, scene } from '../../helpers';

const containerInspect = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerInspect' };
const networkInspect = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkInspect' };
const firstApi = { docs: 'github.com/moby/moby/blob/v20.10.24/docs/api/v1.41.yaml' };
const apiHistory = (version: string) => ({ docs: `docs.docker.com/reference/api/engine/version-history/#${version}-api-changes` });

const aString = expect.any(String);
const aNumber = expect.any(Number);
const aBoolean = expect.any(Boolean);
const anObject = expect.any(Object);
const aList = expect.any(Array);

/** The start of an id that stands for it in names and prompts. */
const short = ({ id }: { id: string }) => id.slice(0, 12);

/** A container with one of everything that can be asked for. */
const asked = scene(async () => {
  const own = make.subnet();
  const net = await make.network({ IPAM: { Config: [{ Subnet: own.subnet, Gateway: own.gateway }] } });
  const alias = make.name('alias');
  const Hostname = make.name('host');
  const endpoint = { Aliases: [alias], IPAMConfig: { IPv4Address: own.address(77) } };
  const box = await make.container({
    Hostname,
    ...attachedTo(net),
    NetworkingConfig: { EndpointsConfig: { [net.name]: endpoint } },
  });
  return { box, alias, Hostname, endpoint: () => box.endpoint(net.name) };
});

/** A container in the default bridge that exposes two ports and publishes one, and a container that is not there. */
const pair = scene(async () => {
  const net = await make.network();
  const [inBridge, elsewhere] = await Promise.all([
    make.container({ ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} }, HostConfig: { PortBindings: { '8081/tcp': [{}] } } }),
    make.container(attachedTo(net)),
  ]);
  return { net, inBridge, elsewhere };
});
/** From this version on a container tells of its networks in its endpoints alone. */
const noLegacyFields = { version: '29.0.0', source: 'deprecated fields that API 1.52 no longer has, API version history v1.52' };

const legacyFields = [
  ...(['EndpointID', 'Gateway', 'IPAddress', 'IPPrefixLen', 'MacAddress'] as const),
  ...(['IPv6Gateway', 'GlobalIPv6Address', 'GlobalIPv6PrefixLen'] as const),
];

const notRunning = { at: ['State', 'Running'], is: false };
const neverStarted = { at: ['State', 'Status'], is: 'created' };

export default claims([
  // an endpoint
  {
    id: 'inspect.endpoint.has-all-fields',
    level: 'must',
    title: "A container's endpoint must have every field of API 1.41, each with a value of its type",
    sources: [containerInspect, firstApi],
    observedBy: 'The endpoint of a running container in a network of its own.',
    faults: [
      {
        id: 'inspection.lengths-are-words',
        title: 'The prefix length of an endpoint is a word',
        api: [endpoint('IPPrefixLen', '24')],
      },
      {
        id: 'inspection.aliases-are-a-word',
        title: 'Aliases of an endpoint are one word, and no list',
        api: [endpoint('Aliases', 'somebody')],
      },
    ],
    check: async () => {
      const { endpoint } = await asked();
      const fields = {
        NetworkID: aString,
        EndpointID: aString,
        Gateway: aString,
        IPAddress: aString,
        IPPrefixLen: aNumber,
        IPv6Gateway: aString,
        GlobalIPv6Address: aString,
        GlobalIPv6PrefixLen: aNumber,
        MacAddress: aString,
      };
      const seen = await endpoint();
      expect(seen).toMatchObject(fields);
      expect(Object.keys(seen)).toEqual(expect.arrayContaining(['IPAMConfig', 'Links', 'Aliases', 'DriverOpts']));
      // null is what these four have while there is nothing to tell
      const { IPAMConfig, Links, Aliases, DriverOpts } = seen;
      expect({ IPAMConfig: IPAMConfig ?? {}, Links: Links ?? [], Aliases: Aliases ?? [], DriverOpts: DriverOpts ?? {} }).toEqual({
        IPAMConfig: anObject,
        Links: aList,
        Aliases: aList,
        DriverOpts: anObject,
      });
    },
  },
  {
    id: 'inspect.endpoint.aliases-are-as-asked',
    level: 'must',
    title: 'Aliases of an endpoint must be exactly those that were asked for',
    sources: [apiHistory('v145')],
    observedBy: 'The endpoint of a container that was created with one alias.',
    since: { version: '26.0.0', source: 'the short id was among them before, API version history v1.45' },
    faults: ['inspection.other-aliases'],
    check: async () => {
      const { endpoint, alias } = await asked();
      expect((await endpoint()).Aliases).toEqual([alias]);
    },
  },
  {
    id: 'inspect.endpoint.aliases-hold-the-short-id',
    level: 'must',
    title: 'Aliases of an endpoint in a user-defined network must hold the short id beside those asked for',
    sources: [apiHistory('v144'), apiHistory('v145')],
    observedBy: 'The endpoint of a container that was created with one alias.',
    until: {
      version: '26.0.0',
      source: 'DNSNames has it since, API version history v1.45',
      replacedBy: 'inspect.endpoint.aliases-are-as-asked',
    },
    faults: ['inspection.other-aliases'],
    check: async () => {
      const { endpoint, alias, box } = await asked();
      expect((await endpoint()).Aliases).toEqual(expect.arrayContaining([alias, short(box)]));
    },
  },
  {
    id: 'inspect.endpoint.dns-names-are-all-names',
    level: 'must',
    title: 'In a user-defined network, DNSNames of an endpoint must be name, aliases, short id and host name',
    sources: [apiHistory('v144')],
    observedBy: 'The endpoint of a container with an alias and a host name.',
    since: { version: '25.0.0', source: 'a new field, API version history v1.44' },
    faults: [
      {
        id: 'inspection.no-dns-names',
        title: 'DNSNames of an endpoint are its aliases alone',
        api: [endpoint('DNSNames', ['somebody'])],
      },
    ],
    check: async () => {
      const { endpoint, alias, box, Hostname } = await asked();
      const { DNSNames } = (await endpoint()) as unknown as { DNSNames: string[] | null };
      expect([...(DNSNames ?? [])].sort()).toEqual([box.containerName, alias, short(box), Hostname].sort());
    },
  },
  {
    id: 'inspect.endpoint.stopped-has-no-address',
    level: 'observed',
    title: "A stopped container's endpoint must have NetworkID, but no IPv4 address, gateway, MAC or EndpointID",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'The endpoint of a container while it runs and after it was stopped.',
    faults: [
      {
        id: 'inspection.addresses-stay',
        title: 'The endpoint of a stopped container still tells an address',
        api: [endpoint('IPAddress', '192.0.2.7', notRunning)],
      },
      {
        id: 'inspection.network-ids-go',
        title: 'The endpoint of a stopped container does not tell its network',
        api: [endpoint('NetworkID', '', notRunning)],
      },
    ],
    check: async () => {
      const net = await make.network();
      const box = await make.container({ StopTimeout: 1, ...attachedTo(net) });
      await control(async () => expect((await box.endpoint(net.name)).IPAddress).toMatch(/\d/));
      await box.stop();
      expect(await box.endpoint(net.name)).toMatchObject({
        NetworkID: net.id,
        EndpointID: '',
        IPAddress: '',
        IPPrefixLen: 0,
        Gateway: '',
        MacAddress: '',
      });
    },
  },
  {
    id: 'inspect.endpoint.created-has-no-network-id',
    level: 'observed',
    title: 'The endpoint of a container that was never started must have no NetworkID',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' }],
    observedBy: 'The endpoint of a container before and after its first start.',
    faults: [
      {
        id: 'inspection.network-ids-come-early',
        title: 'A container that was never started tells the id of its network',
        api: [endpoint('NetworkID', 'a'.repeat(64), neverStarted)],
      },
    ],
    check: async () => {
      const net = await make.network();
      const box = await make.container({ ...attachedTo(net), started: false });
      const { NetworkID } = (await box.inspect()).NetworkSettings.Networks?.[net.name] ?? {};
      expect(NetworkID).toBe('');
      await box.start();
      expect((await box.endpoint(net.name)).NetworkID).toBe(net.id);
    },
  },
  // the other fields of a container
  {
    id: 'inspect.legacy.mirrors-the-default-bridge',
    level: 'must',
    title: "NetworkSettings' own endpoint id, address, gateway, MAC must repeat the default bridge's endpoint",
    sources: [containerInspect, apiHistory('v152')],
    observedBy: 'The object of a container in the default bridge.',
    requires: ['default-bridge'],
    until: { ...noLegacyFields, replacedBy: 'inspect.legacy.is-gone' },
    faults: ['inspection.legacy-address-of-somebody'],
    check: async () => {
      const { inBridge } = await pair();
      const endpoint = await inBridge.endpoint('bridge');
      await control(() => expect(endpoint.IPAddress).not.toBe(''));
      const { NetworkSettings } = await inBridge.inspect();
      expect(NetworkSettings).toMatchObject(Object.fromEntries(legacyFields.map((field) => [field, endpoint[field]])));
    },
  },
  {
    id: 'inspect.legacy.is-empty-elsewhere',
    level: 'must',
    title: "Off the default bridge, NetworkSettings' own address, gateway and MAC fields must be empty",
    sources: [containerInspect],
    observedBy: 'The object of such a container, whose endpoint has an address.',
    until: { ...noLegacyFields, replacedBy: 'inspect.legacy.is-gone' },
    faults: ['inspection.legacy-address-of-somebody'],
    check: async () => {
      const { net, elsewhere } = await pair();
      await control(async () => expect((await elsewhere.endpoint(net.name)).IPAddress).toMatch(/\d/));
      const { NetworkSettings } = await elsewhere.inspect();
      expect(NetworkSettings).toMatchObject(Object.fromEntries(legacyFields.map((field) => [field, field.endsWith('PrefixLen') ? 0 : ''])));
    },
  },
  {
    id: 'inspect.legacy.is-gone',
    level: 'must',
    title: 'From API 1.52 on, NetworkSettings must tell of networks in their endpoints alone, and of no Bridge',
    sources: [apiHistory('v152')],
    observedBy: 'The fields of NetworkSettings of a container in the default bridge.',
    requires: ['docker-engine', 'default-bridge'],
    since: noLegacyFields,
    faults: ['inspection.legacy-address-of-somebody'],
    check: async () => {
      const { inBridge } = await pair();
      const fields = Object.keys((await inBridge.inspect()).NetworkSettings);
      expect(fields).toContain('Networks');
      expect(fields.filter((field) => field === 'Bridge' || legacyFields.some((it) => it === field))).toEqual([]);
    },
  },
  {
    id: 'inspect.ports.tell-published-from-exposed',
    level: 'must',
    title: 'NetworkSettings.Ports must map exposed ports to null, and published ones to HostIp and HostPort',
    sources: [containerInspect, { docs: 'docs.docker.com/reference/cli/docker/container/run' }],
    observedBy: 'The object of a running container with two exposed ports of which one is published.',
    requires: ['default-bridge'],
    faults: [
      {
        id: 'inspection.exposed-is-an-empty-list',
        title: 'An exposed port has an empty list of bindings',
        api: [settings(['Ports', '8080/tcp'], [])],
      },
      {
        id: 'inspection.exposed-ports-are-opened',
        title: 'The engine is asked to publish all exposed ports where nobody asked for it',
        api: [{ method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'PublishAllPorts'], value: true }],
      },
      {
        id: 'inspection.host-ports-are-numbers',
        title: 'The port of the host in a binding is a number',
        api: [settings(['Ports', '8081/tcp', '*', 'HostPort'], 32768)],
      },
    ],
    check: async () => {
      const { inBridge } = await pair();
      const { Ports } = (await inBridge.inspect()).NetworkSettings;
      expect(Ports).toHaveProperty(['8080/tcp'], null);
      const bindings = Ports?.['8081/tcp'] ?? [];
      expect(bindings).not.toHaveLength(0);
      for (const binding of bindings)
        expect(binding).toEqual({
          HostIp: expect.stringMatching(/^(\d+(\.\d+){3}|[\da-f:]*:[\da-f:]*)$/),
          HostPort: expect.stringMatching(/^\d+$/),
        });
    },
  },
  {
    id: 'inspect.sandbox.key-is-the-network-namespace',
    level: 'must',
    title: "SandboxKey must be a file of the host that is the running container's network namespace",
    sources: [containerInspect],
    observedBy: "Inode numbers of that file on the host, and of the container's own namespace.",
    faults: [
      {
        id: 'inspection.sandbox-of-the-host',
        title: "SandboxKey leads to the host's own network namespace",
        api: [settings(['SandboxKey'], '/proc/1/ns/net')],
      },
    ],
    check: async () => {
      const { elsewhere } = await pair();
      const { SandboxKey } = (await elsewhere.inspect()).NetworkSettings as unknown as { SandboxKey: string };
      await control(
        async () => expect((await host.exec(['test', '-d', SandboxKey.replace(/\/[^/]*$/, '')])).exitCode).toBe(0),
        "the files of the engine's host are not to be seen from here",
      );
      const namespace = await read(elsewhere, ['readlink', '/proc/self/ns/net']);
      expect(await host.exec(['stat', '-L', '-c', 'net:[%i]', SandboxKey])).toMatchObject({ exitCode: 0, stdout: namespace });
    },
  },
  // a network
  {
    id: 'inspect.network.has-all-fields',
    level: 'must',
    title: 'A network must have all fields of API 1.41, ConfigOnly and ConfigFrom, each with a value of its type',
    sources: [networkInspect, firstApi],
    observedBy: 'The object of a new network.',
    faults: ['inspection.switches-are-words'],
    check: async () => {
      const net = await make.network();
      expect(await net.inspect()).toMatchObject({
        ...{
          Name: net.name,
          Id: net.id,
          Created: aString,
          Scope: 'local',
          Driver: 'bridge',
          EnableIPv6: aBoolean,
          Internal: aBoolean,
          Attachable: aBoolean,
          Ingress: aBoolean,
          ConfigOnly: aBoolean,
        },
        ...{
          IPAM: { Driver: 'default', Config: expect.any(Array) },
          ConfigFrom: { Network: '' },
          Containers: {},
          Options: expect.any(Object),
          Labels: expect.any(Object),
        },
      });
    },
  },
  {
    id: 'inspect.network.is-as-asked',
    level: 'must',
    title: 'A network must report driver, IPv4 subnet, gateway, labels, options and switches as asked for',
    sources: [networkInspect],
    observedBy: 'The object of a network that was created with one of each.',
    faults: [
      {
        id: 'inspection.no-labels',
        title: 'A network does not tell its labels',
        api: [network('Labels', {})],
      },
      {
        id: 'inspection.not-attachable',
        title: 'A network is never told to be attachable',
        api: [network('Attachable', false)],
      },
      {
        id: 'inspection.no-subnets',
        title: 'A network does not tell its subnet',
        api: [{ ...networkObject, does: 'forgets', at: ['IPAM', 'Config'] }],
      },
    ],
    check: async () => {
      const own = make.subnet();
      const asked = {
        ...{
          Driver: 'bridge',
          Internal: true,
          Attachable: true,
          Labels: { [make.name('label')]: '망 ü = "1"', [make.name('label')]: '' },
          Options: { 'com.docker.network.driver.mtu': '1400' },
        },
        IPAM: { Driver: 'default', Config: [{ Subnet: own.subnet, Gateway: own.address(9) }] },
      };
      expect(await (await make.claimed.network(asked)).inspect()).toMatchObject(asked);
    },
  },
  {
    id: 'inspect.network.enable-ipv4',
    level: 'should',
    title: 'EnableIPv4 of a network must be true by default',
    sources: [apiHistory('v148'), { docs: 'docs.docker.com/reference/cli/docker/network/create' }],
    observedBy: 'The object of a new network.',
    since: { version: '28.0.0', source: 'a new field, API version history v1.48' },
    faults: [
      {
        id: 'inspection.no-ipv4',
        title: 'A network says that it has no IPv4',
        api: [network('EnableIPv4', false)],
      },
    ],
    check: async () => {
      expect(await (await make.network()).inspect()).toMatchObject({ EnableIPv4: true });
    },
  },
  {
    id: 'inspect.network.created-is-its-birth',
    level: 'must',
    title: 'Created must be the time at which the network was created, in RFC 3339 with a fraction',
    sources: [networkInspect],
    observedBy: 'The object of a new network, between two readings of the clock of its engine.',
    faults: [
      {
        id: 'inspection.born-at-no-time',
        title: 'Created of a network is the first moment of all',
        api: [network('Created', '0001-01-01T00:00:00.000000001Z')],
      },
    ],
    check: async () => {
      const clock = async () => Date.parse((await ask<{ SystemTime: string }>('GET', '/info')).body.SystemTime);
      const before = await clock();
      const { Created } = await (await make.network()).inspect();
      const after = await clock();
      expect(Created).toEqual(expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)(Z|[+-]\d\d:\d\d)$/));
      expect(Date.parse(String(Created))).toBeGreaterThanOrEqual(before);
      expect(Date.parse(String(Created))).toBeLessThanOrEqual(after);
    },
  },
  {
    id: 'inspect.network.lists-running-members',
    level: 'must',
    title: 'Containers of a network must list running containers, and none that is only created or stopped',
    sources: [networkInspect, { docs: 'docs.docker.com/reference/cli/docker/network/connect' }],
    observedBy: 'The object of a network that three containers were created in: one runs, one was stopped, one never started.',
    faults: [
      'inspection.members-are-forgotten',
      {
        id: 'inspection.members-stay',
        title: 'A network still lists a container of which it does not know where it is',
        api: [
          {
            ...networkObject,
            does: 'answers',
            at: ['Containers', 'a'.repeat(64)],
            value: { Name: 'somebody', EndpointID: '', MacAddress: '', IPv4Address: '', IPv6Address: '' },
          },
        ],
      },
    ],
    check: async () => {
      const net = await make.network();
      const body = { StopTimeout: 1, ...attachedTo(net) };
      const [running, stopped] = await Promise.all([
        make.container(body),
        make.container(body),
        make.container({ ...body, started: false }),
      ]);
      const { IPAddress, IPPrefixLen } = await running.endpoint(net.name);
      await control(async () => expect(Object.keys((await net.inspect()).Containers ?? {})).toContain(stopped.id));
      await stopped.stop();
      // the stop is answered before its endpoint is gone, on engines before 26
      const members = async () => (await net.inspect()).Containers ?? {};
      expect(await eventually(members, (listed) => !(stopped.id in listed), { within: 3000 })).toEqual({
        [running.id]: expect.objectContaining({ Name: running.containerName, IPv4Address: `${IPAddress}/${IPPrefixLen}` }),
      });
    },
  },
  {
    id: 'inspect.network.name-goes-before-id-prefix',
    level: 'must',
    title: "A network's full name must win over another network's id that starts with the same characters",
    sources: [
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/delete_test.go' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' },
    ],
    observedBy: "A network whose name is the start of another one's id, asked for by that word.",
    faults: [
      {
        id: 'inspection.all-have-one-name',
        title: 'The engine is told the same name for every network',
        mayKill: 'any',
        api: [{ method: 'POST', path: /^\/networks\/create\b/, does: 'asks', at: ['Name'], value: 'trial' }],
      },
    ],
    check: async () => {
      const other = await make.network();
      const prefix = short(other);
      await control(async () => expect(await ask('GET', `/networks/${prefix}`)).toMatchObject({ body: { Id: other.id } }));
      const { status, body } = await make.tryNetwork({ Name: prefix });
      expect(status).toBe(201);
      expect(await ask('GET', `/networks/${prefix}`)).toMatchObject({ status: 200, body: { Id: body.Id, Name: prefix } });
    },
  },
  {
    id: 'inspect.network.scope-narrows-the-search',
    level: 'must',
    title: 'A local network must be found with scope=local and not with scope=swarm',
    sources: [networkInspect],
    observedBy: 'The same network asked for with either scope.',
    faults: [
      {
        id: 'inspection.scope-is-ignored',
        title: 'A network is found in whatever scope it is looked for',
        api: [{ method: 'GET', path: /^\/networks\/[\w-]+\?scope=/, does: 'rewrites', from: /\?scope=.*$/, to: '' }],
      },
    ],
    check: async () => {
      const net = await make.network();
      const local = () => control(async () => expect((await ask('GET', `/networks/${net.name}?scope=local`)).status).toBe(200));
      await local();
      expect((await ask('GET', `/networks/${net.name}?scope=swarm`)).status).toBe(404);
      await local();
    },
  },
]);
