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

/** The rows that the filters leave, with the columns that are shown. */
export function shownRows(rows: readonly ClaimRow[], columns: readonly number[], filters: Filters): ClaimRow[] {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      isIn(row, filters.area) &&
      (filters.levels.length === 0 || filters.levels.includes(row.level)) &&
      (filters.states.length === 0 || columns.some((column) => filters.states.includes(stateOf(row.cells[column])))) &&
      (!filters.differ || differs(row, columns)) &&
      words.every((word) => textOf(row).includes(word)),
  );
}

/** How many rows choosing each value of one kind would leave, the other filters being as they are. */
export function countBy<T>(rows: readonly ClaimRow[], columns: readonly number[], filters: Filters, values: readonly T[], choose: (value: T) => Partial<Filters>): Map<T, number> {
  return new Map(values.map((value) => [value, shownRows(rows, columns, { ...filters, ...choose(value) }).length]));
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

function textOf(row: ClaimRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { id, title, area, section, level, cells } = row;
  const text = [id, title, area, section, level, ...cells.flatMap((cell) => cell?.reason ?? [])].join('\n').toLowerCase();
  texts.set(row, text);
  return text;
}
