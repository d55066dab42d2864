import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ClaimRow, Column } from '../report-data';
import { noFilters } from './filter';
import { Filters } from './filters';
import { moveFocus, rove } from './grid';
import { Mark } from './mark';
import { usePage } from './page';
import { stateOf } from './state';

/** From this many columns on there is no room for words beside the marks. */
const roomForWords = 8;

/** Claims as rows, engines as columns. */
export function Matrix(): JSX.Element {
  const { data, words, rows, columns, controls, href } = usePage();
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => rove(table.current));
  const size = columns.length === 1 ? 'single' : columns.length > roomForWords ? 'many' : 'some';
  return (
    <section class="matrix" aria-labelledby="matrix">
      <h2 id="matrix">{words.matrix}</h2>
      {controls && <Filters controls={controls} />}
      <p class="shown" role="status">
        {words.shown(rows.length, data.claims.length)}
      </p>
      {rows.length > 0 && (
        <div class="wide">
          <table ref={table} role="table" class={size} onKeyDown={(event) => moveFocus(event, table.current)} onFocusIn={({ target }) => rove(table.current, target)}>
            <caption class="unseen">{words.caption}</caption>
            <thead role="rowgroup">
              <tr role="row">
                <th scope="col" role="columnheader" class="claim">
                  {words.claim}
                </th>
                {columns.map((index) => (
                  <ColumnHead key={index} column={data.columns[index]} />
                ))}
              </tr>
            </thead>
            {sectionsOf(rows).map(({ name, claims }) => (
              <tbody key={name} role="rowgroup">
                <tr role="row" class="section">
                  <th scope="rowgroup" role="rowheader" colSpan={columns.length + 1} lang="en">
                    {name}
                  </th>
                </tr>
                {claims.map((row) => (
                  <Row key={row.id} row={row} />
                ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
      {rows.length === 0 && (
        <div class="none">
          <p>{data.claims.length === 0 ? words.noClaims : words.none}</p>
          {data.claims.length > 0 && (
            <p>
              {words.noneMeans} <a href={href({ view: 'matrix', filters: noFilters })}>{words.filters.clear}</a>
            </p>
          )}
        </div>
      )}
    </section>
  );
}

/** `docker-28.5.2+mode (2)` in lines: what kind, which version, and what tells it from others of them. */
function ColumnHead({ column }: { column: Column | undefined }): JSX.Element {
  const label = column?.label ?? '';
  const [, kind = '', version = label, rest = ''] = /^(?:([a-z]+)-)?([^+ ]+)(.*)$/.exec(label) ?? [];
  return (
    <th scope="col" role="columnheader" class="column">
      <span class="label">
        <span>{kind}</span> <b>{version}</b>
        <span>{rest}</span>
      </span>
    </th>
  );
}

function Row({ row }: { row: ClaimRow }): JSX.Element {
  const { data, words, columns, controls, href } = usePage();
  const [only] = columns;
  const reason = columns.length === 1 && only !== undefined ? row.cells[only]?.reason : undefined;
  return (
    <tr role="row" data-claim={row.id}>
      <th scope="row" role="rowheader" class="claim">
        <span class="title">
          {controls ? (
            <a data-cell href={href({ view: 'claim', claim: row.id, engine: undefined })} lang="en" tabIndex={-1}>
              {row.title}
            </a>
          ) : (
            <span lang="en">{row.title}</span>
          )}
          <Level level={row.level} />
        </span>
        {reason !== undefined && (
          <span class="reason" lang="en">
            {reason}
          </span>
        )}
      </th>
      {columns.map((index) => {
        const state = stateOf(row.cells[index]);
        const mark = <Mark state={state} word={words.shortStates[state]} />;
        return (
          <td key={index} role="cell" class={state}>
            {controls ? (
              <a data-cell href={href({ view: 'claim', claim: row.id, engine: data.columns[index]?.label })} tabIndex={-1}>
                {mark}
              </a>
            ) : (
              mark
            )}
          </td>
        );
      })}
    </tr>
  );
}

export function Level({ level }: { level: string }): JSX.Element {
  const { words } = usePage();
  return <span class="level">{level in words.levels ? words.levels[level as keyof typeof words.levels] : level}</span>;
}

/** Neighbouring rows of one section. */
function sectionsOf(rows: readonly ClaimRow[]): { name: string; claims: ClaimRow[] }[] {
  const sections = new Map<string, ClaimRow[]>();
  for (const row of rows) {
    const name = `${row.area} / ${row.section}`;
    sections.set(name, [...(sections.get(name) ?? []), row]);
  }
  return [...sections].map(([name, claims]) => ({ name, claims }));
}
