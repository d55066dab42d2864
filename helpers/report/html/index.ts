import { compileFunction } from 'node:vm';
import type { Failure } from '../../results/report-input';
import type { Results } from '../../results/results';
import { htmlDocument } from '../../base/html-document';
import { writeFileAtomically } from '../../base/write-file';
import { bundle } from './bundle';
import { gather } from './gather';
import { pack } from './pack';
import { drawTopologies } from './pictures';
import type { ReportData } from './report-data';

/**
 * One page for people, from one or many results: a self-contained HTML document that loads nothing, runs from a file,
 * and shows its matrix without scripts too. The same input gives the same text.
 * @param results a column for each, in this order
 * @param failures engines of which there are no results; their columns come last
 */
export async function renderReport(results: readonly Results[], failures: readonly Failure[] = []): Promise<string> {
  const data = gather(results, failures, await drawTopologies(results));
  const { client, server, style } = bundle();
  const { root, title } = prerendered(server, data);
  const looks = `:root{--columns:${String(data.columns.length)}}${style}`;
  const body = `<div id="root">${root}</div>\n<script type="text/plain" id="data">${pack(data)}</script>`;
  return htmlDocument({ title, style: looks, script: client, body });
}

/** Writes {@link renderReport}. @throws UserError when the file cannot be written. */
export async function writeHtml(path: string, results: readonly Results[], failures: readonly Failure[] = []): Promise<void> {
  writeFileAtomically(path, await renderReport(results, failures));
}

interface Prerendered {
  root: string;
  title: string;
}

/** Runs the components in Node. They come as one script, since Node loads neither TSX nor, in every version, their library. */
function prerendered(server: string, data: ReportData): Prerendered {
  const module = { exports: {} as { prerender: (data: ReportData) => Prerendered } };
  (compileFunction(server, ['module', 'exports']) as (...values: unknown[]) => void)(module, module.exports);
  return module.exports.prerender(data);
}
