import { describe, expect, it } from '@jest/globals';
import { observedTopologies } from '../../selftest/observed-topologies';
import type { ObservedTopology } from '../../results/results';
import { textArea, type Area } from './arrange';
import { boxesOf } from './boxes';
import { edgesOf } from './edges';
import { labels } from './labels';
import { layOut, type Layout, type PlacedBox } from './layout';
import { drawingOf } from './drawing';

const { pair, halfPublished, hostMode, manyNetworks } = observedTopologies;

function layoutOf(topology: ObservedTopology): Promise<Layout> {
  const drawing = drawingOf(topology);
  return layOut(boxesOf(drawing, labels.en), edgesOf(drawing, labels.en));
}

/** Whether one area is in another, but for a rounding error. */
function isIn(one: Area, other: Area): boolean {
  return (
    one.x >= other.x - 0.1 &&
    one.y >= other.y - 0.1 &&
    one.x + one.width <= other.x + other.width + 0.1 &&
    one.y + one.height <= other.y + other.height + 0.1
  );
}

function overlap(one: Area, other: Area): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

const cases = Object.entries(observedTopologies) as [string, ObservedTopology][];

/** As a rootless Podman shows it: its bridge is in a namespace that is neither the host's nor a container's. */
const bridgeElsewhere = (topology: ObservedTopology): ObservedTopology => ({
  ...topology,
  host: { id: hostMode.host.id, links: hostMode.host.links.slice(0, 1), gateways: [] },
});

describe.each([
  ...cases,
  ['pair, without its host', { ...pair, host: null }],
  ['pair, with its bridge elsewhere', bridgeElsewhere(pair)],
  ['manyNetworks, with their bridges elsewhere', bridgeElsewhere(manyNetworks)],
] as [string, ObservedTopology][])('the layout of %s', (_, topology) => {
  const layout = layoutOf(topology);
  const find = async (id: string) => (await layout).boxes.find(({ box }) => box.id === id) as PlacedBox;

  it('must be within the picture', async () => {
    const { width, height, boxes, edges } = await layout;
    const whole = { x: 0, y: 0, width, height };
    for (const box of boxes) expect(isIn(box, whole)).toBe(true);
    for (const { points, label } of edges) {
      for (const point of points) expect(isIn({ ...point, width: 0, height: 0 }, whole)).toBe(true);
      if (label) expect(isIn(label, whole)).toBe(true);
    }
  });

  it('must have room for the text of each box', async () => {
    for (const { box, width, height } of (await layout).boxes) {
      const text = textArea(box);
      expect(width).toBeGreaterThanOrEqual(text.width - 0.1);
      expect(height).toBeGreaterThanOrEqual(text.height - 0.1);
    }
  });

  it('must have boxes in one another or apart', async () => {
    const { boxes } = await layout;
    for (const { box, ...area } of boxes) {
      const inner = [...box.plugs, ...box.inside];
      for (const { id } of inner) expect(isIn(await find(id), area)).toBe(true);
      for (const [index, { id }] of inner.entries())
        for (const other of inner.slice(index + 1)) expect(overlap(await find(id), await find(other.id))).toBe(false);
    }
  });

  it('must lead every line from the edge of a box to the edge of another, with right angles', async () => {
    for (const { edge, points } of (await layout).edges) {
      expect(points.length).toBeGreaterThanOrEqual(2);
      for (const [point, id] of [
        [points[0], edge.from],
        [points.at(-1), edge.to],
      ] as const)
        expect(isIn({ x: 0, y: 0, ...point, width: 0, height: 0 }, await find(id))).toBe(true);
      for (const [index, { x, y }] of points.slice(1).entries())
        expect(Math.min(Math.abs(x - (points[index]?.x ?? 0)), Math.abs(y - (points[index]?.y ?? 0)))).toBeLessThan(1);
    }
  });
});

describe('the direction of a layout', () => {
  const heightOf = ({ boxes }: Layout, id: string) => boxes.find(({ box }) => box.id === id)?.y ?? 0;

  it('must be downwards for what fits on a phone', async () => {
    const layout = await layoutOf(pair);
    expect(layout.width).toBeLessThan(480);
    expect(heightOf(layout, 'host')).toBeGreaterThan(heightOf(layout, 'place1'));
    expect(heightOf(layout, 'place0')).toBe(heightOf(layout, 'place1'));
  });

  it('must be sideways where many containers would stand side by side', async () => {
    const layout = await layoutOf(manyNetworks);
    expect(layout.width).toBeLessThan(800);
    expect(heightOf(layout, 'place1')).toBeGreaterThan(heightOf(layout, 'place0'));
  });
});

describe('ports of a container', () => {
  const withPorts = (published: number, listening: string[]): ObservedTopology => ({
    ...halfPublished,
    containers: halfPublished.containers.map((container) => ({
      ...container,
      listening,
      published: Array.from({ length: published }, (_, index) => ({
        hostAddress: '0.0.0.0',
        hostPort: 8000 + index,
        containerPort: 80 + index,
        protocol: index % 2 === 0 ? 'tcp' : 'udp',
      })),
    })),
  });
  const kinds = async (topology: ObservedTopology) =>
    (await layoutOf(topology)).boxes.map(({ box: { kind, lines } }) => `${kind} ${lines[0]?.text}`);

  it('must have a box for a published one on which nobody listens', async () => {
    expect(await kinds(withPorts(2, ['0.0.0.0:80']))).toEqual(
      expect.arrayContaining(['socket :80', 'silent :81/udp', 'port :8000', 'port :8001/udp']),
    );
  });

  it('must be counted where there are many, the published ones last', async () => {
    const drawn = await kinds(withPorts(40, [...Array.from({ length: 30 }, (_, index) => `0.0.0.0:${index + 1}`), '0.0.0.0:80']));
    expect(drawn.filter((it) => it.startsWith('port'))).toHaveLength(6);
    expect(drawn).toEqual(expect.arrayContaining(['port 35 more', 'socket :80', 'socket 26 more']));
  });
});

it('must be the same again, also while others are laid out', async () => {
  const [first, ...others] = await Promise.all([manyNetworks, pair, manyNetworks, halfPublished, manyNetworks].map(layoutOf));
  expect(others[1]).toEqual(first);
  expect(others[3]).toEqual(first);
});
