import type { Facts } from '../facts';
import type { Found, Reason } from '../reason';
import { addressReasons } from './addresses';
import { answerReasons } from './answers';
import { listenerReasons } from './listeners';
import { nameReasons } from './names';
import { portReasons } from './ports';

/**
 * What people get wrong between two places of theirs, in the order in which a packet meets it. The first that is proven is
 * the cause; one that is merely likely is none.
 */
export const reasons: readonly Reason[] = [...nameReasons, ...addressReasons, ...portReasons, ...listenerReasons, ...answerReasons];

/** The first reason that the facts prove. */
export function reasonIn(facts: Facts): (Found & Pick<Reason, 'code' | 'layer' | 'isLikely'>) | undefined {
  for (const reason of reasons) {
    const found = reason.look(facts);
    if (found) return { code: reason.code, layer: reason.layer, ...(reason.isLikely && { isLikely: true }), ...found };
  }
  return undefined;
}
