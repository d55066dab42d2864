import { cidrParts, claim, control, describe, eventually, expect, lab, mustGrant, read, scene } from '../../helpers';

interface Listed {
  Name: string;
  IPAM: { Config: { Subnet: string }[] };
}

const pool = '10.77.0.0/16';
const dataPathPort = 4790;

describe('a swarm with a data path port and an address pool of its own', () => {
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
    await own.make.container({ HostConfig: { NetworkMode: net.name } });
    return { ...own, net };
  });

  claim('overlay.swarm.data-path-port-moves-vxlan', async () => {
    const { host } = await swarm();
    const ports = (await read(host, ['ss', '-lnuH']))
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/)[3]?.split(':').at(-1));
    expect(ports).toContain(String(dataPathPort));
    expect(ports).not.toContain('4789');
  });

  claim('overlay.swarm.default-pool-is-used', async () => {
    const { ask, net } = await swarm();
    for (const name of ['ingress', net.name]) {
      // the manager makes ingress by itself, which may be after the answer that begins the swarm
      const subnet = async () => (await ask<Partial<Listed>>('GET', `/networks/${name}`)).body.IPAM?.Config[0]?.Subnet;
      const { address, length } = cidrParts(await eventually(subnet, (seen) => seen !== undefined, { within: 5000 }));
      expect(address).toBeInSubnet(pool);
      expect(length).toBe('26');
    }
  });
});

describe('a swarm that is left', () => {
  const networks = async (ask: Awaited<ReturnType<typeof lab>>['ask']) =>
    (await ask<Listed[]>('GET', '/networks')).body.map(({ Name }) => Name);

  /** A swarm with an overlay that a container was in, left at first without force and then by force. */
  const left = scene(async () => {
    const { ask, make } = await lab([], 'swarm-left');
    const { body: bridge } = await ask<{ IPAM: { Config: { Gateway: string }[] } }>('GET', '/networks/bridge');
    mustGrant(
      'a swarm that the claim needs could not be begun',
      await ask('POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: bridge.IPAM.Config[0]?.Gateway }),
    );
    const net = await make.network({ Driver: 'overlay', Attachable: true });
    const box = await make.container({ StopTimeout: 0, HostConfig: { NetworkMode: net.name } });
    await box.stop();
    await box.remove();
    const before = await networks(ask);
    const politely = await ask('POST', '/swarm/leave');
    const byForce = await ask('POST', '/swarm/leave?force=true');
    return { ask, net, before, politely, byForce };
  });

  claim('overlay.swarm.last-manager-leaves-by-force', async () => {
    const { ask, politely, byForce } = await left();
    expect([politely.status, byForce.status]).toEqual([503, 200]);
    expect(await ask('GET', '/info')).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } });
  });

  claim('overlay.swarm.leaving-removes-overlays', async () => {
    const { ask, net, before } = await left();
    await control(() => expect(before).toEqual(expect.arrayContaining(['ingress', 'docker_gwbridge', net.name])));
    const after = await networks(ask);
    expect(after).not.toContain('ingress');
    expect(after).not.toContain(net.name);
    expect(after).toContain('docker_gwbridge');
  });
});
