import { describe, expect, test } from '@jest/globals';
import { ids } from '../selftest/diagnosis-recordings';
import { bridgeOfOther, hostMode, hostPort, nginx01, nginx02, other } from '../selftest/diagnosis-scenes';
import { World } from '../selftest/diagnosis-world';
import { containersOf, networkOf, targetOf, type Asked } from './engine-view';

describe('who has to answer', () => {
  const asked = (features: Partial<Asked>) => {
    const found = targetOf({
      hostname: '172.17.0.3',
      port: 80,
      expectedId: undefined,
      fromHost: false,
      containers: [nginx01(), nginx02()],
      ...features,
    });
    return found && `${found.container.name} port ${found.port}${found.viaHostPort ? ' through the host' : ''}`;
  };

  test('the container that has the address, whether or not a claim names it', () => {
    expect(asked({})).toBe('nginx02 port 80');
    expect(asked({ expectedId: ids.nginx02 })).toBe('nginx02 port 80');
    expect(asked({ port: 8080 })).toBe('nginx02 port 8080');
  });

  test('an address at a port that another one publishes is still that of the first', () => {
    expect(asked({ hostname: '172.17.0.2', port: hostPort })).toBe('nginx01 port 32768');
  });

  test('behind a port of the host, who publishes it, at its own port', () => {
    expect(asked({ hostname: 'localhost', port: hostPort, fromHost: true })).toBe('nginx02 port 80 through the host');
    expect(asked({ hostname: '127.0.0.1', port: hostPort, fromHost: true })).toBe('nginx02 port 80 through the host');
    expect(asked({ hostname: '172.17.0.1', port: hostPort })).toBe('nginx02 port 80 through the host');
    expect(asked({ hostname: 'localhost', port: hostPort, fromHost: true, expectedId: ids.nginx02 })).toBe(
      'nginx02 port 80 through the host',
    );
  });

  test('a published port is no matter of the loopback of a container', () => {
    expect(asked({ hostname: 'localhost', port: hostPort })).toBeUndefined();
    expect(asked({ hostname: '127.0.0.1', port: hostPort })).toBeUndefined();
  });

  test('of two that publish one port, the one that the claim names', () => {
    const twin = { ...nginx02(), id: 'twin', name: 'twin', addresses: { bridge: '172.17.0.9' } };
    expect(asked({ hostname: '172.17.0.1', port: hostPort, containers: [nginx02(), twin], expectedId: 'twin' })).toBe(
      'twin port 80 through the host',
    );
    expect(asked({ hostname: '172.17.0.1', port: hostPort, containers: [nginx02(), twin] })).toBe('nginx02 port 80 through the host');
  });

  test('the container that the claim names, by whatever name it is asked for', () => {
    expect(asked({ hostname: 'nginx02', expectedId: ids.nginx02 })).toBe('nginx02 port 80');
  });

  test("where an address is another's, who has it is not the target: the claim says who must answer", () => {
    expect(asked({ hostname: '172.17.0.2', expectedId: ids.nginx02 })).toBe('nginx02 port 80');
  });

  test("on the host's loopback, a running container in host mode", () => {
    const containers = [nginx01(), hostMode()];
    expect(asked({ hostname: 'localhost', fromHost: true, containers })).toBe('other port 80');
    expect(asked({ hostname: '127.0.0.1', fromHost: true, containers })).toBe('other port 80');
    expect(asked({ hostname: 'localhost', containers })).toBeUndefined();
    expect(asked({ hostname: '192.0.2.53', fromHost: true, containers })).toBeUndefined();
    expect(asked({ hostname: 'localhost', fromHost: true, containers: [nginx01(), { ...hostMode(), status: 'exited' }] })).toBeUndefined();
  });

  test('nobody, where no container has to do with it', () => {
    expect(asked({ hostname: '192.0.2.1' })).toBeUndefined();
    expect(asked({ hostname: '172.17.0.1', port: 4711 })).toBeUndefined();
  });
});

describe('containers as the engine tells of them', () => {
  test('names of reports and of the engine, addresses, published ports of TCP', async () => {
    const world = new World();
    world
      .container('nginx02')
      .Ports.push({ IP: '0.0.0.0', PrivatePort: 53, PublicPort: 5353, Type: 'udp' }, { PrivatePort: 443, Type: 'tcp' });
    const { docker, nameOf } = world.surroundings;
    expect((await containersOf(docker, nameOf))[1]).toEqual({
      id: ids.nginx02,
      name: 'nginx02',
      containerName: 'nginx02-1',
      status: 'running',
      exitCode: 0,
      pid: 320,
      networkMode: 'bridge',
      addresses: { bridge: '172.17.0.3' },
      addresses6: { bridge: '' },
      macAddresses: [],
      names: {},
      published: [{ hostAddress: '0.0.0.0', hostPort, containerPort: 80 }],
    });
    expect((await containersOf(docker, () => undefined))[1]).toMatchObject({ name: 'nginx02-1' });
  });

  test('one that is just being removed, and one of which an engine tells little', async () => {
    const sparse = {
      getContainer: () => ({ inspect: () => Promise.reject(new Error('gone')) }),
      listContainers: () =>
        Promise.resolve([
          { Id: 'gone', Names: [], State: 'removing', Ports: null, NetworkSettings: { Networks: null } },
          { Id: 'bare', Names: ['/bare'], State: 'created', NetworkSettings: { Networks: { bridge: {} } } },
        ]),
    };
    expect(await containersOf(sparse as never, () => undefined)).toEqual([
      {
        id: 'gone',
        name: 'gone',
        containerName: 'gone',
        status: 'removing',
        exitCode: undefined,
        pid: 0,
        networkMode: '',
        addresses: {},
        addresses6: {},
        macAddresses: [],
        names: {},
        published: [],
      },
      {
        id: 'bare',
        name: 'bare',
        containerName: 'bare',
        status: 'created',
        exitCode: undefined,
        pid: 0,
        networkMode: '',
        addresses: { bridge: '' },
        addresses6: { bridge: '' },
        macAddresses: [],
        names: {},
        published: [],
      },
    ]);
  });
});

describe('the network over which a target is reached', () => {
  const { docker } = new World().surroundings;

  test('its bridge has the configured name, else one made of the id', async () => {
    expect(await networkOf({ docker, kind: 'docker' }, nginx02(), { other: nginx01() })).toEqual({
      name: 'bridge',
      driver: 'bridge',
      bridge: 'docker0',
    });
    expect(await networkOf({ docker, kind: 'docker' }, other())).toEqual({
      name: 'backend',
      driver: 'bridge',
      bridge: bridgeOfOther,
    });
  });

  test('one that client and server share, else the first of the server', async () => {
    const both = { ...other(), addresses: { backend: '172.18.0.2', bridge: '172.17.0.4' } };
    expect(await networkOf({ docker, kind: 'docker' }, both, { other: nginx01() })).toMatchObject({ name: 'bridge' });
    expect(await networkOf({ docker, kind: 'docker' }, both)).toMatchObject({ name: 'backend' });
    // whatever they share: the probe goes to this address
    expect(await networkOf({ docker, kind: 'docker' }, both, { hostname: '172.18.0.2', other: nginx01() })).toMatchObject({
      name: 'backend',
    });
  });

  test('none in host mode, with no network, and where there is none', async () => {
    expect(await networkOf({ docker, kind: 'docker' }, hostMode())).toBeUndefined();
    expect(await networkOf({ docker, kind: 'docker' }, { ...other(), addresses: { none: '' } })).toBeUndefined();
    expect(await networkOf({ docker, kind: 'docker' }, { ...other(), addresses: {} })).toBeUndefined();
  });

  test('one that is not there is told from one that the engine cannot tell of', async () => {
    const refusing = (statusCode: number) =>
      ({ getNetwork: () => ({ inspect: () => Promise.reject(Object.assign(new Error('no'), { statusCode })) }) }) as never;
    expect(await networkOf({ docker: refusing(404), kind: 'docker' }, nginx02())).toEqual({
      name: 'bridge',
      driver: 'absent',
      bridge: undefined,
    });
    expect(await networkOf({ docker: refusing(500), kind: 'docker' }, nginx02())).toEqual({
      name: 'bridge',
      driver: 'unknown',
      bridge: undefined,
    });
  });

  test('a bridge whose name the engine does not tell is known of Docker alone', async () => {
    const world = new World();
    world.networks['backend'] = { Id: 'b'.repeat(64), Driver: 'bridge', Options: {} };
    expect(await networkOf(world.surroundings, other())).toMatchObject({ bridge: `br-${'b'.repeat(12)}` });
    expect(await networkOf({ ...world.surroundings, kind: 'podman' }, other())).toEqual({
      name: 'backend',
      driver: 'bridge',
      bridge: undefined,
    });
  });

  test('a network without a bridge', async () => {
    const world = new World();
    world.networks['bridge'] = { Id: 'b', Driver: 'macvlan', Options: {} };
    expect(await networkOf(world.surroundings, nginx02())).toEqual({ name: 'bridge', driver: 'macvlan', bridge: undefined });
  });
});
