import { note, print, terminalStyle } from '../base/output';
import { harmlessThroughout, jsonText } from '../base/text';
import { exitStatus } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import { prepareReports } from '../run/report-targets';
import { endOnSignals } from '../run/signals';
import { openTrace } from '../trace';
import { parseTarget, targetInWords } from '../trace/asked';
import { changesSince, mustAskTheSame, readEarlier } from '../trace/compare';
import { renderTracePage } from '../trace/page';
import { renderTrace } from '../trace/text';

export interface TraceOptions {
  udp: boolean;
  compose?: string;
  engine?: string;
  /** file, or `-` for the standard output */
  json?: string;
  html?: string;
  privilegedDiagnosis: boolean;
  /** what `json` of an earlier trace was */
  compare?: string;
}

/** Follows a packet from a place to another. @returns 0 where it was reached, else 1 */
export async function traceCommand(from: string, to: string, { compare, html, ...options }: TraceOptions): Promise<number> {
  const target = parseTarget(to, options.udp);
  const earlier = compare === undefined ? undefined : readEarlier(compare);
  if (earlier) mustAskTheSame(earlier.asked, { to: targetInWords(target), transport: target.transport });
  const json = options.json === '-' ? undefined : options.json;
  prepareReports([
    ['--json', json],
    ['--html', html],
  ]);
  const trace = openTrace({ ...options, from, target, progress: note });
  endOnSignals(trace);
  const found = await trace.results;
  const compared = earlier && { with: earlier.startedAt, changes: changesSince(earlier, found) };
  // what engines, containers and their variables say is not trusted, and may hold a password
  const results = harmlessThroughout({ ...found, ...(compared && { compared }) });
  if (options.json === '-') print(jsonText(results));
  else print(renderTrace(results, terminalStyle()), terminalStyle());
  if (json !== undefined) writeFileAtomically(json, jsonText(results));
  if (html !== undefined) writeFileAtomically(html, renderTracePage(results));
  return results.reached ? exitStatus.conforms : exitStatus.deviates;
}
