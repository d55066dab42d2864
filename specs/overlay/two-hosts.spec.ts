import { claim, control, describe, eventually, expect, lab, mustGrant, scene, vethLink } from '../../helpers';

type Container = Awaited<ReturnType<Awaited<ReturnType<typeof lab>>['make']['server']>>;

interface Shared {
  Id: string;
  Peers: { Name: string; IP: string }[] | null;
}

describe('an overlay network of two hosts', () => {
  /** A manager and a worker with a veth link between them, and an attachable overlay with a server on each. */
  const swarmOf = async (name: string, version: 'same' | 'another') => {
    const [manager, worker] = await Promise.all([lab([], `${name} manager`), lab([], `${name} worker`, version)]);
    const addresses = await vethLink(manager, worker);
    const [managing, working] = addresses;
    mustGrant(
      'a swarm that the claim needs could not be begun',
      await manager.ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: managing }),
    );
    const { body } = await manager.ask<{ JoinTokens: { Worker: string } }>('GET', '/swarm');
    const joining = {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: working,
      RemoteAddrs: [`${managing}:2377`],
      JoinToken: body.JoinTokens.Worker,
    };
    // an engine answers before it has joined when that takes it long, and goes on
    await worker.ask('POST', '/swarm/join', joining);
    const stateOfWorker = async () => (await worker.ask<{ Swarm?: { LocalNodeState: string } }>('GET', '/info')).body.Swarm?.LocalNodeState;
    await control(async () => expect(await eventually(stateOfWorker, (state) => state === 'active', { within: 30_000 })).toBe('active'));
    const net = await manager.make.network({ Driver: 'overlay', Attachable: true });
    const HostConfig = { NetworkMode: net.name };
    const [near, far] = await Promise.all([
      manager.make.server({ member: 'near', HostConfig }),
      worker.make.server({ member: 'far', HostConfig }),
    ]);
    return { manager, worker, addresses, net, near, far };
  };

  const hosts = scene(() => swarmOf('alike', 'same'));
  const differing = scene(() => swarmOf('differing', 'another'));

  /** What one container gets from another; hosts tell each other of addresses and names by gossip, which takes a moment. */
  const fetched = (from: Container, origin: string) =>
    eventually(
      () => from.fetches(origin),
      ({ kind }) => kind === 'reached',
      { within: 5000 },
    );

  claim('overlay.hosts.containers-reach-each-other', async () => {
    const { net, near, far } = await hosts();
    expect(await fetched(near, await far.origin(net.name))).toBeReached({ by: far });
    expect(await fetched(far, await near.origin(net.name))).toBeReached({ by: near });
  });

  claim('overlay.hosts.names-lead-to-other-hosts', async () => {
    const { near, far } = await hosts();
    expect(await fetched(near, `http://${far.containerName}:80`)).toBeReached({ by: far });
    expect(await fetched(far, `http://${near.containerName}:80`)).toBeReached({ by: near });
  });

  claim('overlay.hosts.versions-may-differ', async () => {
    const { manager, worker, net, near, far } = await differing();
    const [here, there] = await Promise.all(
      [manager, worker].map(async ({ ask }) => (await ask<{ Version: string }>('GET', '/version')).body.Version),
    );
    await control(() => {
      for (const version of [here, there]) expect(version).toMatch(/^\d/);
      expect(there).not.toBe(here);
    });
    expect(await fetched(near, await far.origin(net.name))).toBeReached({ by: far });
    expect(await fetched(far, await near.origin(net.name))).toBeReached({ by: near });
    expect(await fetched(near, `http://${far.containerName}:80`)).toBeReached({ by: far });
    expect(await fetched(far, `http://${near.containerName}:80`)).toBeReached({ by: near });
  });

  claim('overlay.hosts.network-comes-with-its-first-container', async () => {
    const { manager, worker, net } = await hosts();
    const unused = await manager.make.network({ Driver: 'overlay', Attachable: true });
    const managerKnowsIt = async () => expect((await unused.inspect()).Id).toBe(unused.id);
    await control(managerKnowsIt);
    expect(await worker.ask('GET', `/networks/${net.id}`)).toMatchObject({ status: 200, body: { Name: net.name, Scope: 'swarm' } });
    expect((await worker.ask('GET', `/networks/${unused.id}`)).status).toBe(404);
    await control(managerKnowsIt);
  });

  claim('overlay.hosts.both-are-peers', async () => {
    const { manager, worker, addresses, net } = await hosts();
    for (const { ask } of [manager, worker]) {
      const peers = async () => ((await ask<Shared>('GET', `/networks/${net.id}`)).body.Peers ?? []).map(({ IP }) => IP).sort();
      expect(await eventually(peers, ({ length }) => length === 2, { within: 5000 })).toEqual([...addresses].sort());
    }
  });

  claim('overlay.hosts.workers-create-none', async () => {
    const { manager, worker } = await hosts();
    const made = await manager.make.network({ Driver: 'overlay' });
    // the manager allocates the driver after the answer that creates the network
    await control(async () =>
      expect(
        (
          await eventually(
            () => made.inspect(),
            ({ Driver }) => Driver !== '',
            { within: 5000 },
          )
        ).Driver,
      ).toBe('overlay'),
    );
    expect((await worker.make.tryNetwork({ Driver: 'overlay' })).status).toBe(403);
  });
});
