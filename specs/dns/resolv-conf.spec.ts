import { claim, control, describe, expect, lab, make, mustRun, nameServerOn, read, scene } from '../../helpers';

type Made = Awaited<ReturnType<typeof make.container>>;

/** The words of each line of a file that begins with a keyword, without comments. */
async function linesOf(container: Made, file: string): Promise<string[][]> {
  return (await read(container, ['cat', file]))
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

/** What a container's resolv.conf says. */
async function resolverOf(container: Made) {
  const lines = await linesOf(container, '/etc/resolv.conf');
  const after = (keyword: string) => lines.flatMap(([first, ...rest]) => (first === keyword ? rest : []));
  return { servers: after('nameserver'), search: after('search'), options: after('options') };
}

describe('resolv.conf', () => {
  /** Two containers that were given the same, on a network of their own and on the default bridge, and one that was given nothing. */
  const configured = scene(async () => {
    const net = await make.network();
    const given = {
      Dns: ['192.0.2.2', '192.0.2.1'],
      DnsSearch: ['one.example', 'another.example'],
      DnsOptions: ['timeout:3', 'attempts:1'],
    };
    const [own, onBridge, plain] = await Promise.all([
      make.claimed.container({ member: 'own', HostConfig: { NetworkMode: net.name, ...given } }),
      make.claimed.container({ member: 'on-bridge', HostConfig: given }),
      make.container({ member: 'plain', HostConfig: { NetworkMode: net.name } }),
    ]);
    return { given, own, onBridge, plain };
  });

  claim('dns.resolv-conf.names-the-embedded-server', async () => {
    expect((await resolverOf((await configured()).plain)).servers).toEqual(['127.0.0.11']);
  });

  claim('dns.resolv-conf.asks-for-short-names-as-they-are', async () => {
    expect((await resolverOf((await configured()).plain)).options).toContain('ndots:0');
  });

  claim('dns.resolv-conf.hides-given-servers', async () => {
    const { given, own, onBridge } = await configured();
    await control(async () => expect((await resolverOf(onBridge)).servers).toEqual(given.Dns));
    const { servers } = await resolverOf(own);
    expect(servers).toHaveLength(1);
    expect(given.Dns).not.toContain(servers[0]);
  });

  claim('dns.resolv-conf.default-bridge-lists-given-servers', async () => {
    const { given, onBridge } = await configured();
    expect((await resolverOf(onBridge)).servers).toEqual(given.Dns);
  });

  claim('dns.resolv-conf.has-given-domains-and-options', async () => {
    const { given, own, onBridge } = await configured();
    for (const container of [own, onBridge]) {
      const { search, options } = await resolverOf(container);
      expect(search).toEqual(given.DnsSearch);
      expect(options).toEqual(expect.arrayContaining(given.DnsOptions));
    }
  });

  claim('dns.resolv-conf.tells-external-servers', async () => {
    const { given, own } = await configured();
    expect(await read(own, ['cat', '/etc/resolv.conf'])).toContain(`# ExtServers: [${given.Dns.join(' ')}]`);
  });

  claim('dns.resolv-conf.search-domain-completes-names', async () => {
    const net = await make.network();
    const server = await make.server({ member: 'server', HostConfig: { NetworkMode: net.name } });
    const short = make.name('short');
    // as it is, the name is unknown
    const { address } = await nameServerOn(make, net, {
      gives: (await server.endpoint(net.name)).IPAddress,
      says: { [`${short}.`]: 'NXDOMAIN' },
    });
    const asking = await make.claimed.container({
      member: 'asking',
      HostConfig: { NetworkMode: net.name, Dns: [address], DnsSearch: ['corporation.example'] },
    });
    expect(await asking.fetches(`http://${short}`)).toBeReached({ by: server });
  });
});

describe('name servers of the daemon', () => {
  const settings = ['--dns=192.0.2.7', '--dns-search=corporation.example', '--dns-opt=timeout:7'];

  claim('dns.daemon.settings-are-the-default', async () => {
    const other = await lab(settings);
    expect(await resolverOf(await other.make.container())).toEqual({
      servers: ['192.0.2.7'],
      search: ['corporation.example'],
      options: ['timeout:7'],
    });
  });

  claim('dns.daemon.settings-give-way', async () => {
    const other = await lab(settings);
    const [own, plain] = await Promise.all([
      other.make.claimed.container({ HostConfig: { Dns: ['192.0.2.8'], DnsSearch: ['.'] } }),
      other.make.container(),
    ]);
    await control(async () => expect(await resolverOf(plain)).toMatchObject({ servers: ['192.0.2.7'], search: ['corporation.example'] }));
    expect(await resolverOf(own)).toMatchObject({ servers: ['192.0.2.8'], search: [] });
  });
});

describe('the hosts file', () => {
  claim('dns.hosts.extra-host-leads-there', async () => {
    const net = await make.network();
    const on = { HostConfig: { NetworkMode: net.name } };
    const [server, named, peer] = await Promise.all([
      make.server({ member: 'server', ...on }),
      make.server({ member: 'named', ...on }),
      make.container({ member: 'peer', ...on }),
    ]);
    const { IPAddress } = await server.endpoint(net.name);
    const client = await make.claimed.container({
      member: 'client',
      HostConfig: { NetworkMode: net.name, ExtraHosts: [`${named.containerName}:${IPAddress}`] },
    });
    await control(async () => expect(await peer.fetches(`http://${named.containerName}`)).toBeReached({ by: named }));
    expect(await client.fetches(`http://${named.containerName}`)).toBeReached({ by: server });
  });

  claim('dns.hosts.host-gateway-is-the-default-bridges', async () => {
    const net = await make.network();
    const [container, onBridge] = await Promise.all([
      make.claimed.container({ HostConfig: { NetworkMode: net.name, ExtraHosts: ['the-host.example:host-gateway'] } }),
      make.container(),
    ]);
    const { Gateway } = await onBridge.endpoint('bridge');
    const addresses = (await linesOf(container, '/etc/hosts')).flatMap(([address = '', ...names]) =>
      names.includes('the-host.example') ? address : [],
    );
    // where the default bridge has IPv6, its address of that family comes as well
    expect(addresses.filter((address) => !address.includes(':'))).toEqual([Gateway]);
  });

  claim('dns.hosts.edits-end-with-a-restart', async () => {
    const container = await make.container({ HostConfig: { NetworkMode: (await make.network()).name } });
    const marked = () => read(container, ['sh', '-c', 'grep -c of-the-test /etc/hosts /etc/resolv.conf || [ $? = 1 ]']);
    await mustRun(container, ['sh', '-ec', 'echo "192.0.2.9 of-the-test.example" >>/etc/hosts; echo "# of-the-test" >>/etc/resolv.conf']);
    await control(async () => expect(await marked()).toBe('/etc/hosts:1\n/etc/resolv.conf:1\n'));
    await container.restart();
    expect(await marked()).toBe('/etc/hosts:0\n/etc/resolv.conf:0\n');
  });
});
