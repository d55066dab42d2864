import { claim, control, describe, expect, externalHost, freePorts, lab, mustRun, read, scene } from '../../helpers';

type OwnLab = Awaited<ReturnType<typeof lab>>;
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

describe('DOCKER-USER of an engine that has just started', () => {
  claim('filtering.user-chain.comes-first', async () => {
    const { host } = (await quiet()).own;
    expect((await rulesOf(host, 'FORWARD'))[0]).toBe('-A FORWARD -j DOCKER-USER');
  });

  claim('filtering.user-chain.closes-a-published-port', async () => {
    const { own, far, server, address, fromOutside, fromTheHost } = await publishedBesideAnExternalHost();
    await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    await withRule(own.host, '-I', ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'], async () => {
      expect(await fromOutside()).toBeOutcome('timed-out');
      await control(async () => expect(await fromTheHost()).toBeReached({ by: server }));
    });
    await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
  });

  claim('filtering.user-chain.sees-the-containers-port', async () => {
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
  });

  claim('filtering.user-chain.tells-the-asked-port-by-conntrack', async () => {
    const { own, net } = await quiet();
    const far = await externalHost(own);
    const one = await freePorts(own.host, 2);
    const other = one + 1;
    const server = await own.make.server({
      HostConfig: { NetworkMode: net.name, PortBindings: { '80/tcp': [{ HostPort: `${one}` }, { HostPort: `${other}` }] } },
    });
    const fetched = (port: number) => far.machine.fetches(`http://${far.hostAddress}:${port}`);
    await control(async () => expect(await fetched(one)).toBeReached({ by: server }));
    const asked = ['-i', far.link, '-p', 'tcp', '-m', 'conntrack', '--ctorigdst', far.hostAddress, '--ctorigdstport', `${one}`];
    await withRule(own.host, '-I', ['DOCKER-USER', ...asked, '-j', 'REJECT', '--reject-with', 'tcp-reset'], async () => {
      expect(await fetched(one)).toBeOutcome('refused');
      expect(await fetched(other)).toBeReached({ by: server });
    });
  });

  claim('filtering.user-chain.closes-the-way-out', async () => {
    const { own, net } = await quiet();
    const [far, inside] = await Promise.all([externalHost(own), own.make.container({ HostConfig: { NetworkMode: net.name } })]);
    const outwards = () => inside.fetches(`http://${far.address}:80`);
    await control(async () => expect(await outwards()).toBeReached({ by: far.machine }));
    await withRule(own.host, '-I', ['DOCKER-USER', '-d', far.address, '-j', 'DROP'], async () =>
      expect(await outwards()).toBeOutcome('timed-out'),
    );
    await control(async () => expect(await outwards()).toBeReached({ by: far.machine }));
  });

  claim('filtering.user-chain.lets-the-host-route', async () => {
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
  });

  claim('filtering.user-chain.ends-with-return', async () => {
    const { own, far, server, address, fromOutside } = await publishedBesideAnExternalHost();
    expect((await rulesOf(own.host, 'DOCKER-USER')).at(-1)).toBe('-A DOCKER-USER -j RETURN');
    const drop = ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'];
    await withRule(own.host, '-A', drop, async () => expect(await fromOutside()).toBeReached({ by: server }));
    await control(() => withRule(own.host, '-I', drop, async () => expect(await fromOutside()).toBeOutcome('timed-out')));
  });

  claim('filtering.user-chain.appended-rules-apply', async () => {
    const { own, far, server, address, fromOutside } = await publishedBesideAnExternalHost();
    await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
    await withRule(own.host, '-A', ['DOCKER-USER', ...toPort(far.link, address, 80), '-j', 'DROP'], async () =>
      expect(await fromOutside()).toBeOutcome('timed-out'),
    );
    await control(async () => expect(await fromOutside()).toBeReached({ by: server }));
  });
});

describe('DOCKER-USER after a restart of the daemon under a running container', () => {
  const restarted = scene(async () => {
    const own = await lab(['--live-restore'], 'user-chain');
    await own.make.server(published);
    await mustRun(own.host, ['iptables', '-I', 'DOCKER-USER', '-s', own.make.subnet().subnet, '-j', 'DROP']);
    const before = await rulesOf(own.host, 'DOCKER-USER');
    await own.restart();
    return { host: own.host, before };
  });

  claim('filtering.user-chain.outlives-a-restart', async () => {
    const { host, before } = await restarted();
    expect(await rulesOf(host, 'DOCKER-USER')).toEqual(before);
  });

  claim('filtering.user-chain.stays-first-under-running-containers', async () => {
    expect((await rulesOf((await restarted()).host, 'FORWARD'))[0]).toBe('-A FORWARD -j DOCKER-USER');
  });
});
