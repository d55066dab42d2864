import type { JSX } from 'preact';
import type { ClaimRow } from '../report-data';
import { usePage } from './page';
import { stateOf } from './state';
import { languageOf } from './language-of';

/** Longest reason that is told, in characters: this list is for readers without scripts, and must not outweigh the page. */
const longest = 240;

/** The reasons of everything that does not conform, for a page whose other views cannot be opened; the matrix of one engine tells them itself. */
export function Reasons(): JSX.Element | null {
  const { data, words } = usePage();
  const rows = data.claims.filter(({ cells }) =>
    cells.some((cell) => cell?.verdict === 'deviates' || cell?.verdict === 'error' || cell?.verdict === 'blocked'),
  );
  if (data.columns.length === 1 || rows.length === 0) return null;
  return (
    <section class="reasons" aria-labelledby="reasons">
      <h2 id="reasons">{words.deviations}</h2>
      {rows.map((row) => (
        <section key={row.id}>
          <h3 lang={languageOf(row.title)}>{row.title}</h3>
          <dl class="facts">
            {byReason(row, (column) => data.columns[column]?.label ?? '', words.states).map(([reason, labels]) => (
              <div key={reason}>
                <dt>{labels.join(', ')}</dt>
                <dd lang={languageOf(reason)}>{reason}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </section>
  );
}

/** What is said of a claim, each once, with the engines of which it is said. */
function byReason({ cells }: ClaimRow, labelOf: (column: number) => string, words: Record<string, string>): [string, string[]][] {
  const engines = new Map<string, string[]>();
  for (const [column, cell] of cells.entries()) {
    if (!cell || cell.verdict === 'conforms') continue;
    const told = `${words[stateOf(cell)] ?? cell.verdict}: ${(cell.reason ?? '').replace(/\s+/g, ' ')}`;
    const text = told.length > longest ? `${told.slice(0, longest)}…` : told;
    engines.set(text, [...(engines.get(text) ?? []), labelOf(column)]);
  }
  return [...engines];
}
