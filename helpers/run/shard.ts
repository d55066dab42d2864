import type { Claim } from '../../fixtures/claims/model';
import { exitStatus, UserError } from '../base/user-error';

/** One of the parts into which the claims of a run are divided, so that several machines share them. */
export interface Shard {
  /** from 1 */
  readonly index: number;
  readonly total: number;
}

type Shared = Pick<Claim, 'area' | 'section' | 'topology'>;

/**
 * What `--shard` says, as `2/5`.
 * @throws UserError (usage) when it is no part of a whole.
 */
export function parseShard(text: string): Shard {
  const [, index = 0, total = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= total) return { index, total };
  throw new UserError(
    `"${text}" is not a part of the claims.`,
    'Say which part of how many: --shard 2/5 is the second of five.',
    exitStatus.usage,
  );
}

/**
 * The claims of one shard, in their given order. Claims of one spec file that share containers stay together as long as
 * there are no more shards than such groups, and the shards are as even as that allows. Whoever asks with the same
 * claims gets the same parts, and all parts together are the claims.
 * @throws UserError (usage) when there are more shards than claims, for some would judge nothing.
 */
export function claimsOfShard<T extends Shared>(claims: readonly T[], { index, total }: Shard): T[] {
  if (total > claims.length) {
    const count = claims.length === 1 ? '1 claim' : `${claims.length} claims`;
    throw new UserError(
      `${count} cannot be divided into ${total} shards that all judge something.`,
      `Use --shard with at most ${claims.length} parts, or select more claims.`,
      exitStatus.usage,
    );
  }
  const shards = Array.from({ length: total }, (): T[] => []);
  for (const group of bySize(enoughGroups(claims, total)))
    bySize(shards)
      .at(-1)
      ?.push(...group);
  const own = new Set(shards[index - 1]);
  return claims.filter((claim) => own.has(claim));
}

/** At least so many groups; where claims share more than that allows, the largest are halved. */
function enoughGroups<T extends Shared>(claims: readonly T[], total: number): T[][] {
  const byContainers = new Map<string, T[]>();
  for (const claim of claims) {
    const key = [claim.area, claim.section, claim.topology].join('/');
    byContainers.set(key, [...(byContainers.get(key) ?? []), claim]);
  }
  let groups = [...byContainers.values()];
  while (groups.length < total) {
    const [largest = [], ...rest] = bySize(groups);
    const half = Math.ceil(largest.length / 2);
    groups = [largest.slice(0, half), largest.slice(half), ...rest];
  }
  return groups;
}

/** Largest first; those of one size in the order in which they were. */
function bySize<T>(groups: readonly T[][]): T[][] {
  return [...groups].sort((one, other) => other.length - one.length);
}
