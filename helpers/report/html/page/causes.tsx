import type { JSX } from 'preact';
import { unknownCause } from '../../../results/cause-code';
import type { ClaimRow } from '../report-data';
import { usePage } from './page';

interface Group {
  label: string;
  code: string;
  summary: string;
  remedy: string;
  rows: ClaimRow[];
}

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
          <p lang="en">{reason}</p>
          <details>
            <summary>{words.blockedClaims(rows.length)}</summary>
            <ul lang="en">
              {rows.map((row) => (
                <li key={row.id}>{controls ? <a href={href({ view: 'claim', claim: row.id, engine: label })}>{row.title}</a> : row.title}</li>
              ))}
            </ul>
          </details>
        </section>
      ))}
    </section>
  );
}

/** What broke, each cause once, with all the claims that it turned red; a cause that is not known is told with its claim. */
export function Causes(): JSX.Element | null {
  const { data, words, href, controls } = usePage();
  const groups = new Map<string, Group>();
  for (const row of data.claims) {
    for (const [column, cell] of row.cells.entries()) {
      if (!cell?.cause || cell.cause.code === unknownCause || cell.waiver?.state === 'applies') continue;
      const label = data.columns[column]?.label ?? '';
      const { code, summary, remedy } = cell.cause;
      const key = [label, code, summary].join('\n');
      const group = groups.get(key) ?? { label, code, summary, remedy, rows: [] };
      group.rows.push(row);
      groups.set(key, group);
    }
  }
  if (groups.size === 0) return null;
  return (
    <section class="causes alarm" aria-labelledby="causes">
      <h2 id="causes">{words.causes}</h2>
      {[...groups].map(([key, { label, code, summary, remedy, rows }]) => (
        <section key={key}>
          <h3>
            {label} <code>{code}</code>
          </h3>
          <p lang="en">{summary}</p>
          <p>
            {words.remedy}: <code>{remedy}</code>
          </p>
          <ul lang="en">
            {rows.map((row) => (
              <li key={row.id}>
                {controls ? <a href={href({ view: 'claim', claim: row.id, engine: label })}>{row.title}</a> : row.title}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}
