import { setTimeout as pause } from 'node:timers/promises';
import { scaledLimit } from '../base/pace';
import { record } from '../world/evidence';
import { tentatively } from '../world/shared';
import { world } from '../world/world';

/** How long `eventually` looks, and what satisfies it. */
export interface WaitLimits {
  /** milliseconds after which there is one look more, whose answer is returned as it is: a look that the machine held up decides nothing */
  within: number;
  /** how many answers in a row must satisfy the condition */
  inARow?: number;
}

/** Milliseconds between two looks. */
const interval = 20;

/**
 * Looks again until what is seen satisfies `condition`, and returns what was seen last, satisfying or not: the
 * assertion that follows then says what that was.
 */
export async function eventually<T>(
  look: () => Promise<T>,
  condition: (seen: T) => boolean,
  { within, inARow = 1 }: WaitLimits,
): Promise<T> {
  const startedAt = performance.now();
  const timeLimit = world().waits(scaledLimit(within));
  const tried = tentatively();
  let looks = 0;
  let satisfied = 0;
  for (;;) {
    const isLast = performance.now() - startedAt >= timeLimit;
    const { value: seen, keep } = await tried(look);
    looks += 1;
    satisfied = condition(seen) ? satisfied + 1 : 0;
    if (satisfied >= inARow || isLast) {
      keep();
      if (looks > inARow)
        record(
          {
            kind: 'note',
            where: 'suite',
            what: 'looked again until the answer settled',
            answer: `${looks} looks, ${satisfied} of ${inARow} in a row`,
          },
          startedAt,
        );
      return seen;
    }
    await pause(interval);
  }
}
