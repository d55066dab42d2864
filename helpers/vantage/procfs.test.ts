import { describe, expect, it } from '@jest/globals';
import { eventually } from '../claim/eventually';
import { run } from '../base/process';
import {
  defaultGateways,
  inet6Addresses,
  interfaceNames,
  linkAddresses,
  linksByName,
  listeningAt,
  listeningSockets,
  listensOn,
  localAddresses,
  networkView,
  networkViewOf,
  networkViews,
  networkViewWithSockets,
  routes,
  routes6,
} from './procfs';
import { ProbeBroken, type CommandResult, type VantagePoint } from '../world/vantage-point';

/* The tables below are those of one host, Linux 6.18: a Docker engine, an nginx in host mode and a veth pair. */

const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:   13826     201    0    0    0     0          0         0    13826     201    0    0    0     0       0          0
docker0:       0       0    0    0    0     0          0         0        0       0    0    2    0     0       0          0
    d1:     712      10    0    0    0     0          0         0      586       7    0    0    0     0       0          0
`;

const fibTrie = `Main:
  +-- 0.0.0.0/0 3 0 4
     +-- 10.8.0.0/15 2 0 2
        |-- 10.8.0.2
           /32 universe UNREACHABLE
        +-- 10.9.0.0/24 2 0 2
           +-- 10.9.0.0/31 1 0 0
              |-- 10.9.0.0
                 /24 link UNICAST
              |-- 10.9.0.1
                 /32 host LOCAL
           |-- 10.9.0.255
              /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
Local:
  +-- 0.0.0.0/0 3 0 4
              |-- 10.9.0.1
                 /32 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
`;

const ifInet6 = `fe80000000000000dc6ad6fffe4dd764 03 40 20 80       d1
fe800000000000007c5884fffe4d9c18 04 40 20 80       d0
00000000000000000000000000000001 01 80 10 80       lo
`;

const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       
*\t0200080A\t00000000\t0205\t0\t0\t0\tFFFFFFFF\t0\t0\t0                                                                                  
d0\t0000090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0                                                                                 
docker0\t000011AC\t00000000\t0001\t7\t9\t0\t0000FFFF\t0\t0\t0                                                                            
`;

const ipv6Route = `fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000007 00000001       d1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
`;

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 350200C0:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 229441 1 00000000c82c4afb 100 0 0 10 5                    
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 229568 1 00000000b973fa0f 100 0 0 10 0                    
   2: 0100007F:C5A8 0100007F:03EC 06 00000000:00000000 03:00001546 00000000     0        0 0 3 0000000022087db6                                      
`;

const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 229569 1 00000000c7330967 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 229570 1 00000000c7330968 100 0 0 10 0
   2: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 229571 1 00000000c7330969 100 0 0 10 0
`;

describe('the tables of /proc/net', () => {
  it('must give the names of the links, and no heading', () => {
    expect(interfaceNames(dev)).toEqual(['d1', 'docker0', 'lo']);
  });

  it('must give the addresses of the host once each, and no network or broadcast address', () => {
    expect(localAddresses(fibTrie)).toEqual(['10.9.0.1', '127.0.0.1']);
  });

  it('must give IPv6 addresses with their link', () => {
    expect(inet6Addresses(ifInet6)).toEqual(['fe80::dc6a:d6ff:fe4d:d764%d1', 'fe80::7c58:84ff:fe4d:9c18%d0', '::1%lo']);
  });

  it("must give links with their own index and their peer's, a link without an address included", () => {
    expect(linksByName('eth0 d2:3e:c8:0a:74:2c 2 7\nlo 00:00:00:00:00:00 1 1\ntun0  5 5\n*/brif/*\n', { lo: ['127.0.0.1/8'] })).toEqual({
      eth0: { macAddress: 'd2:3e:c8:0a:74:2c', index: 2, peerIndex: 7, addresses: [] },
      lo: { macAddress: '00:00:00:00:00:00', index: 1, peerIndex: 1, addresses: ['127.0.0.1/8'] },
      tun0: { macAddress: '', index: 5, peerIndex: 5, addresses: [] },
    });
    expect(linksByName('')).toEqual({});
  });

  it('must give the bridge of a link that is a port of one', () => {
    const links = linksByName('docker0 7e:58:84:4d:9c:18 3 3\nd0 dc:6a:d6:4d:d7:64 4 2\ndocker0/brif/d0\n');
    expect(links['d0']).toMatchObject({ bridge: 'docker0' });
    expect(links['docker0']).not.toHaveProperty('bridge');
  });

  it('must give the addresses of each link with the length of its subnet', () => {
    expect(linkAddresses(fibTrie, route, ifInet6)).toEqual({
      lo: ['127.0.0.1/8', '::1/128'],
      d0: ['10.9.0.1/24', 'fe80::7c58:84ff:fe4d:9c18/64'],
      d1: ['fe80::dc6a:d6ff:fe4d:d764/64'],
    });
  });

  it('must give an address to the link with the narrower subnet, and to none where two have the same', () => {
    const row = (link: string, mask: string) => `${link}\t0000000A\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;
    const narrow = row('d0', '00FFFFFF').replace('0000000A', '0000090A');
    const heading = 'Iface\tDestination\n';
    expect(linkAddresses(fibTrie, heading + row('tun0', '000000FF') + narrow, '')['d0']).toEqual(['10.9.0.1/24']);
    expect(linkAddresses(fibTrie, heading + row('d0', '000000FF') + row('d1', '000000FF'), '')).toEqual({ lo: ['127.0.0.1/8'] });
    expect(linkAddresses(fibTrie, heading, '')).toEqual({ lo: ['127.0.0.1/8'] });
  });

  it('must give the next hops of default routes, and neither those of others nor a refusing one', () => {
    const throughGateway = `${route}eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0000A8C0\t020011AC\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0\n`;
    const gateway = 'fe80000000000000dc6ad6fffe4dd764';
    const throughGateway6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${gateway} 00000400 00000001 00000000 00000003     eth0\n${ipv6Route}`;
    expect(defaultGateways(route, ipv6Route)).toEqual([]);
    expect(defaultGateways(throughGateway, throughGateway6)).toEqual(['172.17.0.1', 'fe80::dc6a:d6ff:fe4d:d764']);
  });

  it('must give routes without the counters that change by themselves', () => {
    expect(routes(route)).toEqual([
      '* 0200080A 00000000 0205 0 FFFFFFFF',
      'd0 0000090A 00000000 0001 0 00FFFFFF',
      'docker0 000011AC 00000000 0001 0 0000FFFF',
    ]);
    expect(routes(route.replace('\t7\t9\t', '\t8\t10\t'))).toEqual(routes(route));
    expect(routes6(ipv6Route)).toEqual([
      'd1 fe800000000000000000000000000000 40 00000000000000000000000000000000 00000001 00000100',
      'lo 00000000000000000000000000000000 00 00000000000000000000000000000000 00200200 ffffffff',
    ]);
    expect(routes6(ipv6Route.replace('00000001 00000007', '00000002 00000008'))).toEqual(routes6(ipv6Route));
  });

  it('must give listening sockets, and no connection', () => {
    expect(listeningSockets(tcp)).toEqual(['192.0.2.53:53', '0.0.0.0:80']);
    expect(listeningSockets(tcp6)).toEqual(['[::]:80', '[::ffff:7f00:1]:8080', '[::1]:631']);
  });

  it('must tell a port from one that ends alike', () => {
    expect(listensOn(['0.0.0.0:80'], 80)).toBe(true);
    expect(listensOn(['[::]:80'], 80)).toBe(true);
    expect(listensOn(['0.0.0.0:8080', '0.0.0.0:180'], 80)).toBe(false);
  });

  it('must be empty where a kernel has no such table', () => {
    for (const read of [interfaceNames, localAddresses, inet6Addresses, routes, routes6, listeningSockets]) expect(read('')).toEqual([]);
    expect(defaultGateways('', '')).toEqual([]);
  });
});

const files = { dev, fib_trie: fibTrie, if_inet6: ifInet6, route, ipv6_route: ipv6Route };

/** A place where the command of networkView() prints these files, between blank lines as tail does. */
function showing(tables: Record<string, string>): VantagePoint {
  const links = 'docker0 7e:58:84:4d:9c:18 3 3\nd0 dc:6a:d6:4d:d7:64 4 2\ndocker0/brif/d0\n';
  const stdout = `net:[4026531840]\n${links}${Object.entries(tables)
    .map(([name, table]) => `==> ${name} <==\n${table}`)
    .join('\n')}`;
  return { name: 'recorded', exec: () => Promise.resolve({ exitCode: 0, stdout, stderr: '' }) };
}

describe('the view of a network namespace', () => {
  it('must hold everything, sorted', async () => {
    expect(await networkView(showing(files))).toMatchObject({
      namespace: 'net:[4026531840]',
      interfaces: ['d1', 'docker0', 'lo'],
      links: {
        d0: { index: 4, bridge: 'docker0', addresses: ['10.9.0.1/24', 'fe80::7c58:84ff:fe4d:9c18/64'] },
        docker0: { index: 3, addresses: [] },
      },
      addresses: ['10.9.0.1', '127.0.0.1', '::1%lo', 'fe80::7c58:84ff:fe4d:9c18%d0', 'fe80::dc6a:d6ff:fe4d:d764%d1'],
      routes: [...routes(route), ...routes6(ipv6Route)].sort(),
    });
  });

  it('must hold the IPv4 half on a host without IPv6', async () => {
    const view = await networkView(showing({ dev, fib_trie: fibTrie, route }));
    expect(view.addresses).toEqual(['10.9.0.1', '127.0.0.1']);
    expect(view.routes).toEqual(routes(route));
  });

  it('must be refused, not empty, where the place cannot be looked at', async () => {
    const broken: CommandResult = { exitCode: 127, stdout: 'exec: "sh": executable file not found', stderr: '' };
    const place: VantagePoint = { name: 'nginx', exec: () => Promise.resolve(broken) };
    await expect(networkView(place)).rejects.toThrow(ProbeBroken);
    await expect(networkView(place)).rejects.toThrow(/on nginx ended with status 127: exec: "sh": executable file not found/);
  });
});

describe('the sockets of a network namespace', () => {
  const place = (stdout: string): VantagePoint => ({ name: 'recorded', exec: () => Promise.resolve({ exitCode: 0, stdout, stderr: '' }) });

  it('must be those that listen, of both families, sorted', async () => {
    expect(await listeningAt(place(tcp + tcp6))).toEqual(['0.0.0.0:80', '192.0.2.53:53', '[::1]:631', '[::]:80', '[::ffff:7f00:1]:8080']);
  });

  it('must be those of the one family that a host without IPv6 has', async () => {
    expect(await listeningAt(place(tcp))).toEqual(['0.0.0.0:80', '192.0.2.53:53']);
  });

  it('must come with a view that is asked for them', async () => {
    const view = await networkViewWithSockets(showing({ ...files, tcp, tcp6 }));
    expect(view).toEqual({
      ...(await networkView(showing(files))),
      listening: ['0.0.0.0:80', '192.0.2.53:53', '[::1]:631', '[::]:80', '[::ffff:7f00:1]:8080'],
    });
  });

  it('must come with the views of several processes', async () => {
    // others begin and cease to listen meanwhile
    const look = async () => ({ alone: await listeningAt(here), several: (await networkViews([process.pid], here)).others[0]?.listening });
    const { alone, several } = await eventually(look, (seen) => JSON.stringify(seen.alone) === JSON.stringify(seen.several), {
      within: 5000,
    });
    expect(several).toEqual(alone);
  });
});

const here: VantagePoint = { name: 'here', exec: (argv) => run(argv) };

describe('this machine, as /proc and iproute2 show it', () => {
  /** `ip -json` in words of a view; undefined on a machine without iproute2 or /proc. */
  async function fromIproute(...args: string[]): Promise<Record<string, unknown>[] | undefined> {
    const { exitCode, stdout } = await run(['ip', '-json', ...args]);
    return exitCode === 0 ? (JSON.parse(stdout || '[]') as Record<string, unknown>[]) : undefined;
  }

  it('must have the same links and addresses', async () => {
    const links = (await fromIproute('address')) as
      { ifname: string; ifindex: number; address: string; addr_info: { family: string; local: string; prefixlen: number }[] }[] | undefined;
    if (!links) return;
    const view = await networkView(here);
    const up = links.filter(({ addr_info: addresses }) => addresses.length > 0);
    expect(view.interfaces).toEqual(links.map(({ ifname }) => ifname).sort());
    const { links: seen } = view;
    expect(Object.entries(seen).map(([name, { macAddress, index }]) => ({ name, macAddress, index }))).toEqual(
      expect.arrayContaining(
        links
          .filter(({ address }) => /^([0-9a-f]{2}:){5}/.test(address))
          .map(({ ifname, ifindex, address }) => ({ name: ifname, macAddress: address, index: ifindex })),
      ),
    );
    const addresses = up.flatMap(({ ifname, addr_info: all }) =>
      all.map(({ family, local }) => (family === 'inet' ? local : `${local}%${ifname}`)),
    );
    expect(view.addresses).toEqual([...new Set(addresses)].sort());
    // /proc tells no link for some addresses; those that it tells must be right
    for (const { ifname, addr_info: all } of up)
      expect(all.map(({ local, prefixlen }) => `${local}/${prefixlen}`)).toEqual(expect.arrayContaining(seen[ifname]?.addresses ?? []));
    expect(seen['lo']?.addresses).toContain('127.0.0.1/8');
  });

  it('must be the same through a process that is in it', async () => {
    const own = await networkView(here);
    const { namespace, links } = await networkViewOf(process.pid, here);
    expect({ namespace, links }).toEqual({ namespace: own.namespace, links: own.links });
  });

  it('must be had of several processes at once, and lack one that is not there', async () => {
    const { own, others } = await networkViews([process.pid, 0], here);
    expect(own?.namespace).toMatch(/^net:\[\d+\]$/);
    expect(others.map((view) => view?.namespace)).toEqual([own?.namespace, undefined]);
    expect(others[0]?.links).toEqual(own?.links);
  });

  it('must be refused, not empty, through a process that is not there', async () => {
    await expect(networkViewOf(0, here)).rejects.toThrow(ProbeBroken);
  });

  it('must be in the namespace that its own link names', async () => {
    expect((await networkView(here)).namespace).toBe((await run(['readlink', '/proc/self/ns/net'])).stdout.trim());
  });
});
