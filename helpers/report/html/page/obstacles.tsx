import type { JSX } from 'preact';
import type { ClaimRow } from '../report-data';
import { usePage } from './page';
import { languageOf } from './language-of';

/** So many claims that one thing blocks are told together. */
const shared = 3;

/** What kept claims from being judged, each once with all the claims that it blocks; where a cause is known, that is told instead. */
export function Obstacles(): JSX.Element | null {
  const { data, words, href, controls } = usePage();
  const groups = new Map<string, { label: string; reason: string; rows: ClaimRow[] }>();
  for (const row of data.claims) {
    for (const [column, cell] of row.cells.entries()) {
      if (cell?.verdict !== 'blocked' || cell.cause) continue;
      const [label, reason] = [data.columns[column]?.label ?? '', cell.reason ?? ''];
      const group = groups.get(`${label}\n${reason}`) ?? { label, reason, rows: [] };
      group.rows.push(row);
      groups.set(`${label}\n${reason}`, group);
    }
  }
  const told = [...groups].filter(([, { rows }]) => rows.length >= shared);
  if (told.length === 0) return null;
  return (
    <section class="causes" aria-labelledby="obstacles">
      <h2 id="obstacles">{words.obstacles}</h2>
      {told.map(([key, { label, reason, rows }]) => (
        <section key={key}>
          <h3>{label}</h3>
          <p lang={languageOf(reason)}>{reason}</p>
          <details>
            <summary>{words.blockedClaims(rows.length)}</summary>
            <ul lang="en">
              {rows.map((row) => (
                <li key={row.id}>
                  {controls ? <a href={href({ view: 'claim', claim: row.id, engine: label })}>{row.title}</a> : row.title}
                </li>
              ))}
            </ul>
          </details>
        </section>
      ))}
    </section>
  );
}
