import type Elk from 'elkjs/lib/elk.bundled.js';
import type { ElkNode, LayoutOptions } from 'elkjs/lib/elk.bundled.js';
import { native } from '../../base/native';
import { arrange, margin, textArea, type Area, type Arrangement, type Direction } from './arrange';
import type { Box } from './boxes';
import type { Edge } from './edges';
import { sizeOf, type Line } from './lines';

/** A box that has its place. */
export interface PlacedBox extends Area {
  box: Box;
  /** where its text begins, within it */
  textTop: number;
  centred: boolean;
}

export interface PlacedEdge {
  edge: Edge;
  points: { x: number; y: number }[];
  label: (Area & { line: Line }) | undefined;
}

/** A picture in which everything has its place; a box comes after the one that it is in. */
export interface Layout {
  width: number;
  height: number;
  boxes: PlacedBox[];
  edges: PlacedEdge[];
}

/** Widest picture that has the host below the containers if the other way makes it narrower: phones are narrow. */
const widest = 600;

/**
 * Gives everything in a picture its place. Containers stand side by side above the host, or one below the other beside
 * it where that makes a wide picture narrower.
 */
export async function layOut(boxes: readonly Box[], edges: readonly Edge[]): Promise<Layout> {
  const below = await layOutTowards('DOWN', boxes, edges);
  if (below.width <= widest) return below;
  const beside = await layOutTowards('RIGHT', boxes, edges);
  return beside.width < below.width ? beside : below;
}

/** Options of ELK's layered algorithm (eclipse.dev/elk/reference/options.html), in units of the picture. */
const options = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_UP',
  'elk.padding': padding({ top: 1, left: 1, bottom: 1, right: 1 }),
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '11',
};

async function layOutTowards(direction: Direction, boxes: readonly Box[], edges: readonly Edge[]): Promise<Layout> {
  const arrangements = arrangementsOf(boxes, direction);
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const graph: ElkNode = {
    id: 'picture',
    // containers in their own order; within the host the library chooses, and for both at once it breaks
    layoutOptions: { ...options, 'elk.direction': direction, 'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES' },
    children: boxes.map((box) => nodeOf(box, direction, arrangements, joined)),
    edges: edges.map(({ from, to, label }, index) => ({
      id: `edge${index}`,
      sources: [from],
      targets: [to],
      labels: label ? [{ text: label.text, ...sizeOf([label]) }] : [],
    })),
  };
  const placed = await place(graph);
  const plugs = new Map([...arrangements.values()].flatMap((it) => it.plugs.map((plug) => [plug.box.id, plug])));
  return {
    ...sizeIn(placed),
    boxes: boxes.flatMap((box, index) => placedBoxes(box, placed.children?.[index], direction, arrangements)),
    edges: edges.map((edge, index) => {
      const { sections = [], labels = [] } = placed.edges?.[index] ?? {};
      const way = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]);
      const [start] = way;
      const plug = start && plugs.get(edge.from);
      // the library leads lines to the outline of a container; the plug that it is about stands a little farther in
      const points = plug ? [{ x: start.x + plug.begin.x - plug.end.x, y: start.y + plug.begin.y - plug.end.y }, ...way] : way;
      return { edge, points, label: edge.label && labels[0] && { ...areaOf(labels[0]), line: edge.label } };
    }),
  };
}

/** Graphs that were placed, by what decides where things go. */
const placedGraphs = new Map<string, Promise<ElkNode>>();

/**
 * Places a graph, once for all that differ in names and texts only: the same topology on several engines has one shape,
 * and finding places is most of what a picture costs. What is placed is known by its index, not by its id.
 */
function place(graph: ElkNode): Promise<ElkNode> {
  const ids = new Map<string, number>();
  const numberOf = (id: string): number => ids.get(id) ?? (ids.set(id, ids.size), ids.size - 1);
  const shape = JSON.stringify(graph, (key, value: unknown) => {
    if (key === 'id') return numberOf(value as string);
    if (key === 'sources' || key === 'targets') return (value as string[]).map(numberOf);
    return key === 'text' ? undefined : value;
  });
  // a copy of Node's own making: the library takes nothing else for an array
  const placed = placedGraphs.get(shape) ?? elk().layout(structuredClone(graph));
  placedGraphs.set(shape, placed);
  return placed;
}

let loaded: InstanceType<typeof Elk> | undefined;

/** The library takes a tenth of a second to load, so it is loaded when there is a picture to draw. */
function elk(): InstanceType<typeof Elk> {
  loaded ??= new (native<typeof Elk>('elkjs/lib/elk.bundled.js'))();
  return loaded;
}

function nodeOf(box: Box, direction: Direction, arrangements: ReadonlyMap<Box, Arrangement>, joined: ReadonlySet<string>): ElkNode {
  if (box.inside.length > 0) {
    const text = textArea(box);
    const room = {
      top: direction === 'DOWN' ? 2 * margin.along : text.height,
      left: margin.across,
      bottom: direction === 'DOWN' ? text.height : margin.across,
      right: margin.across,
    };
    // ELK lays out rightwards and turns the result; a least size it takes before the turn (0.12.1)
    const least = direction === 'DOWN' ? [text.height, text.width] : [text.width, text.height];
    const layoutOptions = {
      ...options,
      'elk.direction': direction,
      'elk.padding': padding(room),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${least.join(',')})`,
    };
    return { id: box.id, layoutOptions, children: box.inside.map((it) => nodeOf(it, direction, arrangements, joined)) };
  }
  const arrangement = arrangements.get(box) ?? { ...textArea(box), plugs: [] };
  const side = direction === 'DOWN' ? 'SOUTH' : 'EAST';
  const ports = arrangement.plugs.map(({ box: { id }, end }) => ({
    id,
    ...end,
    width: 0,
    height: 0,
    layoutOptions: { 'elk.port.side': side },
  }));
  const layoutOptions: LayoutOptions = {
    ...(ports.length > 0 && { 'elk.portConstraints': 'FIXED_POS' }),
    // containers stand together; so does what no line leads to, with the bridges, where there is room
    ...(ports.length > 0
      ? { 'elk.layered.layering.layerConstraint': 'FIRST' }
      : !joined.has(box.id) && { 'elk.layered.layering.layerConstraint': 'LAST' }),
  };
  return { id: box.id, ...sizeIn(arrangement), layoutOptions, ports };
}

/** The boxes of containers with their plugs: those beside the host together, and those within it. */
function arrangementsOf(boxes: readonly Box[], direction: Direction): Map<Box, Arrangement> {
  const withPlugs = [boxes, ...boxes.map(({ inside }) => inside)].map((group) => group.filter(({ plugs }) => plugs.length > 0));
  return new Map(
    withPlugs.flatMap((group) =>
      arrange(group, direction).map((arrangement, index): [Box, Arrangement] => [group[index] as Box, arrangement]),
    ),
  );
}

function padding({ top, left, bottom, right }: Record<'top' | 'left' | 'bottom' | 'right', number>): string {
  return `[top=${top},left=${left},bottom=${bottom},right=${right}]`;
}

/** A box, and after it those that are in it. */
function placedBoxes(box: Box, node: ElkNode | undefined, direction: Direction, arrangements: ReadonlyMap<Box, Arrangement>): PlacedBox[] {
  const area = areaOf(node ?? {});
  if (box.inside.length > 0) {
    const textTop = direction === 'DOWN' ? area.height - textArea(box).height : 0;
    return [
      { box, ...area, textTop, centred: false },
      ...box.inside.flatMap((it, index) => placedBoxes(it, node?.children?.[index], direction, arrangements)),
    ];
  }
  const plugs = arrangements.get(box)?.plugs ?? [];
  return [
    { box, ...area, textTop: 0, centred: plugs.length === 0 && box.kind !== 'container' && box.kind !== 'unseen' },
    ...plugs.map(({ box: plug, x, y, width, height }) => ({
      box: plug,
      x: area.x + x,
      y: area.y + y,
      width,
      height,
      textTop: 0,
      centred: true,
    })),
  ];
}

function sizeIn({ width = 0, height = 0 }: Partial<Area>): Pick<Area, 'width' | 'height'> {
  return { width, height };
}

function areaOf({ x = 0, y = 0, ...size }: Partial<Area>): Area {
  return { x, y, ...sizeIn(size) };
}
