import type { Change, ClaimRow } from '../report-data';

/** A change of a claim, and the columns in whose history it is. */
export interface ChangeOfClaim {
  row: ClaimRow;
  columns: number[];
  change: Change;
}

/** All changes, the latest first; one that several releases have in their history is there once. */
export function changesIn(rows: readonly ClaimRow[]): ChangeOfClaim[] {
  const found = new Map<string, ChangeOfClaim>();
  for (const row of rows) {
    for (const [column, cell] of row.cells.entries()) {
      for (const change of cell?.changes ?? []) {
        const key = JSON.stringify([row.id, change]);
        const known = found.get(key);
        if (known) known.columns.push(column);
        else found.set(key, { row, columns: [column], change });
      }
    }
  }
  return [...found.values()].sort(
    (one, other) => Number(one.change.after.day < other.change.after.day) - Number(one.change.after.day > other.change.after.day),
  );
}
