import { note, print, terminalStyle } from '../base/output';
import { jsonText } from '../base/text';
import { exitStatus } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import { endOnSignals } from '../run/signals';
import { openTrace } from '../trace';
import { parseTarget } from '../trace/asked';
import { renderTrace } from '../trace/text';

export interface TraceOptions {
  udp: boolean;
  compose?: string;
  engine?: string;
  /** file, or `-` for the standard output */
  json?: string;
  privilegedDiagnosis: boolean;
}

/** Follows a packet from a place to another. @returns 0 where it was reached, else 1 */
export async function traceCommand(from: string, to: string, options: TraceOptions): Promise<number> {
  const { udp, json } = options;
  const trace = openTrace({ ...options, from, target: parseTarget(to, udp), progress: note });
  endOnSignals(trace);
  const results = await trace.results;
  if (json === '-') print(jsonText(results));
  else print(renderTrace(results, terminalStyle()), terminalStyle());
  if (json !== undefined && json !== '-') writeFileAtomically(json, jsonText(results));
  return results.reached ? exitStatus.conforms : exitStatus.deviates;
}
