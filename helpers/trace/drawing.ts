import { escapeMarkup, truncate } from '../base/text';
import type { Hop, TraceResults } from './results';

/** Measures of the picture, in its own units. */
const size = { column: 300, box: 268, line: 17, gap: 22, padding: 9, heading: 34 };

/** Columns that a line of a box has room for. */
const lineWidth = 42;
const mostLines = 3;

/** The three parts of every way: who asks, what is between, and who is asked. */
const columns = ['source', 'between', 'target'] as const;

/**
 * The way of a packet, drawn: a column for the source, one for the engine's host, one for the target, with a box for each
 * hop, joined in the order in which a packet meets them. The first that breaks is red; what is behind it is dashed.
 */
export function drawWay({ hops, asked, reached }: Pick<TraceResults, 'hops' | 'asked' | 'reached'>): string {
  const boxes = placed(hops, asked.from);
  const height = Math.max(...boxes.map((it) => it.y + it.height), size.heading) + size.gap;
  const width = size.column * columns.length;
  const title = `The way from ${asked.from} to ${asked.to}`;
  const heads = [asked.from, "engine's host", asked.to];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-size="12" fill="currentColor">`,
    `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(reached ? 'Every hop is as it must be.' : `It breaks at: ${hops.find(({ state }) => state === 'broken')?.layer ?? 'an unknown place'}.`)}</desc>`,
    '<g aria-hidden="true">',
    ...heads.map(
      (head, at) =>
        `<rect x="${at * size.column + 4}" y="2" width="${size.column - 8}" height="${height - 4}" rx="10" fill="none" stroke="var(--line)"/><text x="${at * size.column + 16}" y="22" font-weight="600">${escapeMarkup(truncate(head, lineWidth))}</text>`,
    ),
    ...boxes.slice(1).map((box, index) => edge(boxes[index] as Box, box)),
    ...boxes.map(outline),
    '</g></svg>',
  ].join('');
}

interface Box {
  x: number;
  y: number;
  height: number;
  state: Hop['state'];
  lines: string[];
}

function placed(hops: readonly Hop[], from: string): Box[] {
  let y = size.heading;
  return hops.map(({ layer, where, state, seen }) => {
    const column = columnOf(layer, where, from);
    const rest = seen.length > mostLines ? [`… ${seen.length - mostLines} more`] : [];
    const lines = [layer, ...seen.slice(0, mostLines).map((line) => truncate(line, lineWidth)), ...rest];
    const height = lines.length * size.line + size.padding;
    const box = { x: column * size.column + (size.column - size.box) / 2, y, height, state, lines };
    y += height + size.gap;
    return box;
  });
}

/** Where a hop belongs: what was looked up and sent is the source's, who listens is the target's, all else is between. */
function columnOf(layer: Hop['layer'], where: string, from: string): number {
  if (layer === 'listener' || layer === 'answer') return 2;
  if (where === from && layer !== 'link') return 0;
  return 1;
}

const colours: Record<Hop['state'], string> = { ok: 'var(--ok)', broken: 'var(--broken)', unknown: 'var(--after)', after: 'var(--after)' };
const dashes = (state: Hop['state']): string => (state === 'after' || state === 'unknown' ? ' stroke-dasharray="5 4"' : '');

function outline({ x, y, height, state, lines }: Box): string {
  const text = lines.map(
    (line, index) =>
      `<text x="${x + size.padding}" y="${y + (index + 1) * size.line - 2}"${index === 0 ? ` font-weight="600" fill="${colours[state]}"` : ' font-family="ui-monospace, monospace" font-size="10.5"'}>${escapeMarkup(line)}</text>`,
  );
  return `<rect x="${x}" y="${y}" width="${size.box}" height="${height}" rx="6" fill="var(--back)" stroke="${colours[state]}" stroke-width="${state === 'broken' ? 2.5 : 1.5}"${dashes(state)}/>${text.join('')}`;
}

function edge(one: Box, other: Box): string {
  const [x1, x2] = [one, other].map(({ x }) => x + size.box / 2);
  const broken = other.state === 'broken';
  const state = one.state === 'broken' ? 'after' : other.state;
  return `<path d="M${x1} ${one.y + one.height}C${x1} ${other.y},${x2} ${one.y + one.height},${x2} ${other.y}" fill="none" stroke="${colours[broken ? 'broken' : state]}" stroke-width="2"${dashes(state)}/>`;
}
