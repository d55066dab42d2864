import { renderToString } from 'preact-render-to-string';
import type { ReportData } from '../report-data';
import { noFilters } from './filter';
import { headingOf, Shell } from './shell';
import { dictionary } from './words';

/** The page as text, for whoever reads it before or without its script: the matrix, in English. */
export function prerender(data: ReportData): { root: string; title: string } {
  const words = dictionary.en;
  return {
    root: renderToString(<Shell data={data} language="en" route={{ view: 'matrix', filters: noFilters }} />),
    title: `${headingOf(data, words)} – ${words.subject}`,
  };
}
