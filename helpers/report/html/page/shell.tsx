import type { JSX, Ref } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Language, ReportData } from '../report-data';
import { Claim } from './claim';
import { Alarms, Engines } from './engines';
import { shownColumns, survey, type Filters } from './filter';
import { Help } from './help';
import { Matrix } from './matrix';
import { PageContext, usePage, type Controls, type Page } from './page';
import { Obstacles } from './obstacles';
import { Red } from './red';
import { Reasons } from './reasons';
import { formatRoute, parseRoute, type Route } from './route';
import { Changes } from './over-time';
import { Settings } from './settings';
import { Topologies } from './topologies';
import { dictionary, type Words } from './words';

export interface ShellProps {
  data: ReportData;
  language: Language;
  route: Route;
  controls?: Controls;
  /** where the help will be, for whoever opens it */
  help?: Ref<HTMLDialogElement>;
}

/** The whole page in one of its states. */
export function Shell({ data, language, route, controls, help }: ShellProps): JSX.Element {
  const words = dictionary[language];
  const columns = shownColumns(data.columns, route.filters);
  const found = useMemo(() => survey(data.claims, columns, route.filters), [data, route.filters]);
  const href = (changes: Partial<Route>): string => formatRoute({ ...route, ...changes });
  const page: Page = { data, language, words, route, columns, found, controls, href };
  return (
    <PageContext.Provider value={page}>
      <a class="skip" href="#content" onClick={skipToContent}>
        {words.skip}
      </a>
      <header>
        <p class="subject">{words.subject}</p>
        {controls && (
          <nav aria-label={words.nav}>
            {(['matrix', 'topologies'] as const).map((view) => (
              <a key={view} href={href({ view, engine: undefined })} aria-current={route.view === view ? 'page' : undefined}>
                {words.views[view]}
              </a>
            ))}
            <button type="button" onClick={controls.openHelp}>
              {words.views.help}
            </button>
          </nav>
        )}
        {controls && <Settings />}
      </header>
      <main id="content" tabIndex={-1} onClick={(event) => withFilters(event, route.filters)}>
        {route.view === 'claim' && <Claim id={route.claim ?? ''} />}
        {route.view === 'topologies' && <Topologies />}
        {route.view === 'matrix' && <Overview />}
      </main>
      <footer>
        <p>{words.madeBy(`${data.suite} ${data.columns.find(({ run }) => run)?.run?.suite ?? ''}`.trim())}</p>
      </footer>
      {help && <Help dialog={help} />}
    </PageContext.Provider>
  );
}

/** The engines, what went wrong, and the matrix. */
function Overview(): JSX.Element {
  const { data, words, controls } = usePage();
  return (
    <>
      <h1 tabIndex={-1}>{headingOf(data, words)}</h1>
      <p class="lead">{words.lead}</p>
      {!controls && <p class="without-script">{words.withoutScript}</p>}
      <Alarms />
      <Red />
      <Changes />
      <Obstacles />
      <Engines />
      <Matrix />
      {!controls && <Reasons />}
    </>
  );
}

/** What the page as a whole is about. */
export function headingOf({ columns }: ReportData, words: Words): string {
  const [only] = columns;
  return columns.length === 1 && only ? (only.run ? `${only.run.name} ${only.run.version}` : only.label) : words.titleMany(columns.length);
}

/** Links to claims are short, for whoever copies them, and stay as they are while the reader types; who follows one takes the filters along. */
function withFilters(event: MouseEvent, filters: Filters): void {
  const link = event.target instanceof Element ? event.target.closest('a[data-cell], .red a, .changes a') : null;
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  location.hash = formatRoute({ ...parseRoute(link.getAttribute('href') ?? ''), filters });
}

/** A real jump would name another place in the address, which is where the page's state is. */
function skipToContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
