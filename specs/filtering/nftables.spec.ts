import { attachedTo, claims, control, expect, externalHost, lab, mustGrant, mustRun, type OwnLab, read } from '../../helpers';

const page = { docs: 'docs.docker.com/engine/network/firewall-nftables' };
const daemonReference = { docs: 'docs.docker.com/reference/cli/dockerd' };
const engine29 = { docs: 'docs.docker.com/engine/release-notes/29' };

const requires = ['docker-engine', 'own-lab'] as const;
const backend = 'nftables';

/** From this version on bridges take in what carries a mark that the operator chose. */
const marks = { version: '29.0.0', source: '--bridge-accept-fwmark is an option since, Engine 29 release notes, moby pull request 50476' };

type Host = OwnLab['host'];

/** What a shell on a host prints. It must end well, or what it was to bring about is not there. */
const shell = (where: Host, script: string): Promise<string> => read(where, ['sh', '-ec', script]);

/** A base chain of a table that the engine knows nothing of. */
interface OwnChain {
  /** as nft writes it: `filter - 1` comes before the engine's own chain, `filter + 1` after it */
  priority: string;
  rule: string;
}

/** Looks while the host has a table of somebody's own, with one base chain on the way through the host to an address. */
async function withChain(
  where: Host,
  address: string,
  { priority, rule }: OwnChain,
  look: (counted: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const table = `ip users-${address}`;
  await shell(where, `nft 'table ${table} { chain own { type filter hook forward priority ${priority}; ip daddr ${address} ${rule}; }; }'`);
  try {
    await look(async () => Number(/counter packets (\d+)/.exec(await shell(where, `nft list table ${table}`))?.[1] ?? 0));
  } finally {
    await shell(where, `nft delete table ${table}`);
  }
}

const fresh = () => lab();

/** A remote machine beside an engine that lets it route to containers, and one of these that publishes nothing. */
async function unpublished() {
  const own = await lab(['--allow-direct-routing', '--bridge-accept-fwmark=0x1/0x3']);
  const [far, net] = await Promise.all([externalHost(own), own.make.network()]);
  const server = await own.make.server(attachedTo(net));
  const [{ IPAddress: address }, origin] = await Promise.all([server.endpoint(net.name), server.origin(net.name)]);
  return {
    host: own.host,
    server,
    address,
    fromOutside: () => far.machine.fetches(origin),
    /** that the server listens: the host itself is let in */
    fromTheHost: () => own.host.fetches(origin),
  };
}

/** A container that publishes its port, and a remote machine. */
async function published(own: OwnLab) {
  const net = await own.make.network();
  const [far, server] = await Promise.all([
    externalHost(own),
    own.make.server(attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: '' }] } })),
  ]);
  const origin = async () => `http://${far.hostAddress}:${await server.hostPort(80)}`;
  return {
    server,
    address: async () => (await server.endpoint(net.name)).IPAddress,
    far,
    fromOutside: async () => far.machine.fetches(await origin()),
    fromTheHost: async () => own.host.fetches(await origin()),
  };
}

/** What the programs of iptables show of rules and of chains that somebody made. */
const ofIptables = async (where: Host) =>
  (await shell(where, 'iptables-save; ip6tables-save')).split('\n').filter((line) => /^-A |^:\S+ - /.test(line));

/** Where nothing leads through a host: whether it forwards, as the kernel says. */
const forwards = (where: Host, family: 'ipv4' | 'ipv6') =>
  shell(where, `cat /proc/sys/net/${family === 'ipv4' ? 'ipv4/ip_forward' : 'ipv6/conf/all/forwarding'}`).then((it) => it.trim() === '1');

/** An engine without bridges, on a host that does not forward. */
async function notForwarding(key: string, ...args: readonly string[]): Promise<OwnLab> {
  const own = await lab(['--bridge=none', ...args], key);
  await turn(own.host, 'off');
  return own;
}

const turn = (where: Host, to: 'on' | 'off') =>
  shell(where, `for it in ipv4/ip_forward ipv6/conf/all/forwarding; do echo ${to === 'on' ? 1 : 0} >/proc/sys/net/$it; done`);

export default claims([
  // the engine's tables
  {
    id: 'filtering.nftables.rules-are-in-tables-of-the-engine',
    level: 'must',
    title: "With nftables, rules of bridges must be in tables ip and ip6 docker-bridges, not among iptables' own",
    sources: [page],
    observedBy:
      "The tables that nft lists while a container publishes a port, with the container's address in one, and what iptables-save and ip6tables-save print; they do print a rule that somebody makes.",
    requires,
    backend,
    faults: ['filtering.engine-makes-no-rules', 'filtering.backend-is-iptables'],
    check: async () => {
      const own = await lab([], 'tables');
      const { address } = await published(own);
      const tables = await shell(own.host, 'nft list ruleset');
      expect(tables).toMatch(/^table ip6 docker-bridges \{/m);
      expect(/^table ip docker-bridges \{\n[^]*?^\}/m.exec(tables)?.[0] ?? 'no such table').toContain(`ip daddr ${await address()} `);
      await shell(own.host, 'iptables -A FORWARD -s 192.0.2.1 -j ACCEPT');
      await control(async () => expect(await ofIptables(own.host)).toEqual([expect.stringContaining('192.0.2.1')]));
      await shell(own.host, 'iptables -D FORWARD -s 192.0.2.1 -j ACCEPT');
      expect(await ofIptables(own.host)).toEqual([]);
    },
  },
  {
    id: 'filtering.nftables.priorities-are-well-known',
    level: 'must',
    title: "With nftables, the engine's base chains must have priorities that nftables has names for",
    sources: [page],
    observedBy:
      'The hooks and priorities of the chains of docker-bridges, the filter of what is forwarded among them; nft writes another priority as a name and a distance, or as a number.',
    requires,
    backend,
    faults: [
      {
        id: 'filtering.odd-priority',
        title: "A chain with a priority that has no name stands in the engine's table",
        // a lab whose engine makes no rules lacks the table
        inject: "nft add chain ip docker-bridges odd '{ type filter hook forward priority 7; }' || true",
        undo: 'nft delete chain ip docker-bridges odd || true',
        engines: { kind: 'docker', backend },
      },
    ],
    check: async () => {
      const { host } = await fresh();
      const chains = await shell(host, 'nft list table ip docker-bridges; nft list table ip6 docker-bridges');
      const hooks = [...chains.matchAll(/type \w+ hook (\w+) priority ([^;]+);/g)].map(([, hook, priority]) => `${hook} ${priority}`);
      await control(() => expect(hooks).toContain('forward filter'));
      for (const hook of hooks) expect(hook).toMatch(/^\w+ (raw|mangle|dstnat|filter|security|srcnat)$/);
    },
  },
  {
    id: 'filtering.nftables.name-server-rules-are-inside',
    level: 'must',
    title: "With nftables, the rules for the embedded name server must be nftables' in the container's namespace",
    sources: [page],
    observedBy: "What nft and iptables-save print in a container's network namespace.",
    requires,
    backend,
    faults: ['filtering.backend-is-iptables'],
    check: async () => {
      const own = await fresh();
      const net = await own.make.network();
      const inside = await own.make.container(attachedTo(net));
      const { State } = await inside.inspect();
      const printed = (argv: string) => shell(own.host, `busybox nsenter -t ${State.Pid} -n ${argv}`);
      expect(await printed('nft list tables')).toMatch(/^table ip docker-dns$/m);
      expect(await printed('nft list table ip docker-dns')).toMatch(/ip daddr 127\.0\.0\.11 udp dport 53 .*dnat to/);
      expect(await printed('iptables-save')).not.toContain('DOCKER_OUTPUT');
    },
  },
  // DOCKER-USER
  {
    id: 'filtering.nftables.has-no-user-chain',
    level: 'must',
    title: 'With nftables, the engine must make no chain DOCKER-USER',
    sources: [page],
    observedBy: 'The chains that iptables-save, ip6tables-save and nft show on the host of an engine that has just started.',
    requires,
    backend,
    faults: [
      'filtering.backend-is-iptables',
      {
        id: 'filtering.user-chain-is-there',
        title: 'Somebody made a chain DOCKER-USER',
        inject: 'iptables -N DOCKER-USER || true',
        undo: 'iptables -X DOCKER-USER || true',
        engines: { kind: 'docker', backend },
      },
    ],
    check: async () => {
      const { host } = await fresh();
      const rules = await shell(host, 'iptables-save; ip6tables-save; nft list ruleset');
      await control(() => expect(rules).toContain('table ip docker-bridges'));
      expect(rules).not.toContain('DOCKER-USER');
    },
  },
  {
    id: 'filtering.nftables.user-chain-is-ignored',
    level: 'must',
    title: 'With nftables, rules in DOCKER-USER must have no effect over IPv4 unless somebody leads to them',
    sources: [page],
    observedBy:
      'A remote machine fetches a published port while a chain DOCKER-USER, which somebody made, drops everything; and while a rule in FORWARD leads to it.',
    requires,
    backend,
    faults: [
      {
        id: 'filtering.user-chain-is-asked',
        title: 'A rule in FORWARD leads to a chain DOCKER-USER',
        inject: 'iptables -N DOCKER-USER || true; iptables -I FORWARD -j DOCKER-USER',
        undo: 'iptables -D FORWARD -j DOCKER-USER || true; iptables -F DOCKER-USER || true; iptables -X DOCKER-USER || true',
        mayKill: ['filtering.nftables.has-no-user-chain', 'filtering.nftables.rules-are-in-tables-of-the-engine'],
        engines: { kind: 'docker', backend },
      },
      'filtering.servers-are-closed',
    ],
    check: async () => {
      const own = await lab([], 'user-chain');
      const { server, fromOutside } = await published(own);
      await shell(own.host, 'iptables -N DOCKER-USER 2>/dev/null || true; iptables -A DOCKER-USER -j DROP');
      try {
        expect(await fromOutside()).toBeReached({ by: server });
        await shell(own.host, 'iptables -I FORWARD -j DOCKER-USER');
        await control(async () => expect(await fromOutside()).toBeOutcome('timed-out'));
        await shell(own.host, 'iptables -D FORWARD -j DOCKER-USER');
      } finally {
        await shell(own.host, 'iptables -F DOCKER-USER; iptables -X DOCKER-USER || true');
      }
    },
  },
  // tables of somebody's own beside those of the engine
  {
    id: 'filtering.nftables.own-chain-closes-a-published-port',
    level: 'must',
    title: "A drop in an nftables base chain of one's own must close an IPv4 published port to remote machines",
    sources: [page],
    observedBy: 'A remote machine fetches the published port with and without such a chain; the host fetches it meanwhile.',
    requires,
    backend,
    faults: ['filtering.own-tables-are-emptied', 'filtering.servers-are-closed', 'filtering.containers-have-no-curl'],
    check: async () => {
      const own = await fresh();
      const { server, address, far, fromOutside, fromTheHost } = await published(own);
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
      const rule = `iifname "${far.link}" tcp dport 80 drop`;
      await withChain(own.host, await address(), { priority: 'filter', rule }, async () => {
        expect(await fromOutside()).toBeOutcome('timed-out');
        await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
      });
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    },
  },
  {
    id: 'filtering.nftables.accept-is-not-final',
    level: 'must',
    title: "With nftables, an accept in one's own base chain must not open what the engine closes over IPv4",
    sources: [page],
    observedBy:
      "A remote machine that may route to containers fetches a port that is not published, while a chain before the engine's accepts everything.",
    requires,
    backend,
    faults: ['filtering.everything-is-accepted', 'filtering.containers-have-no-curl'],
    check: async () => {
      const { host, server, address, fromOutside, fromTheHost } = await unpublished();
      await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
      await withChain(host, address, { priority: 'filter - 1', rule: 'counter accept' }, async (counted) => {
        expect(await fromOutside()).toBeOutcome('timed-out');
        expect(await counted()).toBeGreaterThan(0);
      });
      await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
    },
  },
  {
    id: 'filtering.nftables.priority-says-who-is-first',
    level: 'must',
    title: "IPv4 packets must pass own nftables base chains before the engine's at lower priority, else after",
    sources: [page],
    observedBy: "What two chains count while a remote machine fetches a port that is not published: one before the engine's, one after it.",
    requires,
    backend,
    faults: ['filtering.everything-is-accepted', 'filtering.own-tables-are-emptied'],
    check: async () => {
      const { host, address, fromOutside } = await unpublished();
      const counts = { rule: 'counter' };
      await withChain(host, address, { priority: 'filter - 1', ...counts }, async (counted) => {
        await fromOutside();
        expect(await counted()).toBeGreaterThan(0);
      });
      await withChain(host, address, { priority: 'filter + 1', ...counts }, async (counted) => {
        await fromOutside();
        expect(await counted()).toBe(0);
      });
    },
  },
  // marks that override what the engine drops
  {
    id: 'filtering.mark.opens-what-the-engine-drops',
    level: 'must',
    title: 'Marks that fit --bridge-accept-fwmark=MARK/MASK must open unpublished IPv4 ports, other marks not',
    sources: [page, daemonReference, engine29],
    observedBy:
      "A remote machine that may route to containers fetches a port that is not published, while a chain before the engine's gives its packets a mark that fits the mask, and one that does not.",
    requires,
    since: marks,
    faults: ['filtering.options-are-lost', 'filtering.servers-are-closed', 'filtering.containers-have-no-curl'],
    check: async () => {
      const { host, server, address, fromOutside, fromTheHost } = await unpublished();
      const marking = (mark: string) => ({ priority: 'filter - 1', rule: `meta mark set ${mark}` });
      await withChain(host, address, marking('0x5'), async () => expect(await fromOutside()).toBeReached({ by: server }));
      await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
      await withChain(host, address, marking('0x2'), async () => expect(await fromOutside()).toBeOutcome('timed-out'));
    },
  },
  {
    id: 'filtering.mark.comes-too-late-after-the-engine',
    level: 'must',
    title: "With nftables, a --bridge-accept-fwmark set after the engine's rules must not open an IPv4 port",
    sources: [page],
    observedBy:
      "A remote machine that may route to containers fetches a port that is not published, while a chain after the engine's marks its packets, and while one before it does.",
    requires,
    backend,
    faults: ['filtering.everything-is-accepted', 'filtering.options-are-lost', 'filtering.containers-have-no-curl'],
    check: async () => {
      const { host, server, address, fromOutside } = await unpublished();
      const rule = 'meta mark set 0x1';
      const before = () =>
        withChain(host, address, { priority: 'filter - 1', rule }, async () => expect(await fromOutside()).toBeReached({ by: server }));
      await control(before);
      await withChain(host, address, { priority: 'filter + 1', rule }, async () => expect(await fromOutside()).toBeOutcome('timed-out'));
      await control(before);
    },
  },
  // forwarding, which the engine leaves to its host
  {
    id: 'filtering.forwarding.is-left-to-the-host',
    level: 'must',
    title: 'With nftables, a host that does not forward must by default stay so, and bridge networks be refused',
    sources: [page, engine29],
    observedBy:
      'The answer to the creation of a network with IPv4 and of one with IPv6 on a host that forwards neither, and its sysctls after that; the same networks are made where it forwards.',
    requires,
    backend,
    faults: ['filtering.forwarding-is-turned-on-again', 'addresses.no-network-is-refused'],
    check: async () => {
      const { host, ask, make } = await notForwarding('left to the host');
      const bodies = [{}, { EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: make.subnet6().subnet }] } }];
      const answers = async () =>
        Promise.all(bodies.map((body, index) => ask('POST', '/networks/create', { Name: `left-to-the-host-${index}`, ...body })));
      for (const { status } of await answers()) expect(status).toBeGreaterThanOrEqual(400);
      expect([await forwards(host, 'ipv4'), await forwards(host, 'ipv6')]).toEqual([false, false]);
      await turn(host, 'on');
      try {
        await control(async () => {
          for (const answer of await answers()) mustGrant('a network could not be made', answer);
          for (const [index] of bodies.entries())
            mustGrant('a network could not be removed', await ask('DELETE', `/networks/left-to-the-host-${index}`));
        });
      } finally {
        await turn(host, 'off');
      }
    },
  },
  {
    id: 'filtering.forwarding.option-takes-the-check-away',
    level: 'must',
    title: 'With nftables, --ip-forward=false must let IPv4 bridge networks be made where IPv4 is not forwarded',
    sources: [page, engine29],
    observedBy:
      'The creation of a network with IPv4 on a host that does not forward, and its sysctl after that; without the option it is refused.',
    requires,
    backend,
    faults: ['filtering.forwarding-is-turned-on-again'],
    check: async () => {
      const [without, own] = await Promise.all([notForwarding('checked'), notForwarding('not checked', '--ip-forward=false')]);
      await control(async () => expect(await without.ask('POST', '/networks/create', { Name: 'checked' })).toMatchObject({ status: 500 }));
      await own.make.claimed.network();
      expect(await forwards(own.host, 'ipv4')).toBe(false);
    },
  },
  {
    id: 'filtering.forward-policy.is-left-alone',
    level: 'observed',
    title: "With nftables, a restart of the engine must leave the policies of iptables' FORWARD chains alone",
    sources: [page, { docs: 'github.com/moby/moby/blob/docker-v29.7.2/daemon/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy:
      'The policies of FORWARD after a restart of the daemon that found DROP for IPv4 and ACCEPT for IPv6, and the other way round.',
    requires,
    backend,
    faults: [
      {
        id: 'filtering.policy-is-opened-again',
        title: 'Somebody sets the policies of FORWARD to ACCEPT over and over',
        inject:
          'touch /run/policy-open; (while [ -e /run/policy-open ]; do iptables -P FORWARD ACCEPT; ip6tables -P FORWARD ACCEPT; busybox usleep 20000; done) >/dev/null 2>&1 &',
        undo: 'rm -f /run/policy-open',
        engines: { kind: 'docker', backend },
      },
    ],
    check: async () => {
      const own = await lab([], 'policies');
      for (const [four, six] of [
        ['DROP', 'ACCEPT'],
        ['ACCEPT', 'DROP'],
      ] as const) {
        const meanwhile = () => mustRun(own.host, ['sh', '-ec', `iptables -P FORWARD ${four}; ip6tables -P FORWARD ${six}`]);
        await own.restart({ meanwhile });
        const policies = await shell(own.host, 'iptables -S FORWARD; ip6tables -S FORWARD');
        expect(policies.match(/(?<=-P FORWARD )\w+/g)).toEqual([four, six]);
      }
    },
  },
  {
    id: 'filtering.forward-policy.closes-published-ports',
    level: 'must',
    title: "With nftables, iptables' FORWARD policy DROP must close IPv4 published ports to remote machines",
    sources: [page],
    observedBy: 'A remote machine fetches a published port under the policies ACCEPT and DROP.',
    requires,
    backend,
    faults: ['filtering.servers-are-closed', 'filtering.containers-have-no-curl', 'filtering.everything-is-accepted'],
    check: async () => {
      const own = await lab([], 'policy');
      const { server, fromOutside, fromTheHost } = await published(own);
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
      await shell(own.host, 'iptables -P FORWARD DROP');
      try {
        expect(await fromOutside()).toBeOutcome('timed-out');
        await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
      } finally {
        await shell(own.host, 'iptables -P FORWARD ACCEPT');
      }
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    },
  },
]);
