import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type Dockerode from 'dockerode';
import { describe, expect, it } from '@jest/globals';
import { contextWith } from '../selftest/samples';
import type { HostAccess } from '../claim/context';
import type { EngineHost } from '../vantage/host';
import type { CommandResult } from '../world/vantage-point';
import { Container } from './container';
import { record, recording } from '../world/evidence';
import type { Provisioner } from './nginx';
import { handOverTopology, observeTopology, topologyFile } from './observed-topology';

/* A Docker 28.5.2 with one nginx on the default bridge and one in host mode, as its API and the kernel show them. */

const outside = `net:[4026532755]
docker0 26:04:13:70:62:56 2 2
lo 00:00:00:00:00:00 1 1
veth222e1fe e6:88:e9:eb:b0:27 4 2
docker0/brif/veth222e1fe
==> fib_trie <==
Local:
  +-- 0.0.0.0/0 3 0 5
           |-- 172.17.0.1
              /32 host LOCAL
==> route <==
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
docker0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
==> tcp <==
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2
`;

const inside = `net:[4026532903]
eth0 06:20:df:95:a5:b4 2 4
lo 00:00:00:00:00:00 1 1
==> fib_trie <==
           |-- 172.17.0.3
              /32 host LOCAL
==> route <==
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
==> tcp <==
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
`;

const endpoint = { NetworkID: '0969', IPAddress: '172.17.0.3', GlobalIPv6Address: '' };
const objects: Record<string, unknown> = {
  a: {
    State: { Running: true, Pid: 434 },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32768' }], '443/tcp': null }, Networks: { bridge: endpoint } },
  },
  b: {
    State: { Running: true, Pid: 500 },
    HostConfig: { NetworkMode: 'host' },
    NetworkSettings: { Ports: {}, Networks: { host: { NetworkID: '', IPAddress: '', GlobalIPv6Address: '' } } },
  },
};
const bridge = {
  Driver: 'bridge',
  IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] },
  Options: { 'com.docker.network.bridge.name': 'docker0' },
};

interface Situation {
  access?: HostAccess;
  /** answers to a look at the host and at both containers through their processes */
  look?: () => Promise<CommandResult>;
  /** answers to a look from within a container */
  within?: (id: string) => Promise<CommandResult>;
  inspect?: (id: string) => Promise<unknown>;
  network?: (id: string) => Promise<unknown>;
}

/** What one command prints of the host, the container on the bridge, and the one in host mode. */
const all = (first: string) => [outside, first, outside].map((view) => `--namespace--\n${view}`).join('');
const printed = (stdout: string): CommandResult => ({ exitCode: 0, stdout, stderr: '' });
const refused = Promise.resolve({ exitCode: 1, stdout: '', stderr: 'Permission denied' });

function situation({
  access = { kind: 'lab', enter: [] },
  look = () => Promise.resolve(printed(all(inside))),
  within = (id) => Promise.resolve(printed(id === 'a' ? inside : outside)),
  inspect = (id) => Promise.resolve(objects[id]),
  network = (id) => (id === '0969' ? Promise.resolve(bridge) : Promise.reject(new Error('no such network'))),
}: Situation = {}): [Container[], Provisioner] {
  const docker = {
    getContainer: (id: string) => ({ inspect: () => inspect(id) }),
    getNetwork: (id: string) => ({ inspect: () => network(id) }),
  } as unknown as Dockerode;
  const host = {
    name: 'host',
    exec: ([, , script = '']: string[]) => {
      record({ kind: 'host', where: 'host', what: script, answer: '' });
      return access.kind === 'lab' ? look() : Promise.resolve(printed(outside));
    },
  } as unknown as EngineHost;
  const members = ['a', 'b'].map((id) =>
    Object.assign(new Container(`nginx-${id}`, id, id, '', [80], docker, access), { exec: () => within(id) }),
  );
  return [members, { context: contextWith({ directory: '', host: access }), docker, host }];
}

describe('a topology that is looked at while it runs', () => {
  it('must be told as the kernel and the engine show it', async () => {
    const [members, provisioner] = situation();
    expect(await observeTopology('mixed', members, provisioner)).toEqual({
      name: 'mixed',
      host: {
        id: 'net:[4026532755]',
        links: [
          { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: [] },
          { name: 'docker0', index: 2, peerIndex: 2, macAddress: '26:04:13:70:62:56', addresses: ['172.17.0.1/16'] },
          { name: 'veth222e1fe', index: 4, peerIndex: 2, macAddress: 'e6:88:e9:eb:b0:27', addresses: [], bridge: 'docker0' },
        ],
        gateways: [],
      },
      networks: [
        { name: 'bridge', driver: 'bridge', subnets: ['172.17.0.0/16'], bridge: 'docker0' },
        { name: 'host', driver: '', subnets: [] },
      ],
      containers: [
        {
          name: 'nginx-a',
          networks: [{ name: 'bridge', address: '172.17.0.3' }],
          namespace: {
            id: 'net:[4026532903]',
            links: [
              { name: 'lo', index: 1, peerIndex: 1, macAddress: '00:00:00:00:00:00', addresses: [] },
              { name: 'eth0', index: 2, peerIndex: 4, macAddress: '06:20:df:95:a5:b4', addresses: ['172.17.0.3/16'] },
            ],
            gateways: ['172.17.0.1'],
          },
          published: [{ hostAddress: '0.0.0.0', hostPort: 32768, containerPort: 80, protocol: 'tcp' }],
          listening: ['0.0.0.0:80'],
        },
        expect.objectContaining({ name: 'nginx-b', networks: [{ name: 'host', address: '' }], published: [] }),
      ],
    });
  });

  it("must have no sockets of others in the host's namespace", async () => {
    const [members, provisioner] = situation();
    const seen = await observeTopology('mixed', members, provisioner);
    expect(seen?.containers[1]).toMatchObject({ namespace: { id: 'net:[4026532755]' }, listening: ['0.0.0.0:80'] });
  });

  it('must name the bridge that the veth pair leads to, whatever the engine says', async () => {
    const [members, provisioner] = situation({ network: () => Promise.resolve({ ...bridge, Options: null }) });
    expect((await observeTopology('mixed', members, provisioner))?.networks[0]).toMatchObject({ name: 'bridge', bridge: 'docker0' });
  });

  it('must leave nothing in the evidence', async () => {
    const [members, provisioner] = situation();
    const evidence = await recording(
      () => observeTopology('mixed', members, provisioner),
      (error) => {
        throw error;
      },
    );
    expect(evidence).toEqual([]);
  });

  it.each<[string, Situation['look']]>([
    ['be looked at', () => refused],
    ['be entered', () => Promise.reject(new Error('gone'))],
  ])('must be told without namespaces where they cannot %s', async (_, look) => {
    const [members, provisioner] = situation(look ? { look } : {});
    expect(await observeTopology('mixed', members, provisioner)).toMatchObject({
      host: null,
      networks: [{ name: 'bridge', driver: 'bridge' }, { name: 'host' }],
      containers: [
        { name: 'nginx-a', namespace: null, published: [{ hostPort: 32768 }], listening: [] },
        { name: 'nginx-b', namespace: null },
      ],
    });
  });

  it('must be told without the one namespace that cannot be looked at', async () => {
    const [members, provisioner] = situation({ look: () => Promise.resolve(printed(all(''))) });
    expect(await observeTopology('mixed', members, provisioner)).toMatchObject({
      host: { id: 'net:[4026532755]' },
      containers: [{ namespace: null }, { namespace: { id: 'net:[4026532755]' } }],
    });
  });

  it('must be the same from within the containers, where the host is elsewhere', async () => {
    const [members, provisioner] = situation();
    const [remote, elsewhere] = situation({ access: { kind: 'helper', containerId: 'h' } });
    expect(await observeTopology('mixed', remote, elsewhere)).toEqual(await observeTopology('mixed', members, provisioner));
  });

  it('must be told without what does not come soon', async () => {
    const [members, provisioner] = situation({
      access: { kind: 'helper', containerId: 'h' },
      within: (id) => (id === 'a' ? new Promise(() => undefined) : Promise.resolve(printed(outside))),
    });
    expect(await observeTopology('mixed', members, provisioner)).toMatchObject({
      host: { id: 'net:[4026532755]' },
      containers: [{ namespace: null }, { namespace: { id: 'net:[4026532755]' } }],
    });
  });

  it.each<[string, Situation['inspect']]>([
    ['has ended', (id) => Promise.resolve({ ...(objects[id] as object), State: { Running: id === 'a', Pid: 0 } })],
    ['is gone', (id) => (id === 'a' ? Promise.resolve(objects[id]) : Promise.reject(new Error('no such container')))],
  ])('must not be told when a container of it %s', async (_, inspect) => {
    const [members, provisioner] = situation(inspect ? { inspect } : {});
    expect(await observeTopology('mixed', members, provisioner)).toBeUndefined();
  });
});

it('must be handed over in a file of its own', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'topology-'));
  const topology = { name: 'host-mode', host: null, networks: [], containers: [] };
  handOverTopology(topology, directory);
  expect(JSON.parse(readFileSync(topologyFile(directory, 'host-mode'), 'utf8'))).toEqual(topology);
  rmSync(directory, { recursive: true });
});
