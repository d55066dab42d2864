import { describe, expect, test } from '@jest/globals';
import { hit } from '../selftest/diagnosis-breaks';
import { ladder } from './ladder';
import {
  betweenPeers,
  betweenNetworks,
  failed,
  fromHost,
  hostMode,
  hostPort,
  throughHostPort,
  throughHostPortFromContainer,
  wire,
} from '../selftest/diagnosis-scenes';
import {
  containerLink,
  endedIn,
  flowOf,
  forwardingRoute,
  hostEnd,
  isBridged,
  isHost,
  lastSource,
  linkNamed,
  linkWith,
  relevant,
  routeToTarget,
  sourceAddressOf,
  takenAway,
} from './scene';

test('the last namespace before the target is the client, or the host behind a port of it', () => {
  expect(lastSource(betweenPeers())?.place).toBe('nginx01');
  expect(lastSource(throughHostPortFromContainer())?.place).toBe('host');
});

test('routes to the target: of a namespace itself, and for what the host forwards', () => {
  const scene = betweenNetworks();
  expect(routeToTarget(scene.source, scene)).toMatchObject({ link: 'eth0', gateway: '172.18.0.1' });
  expect(routeToTarget(scene.source, { ...scene, targetAddress: undefined })).toBeUndefined();
  expect(routeToTarget(undefined, scene)).toBeUndefined();
  expect(forwardingRoute(scene)).toMatchObject({ link: 'docker0' });
  expect(forwardingRoute({ ...scene, targetAddress: undefined })).toBeUndefined();
  expect(forwardingRoute({ ...scene, host: undefined })).toBeUndefined();
  expect(forwardingRoute(fromHost())).toBeUndefined();
  expect(forwardingRoute({ ...scene, sourceContainer: hostMode() })).toBeUndefined();
});

test('links by address and by name', () => {
  const { host } = betweenPeers();
  expect(linkWith(host, '172.17.0.1')?.name).toBe('docker0');
  expect(linkWith(host, '10.0.0.1')).toBeUndefined();
  expect(linkWith(undefined, '172.17.0.1')).toBeUndefined();
  expect(linkNamed(host, 'docker0')?.index).toBe(2);
  expect(linkNamed(host, undefined)).toBeUndefined();
  expect(linkNamed(undefined, 'docker0')).toBeUndefined();
});

describe('the wire of a container', () => {
  test('its own link is none of those that every namespace has', () => {
    const { target } = betweenPeers();
    const names = ['lo', 'tunl0', 'sit0', 'eth0'];
    const state = target && { ...target, links: names.map((name) => ({ ...target.links[0], name }) as never) };
    expect(containerLink(state)?.name).toBe('eth0');
    expect(containerLink(undefined)).toBeUndefined();
  });

  test('its end on the host is the veth with the index that it names', () => {
    const { host, source, target } = betweenPeers();
    expect(hostEnd(host, source)?.name).toBe(wire.nginx01);
    expect(hostEnd(host, target)?.name).toBe(wire.nginx02);
    expect(hostEnd(undefined, source)).toBeUndefined();
    expect(hostEnd(host, undefined)).toBeUndefined();
  });

  test('a link of another kind with that index is none', () => {
    const { host, source } = betweenPeers();
    for (const link of host?.links ?? []) if (link.name === wire.nginx01) link.kind = 'dummy';
    expect(hostEnd(host, source)).toBeUndefined();
  });
});

test('a namespace is the host if it is the very same', () => {
  const scene = fromHost();
  expect(isHost(scene, scene.source)).toBe(true);
  expect(isHost(scene, scene.target)).toBe(false);
  expect(isHost({ ...scene, host: undefined }, undefined)).toBe(false);
});

test('neighbours are containers with addresses in one network, and no port of the host between them', () => {
  expect(isBridged(betweenPeers())).toBe(true);
  expect(isBridged(betweenNetworks())).toBe(false);
  expect(isBridged(fromHost())).toBe(false);
  expect(isBridged(throughHostPortFromContainer())).toBe(false);
  expect(isBridged({ ...betweenPeers(), targetContainer: undefined })).toBe(false);
  const inBoth = betweenPeers();
  if (inBoth.sourceContainer) inBoth.sourceContainer.addresses['backend'] = '172.18.0.9';
  expect(isBridged(inBoth)).toBe(true);
  const scene = betweenPeers();
  if (scene.targetContainer) scene.targetContainer.addresses = { bridge: '' };
  expect(isBridged(scene)).toBe(false);
  if (scene.targetContainer) scene.targetContainer.addresses = { bridge: '172.17.0.3' };
  if (scene.sourceContainer) scene.sourceContainer.addresses = { bridge: '', backend: '172.18.0.9' };
  expect(isBridged(scene)).toBe(false);
});

test('rules that took packets away, of one place and with one of these effects', () => {
  const scene = {
    ...betweenPeers(),
    hits: [
      hit('host', '-A FORWARD -j DROP'),
      hit('nginx02', '-A INPUT -j DROP'),
      hit('host', '-A FORWARD -j ACCEPT', { effect: 'accepts' }),
    ],
  };
  expect(takenAway(scene, 'host', ['drops', 'rejects'])).toEqual([scene.hits[0]]);
  expect(takenAway(scene, 'host', ['accepts'])).toEqual([scene.hits[2]]);
  expect(takenAway(scene, 'nginx01', ['drops'])).toEqual([]);
});

describe('what identifies the packets of a probe', () => {
  test('both legs of a published port', () => {
    expect(flowOf(throughHostPortFromContainer())).toEqual({
      source: '172.17.0.2',
      destinations: ['172.17.0.3', '172.17.0.1'],
      ports: [hostPort, 80],
    });
    expect(flowOf(throughHostPort())).toEqual({ source: undefined, destinations: ['172.17.0.3'], ports: [hostPort, 80] });
  });

  test('an address once, a name not at all, an address of IPv6 as well', () => {
    expect(flowOf(betweenPeers())).toEqual({ source: '172.17.0.2', destinations: ['172.17.0.3'], ports: [80] });
    expect(flowOf({ ...betweenPeers(), hostname: 'nginx02', targetAddress: undefined }).destinations).toEqual([]);
    expect(flowOf({ ...betweenPeers(), hostname: '1.web.example' }).destinations).toEqual(['172.17.0.3']);
    expect(flowOf({ ...betweenPeers(), hostname: 'fd00::3' }).destinations).toEqual(['172.17.0.3', 'fd00::3']);
    expect(flowOf({ ...betweenPeers(), sourceContainer: { ...hostMode(), addresses: { host: '' } } }).source).toBeUndefined();
  });

  test('and by it which hits count', () => {
    const hits = [hit('host', '-A FORWARD -p tcp --dport 80 -j DROP'), hit('host', '-A FORWARD -p tcp --dport 443 -j DROP')];
    expect(relevant(betweenPeers(), hits)).toEqual([hits[0]]);
  });
});

test('how it ended', () => {
  expect(endedIn(betweenPeers(failed('reset')), 'refused', 'reset')).toBe(true);
  expect(endedIn(betweenPeers(failed('reset')), 'refused')).toBe(false);
});

describe('a container in two networks', () => {
  const inTwo = () => {
    const scene = betweenPeers();
    const first = containerLink(scene.source);
    if (!scene.source || !scene.sourceContainer || !first) throw new Error('the scene has no client');
    const second = { ...first, name: 'eth1', index: 40, peerIndex: 41 };
    const source = {
      ...scene.source,
      ownAddress: '10.0.0.2',
      links: [...scene.source.links, second],
      addresses: [...scene.source.addresses, { address: '10.0.0.2', prefixLength: 24, link: 'eth1' }],
    };
    const sourceContainer = { ...scene.sourceContainer, addresses: { ...scene.sourceContainer.addresses, second: '10.0.0.2' } };
    return { ...scene, source, sourceContainer, sourceNetwork: { name: 'second', driver: 'bridge', bridge: 'br-second' } };
  };

  test('its link is that to the network of the probe', () => {
    const { source } = inTwo();
    expect(containerLink(source)?.name).toBe('eth1');
    expect(containerLink({ ...source, ownAddress: '10.0.0.3' })?.name).toBe('eth0');
  });

  test('its address is that in the network of the probe', () => {
    const scene = inTwo();
    expect(sourceAddressOf(scene)).toBe('10.0.0.2');
    expect(flowOf(scene).source).toBe('10.0.0.2');
    expect(sourceAddressOf({ ...scene, sourceNetwork: undefined })).toBe(Object.values(scene.sourceContainer.addresses)[0]);
  });

  test('what is wrong in its other network is no cause', () => {
    const scene = inTwo();
    const gone = ladder.find(({ code }) => code === 'source.address-gone');
    const without = (lost: string) => ({
      ...scene,
      source: { ...scene.source, addresses: scene.source.addresses.filter(({ address }) => address !== lost) },
    });
    expect(gone?.look(without('172.17.0.2'))).toBeUndefined();
    expect(gone?.look(without('10.0.0.2'))?.summary).toContain('has 10.0.0.2');
  });

  test('it is beside the server only in the network of the probe', () => {
    expect(isBridged(betweenPeers())).toBe(true);
    expect(isBridged({ ...betweenPeers(), network: { name: 'second', driver: 'bridge', bridge: 'br-second' } })).toBe(false);
  });
});
