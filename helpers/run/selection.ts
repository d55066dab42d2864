import { catalogue } from '../../fixtures/claims';
import type { Claim, Level } from '../../fixtures/claims/model';
import { exitStatus, UserError } from '../user-error';

/** What the user asked to run; several values of one kind widen the selection, several kinds narrow it. */
export interface Selection {
  areas?: string[];
  claims?: string[];
  levels?: string[];
}

/**
 * The claims of the catalogue that a selection means.
 * @throws UserError for a word that selects nothing: a run of nothing must never look like a success.
 */
export function selectClaims({ areas = [], claims = [], levels = [] }: Selection): Claim[] {
  known('area', areas, catalogue.map(({ area }) => area));
  known('level', levels, ['must', 'should', 'observed'] satisfies Level[]);
  known('claim', claims, catalogue.map(({ id }) => id));
  const selected = catalogue.filter(
    ({ id, area, level }) => (areas.length === 0 || areas.includes(area)) && (claims.length === 0 || claims.includes(id)) && (levels.length === 0 || levels.includes(level)),
  );
  if (selected.length === 0) throw new UserError('No claim is in all of the areas, levels and ids that were asked for.', 'See what there is with: npx docker-network-conformance list', exitStatus.usage);
  return selected;
}

function known(kind: string, asked: readonly string[], all: readonly string[]): void {
  for (const word of asked) {
    if (all.includes(word)) continue;
    const near = nearest(word, [...new Set(all)]);
    throw new UserError(`There is no ${kind} "${word}".`, near ? `Did you mean ${near}? See what there is with: npx docker-network-conformance list` : 'See what there is with: npx docker-network-conformance list', exitStatus.usage);
  }
}

/** The word that shares most pairs of letters with the one asked for, if they share half of them. */
function nearest(word: string, all: readonly string[]): string | undefined {
  const pairs = (text: string) => new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2)));
  const own = pairs(word);
  const scored = all.map((candidate) => {
    const theirs = pairs(candidate);
    const shared = [...own].filter((pair) => theirs.has(pair)).length;
    return { candidate, score: (2 * shared) / (own.size + theirs.size || 1) };
  });
  const best = scored.sort((a, b) => b.score - a.score)[0];
  return best && best.score >= 0.5 ? best.candidate : undefined;
}

/** Spec file of a claim's section, relative to the project. */
export const specFile = ({ area, section }: Pick<Claim, 'area' | 'section'>) => `specs/${area}/${section}.spec.ts`;
