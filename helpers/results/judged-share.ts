import { exitStatus } from '../base/user-error';
import type { Results } from './results';

/** The share of the applicable claims that a run must judge, unless it is told another one. */
export const defaultLeastJudged = 0.5;

/** How many claims could be judged, of those that apply. */
export interface Judged {
  /** claims that conform or deviate, waived ones included */
  judged: number;
  /** all that were selected, but those that are not applicable */
  applicable: number;
  /** the first by the second; 1 where no claim applies, since then nothing was missed */
  share: number;
}

/** Counts what could be judged. A claim in error was not: nothing is known of it. */
export function judgedOf({
  conforms,
  deviates,
  blocked,
  error,
}: Pick<Results['summary'], 'conforms' | 'deviates' | 'blocked' | 'error'>): Judged {
  const judged = conforms + deviates;
  const applicable = judged + blocked + error;
  return { judged, applicable, share: applicable === 0 ? 1 : judged / applicable };
}

/**
 * Sets the status of a run by how much it could judge, where nothing worse has set it.
 * @param leastJudged the share that it must reach; 0 for a run of which nothing is asked
 * @param part whether it is a shard: then the share is written down, and asked of the whole
 */
export function withLeastJudged(summary: Results['summary'], leastJudged: number, part = false): Results['summary'] {
  const { share } = judgedOf(summary);
  const otherwise = summary.exitStatus === exitStatus.tooLittle ? exitStatus.conforms : summary.exitStatus;
  const tooLittle = !part && share < leastJudged;
  return {
    ...summary,
    judgedShare: share,
    leastJudged,
    exitStatus: otherwise === exitStatus.conforms && tooLittle ? exitStatus.tooLittle : otherwise,
  };
}

/** A share in words: `50 %`. What is not reached never looks as if it were. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
