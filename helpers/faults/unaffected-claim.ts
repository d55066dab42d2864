import { createHash } from 'node:crypto';
import { catalogue } from '../../fixtures/claims';
import type { Claim } from '../../fixtures/claims/model';
import type { TrialFault } from '../../fixtures/faults/trials/model';

/**
 * The claim that a fault is tried on although it must not turn it red: one of the same area that the fault does not name,
 * and that is as much at its mercy, since both look at the engine under test or both at labs of their own. Always the
 * same one, also when others come or go.
 * @returns undefined where the fault names all claims of the area, or may kill any
 */
export function unaffectedClaimOf(
  { id, kills, blocks = [], mayKill = [] }: Pick<TrialFault, 'id' | 'kills' | 'blocks' | 'mayKill'>,
  claims: readonly Claim[] = catalogue,
): string | undefined {
  if (mayKill === 'any') return undefined;
  const victim = claims.find((it) => it.id === (kills[0] ?? blocks[0]));
  const others = claims.filter(
    (it) => it.area === victim?.area && !kills.includes(it.id) && !blocks.includes(it.id) && !mayKill.includes(it.id),
  );
  const alike = others.filter((it) => inOwnLab(it) === inOwnLab(victim));
  const lots = (alike.length > 0 ? alike : others).map((it) => ({
    claim: it.id,
    lot: createHash('sha256').update(`${id} ${it.id}`).digest('hex'),
  }));
  return lots.sort((one, other) => (one.lot < other.lot ? -1 : 1))[0]?.claim;
}

function inOwnLab(claim: Claim | undefined): boolean {
  return claim?.requires?.includes('own-lab') ?? false;
}
