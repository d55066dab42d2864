import { create } from '../../fixtures/faults/trials/dns';
import {
  attachedTo,
  claims,
  type Container,
  control,
  expect,
  host,
  lab,
  lookUp,
  make,
  mustRun,
  nameServerOn,
  read,
  scene,
} from '../../helpers';

const dns = { docs: 'docs.docker.com/engine/network/dns' };
const dnsServices = { docs: 'docs.docker.com/engine/network/#dns-services' };
const runReference = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const daemonReference = { docs: 'docs.docker.com/reference/cli/dockerd' };

/** The words of each line of a file that begins with a keyword, without comments. */
async function linesOf(container: Container, file: string): Promise<string[][]> {
  return (await read(container, ['cat', file]))
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

/** What a container's resolv.conf says. */
async function resolverOf(container: Container) {
  const lines = await linesOf(container, '/etc/resolv.conf');
  const after = (keyword: string) => lines.flatMap(([first, ...rest]) => (first === keyword ? rest : []));
  return { servers: after('nameserver'), search: after('search'), options: after('options') };
}

/** Names that a container's /etc/hosts has for an address. */
const hostsAt = async (container: Container, address: string) =>
  (await linesOf(container, '/etc/hosts')).flatMap(([first, ...names]) => (first === address ? names : []));

/**
 * Two containers that were given the same, on a network of their own and on the default bridge, and one that was given
 * nothing. The first has a host name with dots.
 */
const configured = scene(async () => {
  const net = await make.network();
  const given = {
    Dns: ['192.0.2.2', '192.0.2.1'],
    DnsSearch: ['one.example', 'another.example'],
    DnsOptions: ['timeout:3', 'attempts:1'],
    ExtraHosts: ['six.example:2001:db8::7'],
  };
  const [own, onBridge, plain] = await Promise.all([
    make.claimed.container({ member: 'own', Hostname: 'own.corporation.example', ...attachedTo(net, given) }),
    make.claimed.container({ member: 'on-bridge', HostConfig: given }),
    make.container({ member: 'plain', ...attachedTo(net) }),
  ]);
  return { given, net, own, onBridge, plain };
});

const settings = ['--dns=192.0.2.7', '--dns-search=corporation.example', '--dns-opt=timeout:7', '--host-gateway-ip=192.0.2.6'];

const loopbackServer = '127.0.0.9';

/** Containers of a lab whose host has a name server on its loopback, which gives every name one address, besides another one or alone. */
const ofTheHost = scene(async () => {
  const own = await lab([], 'name servers of the host');
  const says = (...lines: string[]) => mustRun(own.host, ['sh', '-ec', `printf '%s\\n' "$@" >/etc/resolv.conf`, 'sh', ...lines]);
  const dnsmasq = `dnsmasq --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --bind-interfaces`;
  const serve = `${dnsmasq} --listen-address=${loopbackServer} --address=/#/198.51.100.7`;
  // the lab has one already where the scene is made once more
  await mustRun(own.host, ['sh', '-ec', `${serve} || ss -lnuH src ${loopbackServer} | grep -q .`]);
  const net = await own.make.network();
  await says(`nameserver ${loopbackServer}`, 'nameserver 192.0.2.53', 'search host.example', 'options timeout:7 ndots:2');
  const onDefault = { HostConfig: { NetworkMode: 'bridge' } };
  const [onBridge, onNetwork] = await Promise.all([own.make.container(onDefault), own.make.container(attachedTo(net))]);
  await says(`nameserver ${loopbackServer}`);
  return { onBridge, onNetwork, withoutAny: await own.make.container(onDefault) };
});

export default claims([
  // resolv.conf
  {
    id: 'dns.resolv-conf.names-the-embedded-server',
    level: 'must',
    title: 'resolv.conf on a user-defined network must list 127.0.0.11 as the only name server',
    sources: [dns],
    observedBy: '/etc/resolv.conf inside the container.',
    faults: ['dns.containers-ask-the-host', 'dns.networks-of-choice-are-lost'],
    check: async () => {
      expect((await resolverOf((await configured()).plain)).servers).toEqual(['127.0.0.11']);
    },
  },
  {
    id: 'dns.resolv-conf.asks-for-short-names-as-they-are',
    level: 'must',
    title: 'Without ndots given, resolv.conf on a user-defined network must have the option ndots:0',
    sources: [dns],
    observedBy: '/etc/resolv.conf inside the container.',
    requires: ['unconfigured-dns-options'],
    faults: ['dns.containers-ask-the-host', 'dns.networks-of-choice-are-lost'],
    check: async () => {
      expect((await resolverOf((await configured()).plain)).options).toContain('ndots:0');
    },
  },
  {
    id: 'dns.resolv-conf.hides-given-servers',
    level: 'must',
    title: 'resolv.conf on a user-defined network must not have the --dns servers as its name servers',
    sources: [dns],
    observedBy: '/etc/resolv.conf inside the container, and inside one on the default bridge that was given the same.',
    faults: ['dns.containers-ask-given-servers', 'dns.networks-of-choice-are-lost'],
    check: async () => {
      const { given, own, onBridge } = await configured();
      await control(async () => expect((await resolverOf(onBridge)).servers).toEqual(given.Dns));
      const { servers } = await resolverOf(own);
      expect(servers).toHaveLength(1);
      expect(given.Dns).not.toContain(servers[0]);
    },
  },
  {
    id: 'dns.resolv-conf.default-bridge-lists-given-servers',
    level: 'must',
    title: 'resolv.conf on the default bridge must list the --dns servers in their order',
    sources: [dnsServices, runReference],
    observedBy: '/etc/resolv.conf inside the container.',
    requires: ['default-bridge'],
    faults: ['dns.containers-ask-the-host', 'dns.given-servers-are-lost', 'dns.first-server-is-passed-over'],
    check: async () => {
      const { given, onBridge } = await configured();
      expect((await resolverOf(onBridge)).servers).toEqual(given.Dns);
    },
  },
  {
    id: 'dns.resolv-conf.has-given-domains-and-options',
    level: 'must',
    title: 'resolv.conf must have the search domains and options that the container was given',
    sources: [dnsServices, runReference],
    observedBy: '/etc/resolv.conf inside the container.',
    faults: ['dns.containers-ask-the-host', 'dns.domains-and-options-are-lost'],
    check: async () => {
      const { given, own, onBridge } = await configured();
      for (const container of [own, onBridge]) {
        const { search, options } = await resolverOf(container);
        expect(search).toEqual(given.DnsSearch);
        expect(options).toEqual(expect.arrayContaining(given.DnsOptions));
      }
    },
  },
  {
    id: 'dns.resolv-conf.tells-external-servers',
    level: 'must',
    title: 'A comment in resolv.conf on a user-defined network must list the servers questions are forwarded to',
    sources: [dns],
    observedBy: '/etc/resolv.conf inside a container on a user-defined network that was given a name server.',
    requires: ['docker-engine'],
    since: { version: '26.0.0', source: 'resolv.conf is generated anew, with comments, pull request 47041' },
    faults: [
      'dns.containers-ask-the-host',
      'dns.given-servers-are-lost',
      'dns.first-server-is-passed-over',
      'dns.second-server-is-silent',
      'dns.networks-of-choice-are-lost',
    ],
    check: async () => {
      const { given, own } = await configured();
      expect(await read(own, ['cat', '/etc/resolv.conf'])).toContain(`# ExtServers: [${given.Dns.join(' ')}]`);
    },
  },
  {
    id: 'dns.resolv-conf.search-domain-completes-names',
    level: 'must',
    title: "A short name must be found in the container's search domain after NXDOMAIN for the name itself",
    sources: [dns, dnsServices],
    observedBy:
      'curl inside the container fetches a name without a dot; the name server of the test knows it with the domain, and leads to a server.',
    faults: ['dns.given-servers-are-lost', 'dns.forwarding-over-udp-is-dead', 'dns.domains-and-options-are-lost'],
    check: async () => {
      const net = await make.network();
      const server = await make.server({ member: 'server', ...attachedTo(net) });
      const short = make.name('short');
      // as it is, the name is unknown
      const { address } = await nameServerOn(make, net, {
        gives: (await server.endpoint(net.name)).IPAddress,
        says: { [`${short}.`]: 'NXDOMAIN' },
      });
      const asking = await make.claimed.container({
        member: 'asking',
        ...attachedTo(net, { Dns: [address], DnsSearch: ['corporation.example'] }),
      });
      expect(await asking.fetches(`http://${short}`)).toBeReached({ by: server });
    },
  },
  // name servers of the daemon
  {
    id: 'dns.daemon.settings-are-the-default',
    level: 'must',
    title: "resolv.conf on the default bridge must have dockerd's DNS settings if a container has none",
    sources: [daemonReference],
    observedBy: '/etc/resolv.conf inside a container on the default bridge of a lab.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.daemon-has-no-servers'],
    check: async () => {
      const other = await lab(settings);
      expect(await resolverOf(await other.make.container())).toEqual({
        servers: ['192.0.2.7'],
        search: ['corporation.example'],
        options: ['timeout:7'],
      });
    },
  },
  {
    id: 'dns.daemon.settings-give-way',
    level: 'must',
    title: "A container's --dns must replace dockerd's, and its search domain \".\" remove dockerd's",
    sources: [daemonReference, runReference, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: '/etc/resolv.conf inside a container on the default bridge of a lab, and inside one that is given nothing.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.given-servers-are-lost', 'dns.domains-and-options-are-lost', 'dns.daemon-has-no-servers'],
    check: async () => {
      const other = await lab(settings);
      const [own, plain] = await Promise.all([
        other.make.claimed.container({ HostConfig: { Dns: ['192.0.2.8'], DnsSearch: ['.'] } }),
        other.make.container(),
      ]);
      await control(async () => expect(await resolverOf(plain)).toMatchObject({ servers: ['192.0.2.7'], search: ['corporation.example'] }));
      expect(await resolverOf(own)).toMatchObject({ servers: ['192.0.2.8'], search: [] });
    },
  },
  // the hosts file
  {
    id: 'dns.hosts.extra-host-leads-there',
    level: 'must',
    title: 'The name of an extra host must lead to the IPv4 address that was given with it',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run/#add-host' }],
    observedBy:
      'curl inside the container fetches the host; the answer carries the token of the server that has the address, and for a peer without extra hosts that of the server that has the name.',
    faults: ['dns.extra-hosts-are-lost'],
    check: async () => {
      const net = await make.network();
      const on = attachedTo(net);
      const [server, named, peer] = await Promise.all([
        make.server({ member: 'server', ...on }),
        make.server({ member: 'named', ...on }),
        make.container({ member: 'peer', ...on }),
      ]);
      const { IPAddress } = await server.endpoint(net.name);
      const client = await make.claimed.container({
        member: 'client',
        ...attachedTo(net, { ExtraHosts: [`${named.containerName}:${IPAddress}`] }),
      });
      await control(async () => expect(await peer.fetches(`http://${named.containerName}`)).toBeReached({ by: named }));
      expect(await client.fetches(`http://${named.containerName}`)).toBeReached({ by: server });
    },
  },
  {
    id: 'dns.hosts.host-gateway-is-the-default-bridges',
    level: 'should',
    title: "host-gateway in extra hosts must resolve to the host's IPv4 address on the default bridge",
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/container/run/#add-host' },
      { docs: 'docs.docker.com/reference/cli/dockerd/#configure-host-gateway-ip' },
    ],
    observedBy: '/etc/hosts inside a container of a user-defined network, and the gateway of one on the default bridge.',
    requires: ['default-bridge', 'unconfigured-default-gateway', 'unconfigured-host-gateway'],
    faults: ['dns.extra-hosts-are-lost'],
    check: async () => {
      const net = await make.network();
      const [container, onBridge] = await Promise.all([
        make.claimed.container(attachedTo(net, { ExtraHosts: ['the-host.example:host-gateway'] })),
        make.container(),
      ]);
      const { Gateway } = await onBridge.endpoint('bridge');
      const addresses = (await linesOf(container, '/etc/hosts')).flatMap(([address = '', ...names]) =>
        names.includes('the-host.example') ? address : [],
      );
      // where the default bridge has IPv6, its address of that family comes as well
      expect(addresses.filter((address) => !address.includes(':'))).toEqual([Gateway]);
    },
  },
  {
    id: 'dns.hosts.edits-end-with-a-restart',
    level: 'observed',
    title: 'Lines added to /etc/hosts and resolv.conf inside a container must be gone after a restart',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/29' }, { docs: 'github.com/moby/moby/pull/51615' }],
    observedBy:
      'Both files in a container, before and after a line was added to each, and after its restart. Engine 29.1.0 keeps that of resolv.conf, which 29.1.1 took back.',
    faults: [
      {
        id: 'dns.restarts-nothing',
        title: 'The API grants every restart, and restarts nothing',
        api: [{ method: 'POST', path: /^\/containers\/[^/]+\/restart/, does: 'pretends', status: 204 }],
      },
    ],
    check: async () => {
      const container = await make.container(attachedTo(await make.network()));
      const marked = () => read(container, ['sh', '-c', 'grep -c of-the-test /etc/hosts /etc/resolv.conf || [ $? = 1 ]']);
      await mustRun(container, ['sh', '-ec', 'echo "192.0.2.9 of-the-test.example" >>/etc/hosts; echo "# of-the-test" >>/etc/resolv.conf']);
      await control(async () => expect(await marked()).toBe('/etc/hosts:1\n/etc/resolv.conf:1\n'));
      await container.restart();
      expect(await marked()).toBe('/etc/hosts:0\n/etc/resolv.conf:0\n');
    },
  },
  {
    id: 'dns.hosts.host-gateway-is-the-operators',
    level: 'must',
    title: 'host-gateway in extra hosts must resolve to the address of --host-gateway-ip',
    sources: [
      { docs: 'docs.docker.com/reference/cli/dockerd/#configure-host-gateway-ip' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/container/daemon_linux_test.go' },
    ],
    observedBy: '/etc/hosts inside a container on the default bridge of a lab.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.extra-hosts-are-lost', 'dns.daemon-has-no-servers'],
    check: async () => {
      const other = await lab(settings);
      const container = await other.make.container({ HostConfig: { ExtraHosts: ['the-host.example:host-gateway'] } });
      const lines = (await linesOf(container, '/etc/hosts')).filter((words) => words.includes('the-host.example'));
      expect(lines).toEqual([['192.0.2.6', 'the-host.example']]);
    },
  },
  {
    id: 'dns.hosts.extra-host-may-be-ipv6',
    level: 'must',
    title: '/etc/hosts must lead the name of an extra host to the IPv6 address that was given with it',
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run/#add-host' }],
    observedBy: '/etc/hosts inside the container.',
    faults: ['dns.extra-hosts-are-lost'],
    check: async () => {
      expect(await hostsAt((await configured()).own, '2001:db8::7')).toEqual(['six.example']);
    },
  },
  {
    id: 'dns.hosts.full-name-has-its-first-label-beside-it',
    level: 'must',
    title: '/etc/hosts must give a container with dots in its host name the whole name and its first label',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: "The names of the container's own address in /etc/hosts.",
    faults: [
      {
        id: 'dns.host-names-are-lost',
        title: 'The engine is not told the host name of a container',
        api: [{ ...create, does: 'asks', at: ['Hostname'], value: '' }],
      },
    ],
    check: async () => {
      const { net, own } = await configured();
      const { IPAddress } = await own.endpoint(net.name);
      expect(await hostsAt(own, IPAddress)).toEqual(expect.arrayContaining(['own.corporation.example', 'own']));
    },
  },
  {
    id: 'dns.hosts.has-the-usual-names',
    level: 'must',
    title: '/etc/hosts must have localhost for both families, and the IPv6 names ip6-allnodes and ip6-allrouters',
    sources: [dnsServices, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/etchosts_test.go' }],
    observedBy: '/etc/hosts inside a container on a user-defined network.',
    requires: ['host-ipv6'],
    faults: ['dns.hosts-file-is-another'],
    check: async () => {
      const { plain } = await configured();
      for (const loopback of ['127.0.0.1', '::1']) expect(await hostsAt(plain, loopback)).toContain('localhost');
      expect(await hostsAt(plain, 'ff02::1')).toContain('ip6-allnodes');
      expect(await hostsAt(plain, 'ff02::2')).toContain('ip6-allrouters');
    },
  },
  {
    id: 'dns.hosts.mounted-file-wins',
    level: 'must',
    title: "A file of the host that is mounted at /etc/hosts must be there instead of the engine's own",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: '/etc/hosts inside the container, and the resolv.conf of the host, which is mounted there.',
    faults: [
      {
        id: 'dns.mounts-are-lost',
        title: 'The engine is not told what a container wants mounted',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'Binds'], value: [] }],
      },
    ],
    check: async () => {
      const { net } = await configured();
      const box = await make.claimed.container(attachedTo(net, { Binds: ['/etc/resolv.conf:/etc/hosts:ro'] }));
      expect(await read(box, ['cat', '/etc/hosts'])).toBe(await read(host, ['cat', '/etc/resolv.conf']));
    },
  },
  {
    id: 'dns.hosts.read-only-container-has-its-files',
    level: 'must',
    title: 'A container with a read-only root must have its own line in /etc/hosts, and the usual name server',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy:
      '/etc/hosts and /etc/resolv.conf inside a container that cannot write to its root; the name servers of another one on its network.',
    faults: [
      'dns.networks-of-choice-are-lost',
      {
        id: 'dns.roots-are-writable',
        title: 'The engine is not told that the root of a container is to be read-only',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'ReadonlyRootfs'], value: false }],
      },
    ],
    check: async () => {
      const { net, plain } = await configured();
      const box = await make.claimed.container(attachedTo(net, { ReadonlyRootfs: true }));
      await control(async () =>
        expect(await read(box, ['sh', '-c', 'touch /written 2>/dev/null && echo written || echo refused'])).toBe('refused\n'),
      );
      expect(await hostsAt(box, (await box.endpoint(net.name)).IPAddress)).toContain(box.id.slice(0, 12));
      expect((await resolverOf(box)).servers).toEqual((await resolverOf(plain)).servers);
    },
  },
  {
    id: 'dns.resolv-conf.edits-stay-while-networks-change',
    level: 'must',
    title: 'A resolv.conf that was edited inside must stay as it is when its container joins a network',
    sources: [dns, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/internal/resolvconf/resolvconf.go' }],
    observedBy: '/etc/resolv.conf inside the container, after a line was added and the container connected to another network.',
    faults: [
      {
        id: 'dns.edits-are-undone',
        title: 'Something on the host takes what was added to resolv.conf away again',
        inject: `touch /run/undoing; (while [ -e /run/undoing ]; do
          for file in $(grep -l of-the-test /var/lib/docker/containers/*/resolv.conf); do grep -v of-the-test $file >/run/undone; cat /run/undone >$file; done
          busybox usleep 10000
        done) >/dev/null 2>&1 &`,
        undo: 'rm -f /run/undoing',
      },
    ],
    check: async () => {
      const { net } = await configured();
      const [box, other] = await Promise.all([make.container(attachedTo(net)), make.network()]);
      await mustRun(box, ['sh', '-ec', 'echo "options of-the-test" >>/etc/resolv.conf']);
      const edited = await read(box, ['cat', '/etc/resolv.conf']);
      await other.connect(box);
      expect(edited).toContain('of-the-test');
      expect(await read(box, ['cat', '/etc/resolv.conf'])).toBe(edited);
    },
  },
  {
    id: 'dns.daemon.settings-hold-in-host-mode',
    level: 'must',
    title: "A container in host mode must have dockerd's DNS settings if it has none of its own",
    sources: [daemonReference, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_daemon_test.go' }],
    observedBy: '/etc/resolv.conf inside a container in host mode in a lab.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.daemon-has-no-servers'],
    check: async () => {
      const other = await lab(settings);
      expect(await resolverOf(await other.make.container({ HostConfig: { NetworkMode: 'host' } }))).toEqual({
        servers: ['192.0.2.7'],
        search: ['corporation.example'],
        options: ['timeout:7'],
      });
    },
  },
  // what the host's own resolv.conf says
  {
    id: 'dns.resolv-conf.default-bridge-has-the-hosts-servers',
    level: 'must',
    title: "resolv.conf on the default bridge must list the host's name servers without those of its loopback",
    sources: [dns, dnsServices, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_run_test.go' }],
    observedBy: '/etc/resolv.conf inside a container of a lab, whose host has a server of its loopback and another one.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.containers-are-given-a-server'],
    check: async () => {
      expect((await resolverOf((await ofTheHost()).onBridge)).servers).toEqual(['192.0.2.53']);
    },
  },
  {
    id: 'dns.resolv-conf.public-servers-are-the-last-resort',
    level: 'must',
    title: 'On the default bridge, 8.8.8.8 and 8.8.4.4 must be used if the host has loopback name servers only',
    sources: [dns, dnsServices, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/internal/resolvconf/resolvconf.go' }],
    observedBy: '/etc/resolv.conf inside a container of a lab, whose host has a server of its loopback alone.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.containers-are-given-a-server'],
    check: async () => {
      expect((await resolverOf((await ofTheHost()).withoutAny)).servers).toEqual(['8.8.8.8', '8.8.4.4']);
    },
  },
  {
    id: 'dns.resolv-conf.search-and-options-are-the-hosts',
    level: 'must',
    title: "Without own ones, resolv.conf must have the host's search domains and options, its ndots included",
    sources: [dns, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/internal/resolvconf/resolvconf.go' }],
    observedBy: '/etc/resolv.conf inside a container on the default bridge and one on a user-defined network of a lab.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'dns.containers-are-given-domains',
        title: 'The engine is told search domains and options that nobody asked for',
        api: [
          { ...create, does: 'asks', at: ['HostConfig', 'DnsSearch'], value: ['another.example'] },
          { ...create, does: 'asks', at: ['HostConfig', 'DnsOptions'], value: ['ndots:3'] },
        ],
      },
    ],
    check: async () => {
      const { onBridge, onNetwork } = await ofTheHost();
      for (const container of [onBridge, onNetwork])
        expect(await resolverOf(container)).toMatchObject({ search: ['host.example'], options: ['timeout:7', 'ndots:2'] });
    },
  },
  {
    id: 'dns.resolv-conf.tells-whom-the-host-asks',
    level: 'must',
    title: "A comment in resolv.conf on a user network must mark the host's loopback servers as host(ADDRESS)",
    sources: [dns],
    observedBy: '/etc/resolv.conf inside a container of a lab that was given no name server.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '26.0.0', source: 'resolv.conf is generated anew, with comments, pull request 47041' },
    faults: ['dns.containers-are-given-a-server'],
    check: async () => {
      const text = await read((await ofTheHost()).onNetwork, ['cat', '/etc/resolv.conf']);
      expect(text).toContain(`# ExtServers: [host(${loopbackServer})`);
    },
  },
  {
    id: 'dns.forward.asks-the-hosts-loopback-server',
    level: 'must',
    title: "On a user-defined network, unknown names must be asked of the host's loopback name server",
    sources: [dns, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/resolvconf_test.go' }],
    observedBy: 'The answer that a container of a lab gets, with the address that only this name server gives.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['dns.containers-are-given-a-server'],
    check: async () => {
      const { onNetwork } = await ofTheHost();
      const { records } = await lookUp(onNetwork, `there.${make.name()}.example`);
      expect(records.map(({ data }) => data)).toEqual(['198.51.100.7']);
    },
  },
]);
