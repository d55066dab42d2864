import {
  claim,
  control,
  describe,
  eventually,
  expect,
  externalHost,
  freePorts,
  host,
  lab,
  make,
  mustRun,
  networkView,
  overIPv6,
  read,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

type From = Awaited<ReturnType<typeof make.container>>;
type OwnLab = Awaited<ReturnType<typeof lab>>;
type ExternalHost = Awaited<ReturnType<typeof externalHost>>;

/**
 * Tells who asks at port 80, listens at 81 on the container's loopback only, and at UDP port 443 turns every QUIC
 * handshake away, since a server needs no certificate to do that.
 */
const server = {
  member: 'server',
  ...serving(
    tellsWhoAsks,
    'server { listen 127.0.0.1:81; root /usr/share/nginx/html; }',
    'server { listen 443 quic; ssl_reject_handshake on; }',
  ),
  ExposedPorts: { '80/tcp': {}, '81/tcp': {}, '443/udp': {} },
};

/** Bindings to ports of the host that the engine chooses, at all addresses of the host. */
const published = { '80/tcp': [{}], '81/tcp': [{}], '443/udp': [{}] };

/** What becomes of a QUIC handshake. The server here turns it away, which is an answer; silence and a closed port are none. */
async function handshake(from: From, authority: string): Promise<string> {
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
async function datagramsOf(container: From): Promise<number> {
  return Number((await read(container, ['grep', 'Udp:', '/proc/net/snmp'])).split('\n')[1]?.split(' ')[1]);
}

/** Makes an external host take 127.0.0.2 for an address of the host, and talk to it: its own loopback has no addresses any more. */
async function forgeLoopback({ host: itsHost }: Pick<OwnLab, 'host'>, { machine, hostAddress }: ExternalHost): Promise<void> {
  const { Pid } = (await machine.inspect()).State;
  await mustRun(itsHost, ['busybox', 'nsenter', '-t', `${Pid}`, '-n', 'sysctl', '-w', 'net.ipv4.conf.all.route_localnet=1']);
  await mustRun(machine, ['ip', 'address', 'del', '127.0.0.1/8', 'dev', 'lo']);
  await mustRun(machine, ['ip', 'route', 'replace', '127.0.0.2', 'via', hostAddress]);
}

describe('a machine beside the host', () => {
  const beside = scene(async () => {
    const own = await lab();
    const [far, port] = await Promise.all([externalHost(own), freePorts(own.host)]);
    const open = await own.make.server({ ...server, HostConfig: { PortBindings: { '80/tcp': [{ HostPort: `${port}` }] } } });
    return { own, far, open, port };
  });

  claim('publishing.neighbours.are-seen-with-their-own-address', async () => {
    const { far, open, port } = await beside();
    const answer = await far.machine.fetches(`http://${far.hostAddress}:${port}`);
    expect(answer).toBeReached({ by: open });
    expect(answer).toMatchObject({ body: far.address });
  });

  claim('publishing.udp.answers-remote-machines', async () => {
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
  });

  claim('publishing.neighbours.forged-routes-do-not-reach-loopback', async () => {
    const { own, open, port } = await beside();
    // a machine of its own: what is forged there stays
    const [far, guardedPort] = await Promise.all([externalHost(own), freePorts(own.host)]);
    const guarded = await own.make.server({
      ...server,
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
  });
});

describe('a published port that a machine beside the host has reached', () => {
  /** A server on a network with both families, and how a machine beside the host reaches its port over each. */
  async function reachedFromBeside() {
    const own = await lab();
    const { subnet } = own.make.subnet();
    const [far, net, port] = await Promise.all([
      externalHost(own),
      own.make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: subnet }, { Subnet: own.make.subnet6().subnet }] } }),
      freePorts(own.host),
    ]);
    const open = await own.make.server({ HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: `${port}` }] } } });
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
    await own.make.container({ member: 'instead', HostConfig: { NetworkMode: net.name } });
    await back();
    await control(async () => {
      const { IPAddress: after } = await open.endpoint(net.name);
      for (const address of [before, after]) expect(address).toBeInSubnet(subnet);
      expect(after).not.toBe(before);
    });
  }

  claim('publishing.remote.port-survives-a-restart', async () => {
    const made = await reachedFromBeside();
    await withAnotherAddress(
      made,
      () => made.open.stop(),
      () => made.open.start(),
    );
    await made.isReached();
  });

  claim('publishing.remote.port-returns-with-its-network', async () => {
    const made = await reachedFromBeside();
    await withAnotherAddress(
      made,
      () => made.net.disconnect(made.open),
      () => made.net.connect(made.open),
    );
    await made.isReached();
  });
});

describe('a server on a bridge that publishes its ports at all addresses of the host', () => {
  const street = scene(async () => {
    const { subnet, gateway } = make.subnet();
    const [net, elsewhere] = await Promise.all([
      make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }),
      make.network(),
    ]);
    const [open, peer, stranger, onHost] = await Promise.all([
      make.server({ ...server, HostConfig: { NetworkMode: net.name, PortBindings: published } }),
      make.container({ member: 'peer', HostConfig: { NetworkMode: net.name } }),
      make.container({ member: 'stranger', HostConfig: { NetworkMode: elsewhere.name } }),
      make.container({ member: 'in-host-mode', HostConfig: { NetworkMode: 'host' } }),
    ]);
    const port = await open.hostPort(80);
    return { net, open, peer, stranger, onHost, gateway, port, hostAddress: `http://${gateway}:${port}` };
  });

  claim('publishing.host.every-address-leads-to-the-container', async () => {
    const { open, hostAddress } = await street();
    expect(await host.fetches(hostAddress)).toBeReached({ by: open });
  });

  claim('publishing.host.loopback-is-seen-as-the-gateway', async () => {
    const { open, gateway, port } = await street();
    const answer = await host.fetches(`http://127.0.0.1:${port}`);
    expect(answer).toBeReached({ by: open });
    expect(answer).toMatchObject({ body: gateway });
  });

  claim('publishing.peers.reach-it-through-the-host', async () => {
    const { open, peer, hostAddress } = await street();
    expect(await peer.fetches(hostAddress)).toBeReached({ by: open });
  });

  claim('publishing.peers.container-reaches-itself-through-the-host', async () => {
    const { open, hostAddress } = await street();
    expect(await open.fetches(hostAddress)).toBeReached({ by: open });
  });

  claim('publishing.peers.other-networks-reach-it-through-the-host', async () => {
    const { open, stranger, hostAddress } = await street();
    expect(await stranger.fetches(hostAddress)).toBeReached({ by: open });
  });

  claim('publishing.unpublished.listener-on-loopback-is-not-reached', async () => {
    const { open, hostAddress } = await street();
    await control(async () => expect(await open.fetches('http://127.0.0.1:81')).toBeReached({ by: open }));
    const answer = await host.fetches(`http://127.0.0.1:${await open.hostPort(81)}`);
    expect(['refused', 'reset']).toContain(answer.kind);
    await control(async () => expect(await host.fetches(hostAddress)).toBeReached({ by: open }));
  });

  claim('publishing.udp.leads-to-the-container', async () => {
    const { open, onHost, gateway } = await street();
    const before = await datagramsOf(open);
    expect(await handshake(onHost, `${gateway}:${await open.hostPort(443, 'udp')}`)).toBe('answered');
    expect(await datagramsOf(open)).toBeGreaterThan(before);
  });

  claim('publishing.udp.answers-other-networks', async () => {
    const { open, stranger, gateway } = await street();
    const before = await datagramsOf(open);
    expect(await handshake(stranger, `${gateway}:${await open.hostPort(443, 'udp')}`)).toBe('answered');
    expect(await datagramsOf(open)).toBeGreaterThan(before);
  });

  claim('publishing.udp.shares-its-number-with-tcp', async () => {
    const { net, onHost, gateway } = await street();
    const HostPort = `${await freePorts(host)}`;
    const both = await make.server({
      ...server,
      HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort }], '443/udp': [{ HostPort }] } },
    });
    expect(await host.fetches(`http://${gateway}:${HostPort}`)).toBeReached({ by: both });
    expect(await handshake(onHost, `${gateway}:${HostPort}`)).toBe('answered');
    expect(await datagramsOf(both)).toBeGreaterThan(0);
  });

  claim('publishing.ipv6.loopback-leads-to-an-ipv4-container', async () => {
    const { open, port } = await street();
    await control(async () => expect((await networkView(host)).addresses).toContain('::1%lo'));
    // before 27.0 the number is chosen for each family; Podman lists one binding for both
    const bindings = (await open.inspect()).NetworkSettings.Ports?.['80/tcp'] ?? [];
    const { HostPort } = bindings.find(({ HostIp }) => HostIp === '::') ?? { HostPort: `${port}` };
    expect(await host.fetches(`http://[::1]:${HostPort}`)).toBeReached({ by: open });
  });
});
