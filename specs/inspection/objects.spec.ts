import { ask, claim, control, describe, expect, host, make, read, scene } from '../../helpers';

const aString = expect.any(String);
const aNumber = expect.any(Number);
const aBoolean = expect.any(Boolean);
const anObject = expect.any(Object);
const aList = expect.any(Array);

/** The start of an id that stands for it in names and prompts. */
const short = ({ id }: { id: string }) => id.slice(0, 12);

describe('an endpoint', () => {
  /** A container with one of everything that can be asked for. */
  const asked = scene(async () => {
    const own = make.subnet();
    const net = await make.network({ IPAM: { Config: [{ Subnet: own.subnet, Gateway: own.gateway }] } });
    const alias = make.name('alias');
    const Hostname = make.name('host');
    const endpoint = { Aliases: [alias], IPAMConfig: { IPv4Address: own.address(77) } };
    const box = await make.container({
      Hostname,
      HostConfig: { NetworkMode: net.name },
      NetworkingConfig: { EndpointsConfig: { [net.name]: endpoint } },
    });
    return { box, alias, Hostname, endpoint: () => box.endpoint(net.name) };
  });

  claim('inspect.endpoint.has-all-fields', async () => {
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
  });

  claim('inspect.endpoint.aliases-are-as-asked', async () => {
    const { endpoint, alias } = await asked();
    expect((await endpoint()).Aliases).toEqual([alias]);
  });

  claim('inspect.endpoint.aliases-hold-the-short-id', async () => {
    const { endpoint, alias, box } = await asked();
    expect((await endpoint()).Aliases).toEqual(expect.arrayContaining([alias, short(box)]));
  });

  claim('inspect.endpoint.dns-names-are-all-names', async () => {
    const { endpoint, alias, box, Hostname } = await asked();
    const { DNSNames } = (await endpoint()) as unknown as { DNSNames: string[] | null };
    expect([...(DNSNames ?? [])].sort()).toEqual([box.containerName, alias, short(box), Hostname].sort());
  });

  claim('inspect.endpoint.stopped-has-no-address', async () => {
    const net = await make.network();
    const box = await make.container({ StopTimeout: 1, HostConfig: { NetworkMode: net.name } });
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
  });

  claim('inspect.endpoint.created-has-no-network-id', async () => {
    const net = await make.network();
    const box = await make.container({ HostConfig: { NetworkMode: net.name }, started: false });
    const { NetworkID } = (await box.inspect()).NetworkSettings.Networks?.[net.name] ?? {};
    expect(NetworkID).toBe('');
    await box.start();
    expect((await box.endpoint(net.name)).NetworkID).toBe(net.id);
  });
});

describe('the other fields of a container', () => {
  /** A container in the default bridge that exposes two ports and publishes one, and a container that is not there. */
  const pair = scene(async () => {
    const net = await make.network();
    const [inBridge, elsewhere] = await Promise.all([
      make.container({ ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} }, HostConfig: { PortBindings: { '8081/tcp': [{}] } } }),
      make.container({ HostConfig: { NetworkMode: net.name } }),
    ]);
    return { net, inBridge, elsewhere };
  });
  const legacyFields = ['EndpointID', 'Gateway', 'IPAddress', 'IPPrefixLen', 'MacAddress'] as const;

  claim('inspect.legacy.mirrors-the-default-bridge', async () => {
    const { inBridge } = await pair();
    const endpoint = await inBridge.endpoint('bridge');
    await control(() => expect(endpoint.IPAddress).not.toBe(''));
    const { NetworkSettings } = await inBridge.inspect();
    expect(NetworkSettings).toMatchObject(Object.fromEntries(legacyFields.map((field) => [field, endpoint[field]])));
  });

  claim('inspect.legacy.is-empty-elsewhere', async () => {
    const { net, elsewhere } = await pair();
    await control(async () => expect((await elsewhere.endpoint(net.name)).IPAddress).toMatch(/\d/));
    const { NetworkSettings } = await elsewhere.inspect();
    expect(NetworkSettings).toMatchObject({ EndpointID: '', Gateway: '', IPAddress: '', IPPrefixLen: 0, MacAddress: '' });
  });

  claim('inspect.ports.tell-published-from-exposed', async () => {
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
  });

  claim('inspect.sandbox.key-is-the-network-namespace', async () => {
    const { elsewhere } = await pair();
    const { SandboxKey } = (await elsewhere.inspect()).NetworkSettings as unknown as { SandboxKey: string };
    await control(
      async () => expect((await host.exec(['test', '-d', SandboxKey.replace(/\/[^/]*$/, '')])).exitCode).toBe(0),
      "the files of the engine's host are not to be seen from here",
    );
    const namespace = await read(elsewhere, ['readlink', '/proc/self/ns/net']);
    expect(await host.exec(['stat', '-L', '-c', 'net:[%i]', SandboxKey])).toMatchObject({ exitCode: 0, stdout: namespace });
  });
});

describe('a network', () => {
  claim('inspect.network.has-all-fields', async () => {
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
  });

  claim('inspect.network.is-as-asked', async () => {
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
  });

  claim('inspect.network.enable-ipv4', async () => {
    expect(await (await make.network()).inspect()).toMatchObject({ EnableIPv4: true });
  });

  claim('inspect.network.created-is-its-birth', async () => {
    const clock = async () => Date.parse((await ask<{ SystemTime: string }>('GET', '/info')).body.SystemTime);
    const before = await clock();
    const { Created } = await (await make.network()).inspect();
    const after = await clock();
    expect(Created).toEqual(expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)(Z|[+-]\d\d:\d\d)$/));
    expect(Date.parse(String(Created))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(String(Created))).toBeLessThanOrEqual(after);
  });

  claim('inspect.network.lists-running-members', async () => {
    const net = await make.network();
    const body = { StopTimeout: 1, HostConfig: { NetworkMode: net.name } };
    const [running, stopped] = await Promise.all([make.container(body), make.container(body), make.container({ ...body, started: false })]);
    const { IPAddress, IPPrefixLen } = await running.endpoint(net.name);
    await control(async () => expect(Object.keys((await net.inspect()).Containers ?? {})).toContain(stopped.id));
    await stopped.stop();
    const { Containers } = await net.inspect();
    expect(Containers).toEqual({
      [running.id]: expect.objectContaining({ Name: running.containerName, IPv4Address: `${IPAddress}/${IPPrefixLen}` }),
    });
  });

  claim('inspect.network.name-goes-before-id-prefix', async () => {
    const other = await make.network();
    const prefix = short(other);
    await control(async () => expect(await ask('GET', `/networks/${prefix}`)).toMatchObject({ body: { Id: other.id } }));
    const { status, body } = await make.tryNetwork({ Name: prefix });
    expect(status).toBe(201);
    expect(await ask('GET', `/networks/${prefix}`)).toMatchObject({ status: 200, body: { Id: body.Id, Name: prefix } });
  });

  claim('inspect.network.scope-narrows-the-search', async () => {
    const net = await make.network();
    const local = () => control(async () => expect((await ask('GET', `/networks/${net.name}?scope=local`)).status).toBe(200));
    await local();
    expect((await ask('GET', `/networks/${net.name}?scope=swarm`)).status).toBe(404);
    await local();
  });
});
