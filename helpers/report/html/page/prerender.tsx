import { renderToString } from 'preact-render-to-string';
import type { ReportData } from '../report-data';
import { noFilters } from './filter';
import { Icons } from './mark';
import { headingOf, Shell } from './shell';
import { dictionary } from './words';

/** The page as text, for whoever reads it before or without its script: the matrix, in English. */
export function prerender(data: ReportData): { icons: string; root: string; title: string } {
  const words = dictionary.en;
  return {
    icons: renderToString(<Icons />),
    root: renderToString(<Shell data={data} language="en" route={{ view: 'matrix', filters: noFilters }} />),
    title: `${headingOf(data, words)} – ${words.subject}`,
  };
}
