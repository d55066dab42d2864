import { rule } from '../../fixtures/faults/trials/filtering';
import { attachedTo, claims, control, expect, externalHost, freePorts, lab, mustRun, type OwnLab, read, scene } from '../../helpers';

const iptablesPage = { docs: 'docs.docker.com/engine/network/firewall-iptables' };
const engine28 = { docs: 'docs.docker.com/engine/release-notes/28' };

/** From this version on the engine puts no rule of its own into DOCKER-USER. */
const noReturn = {
  version: '28.2.2',
  source: 'DOCKER-USER is made without a RETURN since, Engine 28 release notes, moby pull request 50098',
};

type Host = OwnLab['host'];

/** Rules of one chain of the filter table, in order, as `iptables -S` prints them. */
async function rulesOf(host: Host, chain: string): Promise<string[]> {
  return (await read(host, ['iptables', '-S', chain])).split('\n').filter((line) => line.startsWith('-A'));
}

/** Looks while the host has one more rule: `where` inserts it (-I) or appends it (-A). */
async function withRule(host: Host, where: '-I' | '-A', rule: string[], look: () => Promise<void>): Promise<void> {
  const iptables = (verb: string) => mustRun(host, ['iptables', '-w', verb, ...rule]);
  await iptables(where);
  try {
    await look();
  } finally {
    await iptables('-D');
  }
}

const published = { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '' }] } } };

/** A lab with one network. Creating another would take DOCKER-USER out of FORWARD for a moment, as Docker puts it first anew. */
const quiet = scene(async () => {
  const own = await lab([], 'quiet');
  return { own, net: await own.make.network() };
});

/** An external host, and the ways in which it and the host reach a container that publishes its port. */
async function publishedBesideAnExternalHost() {
  const { own, net } = await quiet();
  const [far, server] = await Promise.all([
    externalHost(own),
    own.make.server({ HostConfig: { ...published.HostConfig, NetworkMode: net.name } }),
  ]);
  const { IPAddress: address } = await server.endpoint(net.name);
  const hostPort = await server.hostPort(80);
  const fromOutside = (port = hostPort) => far.machine.fetches(`http://${far.hostAddress}:${port}`);
  const fromTheHost = () => own.host.fetches(`http://${far.hostAddress}:${hostPort}`);
  return { own, far, server, address, hostPort, fromOutside, fromTheHost };
}

/** The part of a rule that matches what somebody outside sends to a port of one address. */
const toPort = (link: string, address: string, port: number) => ['-i', link, '-d', address, '-p', 'tcp', '--dport', `${port}`];

const restarted = scene(async () => {
  const own = await lab(['--live-restore'], 'user-chain');
  await own.make.server(published);
  await mustRun(own.host, ['iptables', '-I', 'DOCKER-USER', '-s', own.make.subnet().subnet, '-j', 'DROP']);
  const before = await rulesOf(own.host, 'DOCKER-USER');
  await own.restart();
  return { host: own.host, before };
});

export default claims([
  // DOCKER-USER of an engine that has just started
  {
    id: 'filtering.user-chain.comes-first',
    level: 'must',
    title: "The jump to DOCKER-USER must be the first rule of iptables' filter FORWARD chain",
    sources: [iptablesPage],
    observedBy: 'The rules of FORWARD on the host of an engine that has just started.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.rule-before-the-users', 'filtering.user-chain-is-not-asked', 'filtering.engine-makes-no-rules'],
    check: async () => {
      const { host } = (await quiet()).own;
      expect((await rulesOf(host, 'FORWARD'))[0]).toBe('-A FORWARD -j DOCKER-USER');
    },
  },
  {
    id: 'filtering.user-chain.closes-a-published-port',
    level: 'must',
    title: 'A DROP in iptables DOCKER-USER must close an IPv4 published port to remote machines',
    sources: [iptablesPage],
    observedBy: 'A remote machine fetches the published port with and without the rule; the host fetches it meanwhile.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.user-chain-is-not-asked', 'filtering.servers-are-closed', 'filtering.containers-have-no-curl'],
    check: async () => {
      const { own, far, server, address, fromOutside, fromTheHost } = await publishedBesideAnExternalHost();
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
      await withRule(own.host, '-I', ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'], async () => {
        expect(await fromOutside()).toBeOutcome('timed-out');
        await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
      });
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    },
  },
  {
    id: 'filtering.user-chain.sees-the-containers-port',
    level: 'must',
    title: "Rules in iptables DOCKER-USER must match the container's port, not the published one of the host",
    sources: [iptablesPage],
    observedBy: "A remote machine fetches the published port while DOCKER-USER drops the host's port, and while it drops the container's.",
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.user-chain-is-not-asked'],
    check: async () => {
      const { own, far, server, address, hostPort, fromOutside } = await publishedBesideAnExternalHost();
      await withRule(own.host, '-I', ['DOCKER-USER', '-i', far.link, '-p', 'tcp', '--dport', `${hostPort}`, '-j', 'DROP'], async () => {
        expect(await fromOutside()).toBeReached({ by: server });
      });
      await withRule(
        own.host,
        '-I',
        ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'REJECT', '--reject-with', 'tcp-reset'],
        async () => {
          expect(await fromOutside()).toBeOutcome('refused');
        },
      );
    },
  },
  {
    id: 'filtering.user-chain.tells-the-asked-port-by-conntrack',
    level: 'must',
    title: 'Rules in iptables DOCKER-USER must be able to match the published port by --ctorigdstport',
    sources: [iptablesPage],
    observedBy: 'One port of a container is published twice; a rule with --ctorigdstport drops one of the two for a remote machine.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: ['filtering.user-chain-is-not-asked'],
    check: async () => {
      const { own, net } = await quiet();
      const far = await externalHost(own);
      const one = await freePorts(own.host, 2);
      const other = one + 1;
      const server = await own.make.server(
        attachedTo(net, { PortBindings: { '80/tcp': [{ HostPort: `${one}` }, { HostPort: `${other}` }] } }),
      );
      const fetched = (port: number) => far.machine.fetches(`http://${far.hostAddress}:${port}`);
      await control(async () => expect(await fetched(one)).toBeReached({ by: server }));
      const asked = ['-i', far.link, '-p', 'tcp', '-m', 'conntrack', '--ctorigdst', far.hostAddress, '--ctorigdstport', `${one}`];
      await withRule(own.host, '-I', ['DOCKER-USER', ...asked, '-j', 'REJECT', '--reject-with', 'tcp-reset'], async () => {
        expect(await fetched(one)).toBeOutcome('refused');
        expect(await fetched(other)).toBeReached({ by: server });
      });
    },
  },
  {
    id: 'filtering.user-chain.closes-the-way-out',
    level: 'must',
    title: 'A DROP in iptables DOCKER-USER must stop what containers send to a remote machine',
    sources: [iptablesPage],
    observedBy: 'A container fetches a remote machine with and without a rule that names its address.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: [
      'filtering.user-chain-is-not-asked',
      'filtering.answers-are-dropped',
      'filtering.everything-is-accepted',
      'filtering.containers-have-no-curl',
    ],
    check: async () => {
      const { own, net } = await quiet();
      const [far, inside] = await Promise.all([externalHost(own), own.make.container(attachedTo(net))]);
      const outwards = () => inside.fetches(`http://${far.address}:80`);
      await control(async () => expect(await outwards()).toBeReached({ by: far.machine }));
      await withRule(own.host, '-I', ['DOCKER-USER', '-d', far.address, '-j', 'DROP'], async () =>
        expect(await outwards()).toBeOutcome('timed-out'),
      );
      await control(async () => expect(await outwards()).toBeReached({ by: far.machine }));
    },
  },
  {
    id: 'filtering.user-chain.lets-the-host-route',
    level: 'must',
    title: 'ACCEPTs in iptables DOCKER-USER must let the host route between its other interfaces',
    sources: [iptablesPage],
    observedBy: 'Two machines on two links of the host: one fetches the other with and without the rule, under the policy DROP.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: [
      'filtering.user-chain-is-not-asked',
      'filtering.host-drops-what-it-would-forward',
      'filtering.policy-is-open',
      'filtering.answers-are-dropped',
    ],
    check: async () => {
      const { own } = await quiet();
      const [one, other] = await Promise.all([externalHost(own), externalHost(own)]);
      const across = () => one.machine.fetches(`http://${other.address}:80`);
      const closed = () => control(async () => expect(await across()).toBeOutcome('timed-out'));
      await closed();
      const bothWays = async (look: () => Promise<void>) =>
        withRule(own.host, '-I', ['DOCKER-USER', '-i', one.link, '-o', other.link, '-j', 'ACCEPT'], () =>
          withRule(own.host, '-I', ['DOCKER-USER', '-i', other.link, '-o', one.link, '-j', 'ACCEPT'], look),
        );
      await bothWays(async () => expect(await across()).toBeReached({ by: other.machine }));
      await closed();
    },
  },
  {
    id: 'filtering.user-chain.ends-with-return',
    level: 'observed',
    title: 'iptables DOCKER-USER must end with a RETURN, after which appended rules have no effect',
    sources: [{ docs: 'github.com/moby/moby/issues/50067' }],
    observedBy: 'The rules of a fresh DOCKER-USER, and a remote machine that still reaches a published port which an appended rule drops.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    until: { ...noReturn, replacedBy: 'filtering.user-chain.appended-rules-apply' },
    faults: [
      'filtering.user-chain-is-not-asked',
      {
        id: 'filtering.user-chain-ends-otherwise',
        title: 'The RETURN at the end of DOCKER-USER is gone',
        inject: 'iptables -D DOCKER-USER -j RETURN || true',
        undo: 'iptables -C DOCKER-USER -j RETURN || iptables -A DOCKER-USER -j RETURN || true',
        engines: { kind: 'docker', versions: '<28.2.2' },
      },
    ],
    check: async () => {
      const { own, far, server, address, fromOutside } = await publishedBesideAnExternalHost();
      expect((await rulesOf(own.host, 'DOCKER-USER')).at(-1)).toBe('-A DOCKER-USER -j RETURN');
      const drop = ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'];
      await withRule(own.host, '-A', drop, async () => expect(await fromOutside()).toBeReached({ by: server }));
      await control(() => withRule(own.host, '-I', drop, async () => expect(await fromOutside()).toBeOutcome('timed-out')));
    },
  },
  {
    id: 'filtering.user-chain.appended-rules-apply',
    level: 'must',
    title: 'A rule appended to iptables DOCKER-USER must take effect as an inserted one does',
    sources: [engine28, { docs: 'github.com/moby/moby/pull/50098' }],
    observedBy: 'A remote machine fetches a published port with and without an appended rule that drops it.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    since: noReturn,
    faults: [
      'filtering.user-chain-is-not-asked',
      {
        id: 'filtering.user-chain-returns-at-once',
        title: 'DOCKER-USER ends before the rules that are appended to it',
        ...rule('-I DOCKER-USER -j RETURN'),
      },
    ],
    check: async () => {
      const { own, far, server, address, fromOutside } = await publishedBesideAnExternalHost();
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
      await withRule(own.host, '-A', ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'], async () =>
        expect(await fromOutside()).toBeOutcome('timed-out'),
      );
      await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    },
  },
  // DOCKER-USER after a restart of the daemon under a running container
  {
    id: 'filtering.user-chain.outlives-a-restart',
    level: 'observed',
    title: 'The rules in iptables DOCKER-USER must be unchanged after a restart of the engine',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/firewall_linux.go' }],
    observedBy: 'The rules of DOCKER-USER before and after a restart of the daemon.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    faults: [
      {
        id: 'filtering.user-chain-has-changed',
        title: 'DOCKER-USER has one more rule than before',
        ...rule('-I DOCKER-USER -s 192.0.2.1 -j DROP'),
      },
    ],
    check: async () => {
      const { host, before } = await restarted();
      expect(await rulesOf(host, 'DOCKER-USER')).toEqual(before);
    },
  },
  {
    id: 'filtering.user-chain.stays-first-under-running-containers',
    level: 'must',
    title: 'The jump to DOCKER-USER must be first in iptables FORWARD when dockerd restarts under containers',
    sources: [{ docs: 'docs.docker.com/engine/release-notes/27' }, { docs: 'github.com/moby/moby/issues/48560' }],
    observedBy: 'The rules of FORWARD after a restart of a daemon with --live-restore, while a container with a published port runs.',
    requires: ['docker-engine', 'own-lab'],
    backend: 'iptables',
    since: { version: '27.4.0', source: 'DOCKER-USER is put first even if containers are running, Engine 27 release notes' },
    faults: ['filtering.rule-before-the-users'],
    check: async () => {
      expect((await rulesOf((await restarted()).host, 'FORWARD'))[0]).toBe('-A FORWARD -j DOCKER-USER');
    },
  },
]);
