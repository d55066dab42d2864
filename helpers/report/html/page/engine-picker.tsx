import type { JSX } from 'preact';
import { usePage, type Page } from './page';

/** Stands for every engine; no engine can be called so. */
const everyEngine = '*';

/** The columns whose pictures are shown: the one that was picked, or all, or at first the first that is shown. */
export function pickedColumns({ data, columns }: Page, picked: string | undefined): number[] {
  if (picked === everyEngine) return columns;
  const named = columns.find((index) => data.columns[index]?.label === picked);
  return [named ?? columns[0] ?? 0];
}

/** Chooses the engine of pictures; where there is but one there is nothing to choose. */
export function EnginePicker({ picked, onPick }: { picked: string | undefined; onPick: (label: string) => void }): JSX.Element | null {
  const page = usePage();
  const { data, words, columns } = page;
  if (columns.length < 2) return null;
  const value = picked === everyEngine ? everyEngine : (data.columns[pickedColumns(page, picked)[0] ?? 0]?.label ?? '');
  return (
    <label class="picker">
      <span>{words.engine}</span>
      <select value={value} onChange={({ currentTarget }) => onPick(currentTarget.value)}>
        {columns.map((index) => (
          <option key={index}>{data.columns[index]?.label}</option>
        ))}
        <option value={everyEngine}>{words.allEngines}</option>
      </select>
    </label>
  );
}
