import type { Box } from './boxes';
import { sizeOf } from './lines';

/** Where the host stands: below the containers, or to the right of them. */
export type Direction = 'DOWN' | 'RIGHT';

/** Where something is, and how large, in units of the picture. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a line leaves a plug, in the middle of its outer edge, and where it leaves the box that the plug is in. */
interface Way {
  begin: { x: number; y: number };
  end: { x: number; y: number };
}

/** How large a box is, and where its plugs stand in it. */
export interface Arrangement {
  width: number;
  height: number;
  plugs: (Area & Way & { box: Box })[];
}

/** Room between the outline of a box and its text. */
export const margin = { across: 8, along: 7 };

const gap = 4;

/** Room between a plug and the outline of the box that it is in. */
const inset = 5;

/** The room that the text of a box needs, with the margin around it. */
export function textArea({ lines }: Box): { width: number; height: number } {
  const { width, height } = sizeOf(lines);
  return { width: width + 2 * margin.across, height: height + 2 * margin.along };
}

/**
 * Boxes that have only text and plugs; the plugs stand in a row or a column at the edge that faces the host. Boxes that
 * stand side by side are equally high, and those that stand one below the other equally wide.
 */
export function arrange(boxes: readonly Box[], direction: Direction): Arrangement[] {
  const arranged = boxes.map((box) =>
    direction === 'DOWN' ? inARow(textArea(box), plugSizes(box)) : inAColumn(textArea(box), plugSizes(box)),
  );
  const [width, height] = [Math.max(...arranged.map((it) => it.width)), Math.max(...arranged.map((it) => it.height))];
  return arranged.map((it) =>
    direction === 'DOWN' ? stretched(it, { x: 0, y: height - it.height }) : stretched(it, { x: width - it.width, y: 0 }),
  );
}

type Size = Pick<Area, 'width' | 'height'>;
type SizedPlug = Size & { box: Box };

function plugSizes({ plugs }: Box): SizedPlug[] {
  return plugs.map((plug) => ({ box: plug, ...textArea(plug) }));
}

function inARow(text: Size, sizes: readonly SizedPlug[]): Arrangement {
  const row = sizes.reduce((width, plug) => width + plug.width + gap, -gap);
  const [width, tallest] = [Math.max(text.width, row + 2 * margin.across), Math.max(0, ...sizes.map((plug) => plug.height))];
  let x = (width - row) / 2;
  const plugs = sizes.map(({ box, width: own }) => {
    const [middle, bottom] = [x + own / 2, text.height + tallest];
    const plug = {
      box,
      x,
      y: text.height,
      width: own,
      height: tallest,
      begin: { x: middle, y: bottom },
      end: { x: middle, y: bottom + inset },
    };
    x += own + gap;
    return plug;
  });
  return { width, height: text.height + tallest + inset, plugs };
}

function inAColumn(text: Size, sizes: readonly SizedPlug[]): Arrangement {
  const widest = Math.max(0, ...sizes.map((plug) => plug.width));
  const width = Math.max(text.width, widest + margin.across + inset);
  let y = text.height;
  const plugs = sizes.map(({ box, height: own }) => {
    const middle = y + own / 2;
    const plug = {
      box,
      x: width - inset - widest,
      y,
      width: widest,
      height: own,
      begin: { x: width - inset, y: middle },
      end: { x: width, y: middle },
    };
    y += own + gap;
    return plug;
  });
  return { width, height: plugs.length > 0 ? y - gap + margin.along : y, plugs };
}

/** Grows a box by so much; its plugs stay at the edge where they are. */
function stretched({ width, height, plugs }: Arrangement, by: { x: number; y: number }): Arrangement {
  const move = (point: { x: number; y: number }) => ({ x: point.x + by.x, y: point.y + by.y });
  const moved = plugs.map((plug) => ({ ...plug, ...move(plug), begin: move(plug.begin), end: move(plug.end) }));
  return { width: width + by.x, height: height + by.y, plugs: moved };
}
