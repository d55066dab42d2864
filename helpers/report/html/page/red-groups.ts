import { unknownCause } from '../../../results/cause-code';
import type { Cell, ClaimRow } from '../report-data';
import { stateOf } from './state';

/** What one thing turned red. */
export interface RedGroup {
  /** `cause`: it is known; `unknown`: nobody knows what; `error`: the suite itself failed, in the same words each time */
  kind: 'cause' | 'unknown' | 'error';
  code: string;
  /** the cause, or what the suite complained of; empty where no cause is known */
  summary: string;
  remedy: string;
  /** indexes of the columns that it is red in, ascending */
  columns: number[];
  claims: RedClaim[];
}

export interface RedClaim {
  row: ClaimRow;
  columns: number[];
  /** what was said of it first */
  reason: string;
}

/** Whether somebody must look at it: it deviates and no waiver accepts that, or the suite failed on it. */
function isRed(cell: Cell | null | undefined): cell is Cell {
  return ['deviates', 'expired', 'error'].includes(stateOf(cell));
}

const order = ['cause', 'unknown', 'error'];

/** Everything that is red, each claim of an engine once, by what turned it red: known causes first, and of them the one with most claims. */
export function redGroups(rows: readonly ClaimRow[]): RedGroup[] {
  const groups = new Map<string, RedGroup>();
  for (const row of rows) {
    for (const [column, cell] of row.cells.entries()) {
      if (!isRed(cell)) continue;
      const own = groupOf(cell);
      const key = [own.kind, own.code, own.summary].join('\n');
      const group = groups.get(key) ?? own;
      groups.set(key, group);
      if (!group.columns.includes(column)) group.columns.push(column);
      const known = group.claims.at(-1);
      if (known?.row === row) known.columns.push(column);
      else group.claims.push({ row, columns: [column], reason: cell.reason ?? '' });
    }
  }
  for (const { columns } of groups.values()) columns.sort((a, b) => a - b);
  return [...groups.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.claims.length - a.claims.length);
}

function groupOf({ verdict, cause, reason = '' }: Cell): RedGroup {
  const empty = { columns: [], claims: [] };
  if (cause && cause.code !== unknownCause)
    return { kind: 'cause', code: cause.code, summary: cause.summary, remedy: cause.remedy, ...empty };
  if (verdict === 'error') return { kind: 'error', code: '', summary: reason.replace(/\s+/g, ' ').trim(), remedy: '', ...empty };
  return { kind: 'unknown', code: '', summary: '', remedy: '', ...empty };
}
