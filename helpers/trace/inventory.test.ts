import { describe, expect, it } from '@jest/globals';
import {
  isCalled,
  meantBy,
  memberOf,
  networksAround,
  ownerOfNamespace,
  ownersOf,
  sharedNetworks,
  withOwnersNetworks,
  type Inventory,
} from './inventory';
import { endpoint, member, network } from './sample-facts';

const web = member('web');
const db = member('db');
const other = member('other', {
  service: 'db',
  project: 'store',
  name: 'store-db-1',
  endpoints: { store_default: endpoint('172.19.0.2', 'db') },
});
const inventory: Inventory = {
  members: [web, db, other],
  networks: [network('shop_default', '172.18.0.0/16'), network('store_default', '172.19.0.0/16')],
};

describe('a container as the API describes it', () => {
  it('must be read', () => {
    const raw = {
      Id: 'ab'.repeat(32),
      Name: '/shop-db-1',
      State: { Status: 'running', Health: { Status: 'healthy' } },
      Config: {
        Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' },
        Env: ['A=b=c'],
        ExposedPorts: { '5432/tcp': {} },
        Healthcheck: { Test: ['CMD-SHELL', 'pg_isready -h localhost'] },
      },
      HostConfig: { NetworkMode: 'shop_default', PortBindings: { '5432/tcp': [{ HostIp: '', HostPort: '15432' }] } },
      NetworkSettings: {
        Ports: { '5432/tcp': [{ HostIp: '0.0.0.0', HostPort: '15432' }], '9/sctp': [{ HostIp: '', HostPort: '9' }] },
        Networks: { shop_default: { IPAddress: '172.18.0.3', Aliases: ['db'], DNSNames: ['shop-db-1', 'db'] } },
      },
    };
    expect(memberOf(raw)).toMatchObject({
      name: 'shop-db-1',
      project: 'shop',
      service: 'db',
      environment: { A: 'b=c' },
      exposed: ['5432/tcp'],
      health: { test: 'CMD-SHELL pg_isready -h localhost', status: 'healthy' },
      published: [{ transport: 'tcp', containerPort: 5432, hostAddress: '0.0.0.0', hostPort: 15_432 }],
      endpoints: { shop_default: { address: '172.18.0.3', names: ['shop-db-1', 'abababababab', 'db'] } },
    });
  });

  it('must have no networks of its own where it shares a namespace, and those of the owner for its packets', () => {
    const raw = {
      Id: 'ab',
      State: {},
      HostConfig: { NetworkMode: `container:${db.id}` },
      NetworkSettings: { Networks: { shop_default: {} } },
    };
    const sidecar = memberOf(raw);
    expect(sidecar.endpoints).toEqual({});
    expect(withOwnersNetworks(sidecar, inventory).endpoints).toEqual(db.endpoints);
    expect(withOwnersNetworks(web, inventory)).toEqual(web);
  });

  it('must be read where the API leaves out what it may', () => {
    const raw = { Id: 'ab', Name: '/x', State: { Status: 'created' }, Config: {}, HostConfig: {}, NetworkSettings: {} };
    expect(memberOf(raw)).toMatchObject({ endpoints: {}, published: [], wished: [], health: undefined });
  });
});

describe('who is meant by a name', () => {
  it('must be the service of the own project before one of another', () => {
    expect(meantBy('db', web, inventory)).toEqual([db]);
    expect(meantBy('db', undefined, inventory, 'store')).toEqual([other]);
  });

  it('must be a container by its name, or an alias', () => {
    expect([meantBy('store-db-1', web, inventory), meantBy('DB', undefined, inventory).length, meantBy('nobody', web, inventory)]).toEqual([
      [other],
      2,
      [],
    ]);
  });
});

describe('networks', () => {
  it('must be shared by name, and have the addresses of their subnets', () => {
    expect([sharedNetworks(web, db), sharedNetworks(web, other)]).toEqual([['shop_default'], []]);
    expect(networksAround('172.19.7.7', inventory).map(({ name }) => name)).toEqual(['store_default']);
    expect(ownersOf('172.18.0.3', inventory)).toEqual([db]);
  });

  it('must have no names where they are the default bridge', () => {
    const plain = member('db', { endpoints: { bridge: endpoint('172.17.0.2', 'db') } });
    expect([isCalled(db, 'DB', 'shop_default'), isCalled(plain, 'db', 'bridge')]).toEqual([true, false]);
  });

  it('must be those of the owner of a shared namespace', () => {
    const sidecar = member('sidecar', { networkMode: `container:${db.id}`, endpoints: {} });
    expect([ownerOfNamespace(sidecar, inventory), ownerOfNamespace(web, inventory)]).toEqual([db, web]);
  });
});
