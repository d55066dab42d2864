import { controlFailed } from '../claim/control';
import type { Change } from './change';
import { noting, showing } from './watched-world';
import type { Memory } from './memory';
import type { Reads } from './reads';
import { fieldsOf, mutantsOf, type Mutant } from './plan';
import type { TriedClaim, TriedMutant } from './report';

/** What a judgement came to, as far as trials compare it. */
interface Judged {
  verdict: TriedMutant['verdict'];
  reason?: string;
}

/** Trials under way at once: those that ask what was not asked before wait for the engine, or for something that will not come. */
const atOnce = 8;

/**
 * Judges a claim as ever, and if it conforms once more for each change of what it read: each of them must turn it red.
 * These trials are given the answers of the judgement, the engine's as well as those of the probes, and ask for themselves
 * only what follows from the change. Before and after them it is tried unchanged, since only of a claim that then conforms,
 * by the same questions, a failure says something.
 * @param anew judges the claim with things that are made for it alone
 */
export async function judgeWithMutants<T extends Judged>(
  judge: () => Promise<T>,
  anew: () => Promise<T> = judge,
): Promise<{ judged: T; tried: Omit<TriedClaim, 'id'> }> {
  const { reads, memory, judged: judging } = noting(judge);
  const judged = await judging;
  const { verdict } = judged;
  const fields = inOrder(fieldsOf(reads));
  if (verdict !== 'conforms') return { judged, tried: { verdict, fields, mutants: [] } };
  const notRepeatable = await whyNotAgain(judge, memory, 'judged again, it no longer conforms');
  if (notRepeatable !== undefined) return { judged, tried: { verdict, fields, mutants: [], notRepeatable } };
  const mutants = inOrder(mutantsOf(reads));
  const trials = mutants.flatMap((mutant) => mutant.changes.map((change) => ({ mutant, change })));
  const outcomes = new Map<Change, Judged>();
  const doubtful: Change[] = [];
  await inParallel(trials, async ({ change }) => {
    const strayed: string[] = [];
    const trial = { concerns: (read: Reads) => read.has(change.read), strayed };
    const outcome = await showing({ memory, change, trial }, judge);
    outcomes.set(change, outcome);
    if (strayed.length > 0 && !isKill(outcome)) doubtful.push(change);
  });
  const changedMeanwhile = await whyNotAgain(judge, memory, 'after its mutants it no longer conforms');
  if (changedMeanwhile !== undefined) return { judged, tried: { verdict, fields, mutants: [], notRepeatable: changedMeanwhile } };
  await tryAnew(doubtful, { outcomes, memory, anew });
  return { judged, tried: { verdict, fields, mutants: mutants.map((mutant) => outcomeOf(mutant, outcomes)) } };
}

/**
 * Where a change made a trial act otherwise, what it was given again may be what it would not have seen: such trials that
 * ended well are made again with a world of their own, if the claim can be judged so without a change.
 */
async function tryAnew(
  changes: readonly Change[],
  { outcomes, memory, anew }: { outcomes: Map<Change, Judged>; memory: Memory; anew: () => Promise<Judged> },
): Promise<void> {
  const concerns = (read: Reads) => mutantsOf(read).length > 0;
  if (changes.length === 0 || (await showing({ memory, trial: { concerns } }, anew)).verdict !== 'conforms') return;
  for (const change of changes)
    outcomes.set(change, await showing({ memory, change, trial: { concerns: (read) => read.has(change.read) } }, anew));
}

/** By question and path: questions that are asked at the same time are answered in any order. */
function inOrder<T extends Pick<Mutant, 'call' | 'path'>>(fields: readonly T[]): T[] {
  const text = ({ call, path }: T) => `${call}\0${path}`;
  return fields.toSorted((one, other) => (text(one) < text(other) ? -1 : text(one) > text(other) ? 1 : 0));
}

async function whyNotAgain(judge: () => Promise<Judged>, memory: Memory, what: string): Promise<string | undefined> {
  const strayed: string[] = [];
  const { verdict, reason = 'no reason' } = await showing(
    { memory, trial: { concerns: (read) => mutantsOf(read).length > 0, strayed } },
    judge,
  );
  if (verdict !== 'conforms') return `${what}: ${verdict}, ${reason}`;
  return strayed[0] === undefined ? undefined : `judged again, it asks something else: ${strayed[0]}`;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A claim that is blocked by its control has seen the change; one that is blocked otherwise was not judged. */
const isKill = ({ verdict, reason = '' }: Judged) =>
  verdict === 'deviates' || verdict === 'error' || (verdict === 'blocked' && reason.startsWith(controlFailed));

/** What became of a mutant. The trial that tells is the best kill, or where none was killed the first. */
function outcomeOf({ call, path, kind, changes }: Mutant, outcomes: ReadonlyMap<Change, Judged>): TriedMutant {
  const trials = changes.flatMap((change) => {
    const judged = outcomes.get(change);
    return judged ? [{ change, ...judged }] : [];
  });
  const kills = trials.filter(isKill);
  const telling =
    kills.find(({ verdict }) => verdict === 'deviates') ?? kills.find(({ verdict }) => verdict === 'blocked') ?? kills[0] ?? trials[0];
  if (!telling) throw new Error(`${kind} of ${path} in ${call} was not tried`);
  const { change, verdict, reason } = telling;
  return {
    call,
    path,
    kind,
    places: trials.length,
    killedIn: kills.length,
    from: shown(change.seen?.was),
    to: change.seen ? shown(change.seen.is) : 'the trial did not come to it',
    verdict,
    ...(reason !== undefined && { reason: reason.slice(0, 300) }),
    killed: isKill(telling),
  };
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
