import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ReportData } from '../report-data';
import { onKey } from './keyboard';
import type { Controls } from './page';
import { chooseTheme, preferredLanguage, rememberedShortcuts, rememberedTheme, rememberLanguage, rememberShortcuts } from './remembered';
import { formatRoute, parseRoute, type Route } from './route';
import { headingOf, Shell } from './shell';
import { dictionary } from './words';

/** The page that answers to its reader. Its state is in the address, so that every view of it can be linked to. */
export function App({ data }: { data: ReportData }): JSX.Element {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  const [preferred, setPreferred] = useState(preferredLanguage);
  const [theme, setTheme] = useState(rememberedTheme);
  const [shortcuts, setShortcuts] = useState(rememberedShortcuts);
  const help = useRef<HTMLDialogElement>(null);
  const language = route.language ?? preferred;
  const words = dictionary[language];

  const replace = (next: Route): void => {
    history.replaceState(null, '', formatRoute(next));
    setRoute(next);
  };
  const controls: Controls = {
    theme,
    chooseTheme: (chosen) => {
      chooseTheme(chosen);
      setTheme(chosen);
    },
    chooseLanguage: (chosen) => {
      rememberLanguage(chosen);
      setPreferred(chosen);
      replace({ ...route, language: chosen });
    },
    replace,
    openHelp: () => help.current?.showModal(),
    shortcuts,
    chooseShortcuts: (on) => {
      rememberShortcuts(on);
      setShortcuts(on);
    },
  };

  useEffect(() => {
    const follow = (): void => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event, route, controls);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  });
  useEffect(() => {
    document.documentElement.lang = language;
    const about =
      route.view === 'claim'
        ? (data.claims.find(({ id }) => id === route.claim)?.title ?? route.claim)
        : route.view === 'topologies'
          ? words.topologies
          : headingOf(data, words);
    document.title = `${about ?? ''} – ${words.subject}`;
  }, [route.view, route.claim, language]);
  useFocus(route);

  return <Shell data={data} language={language} route={route} controls={controls} help={help} />;
}

/** When another view is shown, its heading has the focus; back in the matrix it is the claim that the reader comes from. */
function useFocus({ view, claim }: Route): void {
  const before = useRef<Pick<Route, 'view' | 'claim'> | undefined>(undefined);
  useLayoutEffect(() => {
    const came = before.current;
    before.current = { view, claim };
    if (!came || (came.view === view && came.claim === claim)) return;
    const row =
      view === 'matrix' && came.claim !== undefined
        ? document.querySelector<HTMLElement>(`tbody:not([hidden]) > tr[data-claim="${CSS.escape(came.claim)}"]:not([hidden]) [data-cell]`)
        : null;
    const target = row ?? document.querySelector<HTMLElement>('main h1');
    target?.focus({ preventScroll: true });
    if (row) row.scrollIntoView({ block: 'center' });
    else scrollTo(0, 0);
  }, [view, claim]);
}
