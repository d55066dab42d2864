import { compareEngines } from '../results/engine-order';
import type { ClaimResult } from '../results/results';

/** What became of the claim on one engine; a reason where it could not be judged there. */
export type Judgement = ClaimResult | { reason: string };

/** One engine that was asked. */
export interface Asked {
  readonly engine: string;
  readonly judgement: Judgement;
}

/** Where a verdict changes. */
export interface Change {
  /** the last engine with the verdict of the good one, and the first one without it */
  readonly last: Asked;
  readonly first: Asked;
  /** engines between them on which the claim could not be judged, so that the change may be theirs */
  readonly unjudged: readonly Asked[];
}

/** Why no change can be looked for. */
export class NoChange extends Error {
  override readonly name = 'NoChange';
}

/**
 * Finds the first engine on which a claim has another verdict than on a good one, in a logarithmic number of runs.
 * @param engines ids, in any order; those between the two ends are asked
 * @param judge judges the claim on one engine; asked once for each
 * @throws NoChange where an end cannot be judged, or both have one verdict
 */
export async function bisect(
  engines: readonly string[],
  { good, bad }: { good: string; bad: string },
  judge: (engine: string) => Promise<Judgement>,
): Promise<Change> {
  const ask = async (engine: string): Promise<Asked> => ({ engine, judgement: await judge(engine) });
  let last = await ask(good);
  let first = await ask(bad);
  for (const { engine, judgement } of [last, first])
    if (!isJudged(judgement)) throw new NoChange(`the claim could not be judged on ${engine}: ${reasonOf(judgement)}`);
  const before = verdictOf(last.judgement);
  if (verdictOf(first.judgement) === before) throw new NoChange(`the verdict is "${before}" on ${good} and on ${bad}`);
  // the good one can be the newer: a claim that was mended is found as well
  const direction = Math.sign(compareEngines(bad, good));
  const isBetween = (engine: string, from: string, to: string) =>
    Math.sign(compareEngines(engine, from)) === direction && Math.sign(compareEngines(to, engine)) === direction;
  let between = engines.filter((it) => isBetween(it, good, bad)).sort((one, other) => direction * compareEngines(one, other));
  const unjudged: Asked[] = [];
  while (between.length > 0) {
    const middle = Math.floor(between.length / 2);
    const asked = await ask(between[middle] ?? '');
    if (!isJudged(asked.judgement)) {
      unjudged.push(asked);
      between = between.filter((it) => it !== asked.engine);
    } else if (verdictOf(asked.judgement) === before) {
      last = asked;
      between = between.slice(middle + 1);
    } else {
      first = asked;
      between = between.slice(0, middle);
    }
  }
  return { last, first, unjudged: unjudged.filter(({ engine }) => isBetween(engine, last.engine, first.engine)) };
}

/** An error and an obstacle say nothing about an engine. */
function isJudged(judgement: Judgement): judgement is ClaimResult {
  return 'verdict' in judgement && judgement.verdict !== 'error' && judgement.verdict !== 'blocked';
}

function verdictOf(judgement: Judgement): string {
  return 'verdict' in judgement ? judgement.verdict : '';
}

/** Why a claim has the verdict that it has. */
export function reasonOf({ reason = '' }: { reason?: string | undefined }): string {
  return reason.split('\n')[0] ?? '';
}
