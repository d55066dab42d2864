import { inOneSentence } from './assertion-words';
import { Blocked, verdictOf } from './verdict';

/** What the reason of a claim begins with whose control failed. */
export const controlFailed = 'the control failed, so nothing could be judged';

/**
 * The control of a "must not": what must be there, or get through, before its absence says anything. What fails in here
 * leaves the claim unjudged; an engine that cannot be asked, or a probe that cannot look, stays an error.
 * @param inTheWay what it means that it fails, where that is one thing
 * @throws Blocked where an assertion fails
 */
export async function control(look: () => unknown, inTheWay?: string): Promise<void> {
  try {
    await look();
  } catch (error) {
    const { verdict, reason = '' } = verdictOf(error);
    if (verdict !== 'deviates') throw error;
    throw new Blocked(`${controlFailed}: ${inTheWay ?? inOneSentence(reason)}`);
  }
}
