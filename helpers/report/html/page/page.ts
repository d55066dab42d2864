import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language, ReportData } from '../report-data';
import type { Surveyed } from './filter';
import type { Route } from './route';
import type { Words } from './words';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What can be done with the page while a script serves it. */
export interface Controls {
  theme: Theme;
  chooseTheme: (theme: Theme) => void;
  chooseLanguage: (language: Language) => void;
  /** shows another state of the page without a new entry in the browser's history */
  replace: (route: Route) => void;
  openHelp: () => void;
  /** whether single keys do something; whoever speaks to the browser, or hits keys by chance, can turn them off (WCAG 2.1.4) */
  shortcuts: boolean;
  chooseShortcuts: (on: boolean) => void;
}

/** What every part of the page needs to know. */
export interface Page {
  data: ReportData;
  language: Language;
  words: Words;
  route: Route;
  /** indexes of the columns that the filters leave */
  columns: number[];
  /** what the filters leave */
  found: Surveyed;
  /** absent while no script serves the page: then nothing in it may look as if it could be pressed */
  controls: Controls | undefined;
  /** the address of what the page shows, with these changes */
  href: (changes: Partial<Route>) => string;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** @throws Error outside of the page's context, which is a mistake of the page. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('a part of the page is rendered outside of it');
  return page;
}
