import type { Requirement } from '../../fixtures/claims/model';
import { attachedTo, cidrParts, claims, control, eventually, expect, lab, mustGrant, type OwnLab, read, scene } from '../../helpers';

const swarmInit = { docs: 'docs.docker.com/reference/cli/docker/swarm/init' };
const requires: Requirement[] = ['docker-engine', 'own-lab'];

interface Listed {
  Name: string;
  IPAM: { Config: { Subnet: string }[] };
}

const pool = '10.77.0.0/16';
const dataPathPort = 4790;

const swarm = scene(async () => {
  const own = await lab([], 'swarm-options');
  const { body: bridge } = await own.ask<{ IPAM: { Config: { Gateway: string }[] } }>('GET', '/networks/bridge');
  const asked = {
    ListenAddr: '0.0.0.0:2377',
    AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway,
    DataPathPort: dataPathPort,
    DefaultAddrPool: [pool],
    SubnetSize: 26,
  };
  mustGrant('a swarm with a pool and a port of its own could not be begun', await own.ask('POST', '/swarm/init', asked));
  const net = await own.make.network({ Driver: 'overlay', Attachable: true });
  await own.make.container(attachedTo(net));
  return { ...own, net };
});

const networks = async (ask: OwnLab['ask']) => (await ask<Listed[]>('GET', '/networks')).body.map(({ Name }) => Name);

/** A swarm with an overlay that a container was in, left at first without force and then by force. */
const left = scene(async () => {
  const { ask, make } = await lab([], 'swarm-left');
  const { body: bridge } = await ask<{ IPAM: { Config: { Gateway: string }[] } }>('GET', '/networks/bridge');
  mustGrant(
    'a swarm that the claim needs could not be begun',
    await ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway }),
  );
  const net = await make.network({ Driver: 'overlay', Attachable: true });
  const box = await make.container({ StopTimeout: 0, ...attachedTo(net) });
  await box.stop();
  await box.remove();
  const before = await networks(ask);
  const politely = await ask('POST', '/swarm/leave');
  const byForce = await ask('POST', '/swarm/leave?force=true');
  return { ask, net, before, politely, byForce };
});

export default claims([
  // a swarm with a data path port and an address pool of its own
  {
    id: 'overlay.swarm.data-path-port-moves-vxlan',
    level: 'must',
    title: 'VXLAN must use the data path port that a swarm was started with, instead of 4789',
    sources: [swarmInit],
    observedBy: 'The UDP sockets of the host of a lab, while a container is in an overlay.',
    requires,
    backend: 'iptables',
    faults: ['overlay.vxlan-is-down', 'overlay.ss-is-broken'],
    check: async () => {
      const { host } = await swarm();
      const ports = (await read(host, ['ss', '-lnuH']))
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)[3]?.split(':').at(-1));
      expect(ports).toContain(String(dataPathPort));
      expect(ports).not.toContain('4789');
    },
  },
  {
    id: 'overlay.swarm.default-pool-is-used',
    level: 'must',
    title: 'Overlay networks must get subnets of the address pool and size that a swarm was started with',
    sources: [swarmInit],
    observedBy: 'The subnets of ingress and of a new overlay.',
    requires,
    backend: 'iptables',
    faults: ['overlay.subnets-of-somebody'],
    check: async () => {
      const { ask, net } = await swarm();
      for (const name of ['ingress', net.name]) {
        // the manager makes ingress by itself, which may be after the answer that begins the swarm
        const subnet = async () => (await ask<Partial<Listed>>('GET', `/networks/${name}`)).body.IPAM?.Config[0]?.Subnet;
        const { address, length } = cidrParts(await eventually(subnet, (seen) => seen !== undefined, { within: 5000 }));
        expect(address).toBeInSubnet(pool);
        expect(length).toBe('26');
      }
    },
  },
  // a swarm that is left
  {
    id: 'overlay.swarm.last-manager-leaves-by-force',
    level: 'must',
    title: 'The last manager must leave its swarm only by force',
    sources: [
      { docs: 'docs.docker.com/reference/cli/docker/swarm/leave' },
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Swarm/operation/SwarmLeave' },
    ],
    observedBy: 'A leave that is refused, and one with force.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.swarm-is-not-left',
        title: 'An engine that left its swarm says that it is still in it',
        api: [{ method: 'GET', path: /^\/info$/, does: 'answers', at: ['Swarm', 'LocalNodeState'], value: 'active' }],
      },
    ],
    check: async () => {
      const { ask, politely, byForce } = await left();
      expect(politely.status).toBeGreaterThanOrEqual(400);
      expect(byForce.status).toBe(200);
      expect(await ask('GET', '/info')).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } });
    },
  },
  {
    id: 'overlay.swarm.leaving-removes-overlays',
    level: 'observed',
    title: 'Leaving a swarm must remove its overlay networks and ingress, and keep docker_gwbridge',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/daemon/daemon.go' }],
    observedBy: 'The networks before and after.',
    requires,
    backend: 'iptables',
    faults: [
      {
        id: 'overlay.ingress-stays',
        title: 'Lists of networks show ingress in place of all others',
        api: [{ method: 'GET', path: /^\/networks$/, does: 'answers', at: ['*', 'Name'], value: 'ingress' }],
      },
    ],
    check: async () => {
      const { ask, net, before } = await left();
      await control(() => expect(before).toEqual(expect.arrayContaining(['ingress', 'docker_gwbridge', net.name])));
      const after = await networks(ask);
      expect(after).not.toContain('ingress');
      expect(after).not.toContain(net.name);
      expect(after).toContain('docker_gwbridge');
    },
  },
  // with nftables, for which overlay networks have no rules yet
  {
    id: 'overlay.swarm.is-refused-with-nftables',
    level: 'must',
    title: 'An engine with nftables must not begin a swarm',
    sources: [
      { docs: 'docs.docker.com/engine/network/firewall-nftables' },
      { docs: 'github.com/moby/moby/blob/docker-v29.7.2/integration/daemon/daemon_linux_test.go' },
    ],
    observedBy: 'What the engine answers to the wish for one, and what it says of itself after that.',
    requires,
    backend: 'nftables',
    faults: ['filtering.backend-is-iptables'],
    check: async () => {
      const { ask } = await lab();
      const asked = { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: '127.0.0.1' };
      expect((await ask('POST', '/swarm/init', asked)).status).toBeGreaterThanOrEqual(400);
      expect(await ask('GET', '/info')).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } });
    },
  },
]);
