import type { Requirement } from '../../fixtures/claims/model';
import { networkCreate, networkObject } from '../../fixtures/faults/trials/overlay';
import { claims, type Container, control, eventually, expect, lab, mustGrant, scene, vethLink } from '../../helpers';

const overlayDriver = { docs: 'docs.docker.com/engine/network/drivers/overlay' };
const walkThrough = { docs: 'docs.docker.com/engine/network/drivers/overlay/#use-an-overlay-network-for-standalone-containers' };
const requires: Requirement[] = ['docker-engine', 'own-lab'];

interface Shared {
  Id: string;
  Peers: { Name: string; IP: string }[] | null;
}

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

export default claims([
  // an overlay network of two hosts
  {
    id: 'overlay.hosts.containers-reach-each-other',
    level: 'must',
    title: 'Containers in an overlay network must reach each other over IPv4 across two hosts, both ways',
    sources: [overlayDriver],
    observedBy: "curl in a container of each host fetches from the other's.",
    requires,
    backend: 'iptables',
    faults: ['overlay.vxlan-is-dropped'],
    check: async () => {
      const { net, near, far } = await hosts();
      expect(await fetched(near, await far.origin(net.name))).toBeReached({ by: far });
      expect(await fetched(far, await near.origin(net.name))).toBeReached({ by: near });
    },
  },
  {
    id: 'overlay.hosts.names-lead-to-other-hosts',
    level: 'must',
    title: 'A container in an overlay network must reach one on another host by name, both ways',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/overlay/#container-discovery' }],
    observedBy: "curl in a container of each host fetches from the other's by name.",
    requires,
    backend: 'iptables',
    faults: ['overlay.vxlan-is-dropped'],
    check: async () => {
      const { near, far } = await hosts();
      expect(await fetched(near, `http://${far.containerName}:80`)).toBeReached({ by: far });
      expect(await fetched(far, `http://${near.containerName}:80`)).toBeReached({ by: near });
    },
  },
  {
    id: 'overlay.hosts.versions-may-differ',
    level: 'observed',
    title: 'Containers in an overlay network must reach each other across hosts of two engine versions',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/overlay/overlay.proto' }],
    observedBy:
      "An engine of the version under test as manager, one of the newest other version as worker; curl in a container of each host fetches from the other's.",
    requires,
    backend: 'iptables',
    faults: ['overlay.vxlan-is-dropped'],
    check: async () => {
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
    },
  },
  {
    id: 'overlay.hosts.network-comes-with-its-first-container',
    level: 'must',
    title: 'A worker must know an overlay network only once it runs a container in it',
    sources: [walkThrough],
    observedBy: 'Two overlays, one with a container of the worker and one without, asked for on the worker.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.unused-networks-are-there',
        title: 'A worker finds a network that it does not know, in the shape of another one',
        api: [{ method: 'GET', path: /^\/networks\/\w{25}$/, does: 'rewrites', from: /\w{25}$/, to: 'bridge' }],
      },
    ],
    check: async () => {
      const { manager, worker, net } = await hosts();
      const unused = await manager.make.network({ Driver: 'overlay', Attachable: true });
      const managerKnowsIt = async () => expect((await unused.inspect()).Id).toBe(unused.id);
      await control(managerKnowsIt);
      expect(await worker.ask('GET', `/networks/${net.id}`)).toMatchObject({ status: 200, body: { Name: net.name, Scope: 'swarm' } });
      expect((await worker.ask('GET', `/networks/${unused.id}`)).status).toBe(404);
      await control(managerKnowsIt);
    },
  },
  {
    id: 'overlay.hosts.both-are-peers',
    level: 'must',
    title: 'Peers of an overlay network must list the hosts that take part in it, with their addresses',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkInspect' }],
    observedBy: 'The network object on either host.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.hosts-have-no-peers',
        title: 'An overlay network lists no hosts',
        api: [{ ...networkObject, does: 'forgets', at: ['Peers'] }],
      },
    ],
    check: async () => {
      const { manager, worker, addresses, net } = await hosts();
      for (const { ask } of [manager, worker]) {
        const peers = async () => ((await ask<Shared>('GET', `/networks/${net.id}`)).body.Peers ?? []).map(({ IP }) => IP).sort();
        expect(await eventually(peers, ({ length }) => length === 2, { within: 5000 })).toEqual([...addresses].sort());
      }
    },
  },
  {
    id: 'overlay.hosts.workers-create-none',
    level: 'observed',
    title: 'A worker must refuse to create an overlay network with 403',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/network.go' }],
    observedBy: 'A create on the worker, after one of the same kind on the manager.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.workers-make-bridges',
        title: 'Who asks a worker for an overlay network gets a bridge',
        api: [{ ...networkCreate, does: 'asks', at: ['Driver'], value: 'bridge', where: { at: ['Driver'], is: 'overlay' } }],
      },
    ],
    check: async () => {
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
    },
  },
]);
