import type { ClaimRow } from '../report-data';

/** Hides all rows but these, and sections without any, whose rows are then left alone: to make rows anew takes a hundred times as long. */
export function show(table: HTMLTableElement | null, rows: readonly Pick<ClaimRow, 'id'>[]): void {
  const ids = new Set(rows.map(({ id }) => id));
  for (const section of table?.tBodies ?? []) {
    const own = [...section.querySelectorAll<HTMLTableRowElement>('tr[data-claim]')];
    const hides = !own.some((row) => isIn(row, ids));
    if (!hides) for (const row of own) if (row.hidden === isIn(row, ids)) row.hidden = !row.hidden;
    if (section.hidden !== hides) section.hidden = hides;
  }
}

function isIn({ dataset }: HTMLElement, ids: ReadonlySet<string>): boolean {
  return ids.has(dataset['claim'] ?? '');
}

/** Everything in the matrix that can have the focus, by rows. */
function linksOf(table: HTMLTableElement): HTMLElement[][] {
  return [...table.querySelectorAll('tbody:not([hidden]) > tr[data-claim]:not([hidden])')].map((row) => [
    ...row.querySelectorAll<HTMLElement>('[data-cell]'),
  ]);
}

/**
 * Gives the matrix one stop in the order of Tab, wherever the focus was last: two thousand stops would be a wall. From
 * there the arrow keys lead on.
 * @param wanted what is to be the stop; without it the stop stays, if it is still there
 */
export function rove(table: HTMLTableElement | null, wanted?: EventTarget | null): void {
  if (!table) return;
  const stops = table.querySelectorAll<HTMLElement>('[data-cell][tabindex="0"]');
  const kept = [...stops].find((it) => !it.closest('[hidden]'));
  const stop =
    wanted instanceof HTMLElement
      ? wanted.closest<HTMLElement>('[data-cell]')
      : (kept ?? table.querySelector<HTMLElement>('tbody:not([hidden]) > tr:not([hidden]) [data-cell]'));
  if (!stop) return;
  for (const it of stops) it.tabIndex = -1;
  stop.tabIndex = 0;
}

/** Moves the focus as an arrow key says, or to an end of the row, or with Ctrl of the table. */
export function moveFocus(event: KeyboardEvent, table: HTMLTableElement | null): void {
  if (!table || event.altKey || event.metaKey || event.shiftKey) return;
  const rows = linksOf(table);
  const y = rows.findIndex((row) => row.some((it) => it === document.activeElement));
  const x = rows[y]?.findIndex((it) => it === document.activeElement) ?? -1;
  if (x < 0) return;
  const target = targetOf(event, x, y, rows);
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function targetOf({ key, ctrlKey }: KeyboardEvent, x: number, y: number, rows: HTMLElement[][]): HTMLElement | undefined {
  switch (key) {
    case 'ArrowLeft':
      return rows[y]?.[x - 1];
    case 'ArrowRight':
      return rows[y]?.[x + 1];
    case 'ArrowUp':
      return rows[y - 1]?.[x];
    case 'ArrowDown':
      return rows[y + 1]?.[x];
    case 'Home':
      return rows[ctrlKey ? 0 : y]?.[0];
    case 'End':
      return rows[ctrlKey ? rows.length - 1 : y]?.at(-1);
    default:
      return undefined;
  }
}
