import type { ClaimRow, Column } from '../report-data';
import { behaviourOf, stateOf, type State } from './state';

/** What the reader wants to see. Nothing chosen of a kind means everything. */
export interface Filters {
  /** `document`, or with a section `document/bridge` */
  area: string;
  levels: readonly string[];
  /** at least one of the shown engines has one of these */
  states: readonly State[];
  /** labels of the columns to show */
  engines: readonly string[];
  /** every word of it is somewhere in the claim or in a reason */
  text: string;
  /** only rows on which the shown engines behave differently */
  differ: boolean;
}

export const noFilters: Filters = { area: '', levels: [], states: [], engines: [], text: '', differ: false };

/** Is there anything that hides a row? Hidden columns hide none. */
export function hidesRows({ area, levels, states, text, differ }: Filters): boolean {
  return area !== '' || levels.length > 0 || states.length > 0 || text.trim() !== '' || differ;
}

/** Indexes of the columns to show; labels that no column has are overlooked, so that a link to another report's columns shows all. */
export function shownColumns(columns: readonly Column[], { engines }: Pick<Filters, 'engines'>): number[] {
  const all = columns.map((_, index) => index);
  const chosen = all.filter((index) => engines.includes(columns[index]?.label ?? ''));
  return chosen.length > 0 ? chosen : all;
}

/** The rows that the filters leave, and how many choosing each value would leave, the other filters being as they are. */
export interface Surveyed {
  rows: ClaimRow[];
  states: Map<State, number>;
  levels: Map<string, number>;
  /** by area, and by `area/section` */
  areas: Map<string, number>;
}

/** Looks at every row once, for the page asks again with every key that is pressed. */
export function survey(rows: readonly ClaimRow[], columns: readonly number[], filters: Filters): Surveyed {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Surveyed = { rows: [], states: new Map(), levels: new Map(), areas: new Map() };
  for (const row of rows) {
    if (!words.every((word) => textOf(row).includes(word)) || (filters.differ && !differs(row, columns))) continue;
    const own = new Set(columns.map((column) => stateOf(row.cells[column])));
    const inArea = isIn(row, filters.area);
    const ofLevel = filters.levels.length === 0 || filters.levels.includes(row.level);
    const inState = filters.states.length === 0 || filters.states.some((state) => own.has(state));
    if (inArea && ofLevel) for (const state of own) add(found.states, state);
    if (inArea && inState) add(found.levels, row.level);
    if (ofLevel && inState) for (const area of [row.area, `${row.area}/${row.section}`]) add(found.areas, area);
    if (inArea && ofLevel && inState) found.rows.push(row);
  }
  return found;
}

function add<T>(counts: Map<T, number>, value: T): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}

/** Do engines behave differently? Where nothing was judged, nothing can be said. */
export function differs({ cells }: ClaimRow, columns: readonly number[]): boolean {
  const seen = new Set(columns.map((column) => behaviourOf(stateOf(cells[column]))));
  seen.delete('absent');
  return seen.size > 1;
}

function isIn({ area, section }: ClaimRow, wanted: string): boolean {
  return wanted === '' || wanted === area || wanted === `${area}/${section}`;
}

const texts = new WeakMap<ClaimRow, string>();

/** What is searched of a row, in lower case; put together once. */
function textOf(row: ClaimRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { id, title, area, section, level, cells } = row;
  const text = [id, title, area, section, level, ...cells.flatMap((cell) => cell?.reason ?? [])].join('\n').toLowerCase();
  texts.set(row, text);
  return text;
}
