import { brokenTool } from '../../fixtures/faults/trials/broken-tool';
import { forwarding, forwardingAsBefore, forwardingKept } from '../../fixtures/faults/trials/filtering';
import { attachedTo, claims, control, expect, externalHost, host, lab, make, type OwnLab, read, scene } from '../../helpers';

const iptablesPage = { docs: 'docs.docker.com/engine/network/firewall-iptables' };
const filteringPage = { docs: 'docs.docker.com/engine/network/packet-filtering-firewalls' };
const publishingPage = { docs: 'docs.docker.com/engine/network/port-publishing' };
const daemonReference = { docs: 'docs.docker.com/reference/cli/dockerd' };
const bridgeTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/bridge_linux_test.go' };
const engine28 = { docs: 'docs.docker.com/engine/release-notes/28' };

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
  const server = await own.make.server(attachedTo(net, { PortBindings: published }));
  return { net, server, origin: () => server.origin(net.name), hostPort: () => server.hostPort(80) };
}

/** Its containers outlive the restart of a daemon. */
const closedByTheEngine = scene(async () => startedOn('not forwarding', ['--live-restore']));
const openBefore = scene(async () => startedOn('forwarding'));
const leftOff = scene(async () => startedOn('not forwarding', ['--ip-forward=false']));
const leftOpen = scene(async () => startedOn('not forwarding', ['--ip-forward-no-drop']));

const ownServerOfTheHost = scene(async () => (await lab()).make.server({ member: 'host-server', HostConfig: { NetworkMode: 'host' } }));

const withoutRules = () => lab(['--iptables=false', '--ip6tables=false']);
/** Chains and rules that an engine made: what a filter that nobody has touched has not. */
const madeRules = /^-A|DOCKER|docker-bridges/m;

export default claims([
  // forwarding and the policy of FORWARD
  {
    id: 'filtering.forwarding.is-on',
    level: 'must',
    title: 'Without --ip-forward=false, the host of a running container on a bridge must forward IPv4',
    sources: [filteringPage],
    observedBy: "The host's net.ipv4.ip_forward while the container runs.",
    requires: ['ip-forward'],
    faults: [
      'filtering.forwarding-is-turned-off-again',
      {
        id: 'filtering.forwarding-goes-with-containers',
        title: 'Somebody turns forwarding off whenever a container is there',
        // no network can be made while it is off
        inject: `touch /run/closing; (while [ -e /run/closing ]; do ! grep -q 'veth' /proc/net/dev || echo 0 >${forwarding}; busybox usleep 5000; done) >/dev/null 2>&1 &`,
        undo: `rm -f /run/closing; busybox usleep 20000; echo 1 >${forwarding}`,
        engines: { kind: 'docker', backend: 'nftables' },
      },
    ],
    check: async () => {
      const net = await make.network();
      await make.container(attachedTo(net));
      expect(await shell(host, 'cat /proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    },
  },
  {
    id: 'filtering.forwarding.option-leaves-it-off',
    level: 'must',
    title: 'An engine with --ip-forward=false must not turn IPv4 forwarding on',
    sources: [daemonReference],
    observedBy:
      'net.ipv4.ip_forward of the host after a restart of the daemon that found it off; without the option the same restart turns it on.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: [
      {
        id: 'filtering.host-forwards-all-the-same',
        title: 'Somebody turned forwarding on',
        inject: `${forwardingKept}; echo 1 >${forwarding}`,
        undo: forwardingAsBefore,
      },
    ],
    check: async () => {
      await control(async () => expect(await forwardingOf((await closedByTheEngine()).host)).toMatchObject({ forwards: true }));
      expect(await forwardingOf((await leftOff()).host)).toMatchObject({ forwards: false });
    },
  },
  {
    id: 'filtering.forward-policy.drops-where-the-engine-turned-forwarding-on',
    level: 'must',
    title: 'Without --ip-forward-no-drop, turning IPv4 forwarding on must set the policy of FORWARD to DROP',
    sources: [iptablesPage, filteringPage],
    observedBy:
      'net.ipv4.ip_forward and the policy of FORWARD after a restart of the daemon that found forwarding off and the policy ACCEPT.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.host-drops-what-it-would-forward', 'filtering.policy-is-open'],
    check: async () => {
      expect(await forwardingOf((await closedByTheEngine()).host)).toEqual({ forwards: true, policy: 'DROP' });
    },
  },
  {
    id: 'filtering.forward-policy.stays-where-forwarding-was-on',
    level: 'must',
    title: 'An engine that finds IPv4 forwarding on must leave the policy of iptables FORWARD as it is',
    sources: [filteringPage, bridgeTests],
    observedBy: 'The policy of FORWARD after a restart of the daemon that found forwarding on and the policy ACCEPT.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['filtering.host-drops-what-it-would-forward', 'filtering.policy-is-closed'],
    check: async () => {
      expect(await forwardingOf((await openBefore()).host)).toEqual({ forwards: true, policy: 'ACCEPT' });
    },
  },
  {
    id: 'filtering.forward-policy.option-keeps-it-open',
    level: 'must',
    title: 'With --ip-forward-no-drop, IPv4 forwarding must be on and the policy of FORWARD stay ACCEPT',
    sources: [filteringPage, daemonReference, bridgeTests],
    observedBy:
      'net.ipv4.ip_forward and the policy of FORWARD after a restart of the daemon that found forwarding off and the policy ACCEPT.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    since: { version: '28.0.0', source: '--ip-forward-no-drop is an option since, moby pull request 48594' },
    faults: ['filtering.host-drops-what-it-would-forward', 'filtering.policy-is-closed'],
    check: async () => {
      expect(await forwardingOf((await leftOpen()).host)).toEqual({ forwards: true, policy: 'ACCEPT' });
    },
  },
  // packets that pass the host of a fresh engine
  {
    id: 'filtering.forward.replies-come-back',
    level: 'must',
    title: 'Containers must get answers over IPv4 from outside while the policy of FORWARD is DROP',
    sources: [iptablesPage],
    observedBy: 'A container fetches a remote machine while the policy is DROP; the remote machine cannot fetch anything through the host.',
    requires: ['own-lab'],
    backend: 'iptables',
    faults: ['filtering.forwarding-is-turned-off-again', 'filtering.answers-are-dropped', 'filtering.servers-are-closed'],
    check: async () => {
      const own = await lab([], 'policy');
      await shell(own.host, 'iptables -P FORWARD DROP');
      const [far, other, net] = await Promise.all([externalHost(own), externalHost(own), own.make.network()]);
      const inside = await own.make.container(attachedTo(net));
      await control(async () => expect(await other.machine.fetches(`http://${far.address}:80`)).toBeOutcome('timed-out'));
      expect(await inside.fetches(`http://${far.address}:80`)).toBeReached({ by: far.machine });
    },
  },
  {
    id: 'filtering.forward.appended-rules-come-last',
    level: 'must',
    title: "Rules appended to iptables FORWARD must run after Docker's own, even those of later networks",
    sources: [iptablesPage, { docs: 'github.com/moby/moby/pull/49518' }],
    observedBy:
      'A container on a network that was made after a DROP had been appended fetches a remote machine; the rule does stop a machine beyond that one.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.answers-are-dropped', 'filtering.servers-are-closed'],
    check: async () => {
      const own = await lab();
      const [far, other] = await Promise.all([externalHost(own), externalHost(own)]);
      await withRule(own.host, `-A FORWARD -d ${far.address} -p tcp -j REJECT --reject-with tcp-reset`, async () => {
        const net = await own.make.network();
        const inside = await own.make.container(attachedTo(net));
        expect(await inside.fetches(`http://${far.address}:80`)).toBeReached({ by: far.machine });
        await control(async () => expect(await other.machine.fetches(`http://${far.address}:80`)).toBeOutcome('refused'));
      });
    },
  },
  {
    id: 'filtering.input.spares-published-ports',
    level: 'must',
    title: 'A DROP in iptables INPUT must not close published ports to remote machines',
    sources: [filteringPage],
    observedBy:
      'A remote machine fetches a published port and a server of the host itself while INPUT drops all that comes from that remote machine.',
    requires: ['own-lab'],
    faults: ['filtering.servers-are-closed', 'filtering.servers-of-the-host-are-closed'],
    check: async () => {
      const [own, hostServer] = await Promise.all([lab(), ownServerOfTheHost()]);
      const [far, { server, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
      await control(async () => expect(await far.machine.fetches(`http://${far.hostAddress}:80`)).toBeReached({ by: hostServer }));
      await withRule(own.host, `-I INPUT -i ${far.link} -j DROP`, async () => {
        expect(await far.machine.fetches(`http://${far.hostAddress}:${await hostPort()}`)).toBeReached({ by: server });
        await control(async () => expect(await far.machine.fetches(`http://${far.hostAddress}:80`)).toBeOutcome('timed-out'));
      });
    },
  },
  {
    id: 'filtering.input.applies-to-containers',
    level: 'observed',
    title: "A DROP in iptables INPUT must close the host's own servers to containers",
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/iptablesdoc/generated/new-daemon.md' }],
    observedBy: "A container fetches a server of the host at its gateway's address with and without the rule.",
    requires: ['own-lab'],
    faults: ['filtering.servers-of-the-host-are-closed', 'filtering.containers-have-no-curl'],
    check: async () => {
      const [own, hostServer] = await Promise.all([lab(), ownServerOfTheHost()]);
      const net = await own.make.network();
      const inside = await own.make.container(attachedTo(net));
      const { Gateway, IPAddress } = await inside.endpoint(net.name);
      const toTheHost = () => inside.fetches(`http://${Gateway}:80`);
      await control(async () => expect(await toTheHost()).toBeReached({ by: hostServer }));
      await withRule(own.host, `-I INPUT -s ${IPAddress} -j DROP`, async () => expect(await toTheHost()).toBeOutcome('timed-out'));
      await control(async () => expect(await toTheHost()).toBeReached({ by: hostServer }));
    },
  },
  // external hosts that route to a container's own address
  {
    id: 'filtering.direct.published-port-is-open',
    level: 'observed',
    title: "A remote machine that routes to a container's IPv4 address must reach its published port",
    sources: [engine28, { docs: 'github.com/moby/moby/pull/49325' }],
    observedBy: "A remote machine whose route to the container leads through the host fetches the container's address.",
    requires: ['docker-engine', 'own-lab'],
    until: {
      version: '28.0.0',
      source: 'remote hosts are kept from connecting to containers directly since, Engine 28 release notes, moby pull request 49325',
      replacedBy: 'filtering.direct.published-port-is-closed',
    },
    faults: ['filtering.servers-are-closed'],
    check: async () => {
      const own = await lab();
      const [far, { server, origin }] = await Promise.all([externalHost(own), publishedServer(own)]);
      expect(await far.machine.fetches(await origin())).toBeReached({ by: server });
    },
  },
  {
    id: 'filtering.direct.published-port-is-closed',
    level: 'must',
    title: "A remote machine that routes to a container's IPv4 address must not reach its published port there",
    sources: [publishingPage, engine28],
    observedBy:
      "A remote machine whose route to the container leads through the host fetches the container's address, and the published port.",
    requires: ['docker-engine', 'own-lab'],
    since: {
      version: '28.0.0',
      source: 'remote hosts are kept from connecting to containers directly since, Engine 28 release notes, moby pull request 49325',
    },
    faults: ['filtering.everything-is-accepted', 'filtering.engine-makes-no-rules', 'filtering.containers-have-no-curl'],
    check: async () => {
      const own = await lab();
      const [far, { server, origin, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
      const atTheHost = async () =>
        expect(await far.machine.fetches(`http://${far.hostAddress}:${await hostPort()}`)).toBeReached({ by: server });
      await control(atTheHost);
      expect(await far.machine.fetches(await origin())).toBeOutcome('timed-out');
      await control(atTheHost);
    },
  },
  {
    id: 'filtering.direct.unpublished-port-is-closed',
    level: 'must',
    title: 'By default, unpublished ports must be closed to remote machines over IPv4, even if FORWARD accepts',
    sources: [publishingPage, engine28],
    observedBy:
      "A remote machine fetches the container's address through a host whose policy is ACCEPT, through which it does reach another machine.",
    requires: ['docker-engine', 'own-lab'],
    since: {
      version: '28.0.0',
      source: 'direct access to ports that are not published is dropped since, Engine 28 release notes, moby pull request 48724',
    },
    faults: ['filtering.policy-is-closed', 'filtering.everything-is-accepted', 'filtering.containers-have-no-curl'],
    check: async () => {
      const own = await openBefore();
      const [far, other, net] = await Promise.all([externalHost(own), externalHost(own), own.make.network()]);
      const server = await own.make.server(attachedTo(net));
      const origin = await server.origin(net.name);
      const hostForwardsAndServerListens = async () => {
        expect(await far.machine.fetches(`http://${other.address}:80`)).toBeReached({ by: other.machine });
        expect(await own.host.fetches(origin)).toBeReached({ by: server });
      };
      await control(hostForwardsAndServerListens);
      expect(await far.machine.fetches(origin)).toBeOutcome('timed-out');
      await control(hostForwardsAndServerListens);
    },
  },
  {
    id: 'filtering.direct.option-opens-published-ports-only',
    level: 'must',
    title: "--allow-direct-routing must open published ports at a container's IPv4 address, and no others",
    sources: [publishingPage, engine28],
    observedBy: "A remote machine whose route leads through the host fetches two containers' addresses; one of them publishes its port.",
    requires: ['docker-engine', 'own-lab'],
    since: { version: '28.2.0', source: '--allow-direct-routing is an option since, Engine 28 release notes' },
    faults: [
      'filtering.servers-are-closed',
      'filtering.everything-is-accepted',
      'filtering.options-are-lost',
      'filtering.containers-have-no-curl',
    ],
    check: async () => {
      const own = await lab(['--allow-direct-routing']);
      const [far, { net, server, origin }] = await Promise.all([externalHost(own), publishedServer(own)]);
      const closed = await own.make.server(attachedTo(net));
      const closedOrigin = await closed.origin(net.name);
      const publishedIsOpenAndTheOtherListens = async () => {
        expect(await far.machine.fetches(await origin())).toBeReached({ by: server });
        expect(await own.host.fetches(closedOrigin)).toBeReached({ by: closed });
      };
      await publishedIsOpenAndTheOtherListens();
      expect(await far.machine.fetches(closedOrigin)).toBeOutcome('timed-out');
      await control(publishedIsOpenAndTheOtherListens);
    },
  },
  // an engine that is told to make no rules
  {
    id: 'filtering.off.makes-no-rules',
    level: 'observed',
    title: 'An engine with --iptables=false and --ip6tables=false must make no packet filter rules on its host',
    sources: [
      filteringPage,
      daemonReference,
      { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/internal/iptabler/iptabler.go' },
    ],
    observedBy:
      'What iptables-save, ip6tables-save and nft show while a container that publishes a port runs on a network of its own. Those inside containers, which lead to the name server, are made all the same, and the documentation says no more than that most rules are not made.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['filtering.options-are-lost'],
    check: async () => {
      const own = await withoutRules();
      const { origin, server } = await publishedServer(own);
      await control(async () => expect(await own.host.fetches(await origin())).toBeReached({ by: server }));
      const rules = () => shell(own.host, 'iptables-save; ip6tables-save; nft list ruleset');
      await withRule(own.host, '-A FORWARD -s 192.0.2.1 -j ACCEPT', () =>
        control(async () => expect(await rules()).toMatch(/^-A FORWARD -s 192\.0\.2\.1/m)),
      );
      expect(await rules()).not.toMatch(madeRules);
    },
  },
  {
    id: 'filtering.off.is-told-apart-by-family',
    level: 'must',
    title: 'An engine with --ip6tables=false alone must make rules for IPv4 and none for IPv6',
    sources: [daemonReference, iptablesPage, { docs: 'github.com/moby/moby/blob/v28.5.2/integration/networking/bridge_linux_test.go' }],
    observedBy:
      'What iptables-save, ip6tables-save and nft show of each family while a container that publishes a port runs on a network with both.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      'filtering.engine-makes-no-rules',
      {
        id: 'filtering.options-of-ipv6-are-lost',
        title: 'The daemon does not hear that it is to make no rules for IPv6',
        mayKill: ['filtering.off.makes-no-rules', 'filtering.off.isolates-nothing', 'filtering.direct.option-opens-published-ports-only'],
        labArgs: [],
        engines: { kind: 'docker', versions: '>=27' },
      },
    ],
    check: async () => {
      const own = await lab(['--ip6tables=false']);
      const net = await own.make.network({ EnableIPv6: true, IPAM: { Config: [{ Subnet: own.make.subnet6().subnet }] } });
      await own.make.server(attachedTo(net, { PortBindings: published }));
      expect(await shell(own.host, 'iptables-save; nft list ruleset ip')).toMatch(madeRules);
      const rules = () => shell(own.host, 'ip6tables-save; nft list ruleset ip6');
      await control(async () => {
        await shell(own.host, 'ip6tables -w -A FORWARD -s 2001:db8::1 -j ACCEPT');
        expect(await rules()).toMatch(/^-A FORWARD -s 2001:db8::1/m);
        await shell(own.host, 'ip6tables -w -D FORWARD -s 2001:db8::1 -j ACCEPT');
      });
      expect(await rules()).not.toMatch(madeRules);
    },
  },
  {
    id: 'filtering.off.isolates-nothing',
    level: 'must',
    title: 'With --iptables=false and --ip6tables=false, unpublished ports must be open to all who route there',
    sources: [filteringPage],
    observedBy: 'A remote machine, and a container on another network, fetch over IPv4 the address of a container that publishes nothing.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['filtering.servers-are-closed', 'filtering.options-are-lost'],
    check: async () => {
      const own = await withoutRules();
      const [far, net, otherNet] = await Promise.all([externalHost(own), own.make.network(), own.make.network()]);
      const [open, inside] = await Promise.all([own.make.server(attachedTo(net)), own.make.container(attachedTo(otherNet))]);
      const origin = await open.origin(net.name);
      expect(await far.machine.fetches(origin)).toBeReached({ by: open });
      expect(await inside.fetches(origin)).toBeReached({ by: open });
    },
  },
  // the engine's rules
  {
    id: 'filtering.rules.go-with-their-network',
    level: 'must',
    title: 'Removing a network must leave no rule that names its bridge interface or its IPv4 addresses',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/20.10' }, bridgeTests],
    observedBy: "The rules of the host's packet filter while a container publishes a port on the network, and after both are gone.",
    requires: ['own-lab'],
    faults: [
      'filtering.engine-makes-no-rules',
      {
        id: 'filtering.network-stays',
        title: 'The API says that a network was removed, which stays',
        api: [{ method: 'DELETE', path: /^\/networks\//, does: 'pretends', status: 204 }],
      },
      {
        id: 'filtering.nft-is-broken',
        title: 'The tool that lists rules of nftables fails',
        endsInError: true,
        ...brokenTool('nft'),
        // with nftables the engine may use the tool itself
        engines: { kind: 'docker', backend: 'iptables' },
      },
    ],
    check: async () => {
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
    },
  },
  {
    id: 'filtering.rules.come-back-with-a-restart',
    level: 'observed',
    title: 'With --live-restore, a restart of the engine must restore the flushed rules of a published port',
    sources: [{ docs: 'github.com/moby/moby/issues/16816' }],
    observedBy:
      'A remote machine fetches a published port after the chains or tables of the engine were flushed and deleted, and the daemon restarted with --live-restore.',
    requires: ['docker-engine', 'own-lab'],
    faults: [
      {
        id: 'filtering.nat-is-emptied-again',
        title: "Somebody empties the chain with the engine's translations of ports over and over",
        inject:
          'touch /run/emptying; (while [ -e /run/emptying ]; do iptables -w -t nat -F DOCKER || nft flush chain ip docker-bridges nat-prerouting-and-output || true; busybox usleep 20000; done) >/dev/null 2>&1 &',
        undo: 'rm -f /run/emptying',
      },
    ],
    check: async () => {
      const own = await lab(['--live-restore'], 'rules that come back');
      const [far, { server, hostPort }] = await Promise.all([externalHost(own), publishedServer(own)]);
      // docker-proxy listens without any rule; what it would answer comes through INPUT
      const port = await hostPort();
      const pastTheProxy = `iptables -I INPUT -i ${far.link} -p tcp --dport ${port} -j DROP`;
      const fetched = () => far.machine.fetches(`http://${far.hostAddress}:${port}`);
      await shell(own.host, pastTheProxy);
      await control(async () => expect(await fetched()).toBeReached({ by: server }));
      await shell(
        own.host,
        'for table in filter nat raw; do iptables -t $table -F; iptables -t $table -X; done; ! nft list table ip docker-bridges || nft delete table ip docker-bridges',
      );
      await shell(own.host, pastTheProxy);
      await control(async () => expect(await fetched()).toBeOutcome('timed-out'));
      await own.restart();
      expect(await fetched()).toBeReached({ by: server });
    },
  },
]);
