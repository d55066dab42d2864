import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Cell, ClaimRow, Source, Waiver } from '../report-data';
import { Command } from './command';
import { Evidence } from './evidence';
import { Mark } from './mark';
import { Level } from './matrix';
import { OverTime } from './over-time';
import { usePage } from './page';
import { PickedPicture } from './picture';
import { Quoted } from './quoted';
import { stateOf } from './state';
import { languageOf } from './language-of';

/** Everything that is known of one claim: what it says, and what was seen on every engine. */
export function Claim({ id }: { id: string }): JSX.Element {
  const { data, words, href } = usePage();
  const row = data.claims.find((it) => it.id === id);
  if (!row) {
    return (
      <div class="none">
        <h1 tabIndex={-1}>{words.noSuchClaim(id)}</h1>
        <p>
          <a href={href({ view: 'matrix' })}>{words.back}</a>
        </p>
      </div>
    );
  }
  return (
    <article class="claim">
      <Neighbours row={row} />
      <p class="place">
        <span lang="en">
          {row.area} / {row.section}
        </span>{' '}
        <Level level={row.level} words={words} />
      </p>
      <h1 tabIndex={-1} lang={languageOf(row.title)}>
        {row.title}
      </h1>
      <p class="id">
        <code>{row.id}</code>
      </p>
      <dl class="facts">
        <Fact name={words.source}>
          {row.sources.map((source, index) => (
            <SourceLink key={index} source={source} />
          ))}
        </Fact>
        {row.observedBy !== undefined && (
          <Fact name={words.observedBy}>
            <span lang="en">{row.observedBy}</span>
          </Fact>
        )}
      </dl>
      {row.topology !== undefined && <PickedPicture name={row.topology} />}
      <OnEngines row={row} />
    </article>
  );
}

/** The way back, and to the claims beside this one among those that the filters leave. */
function Neighbours({ row }: { row: ClaimRow }): JSX.Element {
  const { data, words, found, href } = usePage();
  const among = found.rows.includes(row) ? found.rows : data.claims;
  const index = among.indexOf(row);
  const link = (to: ClaimRow | undefined, text: string, rel: string): JSX.Element =>
    to ? (
      <a href={href({ view: 'claim', claim: to.id })} rel={rel} title={to.title}>
        {text}
      </a>
    ) : (
      <span class="muted">{text}</span>
    );
  return (
    <nav class="neighbours" aria-label={words.claim}>
      <a href={href({ view: 'matrix', engine: undefined })}>{words.back}</a>
      <span class="muted">{words.position(index + 1, among.length)}</span>
      {link(among[index - 1], words.previous, 'prev')}
      {link(among[index + 1], words.next, 'next')}
    </nav>
  );
}

/** The verdicts in short, and behind each of them what it rests on. */
function OnEngines({ row }: { row: ClaimRow }): JSX.Element {
  const { data, words, columns, route } = usePage();
  const list = useRef<HTMLDivElement>(null);
  const openAll = (open: boolean): void => {
    for (const it of list.current?.querySelectorAll<HTMLDetailsElement>('details.on') ?? []) it.open = open;
  };
  const several = columns.length > 1;
  const states = columns.map((index) => stateOf(row.cells[index]));
  const asked = columns.find((index) => data.columns[index]?.label === route.engine);
  const opened =
    asked ??
    columns[
      Math.max(
        states.findIndex((state) => state !== 'conforms'),
        0,
      )
    ];
  return (
    <section aria-labelledby="verdicts">
      <h2 id="verdicts">{words.onEngines}</h2>
      {several && (
        <p class="buttons">
          <button type="button" onClick={() => openAll(true)}>
            {words.openAll}
          </button>
          <button type="button" onClick={() => openAll(false)}>
            {words.closeAll}
          </button>
        </p>
      )}
      <div ref={list} key={row.id}>
        {columns.map((index) => {
          const { label = '', engine = '', failure } = data.columns[index] ?? {};
          const cell = row.cells[index] ?? null;
          const state = stateOf(cell);
          return (
            <details key={label} class={`on ${state}`} id={`on-${String(index)}`} data-engine={label} open={index === opened}>
              <summary>
                <b>{label}</b>
                <Mark state={state} word={words.states[state]} />
                {cell?.reason !== undefined && (
                  <span class="gist" lang={languageOf(cell.reason)}>
                    {cell.reason}
                  </span>
                )}
              </summary>
              {cell ? <OnEngine cell={cell} /> : <p class="muted">{failure ?? words.stateMeans.absent}</p>}
              <h3>{words.reproduce}</h3>
              <Command text={`npx docker-network-conformance run --engine ${engine} --claim ${row.id}`} />
            </details>
          );
        })}
      </div>
    </section>
  );
}

function OnEngine({ cell }: { cell: Cell }): JSX.Element {
  const { words, href } = usePage();
  const { reason, boundary, waiver, cause, evidence, duration, attempts } = cell;
  return (
    <>
      <p class="muted">
        {words.stateMeans[stateOf(cell)]} {attempts > 0 && `${duration}, ${words.attempts(attempts)}`}
      </p>
      {waiver && <WaiverNote waiver={waiver} />}
      <OverTime cell={cell} />
      {boundary && (
        <div class="note">
          <p>
            <b>{words.boundary[boundary.kind](boundary.version)}</b> <Quoted text={`(${boundary.source})`} />
          </p>
          {boundary.holds !== undefined && <p>{boundary.holds ? words.holds : words.holdsNot}</p>}
          {boundary.replacedBy !== undefined && (
            <p>
              {words.replacedBy} <a href={href({ claim: boundary.replacedBy })}>{boundary.replacedBy}</a>
            </p>
          )}
        </div>
      )}
      {reason !== undefined && (
        <>
          <h3>{words.reason}</h3>
          <pre class="why" lang={languageOf(reason)}>
            {reason}
          </pre>
        </>
      )}
      {cause && (
        <>
          <h3>{words.cause}</h3>
          <p lang={languageOf(cause.summary)}>
            {cause.summary} <code>{cause.code}</code>
          </p>
          <h3>{words.remedy}</h3>
          <p lang={languageOf(cause.remedy)}>{cause.remedy}</p>
          <Evidence steps={cause.evidence} heading={words.causeEvidence} />
        </>
      )}
      <Evidence steps={evidence} heading={words.evidence} />
    </>
  );
}

function WaiverNote({ waiver: { state, reason, link, expires, from } }: { waiver: Waiver }): JSX.Element {
  const { words } = usePage();
  return (
    <div class={`note ${state}`}>
      <p>
        <b>{words.waiver[state](expires)}</b>
      </p>
      <p lang="en">
        {reason} <Quoted text={link} />
      </p>
      <p class="muted">{words.waiverFrom(from === 'the suite' ? words.theSuite : from)}</p>
    </div>
  );
}

function SourceLink({ source }: { source: Source }): JSX.Element {
  const { words } = usePage();
  return <span class="source">{'document' in source ? words.document(source.document) : <Quoted text={source.docs} />}</span>;
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
