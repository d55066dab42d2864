import { escapeMarkup } from '../../base/text';
import type { BoxKind } from './boxes';
import type { EdgeKind } from './edges';
import type { Layout, PlacedBox, PlacedEdge } from './layout';
import { margin } from './arrange';
import { typography, type Line, type TextStyle } from './lines';

/**
 * How outlines look where the page says nothing else: attributes give way to any style sheet. The colours are in the
 * middle between black and white, so that they can be seen on both.
 */
const outlines: Record<BoxKind, string> = {
  host: `rx="10" ${painted('host', '#7a828c', '122 130 140', 0.09)}`,
  container: `rx="8" ${painted('container', '#3a7fd0', '58 127 208', 0.1)}`,
  unseen: `rx="8" ${painted('container', '#3a7fd0', '58 127 208', 0.1)} stroke-dasharray="5 4"`,
  bridge: `rx="5" stroke-width="2" ${painted('bridge', '#27945a', '39 148 90', 0.12)}`,
  network: `rx="5" ${painted('bridge', '#27945a', '39 148 90', 0.12)} stroke-dasharray="5 4"`,
  link: `rx="4" ${painted('link', '#27945a', '39 148 90', 0.05)}`,
  socket: `rx="12" ${painted('socket', '#3a7fd0', '58 127 208', 0.12)}`,
  silent: `rx="12" ${painted('socket', '#3a7fd0', '58 127 208', 0.04)} stroke-dasharray="3 3"`,
  port: `rx="12" ${painted('publish', '#bd6a12', '189 106 18', 0.1)}`,
};

const strokes: Record<EdgeKind, string> = {
  veth: 'stroke="var(--pic-link, #27945a)" stroke-width="2"',
  member: 'stroke="var(--pic-link, #27945a)" stroke-width="2"',
  parent: 'stroke="var(--pic-link, #27945a)" stroke-width="2"',
  endpoint: 'stroke="var(--pic-link, #27945a)" stroke-width="1.5" stroke-dasharray="5 4"',
  publish: 'stroke="var(--pic-publish, #bd6a12)" stroke-width="1.5" stroke-dasharray="6 3"',
};

const typefaces: Record<TextStyle, string> = {
  title: 'font-weight="600"',
  name: 'font-weight="600" font-family="ui-monospace, monospace"',
  code: 'font-family="ui-monospace, monospace"',
  note: 'fill-opacity="0.78"',
};

function painted(name: string, colour: string, channels: string, opacity: number): string {
  return `stroke="var(--pic-${name}, ${colour})" fill="var(--pic-${name}-fill, rgb(${channels} / ${opacity}))"`;
}

/** A picture wider than this cannot be read on a phone when all of it is to be seen there. */
const widestOfAll = 600;

/** The SVG element of a picture; it has no ids, so that many of them can stand in one page. */
export function svgOf({ width, height, boxes, edges }: Layout, title: string, description: string): string {
  const size = [Math.ceil(width), Math.ceil(height)] as const;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${size[0] > widestOfAll ? 'pic pic-wide' : 'pic'}" role="img" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size.join(' ')}" style="max-width:100%;height:auto" text-rendering="geometricPrecision">`,
    `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(description)}</desc>`,
    // its words would be read again, one by one
    '<g aria-hidden="true">',
    ...boxes.map(outline),
    ...edges.map(connection),
    ...texts(boxes, edges),
    '</g></svg>',
  ].join('');
}

function outline({ box: { kind }, x, y, width, height }: PlacedBox): string {
  return `<rect class="pic-${kind}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${outlines[kind]}/>`;
}

function connection({ edge: { kind }, points }: PlacedEdge): string {
  const line = `<polyline class="pic-${kind}" points="${points.map(pointText).join(' ')}" fill="none" stroke-linejoin="round" ${strokes[kind]}/>`;
  const [tip, before] = points;
  return kind === 'publish' && tip && before
    ? `${line}<path class="pic-arrow" d="${arrow(tip, before)}" fill="var(--pic-publish, #bd6a12)"/>`
    : line;
}

interface Point {
  x: number;
  y: number;
}

/** The head of an arrow that points to `tip`, along the straight line that comes from `before`. */
function arrow(tip: Point, before: Point): string {
  const [alongX, alongY] = [Math.sign(before.x - tip.x), Math.sign(before.y - tip.y)];
  const corner = (side: number) => pointText({ x: tip.x + 9 * alongX + side * 4.5 * alongY, y: tip.y + 9 * alongY + side * 4.5 * alongX });
  return `M${pointText(tip)}L${corner(1)}L${corner(-1)}Z`;
}

function pointText({ x, y }: Point): string {
  return `${short(x)},${short(y)}`;
}

/** One group per style, so that a page has one place to restyle and the picture stays small. */
function texts(boxes: readonly PlacedBox[], edges: readonly PlacedEdge[]): string[] {
  const placed = [...boxes.flatMap(linesOf), ...edges.flatMap(({ label }) => (label ? [textOf(label.line, label.x, label.y, false)] : []))];
  return (Object.keys(typefaces) as TextStyle[]).map((style) => {
    const own = placed.filter((it) => it.style === style).map(({ text }) => text);
    return own.length === 0
      ? ''
      : `<g class="pic-${style}" fill="currentColor" font-size="${typography[style].size}" ${typefaces[style]}>${own.join('')}</g>`;
  });
}

function linesOf({ box: { lines }, x, y, width, textTop, centred }: PlacedBox): { style: TextStyle; text: string }[] {
  let top = y + textTop + margin.along;
  return lines.map((line) => {
    const text = textOf(line, centred ? x + width / 2 : x + margin.across, top, centred);
    top += typography[line.style].height;
    return text;
  });
}

function textOf({ style, text }: Line, x: number, top: number, centred: boolean): { style: TextStyle; text: string } {
  const { size, height } = typography[style];
  const baseline = top + (height + size * 0.72) / 2;
  return {
    style,
    text: `<text x="${short(x)}" y="${short(baseline)}"${centred ? ' text-anchor="middle"' : ''}>${escapeMarkup(text)}</text>`,
  };
}

function short(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}
