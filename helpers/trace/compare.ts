import { FileProblem, largest, readJson } from '../base/read-file';
import { exitStatus, UserError } from '../base/user-error';
import { layers } from './reason';
import { traceSchema, traceVersion, type TraceChange, type TraceResults } from './results';

/** Names and numbers that are others each time, and mean the same. */
const passing: readonly [RegExp, string][] = [
  [/\bveth[0-9a-f]{4,}\b/g, 'veth…'],
  [/ \(process \d+\)/g, ''],
  [/ \(\d+ packets\)/g, ''],
];

const lasting = (line: string): string => passing.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);

/**
 * What is different from an earlier trace, layer by layer, in the order of a packet's way. What is merely called otherwise
 * each time, such as a link of the host, is no difference.
 */
export function changesSince(earlier: TraceResults, now: TraceResults): TraceChange[] {
  const verdict = ({ reached, cause }: TraceResults) =>
    reached ? 'reached' : `not reached: ${cause?.summary ?? ''} (${cause?.code ?? ''})`;
  const verdicts: TraceChange[] =
    verdict(earlier) === verdict(now) ? [] : [{ what: 'verdict', was: [verdict(earlier)], is: [verdict(now)] }];
  const engines: TraceChange[] =
    earlier.engine.id === now.engine.id ? [] : [{ what: 'engine', was: [earlier.engine.id], is: [now.engine.id] }];
  const hops = layers.flatMap((layer): TraceChange[] => {
    const told = ({ hops: all }: TraceResults) =>
      all
        .filter((it) => it.layer === layer && it.state !== 'unknown')
        .flatMap(({ where, seen }) => seen.map((line) => `${where}: ${lasting(line)}`));
    const [was, is] = [told(earlier), told(now)];
    const [gone, come] = [was.filter((it) => !is.includes(it)), is.filter((it) => !was.includes(it))];
    return gone.length + come.length === 0 ? [] : [{ what: layer, was: gone, is: come }];
  });
  return [...verdicts, ...engines, ...hops];
}

/** Reads what `--json` of an earlier trace wrote. @throws UserError where it is none */
export function readEarlier(file: string): TraceResults {
  let problem: string;
  try {
    const parsed = traceSchema.safeParse(readJson(file, largest.results));
    if (parsed.success) return parsed.data;
    problem = `is no trace of version ${traceVersion}`;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    problem = error.message;
  }
  throw new UserError(`${file} ${problem}.`, 'Name a file that "trace --json FILE" has written.', exitStatus.usage);
}

/** Makes sure that two traces asked the same. @throws UserError where they did not */
export function mustAskTheSame(earlier: TraceResults['asked'], now: Pick<TraceResults['asked'], 'to' | 'transport'>): void {
  if (earlier.to === now.to && earlier.transport === now.transport) return;
  throw new UserError(
    `The earlier trace went to ${earlier.to} over ${earlier.transport.toUpperCase()}, and this one goes to ${now.to} over ${now.transport.toUpperCase()}.`,
    'Compare traces that ask the same.',
    exitStatus.usage,
  );
}
