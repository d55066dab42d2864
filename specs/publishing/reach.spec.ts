import {
  attachedTo,
  claims,
  type Container,
  control,
  eventually,
  expect,
  externalHost,
  type ExternalHost,
  freePorts,
  host,
  lab,
  make,
  mustRun,
  networkView,
  overIPv6,
  type OwnLab,
  read,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const portMappingTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/port_mapping_linux_test.go' };
const release28 = { docs: 'docs.docker.com/engine/release-notes/28' };

const ipv6Bindings = { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' };

/**
 * Tells who asks at port 80, listens at 81 on the container's loopback only, and at UDP port 443 turns every QUIC
 * handshake away, since a server needs no certificate to do that.
 */
const server = () => ({
  member: 'server',
  ...serving(
    tellsWhoAsks,
    'server { listen 127.0.0.1:81; root /usr/share/nginx/html; }',
    'server { listen 443 quic; ssl_reject_handshake on; }',
  ),
  ExposedPorts: { '80/tcp': {}, '81/tcp': {}, '443/udp': {} },
});

/** Bindings to ports of the host that the engine chooses, at all addresses of the host. */
const published = { '80/tcp': [{}], '81/tcp': [{}], '443/udp': [{}] };

/** What becomes of a QUIC handshake. The server here turns it away, which is an answer; silence and a closed port are none. */
async function handshake(from: Container, authority: string): Promise<string> {
  const { exitCode, stderr } = await from.exec([
    'curl',
    '--silent',
    '--show-error',
    '--verbose',
    '--insecure',
    '--http3-only',
    '--connect-timeout',
    '2',
    `https://${authority}/`,
  ]);
  // being turned away is either, depending on how far curl is; what the socket says of an address or a port has its words
  if (exitCode === 7 || exitCode === 56) return /refused|unreachable|No route|recvmsg/.exec(stderr)?.[0] ?? 'answered';
  if (exitCode === 28) return 'timed out';
  throw new Error(`curl ended with status ${exitCode}, which says nothing of the port: ${stderr}`);
}

/** How many datagrams a container's sockets have received (/proc/net/snmp, Udp: InDatagrams). */
async function datagramsOf(container: Container): Promise<number> {
  return Number((await read(container, ['grep', 'Udp:', '/proc/net/snmp'])).split('\n')[1]?.split(' ')[1]);
}

/** Makes an external host take 127.0.0.2 for an address of the host, and talk to it: its own loopback has no addresses any more. */
async function forgeLoopback({ host: itsHost }: Pick<OwnLab, 'host'>, { machine, hostAddress }: ExternalHost): Promise<void> {
  const { Pid } = (await machine.inspect()).State;
  await mustRun(itsHost, ['busybox', 'nsenter', '-t', `${Pid}`, '-n', 'sysctl', '-w', 'net.ipv4.conf.all.route_localnet=1']);
  await mustRun(machine, ['ip', 'address', 'del', '127.0.0.1/8', 'dev', 'lo']);
  await mustRun(machine, ['ip', 'route', 'replace', '127.0.0.2', 'via', hostAddress]);
}

const beside = scene(async () => {
  const own = await lab();
  const [far, port] = await Promise.all([externalHost(own), freePorts(own.host)]);
  const open = await own.make.server({ ...server(), HostConfig: { PortBindings: { '80/tcp': [{ HostPort: `${port}` }] } } });
  return { own, far, open, port };
});

/** A server on a network with both families, and how a machine beside the host reaches its port over each. */
async function reachedFromBeside() {
  const own = await lab();
  const { subnet } = own.make.subnet();
  const [far, net, port] = await Promise.all([
    externalHost(own),
    own.make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }, { Subnet: own.make.subnet6().subnet }] } }),
    freePorts(own.host),
  ]);
  const open = await own.make.server(attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: `${port}` }] } }));
  const { hostAddress } = await overIPv6(own, far);
  const fetched = (address: string) =>
    eventually(
      () => far.machine.fetches(`http://${address}:${port}`),
      ({ kind }) => kind === 'reached',
      { within: 5000 },
    );
  const isReached = async () => {
    for (const address of [far.hostAddress, `[${hostAddress}]`]) expect(await fetched(address)).toBeReached({ by: open });
  };
  await control(isReached);
  return { own, net, subnet, open, isReached };
}

/** Runs while another container has the address that a server had, so that it comes back with another one. */
async function withAnotherAddress(
  { own, net, subnet, open }: Awaited<ReturnType<typeof reachedFromBeside>>,
  away: () => Promise<unknown>,
  back: () => Promise<void>,
): Promise<void> {
  const { IPAddress: before } = await open.endpoint(net.name);
  await away();
  await own.make.container({ member: 'instead', ...attachedTo(net) });
  await back();
  await control(async () => {
    const { IPAddress: after } = await open.endpoint(net.name);
    for (const address of [before, after]) expect(address).toBeInSubnet(subnet);
    expect(after).not.toBe(before);
  });
}

const street = scene(async () => {
  const { subnet, gateway } = make.subnet();
  const [net, elsewhere] = await Promise.all([make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }), make.network()]);
  const [open, peer, stranger, onHost] = await Promise.all([
    make.server({ ...server(), ...attachedTo(net, { PortBindings: published }) }),
    make.container({ member: 'peer', ...attachedTo(net) }),
    make.container({ member: 'stranger', ...attachedTo(elsewhere) }),
    make.container({ member: 'in-host-mode', HostConfig: { NetworkMode: 'host' } }),
  ]);
  const port = await open.hostPort(80);
  return { net, open, peer, stranger, onHost, gateway, port, hostAddress: `http://${gateway}:${port}` };
});

export default claims([
  // a machine beside the host
  {
    id: 'publishing.neighbours.are-seen-with-their-own-address',
    level: 'observed',
    title: 'A remote machine must reach a published port over IPv4, and be seen with its own address',
    sources: [
      portPublishing,
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/iptablesdoc/generated/usernet-portmap.md' },
    ],
    observedBy:
      "A namespace beside the host, joined to it by a veth pair, fetches the host's address at the published port; the server answers with its client's address.",
    requires: ['own-lab'],
    subject: 'published-ports-from-beside',
    faults: ['publishing.clients-are-disguised', 'publishing.forwarding-to-servers-is-dropped'],
    check: async () => {
      const { far, open, port } = await beside();
      const answer = await far.machine.fetches(`http://${far.hostAddress}:${port}`);
      expect(answer).toBeReached({ by: open });
      expect(answer).toMatchObject({ body: far.address });
    },
  },
  // a published port that a machine beside the host has reached
  {
    id: 'publishing.remote.port-survives-a-restart',
    level: 'must',
    title: 'A given port of a container with IPv6 must answer remote machines by IPv4 and IPv6 after a restart',
    sources: [portPublishing],
    observedBy:
      'A machine beside the host fetches the port over IPv4 and IPv6, before and after a stop and a start in which the container gets another address.',
    requires: ['own-lab'],
    since: ipv6Bindings,
    faults: ['publishing.dnat-is-stale'],
    check: async () => {
      const made = await reachedFromBeside();
      await withAnotherAddress(
        made,
        () => made.open.stop(),
        () => made.open.start(),
      );
      await made.isReached();
    },
  },
  {
    id: 'publishing.remote.port-returns-with-its-network',
    level: 'must',
    title: 'A given port of a container with IPv6 must answer remote machines by IPv4 and IPv6 once reconnected',
    sources: [portPublishing, { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' }],
    observedBy:
      'A machine beside the host fetches the port over IPv4 and IPv6, before and after a disconnect and a connect in which the container gets another address.',
    requires: ['own-lab'],
    since: ipv6Bindings,
    faults: ['publishing.dnat-is-stale'],
    check: async () => {
      const made = await reachedFromBeside();
      await withAnotherAddress(
        made,
        () => made.net.disconnect(made.open),
        () => made.net.connect(made.open),
      );
      await made.isReached();
    },
  },
  // a machine beside the host
  {
    id: 'publishing.neighbours.forged-routes-do-not-reach-loopback',
    level: 'must',
    title: "A forged route must not lead a remote machine to a port published at the host's IPv4 loopback",
    sources: [portPublishing, release28, { docs: 'github.com/moby/moby/issues/45610' }],
    observedBy:
      'A namespace beside the host with a route to 127.0.0.2 through the host gets no answer; the host does, and the remote machine where the port is published at all addresses.',
    requires: ['own-lab'],
    since: { version: '28.0.0', source: 'Neighbours cannot reach ports mapped on a loopback address since, Engine 28.0 release notes' },
    faults: ['publishing.asked-for-all-addresses'],
    check: async () => {
      const { own, open, port } = await beside();
      // a machine of its own: what is forged there stays
      const [far, guardedPort] = await Promise.all([externalHost(own), freePorts(own.host)]);
      const guarded = await own.make.server({
        ...server(),
        member: 'guarded',
        HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.2', HostPort: `${guardedPort}` }] } },
      });
      await forgeLoopback(own, far);
      const both = async () => {
        expect(await own.host.fetches(`http://127.0.0.2:${guardedPort}`)).toBeReached({ by: guarded });
        expect(await far.machine.fetches(`http://${far.hostAddress}:${port}`)).toBeReached({ by: open });
      };
      await control(both);
      expect(await far.machine.fetches(`http://127.0.0.2:${guardedPort}`)).toBeOutcome('timed-out');
      await control(both);
    },
  },
  // a server on a bridge that publishes its ports at all addresses of the host
  {
    id: 'publishing.host.every-address-leads-to-the-container',
    level: 'must',
    title: "A port with neither host address nor binding option must answer at the host's IPv4 on its network",
    sources: [portPublishing],
    observedBy: "curl on the host fetches the address that the host has on the container's network, at the published port.",
    requires: ['published-ports'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { open, hostAddress } = await street();
      expect(await host.fetches(hostAddress)).toBeReached({ by: open });
    },
  },
  {
    id: 'publishing.host.loopback-is-seen-as-the-gateway',
    level: 'observed',
    title: "A client at the host's 127.0.0.1 must be seen with the IPv4 address of the network's gateway",
    sources: [portMappingTests],
    observedBy: "curl on the host fetches 127.0.0.1 at the published port; the server answers with its client's address.",
    requires: ['published-ports'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { open, gateway, port } = await street();
      const answer = await host.fetches(`http://127.0.0.1:${port}`);
      expect(answer).toBeReached({ by: open });
      expect(answer).toMatchObject({ body: gateway });
    },
  },
  {
    id: 'publishing.peers.reach-it-through-the-host',
    level: 'must',
    title: "A container must reach a peer's published port at the host's IPv4 address on their network",
    sources: [portPublishing, portMappingTests],
    observedBy: "curl inside the peer fetches the host's address at the published port.",
    requires: ['published-ports', 'host-input'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { open, peer, hostAddress } = await street();
      expect(await peer.fetches(hostAddress)).toBeReached({ by: open });
    },
  },
  {
    id: 'publishing.peers.container-reaches-itself-through-the-host',
    level: 'must',
    title: "A container must reach its own published port at the host's IPv4 address on its network",
    sources: [portMappingTests],
    observedBy: "curl inside the publishing container fetches the host's address at the published port.",
    requires: ['published-ports', 'host-input'],
    faults: ['publishing.host-cannot-reach-servers'],
    check: async () => {
      const { open, hostAddress } = await street();
      expect(await open.fetches(hostAddress)).toBeReached({ by: open });
    },
  },
  {
    id: 'publishing.peers.other-networks-reach-it-through-the-host',
    level: 'must',
    title: "With docker-proxy, another bridge network must reach a published port at the host's IPv4 address",
    sources: [portPublishing, portMappingTests],
    observedBy: "curl inside a container of another network fetches the host's address at the published port.",
    requires: ['userland-proxy', 'host-input'],
    faults: ['publishing.bridges-drop-what-goes-to-servers'],
    check: async () => {
      const { open, stranger, hostAddress } = await street();
      expect(await stranger.fetches(hostAddress)).toBeReached({ by: open });
    },
  },
  {
    id: 'publishing.unpublished.listener-on-loopback-is-not-reached',
    level: 'observed',
    title: "A service on its container's 127.0.0.1 alone must not answer at a published port",
    sources: [{ docs: 'man7.org/linux/man-pages/man7/ip.7.html' }, { docs: 'github.com/moby/moby/pull/10900' }],
    observedBy:
      'curl on the host finds the port refused or reset, while curl inside the container reaches the service, and the host another port of it.',
    requires: ['published-ports'],
    faults: [
      {
        id: 'publishing.loopback-listener-is-exposed',
        title: 'What the host sends to port 81 of a container arrives at its port 80',
        inject: 'iptables -t nat -I OUTPUT -p tcp --dport 81 -j DNAT --to-destination :80',
        undo: 'iptables -t nat -D OUTPUT -p tcp --dport 81 -j DNAT --to-destination :80',
      },
    ],
    check: async () => {
      const { open, hostAddress } = await street();
      await control(async () => expect(await open.fetches('http://127.0.0.1:81')).toBeReached({ by: open }));
      const answer = await host.fetches(`http://127.0.0.1:${await open.hostPort(81)}`);
      expect(answer).toBeOutcome('refused', 'reset');
      await control(async () => expect(await host.fetches(hostAddress)).toBeReached({ by: open }));
    },
  },
  {
    id: 'publishing.udp.leads-to-the-container',
    level: 'must',
    title: 'A published UDP port must carry IPv4 datagrams from the host to the container, and answers back',
    sources: [portPublishing],
    observedBy:
      "A QUIC handshake from the host's network that the server turns away, and the count of datagrams that the container received.",
    requires: ['published-ports'],
    faults: ['publishing.datagrams-are-dropped'],
    check: async () => {
      const { open, onHost, gateway } = await street();
      const before = await datagramsOf(open);
      expect(await handshake(onHost, `${gateway}:${await open.hostPort(443, 'udp')}`)).toBe('answered');
      expect(await datagramsOf(open)).toBeGreaterThan(before);
    },
  },
  {
    id: 'publishing.udp.answers-other-networks',
    level: 'must',
    title: "With docker-proxy, a published UDP port must answer other networks at the host's IPv4 address",
    sources: [release28, portMappingTests],
    observedBy:
      "A QUIC handshake from a container of another network, at the host's address on the server's network, that the server turns away.",
    requires: ['userland-proxy', 'host-input'],
    since: {
      version: '28.0.0',
      source: 'published UDP ports can be relied on from other networks, at the address of the host, since, Engine 28.0 release notes',
    },
    faults: ['publishing.datagrams-are-dropped'],
    check: async () => {
      const { open, stranger, gateway } = await street();
      const before = await datagramsOf(open);
      expect(await handshake(stranger, `${gateway}:${await open.hostPort(443, 'udp')}`)).toBe('answered');
      expect(await datagramsOf(open)).toBeGreaterThan(before);
    },
  },
  // a machine beside the host
  {
    id: 'publishing.udp.answers-remote-machines',
    level: 'observed',
    title: 'A published UDP port must answer a remote machine over IPv4, seen with its own address',
    sources: [
      portPublishing,
      { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/iptablesdoc/generated/usernet-portmap.md' },
    ],
    observedBy:
      "A machine beside the host sends a datagram to the host's address at the published port, and gets what the container answers: the address of who asked.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'publishing.datagrams-from-beside-are-dropped',
        title: 'No datagram is forwarded to port 7 of containers',
        inject: 'iptables -t mangle -I FORWARD -p udp --dport 7 -j DROP',
        undo: 'iptables -t mangle -D FORWARD -p udp --dport 7 -j DROP',
      },
    ],
    check: async () => {
      const { own, far } = await beside();
      const port = await freePorts(own.host);
      await own.make.container({
        Cmd: ['socat', 'UDP-RECVFROM:7,fork', 'SYSTEM:echo $SOCAT_PEERADDR'],
        ExposedPorts: { '7/udp': {} },
        HostConfig: { PortBindings: { '7/udp': [{ HostPort: `${port}` }] } },
      });
      // a datagram that comes before somebody listens is lost; at its end, socat would send an empty one, which is answered, too
      const answer = await eventually(
        () => read(far.machine, ['sh', '-c', `echo who | socat -t 1 - UDP:${far.hostAddress}:${port},shut-none || true`]),
        (said) => said !== '',
        { within: 5000 },
      );
      expect(answer).toBe(`${far.address}\n`);
    },
  },
  // a server on a bridge that publishes its ports at all addresses of the host
  {
    id: 'publishing.udp.shares-its-number-with-tcp',
    level: 'must',
    title: 'TCP and UDP must be publishable at the same port number of the host',
    sources: [portPublishing],
    observedBy: 'A container publishes its port 80 for TCP and its port 443 for UDP at one number of the host; both answer there.',
    requires: ['published-ports'],
    faults: ['publishing.asked-for-any-port', 'publishing.datagrams-are-dropped'],
    check: async () => {
      const { net, onHost, gateway } = await street();
      const HostPort = `${await freePorts(host)}`;
      const both = await make.server({
        ...server(),
        ...attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort }], '443/udp': [{ HostPort }] } }),
      });
      expect(await host.fetches(`http://${gateway}:${HostPort}`)).toBeReached({ by: both });
      expect(await handshake(onHost, `${gateway}:${HostPort}`)).toBe('answered');
      expect(await datagramsOf(both)).toBeGreaterThan(0);
    },
  },
  {
    id: 'publishing.ipv6.loopback-leads-to-an-ipv4-container',
    level: 'must',
    title: "With docker-proxy, the host's ::1 must lead to a published port of an IPv4-only container",
    sources: [portPublishing, portMappingTests],
    observedBy: 'curl on the host fetches [::1] at the published port.',
    requires: ['userland-proxy', 'host-ipv6'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: [
      'publishing.host-cannot-reach-servers',
      {
        id: 'publishing.ipv6-loopback-is-closed',
        title: "Connections over the host's IPv6 loopback are reset",
        inject: 'ip6tables -I INPUT -i lo -p tcp -j REJECT --reject-with tcp-reset',
        undo: 'ip6tables -D INPUT -i lo -p tcp -j REJECT --reject-with tcp-reset',
      },
    ],
    check: async () => {
      const { open, port } = await street();
      await control(async () => expect((await networkView(host)).addresses).toContain('::1%lo'));
      // before 27.0 the number is chosen for each family; Podman lists one binding for both
      const bindings = (await open.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
      const { HostPort } = bindings.find(({ HostIp }) => HostIp === '::') ?? { HostPort: `${port}` };
      expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeReached({ by: open });
    },
  },
]);
