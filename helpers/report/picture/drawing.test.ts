import { describe, expect, it } from '@jest/globals';
import { observedTopologies } from '../../selftest/observed-topologies';
import type { ObservedTopology } from '../../results/results';
import type { Drawing } from './model';
import { drawingOf } from './drawing';

const { pair, halfPublished, hostMode, oldHalfPublished, podmanHalfPublished, podmanHostMode, manyNetworks } = observedTopologies;

/** Each link of each place, and what it leads to. */
const ways = ({ places }: Drawing) =>
  places.flatMap(({ containers, links }) =>
    links.map(({ name, peer, parent, network }) => [containers.join(), name, peer?.name ?? parent?.name, network?.name].join(' ')),
  );
const linkNames = ({ host }: Drawing) => host?.links.map(({ name }) => name);

describe('a topology as it is drawn', () => {
  it('must have the veth pair of each container, and the bridge that joins them', () => {
    const drawing = drawingOf(pair);
    expect(ways(drawing)).toEqual(['nginx01 eth0 veth222e1fe bridge', 'nginx02 eth0 veth7e57472 bridge']);
    expect(drawing.host?.links.find(({ name }) => name === 'docker0')?.networks).toEqual(pair.networks);
    expect(drawing.detached).toEqual([]);
  });

  it('must count links of the host that belong to others, and not show them', () => {
    const drawing = drawingOf(pair);
    expect(linkNames(drawing)).toEqual(['lo', 'docker0', 'veth222e1fe', 'veth7e57472']);
    expect(drawing.host?.otherLinks).toBe(1);
  });

  it.each<[string, ObservedTopology, string, string]>([
    ['of Docker 28', halfPublished, 'nginx eth0 vethe4a9a86 bridge', 'docker0'],
    ['of Docker 20.10', oldHalfPublished, 'nginx eth0 vethad9eb90 bridge', 'docker0'],
    ['of Podman', podmanHalfPublished, 'nginx eth0 veth2 podman', 'podman0'],
  ])('must have the published port %s', (_, topology, way, bridge) => {
    const drawing = drawingOf(topology);
    expect(ways(drawing)).toEqual([way]);
    expect(linkNames(drawing)).toContain(bridge);
    expect(drawing.places[0]?.publications).toMatchObject([{ containerPort: 80, protocol: 'tcp' }]);
  });

  it.each<[string, ObservedTopology]>([
    ['Docker', hostMode],
    ['Podman', podmanHostMode],
  ])('must have a container in host mode of %s within the host, with its own sockets alone', (_, topology) => {
    const { host, places } = drawingOf(topology);
    expect(places).toEqual([]);
    expect(host?.guests).toMatchObject([{ containers: ['nginx'], sockets: [{ port: 80, addresses: [] }], links: [] }]);
    expect(host?.links.map(({ name }) => name)).toEqual(['lo', expect.stringMatching(/^(docker|podman)0$/)]);
  });

  it('must not drown in bridges of others, and keep the way out', () => {
    const drawing = drawingOf(manyNetworks);
    expect(ways(drawing)).toEqual([
      'web eth0 veth7f869be front',
      'app eth0 veth210d353 front',
      'app eth1 veth7a01da0 back',
      'db eth0 vethf5672ca back',
      'alone lo  ',
      'lan eth0 up1 lan',
    ]);
    expect(linkNames(drawing)).toEqual([
      'lo',
      'up0',
      'br-1cd6c508a8c6',
      'br-ad3e670ae96a',
      'veth7f869be',
      'veth210d353',
      'veth7a01da0',
      'vethf5672ca',
      'up1',
    ]);
    expect(drawing.host?.otherLinks).toBe(15);
  });

  it('must name the networks that no link leads to', () => {
    const { places } = drawingOf(manyNetworks);
    expect(places.flatMap(({ containers, otherNetworks }) => otherNetworks.map(({ name }) => [containers.join(), name]))).toEqual([
      ['alone', 'none'],
    ]);
  });

  it('must take links of several containers in one namespace once', () => {
    const [first] = pair.containers;
    const drawing = drawingOf({
      ...pair,
      containers: [...pair.containers, { ...first, name: 'sidecar', networks: [], listening: ['127.0.0.1:9'] }],
    } as ObservedTopology);
    expect(drawing.places.map(({ containers }) => containers)).toEqual([['nginx01', 'sidecar'], ['nginx02']]);
    expect(drawing.places[0]?.links).toHaveLength(1);
  });

  it('must have the networks without the host where it could not be looked at', () => {
    const drawing = drawingOf({ ...pair, host: null });
    expect(drawing.host).toBeUndefined();
    expect(ways(drawing)).toEqual(['nginx01 eth0  bridge', 'nginx02 eth0  bridge']);
    expect(drawing.detached).toEqual(pair.networks);
  });

  it('must have a container whose namespace could not be looked at, with what the engine tells', () => {
    const drawing = drawingOf({
      ...pair,
      containers: pair.containers.map((container) => ({ ...container, namespace: null, listening: [] })),
    });
    expect(drawing.places).toMatchObject([
      { namespace: undefined, links: [], otherNetworks: [{ name: 'bridge', address: '172.17.0.3' }] },
      { namespace: undefined },
    ]);
  });

  it('must have nothing twice where a results file says it twice', () => {
    const { host, networks } = pair;
    const drawing = drawingOf({ ...pair, networks: [...networks, ...networks], host: { ...host, links: [...host.links, ...host.links] } });
    expect(drawing).toEqual(drawingOf(pair));
  });
});
