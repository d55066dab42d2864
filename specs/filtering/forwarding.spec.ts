import { claim, control, describe, expect, externalHost, host, lab, make, read, scene } from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
type Host = OwnLab['host'];

/** What a shell on a host prints. It must end well, or what it was to bring about is not there. */
const shell = (where: Host, script: string): Promise<string> => read(where, ['sh', '-ec', script]);

/** Whether a host forwards IPv4, and the policy of its FORWARD chain. */
async function forwardingOf(where: Host): Promise<{ forwards: boolean; policy: string }> {
  const [forwarding, policy = ''] = (await shell(where, 'cat /proc/sys/net/ipv4/ip_forward; iptables -S FORWARD | head -n 1')).split('\n');
  return { forwards: forwarding === '1', policy: policy.replace('-P FORWARD ', '') };
}

/** An engine of a lab of its own that has been started on a host with the policy ACCEPT. */
async function startedOn(found: 'forwarding' | 'not forwarding', args: readonly string[] = []): Promise<OwnLab> {
  const own = await lab(args, `started on a host that was ${found}`);
  const prepare = `echo ${found === 'forwarding' ? 1 : 0} >/proc/sys/net/ipv4/ip_forward; iptables -P FORWARD ACCEPT`;
  const meanwhile = async () => {
    await shell(own.host, prepare);
  };
  await own.restart({ meanwhile });
  return own;
}

/** Looks while the host's packet filter has one more rule. */
async function withRule(where: Host, rule: string, look: () => Promise<void>): Promise<void> {
  await shell(where, `iptables -w ${rule}`);
  try {
    await look();
  } finally {
    await shell(where, `iptables -w ${rule.replace(/^-[IA]/, '-D')}`);
  }
}

/** Rules of the host's packet filters that say one of these words. */
async function rulesThatName(where: Host, words: readonly string[]): Promise<string[]> {
  const rules = (await shell(where, 'iptables-save; ip6tables-save; nft list ruleset')).split('\n');
  return rules.filter((rule) => words.some((word) => rule.includes(word)));
}

const published = { '80/tcp': [{ HostPort: '' }] };

/** A server on a network of its own that publishes its port, and how external hosts may reach it. */
async function publishedServer(own: OwnLab) {
  const net = await own.make.network();
  const server = await own.make.server({ HostConfig: { NetworkMode: net.name, PortBindings: published } });
  return { net, server, origin: () => server.origin(net.name), hostPort: () => server.hostPort(80) };
}

/** Its containers outlive the restart of a daemon. */
const closedByTheEngine = scene(async () => startedOn('not forwarding', ['--live-restore']));
const openBefore = scene(async () => startedOn('forwarding'));
const leftOff = scene(async () => startedOn('not forwarding', ['--ip-forward=false']));
const leftOpen = scene(async () => startedOn('not forwarding', ['--ip-forward-no-drop']));

describe('forwarding and the policy of FORWARD', () => {
  claim('filtering.forwarding.is-on', async () => {
    const net = await make.network();
    await make.container({ HostConfig: { NetworkMode: net.name } });
    expect(await shell(host, 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n');
  });

  claim('filtering.forwarding.option-leaves-it-off', async () => {
    await control(async () => expect(await forwardingOf((await closedByTheEngine()).host)).toMatchObject({ forwards: true }));
    expect(await forwardingOf((await leftOff()).host)).toMatchObject({ forwards: false });
  });

  claim('filtering.forward-policy.drops-where-the-engine-turned-forwarding-on', async () => {
    expect(await forwardingOf((await closedByTheEngine()).host)).toEqual({ forwards: true, policy: 'DROP' });
  });

  claim('filtering.forward-policy.stays-where-forwarding-was-on', async () => {
    expect(await forwardingOf((await openBefore()).host)).toEqual({ forwards: true, policy: 'ACCEPT' });
  });

  claim('filtering.forward-policy.option-keeps-it-open', async () => {
    expect(await forwardingOf((await leftOpen()).host)).toEqual({ forwards: true, policy: 'ACCEPT' });
  });
});

describe('packets that pass the host of a fresh engine', () => {
  const ownServerOfTheHost = scene(async () => (await lab()).make.server({ member: 'host-server', HostConfig: { NetworkMode: 'host' } }));

  claim('filtering.forward.replies-come-back', async () => {
    const own = await lab([], 'policy');
    await shell(own.host, 'iptables -P FORWARD DROP');
    const [far, other, net] = await Promise.all([externalHost(own), externalHost(own), own.make.network()]);
    const inside = await own.make.container({ HostConfig: { NetworkMode: net.name } });
    await control(async () => expect(await other.machine.fetches(`http://${far.address}:80`)).toBeOutcome('timed-out'));
    expect(await inside.fetches(`http://${far.address}:80`)).toBeReached({ by: far.machine });
  });

  claim('filtering.forward.appended-rules-come-last', async () => {
    const own = await lab();
    const [far, other] = await Promise.all([externalHost(own), externalHost(own)]);
    await withRule(own.host, `-A FORWARD -d ${far.address} -p tcp -j REJECT --reject-with tcp-reset`, async () => {
      const net = await own.make.network();
      const inside = await own.make.container({ HostConfig: { NetworkMode: net.name } });
      expect(await inside.fetches(`http://${far.address}:80`)).toBeReached({ by: far.machine });
      await control(async () => expect(await other.machine.fetches(`http://${far.address}:80`)).toBeOutcome('refused'));
    });
  });

  claim('filtering.input.spares-published-ports', async () => {
    const [own, hostServer] = await Promise.all([lab(), ownServerOfTheHost()]);
    const [far, { server, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
    await control(async () => expect(await far.machine.fetches(`http://${far.hostAddress}:80`)).toBeReached({ by: hostServer }));
    await withRule(own.host, `-I INPUT -i ${far.link} -j DROP`, async () => {
      expect(await far.machine.fetches(`http://${far.hostAddress}:${await hostPort()}`)).toBeReached({ by: server });
      await control(async () => expect(await far.machine.fetches(`http://${far.hostAddress}:80`)).toBeOutcome('timed-out'));
    });
  });

  claim('filtering.input.applies-to-containers', async () => {
    const [own, hostServer] = await Promise.all([lab(), ownServerOfTheHost()]);
    const net = await own.make.network();
    const inside = await own.make.container({ HostConfig: { NetworkMode: net.name } });
    const { Gateway, IPAddress } = await inside.endpoint(net.name);
    const toTheHost = () => inside.fetches(`http://${Gateway}:80`);
    await control(async () => expect(await toTheHost()).toBeReached({ by: hostServer }));
    await withRule(own.host, `-I INPUT -s ${IPAddress} -j DROP`, async () => expect(await toTheHost()).toBeOutcome('timed-out'));
    await control(async () => expect(await toTheHost()).toBeReached({ by: hostServer }));
  });
});

describe("external hosts that route to a container's own address", () => {
  claim('filtering.direct.unpublished-port-is-closed', async () => {
    const own = await openBefore();
    const [far, other, net] = await Promise.all([externalHost(own), externalHost(own), own.make.network()]);
    const server = await own.make.server({ HostConfig: { NetworkMode: net.name } });
    const origin = await server.origin(net.name);
    const hostForwardsAndServerListens = async () => {
      expect(await far.machine.fetches(`http://${other.address}:80`)).toBeReached({ by: other.machine });
      expect(await own.host.fetches(origin)).toBeReached({ by: server });
    };
    await control(hostForwardsAndServerListens);
    expect(await far.machine.fetches(origin)).toBeOutcome('timed-out');
    await control(hostForwardsAndServerListens);
  });

  claim('filtering.direct.published-port-is-open', async () => {
    const own = await lab();
    const [far, { server, origin }] = await Promise.all([externalHost(own), publishedServer(own)]);
    expect(await far.machine.fetches(await origin())).toBeReached({ by: server });
  });

  claim('filtering.direct.published-port-is-closed', async () => {
    const own = await lab();
    const [far, { server, origin, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
    const atTheHost = async () =>
      expect(await far.machine.fetches(`http://${far.hostAddress}:${await hostPort()}`)).toBeReached({ by: server });
    await control(atTheHost);
    expect(await far.machine.fetches(await origin())).toBeOutcome('timed-out');
    await control(atTheHost);
  });

  claim('filtering.direct.option-opens-published-ports-only', async () => {
    const own = await lab(['--allow-direct-routing']);
    const [far, { net, server, origin }] = await Promise.all([externalHost(own), publishedServer(own)]);
    const closed = await own.make.server({ HostConfig: { NetworkMode: net.name } });
    const closedOrigin = await closed.origin(net.name);
    const publishedIsOpenAndTheOtherListens = async () => {
      expect(await far.machine.fetches(await origin())).toBeReached({ by: server });
      expect(await own.host.fetches(closedOrigin)).toBeReached({ by: closed });
    };
    await publishedIsOpenAndTheOtherListens();
    expect(await far.machine.fetches(closedOrigin)).toBeOutcome('timed-out');
    await control(publishedIsOpenAndTheOtherListens);
  });
});

describe('an engine that is told to make no rules', () => {
  const withoutRules = () => lab(['--iptables=false', '--ip6tables=false']);
  /** Chains and rules that an engine made: what a filter that nobody has touched has not. */
  const madeRules = /^-A|DOCKER/m;

  claim('filtering.off.makes-no-rules', async () => {
    const own = await withoutRules();
    const { origin, server } = await publishedServer(own);
    await control(async () => expect(await own.host.fetches(await origin())).toBeReached({ by: server }));
    const rules = () => shell(own.host, 'iptables-save; ip6tables-save');
    await withRule(own.host, '-A FORWARD -s 192.0.2.1 -j ACCEPT', () =>
      control(async () => expect(await rules()).toMatch(/^-A FORWARD -s 192\.0\.2\.1/m)),
    );
    expect(await rules()).not.toMatch(madeRules);
  });

  claim('filtering.off.is-told-apart-by-family', async () => {
    const own = await lab(['--ip6tables=false']);
    const net = await own.make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: own.make.subnet6().subnet }] } });
    await own.make.server({ HostConfig: { NetworkMode: net.name, PortBindings: published } });
    expect(await shell(own.host, 'iptables-save')).toMatch(madeRules);
    const rules = () => shell(own.host, 'ip6tables-save');
    await control(async () => {
      await shell(own.host, 'ip6tables -w -A FORWARD -s 2001:db8::1 -j ACCEPT');
      expect(await rules()).toMatch(/^-A FORWARD -s 2001:db8::1/m);
      await shell(own.host, 'ip6tables -w -D FORWARD -s 2001:db8::1 -j ACCEPT');
    });
    expect(await rules()).not.toMatch(madeRules);
  });

  claim('filtering.off.isolates-nothing', async () => {
    const own = await withoutRules();
    const [far, net, otherNet] = await Promise.all([externalHost(own), own.make.network(), own.make.network()]);
    const [open, inside] = await Promise.all([
      own.make.server({ HostConfig: { NetworkMode: net.name } }),
      own.make.container({ HostConfig: { NetworkMode: otherNet.name } }),
    ]);
    const origin = await open.origin(net.name);
    expect(await far.machine.fetches(origin)).toBeReached({ by: open });
    expect(await inside.fetches(origin)).toBeReached({ by: open });
  });
});

describe("the engine's rules", () => {
  claim('filtering.rules.go-with-their-network', async () => {
    const own = await lab();
    const { net, server } = await publishedServer(own);
    const { Gateway, IPAddress } = await server.endpoint(net.name);
    const names = [await own.host.linkWith(Gateway), IPAddress, IPAddress.replace(/\d+$/, '0/')];
    await control(async () => expect(await rulesThatName(own.host, [IPAddress])).not.toEqual([]));
    await control(async () => expect(await rulesThatName(own.host, names.slice(0, 1))).not.toEqual([]));
    await server.stop();
    await server.remove();
    expect(await net.remove()).toMatchObject({ status: 204 });
    expect(await rulesThatName(own.host, names)).toEqual([]);
  });

  claim('filtering.rules.come-back-with-a-restart', async () => {
    const own = await closedByTheEngine();
    const [far, { server, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
    // docker-proxy listens without any rule; what it would answer comes through INPUT
    const port = await hostPort();
    const pastTheProxy = `iptables -I INPUT -i ${far.link} -p tcp --dport ${port} -j DROP`;
    const fetched = () => far.machine.fetches(`http://${far.hostAddress}:${port}`);
    await shell(own.host, pastTheProxy);
    await control(async () => expect(await fetched()).toBeReached({ by: server }));
    await shell(own.host, 'for table in filter nat raw; do iptables -t $table -F; iptables -t $table -X; done');
    await shell(own.host, pastTheProxy);
    await control(async () => expect(await fetched()).toBeOutcome('timed-out'));
    await own.restart();
    expect(await fetched()).toBeReached({ by: server });
  });
});
