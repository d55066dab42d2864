import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Cell, Change } from '../report-data';
import { changesIn, type ChangeOfClaim } from './changes';
import { noFilters } from './filter';
import { languageOf } from './language-of';
import { Mark } from './mark';
import { usePage } from './page';
import { formatRoute } from './route';

/** So many changes are shown without being asked for. */
const few = 10;

/** What changed from one run to the next, and with which release; nothing where no earlier results were given. */
export function Changes(): JSX.Element | null {
  const { data, words, language, route, controls } = usePage();
  return useMemo(() => {
    const all = changesIn(data.claims);
    if (all.length === 0) return null;
    return (
      <section class="changes" aria-labelledby="changes">
        <h2 id="changes">{words.changes.heading}</h2>
        <ChangeList changes={all.slice(0, few)} />
        {all.length > few && (
          <details>
            <summary>{words.changes.earlier(all.length - few)}</summary>
            <ChangeList changes={all.slice(few)} />
          </details>
        )}
      </section>
    );
  }, [data, language, route.language, controls !== undefined]);
}

function ChangeList({ changes }: { changes: readonly ChangeOfClaim[] }): JSX.Element {
  const { data, words, route, controls } = usePage();
  return (
    <ul>
      {changes.map(({ row, columns, change }) => {
        const [first = 0] = columns;
        const engine = data.columns[first]?.label;
        return (
          <li key={`${row.id} ${change.after.engine} ${change.after.day}`}>
            <time dateTime={change.after.day}>{change.after.day}</time>
            <div>
              <p>
                {controls ? (
                  <a
                    href={formatRoute({ view: 'claim', claim: row.id, engine, language: route.language, filters: noFilters })}
                    lang={languageOf(row.title)}
                  >
                    {row.title}
                  </a>
                ) : (
                  <span lang={languageOf(row.title)}>{row.title}</span>
                )}
              </p>
              <Step change={change} />
              {data.columns.length > 1 && <p class="muted">{words.changes.on(columns.map((it) => data.columns[it]?.label ?? ''))}</p>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** What runs said of one claim on one engine and the releases before it. */
export function OverTime({ cell: { changes = [], since } }: { cell: Cell }): JSX.Element | null {
  const { words } = usePage();
  if (changes.length === 0 && !since) return null;
  return (
    <section class="changes">
      <h3>{words.changes.overTime}</h3>
      {changes.length === 0 && since && <p>{words.changes.atLeast(since.engine, since.day)}</p>}
      {changes.length > 0 && (
        <ul>
          {[...changes].reverse().map((change) => (
            <li key={`${change.after.engine} ${change.after.day}`}>
              <time dateTime={change.after.day}>{change.after.day}</time>
              <Step change={change} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Both verdicts of a change, the release that brought it, and the last run that did not have it. */
function Step({ change: { from, to, before, after, sameRelease } }: { change: Change }): JSX.Element {
  const { words } = usePage();
  return (
    <p class="step-in-time">
      <Mark state={from} word={words.states[from]} />
      <span aria-hidden="true">→</span>
      <Mark state={to} word={words.states[to]} />{' '}
      <b>{sameRelease ? words.changes.noRelease(after.engine) : words.changes.release(after.engine)}</b>{' '}
      <span class="muted">
        {words.changes.before(before.engine, before.day)}
        {before.suite !== after.suite && ` ${words.changes.otherSuite(before.suite, after.suite)}`}
      </span>
    </p>
  );
}
