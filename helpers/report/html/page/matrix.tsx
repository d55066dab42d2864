import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ClaimRow, Column, ReportData } from '../report-data';
import { noFilters } from './filter';
import { Filters } from './filters';
import { moveFocus, rove, show } from './grid';
import { Mark } from './mark';
import { usePage } from './page';
import { formatRoute } from './route';
import { stateOf } from './state';
import type { Words } from './words';
import { languageOf } from './language-of';

/** From this many columns on there is no room for words beside the marks. */
const roomForWords = 8;

/** Claims as rows, engines as columns. */
export function Matrix(): JSX.Element {
  const { data, words, found, controls, href } = usePage();
  const { rows } = found;
  const table = useRef<HTMLTableElement>(null);
  const whole = useTable(table);
  useLayoutEffect(() => show(table.current, rows), [rows, whole]);
  useEffect(() => rove(table.current), [rows, whole]);
  return (
    <section class="matrix" aria-labelledby="matrix">
      <h2 id="matrix">{words.matrix}</h2>
      {controls && <Filters controls={controls} />}
      <p class="shown" role="status">
        {words.shown(rows.length, data.claims.length)}
      </p>
      <div class="wide" hidden={rows.length === 0}>
        {whole}
      </div>
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

/**
 * The table with all rows. It is the same object until something changes that rows show, so that Preact passes it over;
 * which rows are to be seen changes with every key, and is left to {@link show}.
 */
function useTable(table: RefObject<HTMLTableElement | null>): JSX.Element {
  const { data, words, columns, language, controls, route } = usePage();
  const live = controls !== undefined;
  return useMemo(() => {
    const size = columns.length === 1 ? 'single' : columns.length > roomForWords ? 'many' : 'some';
    const hrefOf = (claim: string, engine?: string): string =>
      formatRoute({ view: 'claim', claim, engine, language: route.language, filters: noFilters });
    return (
      <table
        ref={table}
        role="table"
        class={live ? size : `${size} unserved`}
        onKeyDown={(event) => moveFocus(event, table.current)}
        onFocusIn={({ target }) => rove(table.current, target)}
      >
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
        {sectionsOf(data.claims).map(({ name, claims }) => (
          <tbody key={name} role="rowgroup">
            <tr role="row" class="section">
              <th scope="rowgroup" role="rowheader" colSpan={columns.length + 1} lang="en">
                {name}
              </th>
            </tr>
            {claims.map((row) => (
              <Row key={row.id} row={row} columns={columns} data={data} words={words} hrefOf={live ? hrefOf : undefined} />
            ))}
          </tbody>
        ))}
      </table>
    );
  }, [data, language, route.language, live, columns.join()]);
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

interface RowProps {
  row: ClaimRow;
  columns: readonly number[];
  data: ReportData;
  words: Words;
  /** undefined while nothing can be followed */
  hrefOf: ((claim: string, engine?: string) => string) | undefined;
}

/** One claim. It depends on nothing but what it is given. */
function Row({ row, columns, data, words, hrefOf }: RowProps): JSX.Element {
  const [only] = columns;
  const reason = columns.length === 1 && only !== undefined ? row.cells[only]?.reason : undefined;
  // thousands of cells stand in the file a second time for whoever has no script: words are enough there
  const roleOf = (role: 'row' | 'rowheader' | 'cell') => (hrefOf ? role : undefined);
  return (
    <tr role={roleOf('row')} data-claim={row.id}>
      <th scope="row" role={roleOf('rowheader')} class="claim">
        <span class="title">
          {hrefOf ? (
            <a data-cell href={hrefOf(row.id)} lang={languageOf(row.title)} tabIndex={-1}>
              {row.title}
            </a>
          ) : languageOf(row.title) === 'en' ? (
            row.title
          ) : (
            <span lang={languageOf(row.title)}>{row.title}</span>
          )}
          <Level level={row.level} words={words} />
        </span>
        {reason !== undefined && (
          <span class="reason" lang={languageOf(reason)}>
            {reason}
          </span>
        )}
      </th>
      {columns.map((index) => {
        const state = stateOf(row.cells[index]);
        const word = words.shortStates[state];
        const label = data.columns[index]?.label;
        return (
          <td key={index} role={roleOf('cell')} class={hrefOf || state !== 'conforms' ? state : undefined}>
            {hrefOf ? (
              <a data-cell href={hrefOf(row.id, label)} tabIndex={-1}>
                <Mark state={state} word={word} />
              </a>
            ) : (
              word
            )}
          </td>
        );
      })}
    </tr>
  );
}

export function Level({ level, words }: { level: string; words: Words }): JSX.Element {
  return <span class="level">{level in words.levels ? words.levels[level as keyof typeof words.levels] : level}</span>;
}

/** Neighbouring rows of one section. */
function sectionsOf(rows: readonly ClaimRow[]): { name: string; claims: ClaimRow[] }[] {
  const sections = new Map<string, ClaimRow[]>();
  for (const row of rows) {
    const name = `${row.area} / ${row.section}`;
    const known = sections.get(name);
    if (known) known.push(row);
    else sections.set(name, [row]);
  }
  return [...sections].map(([name, claims]) => ({ name, claims }));
}
