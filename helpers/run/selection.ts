import { catalogue } from '../../fixtures/claims';
import type { Claim, Level } from '../../fixtures/claims/model';
import { profiles } from '../../fixtures/profiles';
import { sourceExtension } from '../base/project';
import { nearest } from '../base/nearest';
import { exitStatus, UserError } from '../base/user-error';

/** What the user asked to run, named as the options of the command line are; several values of one kind widen the selection, several kinds narrow it. */
export interface Selection {
  area?: string[];
  /** ids, beginnings of ids that end at a dot, or patterns with `*` */
  claim?: string[];
  level?: string[];
  /** names of profiles */
  profile?: string[];
  /** ids, beginnings, patterns or areas that are left out */
  not?: string[];
  /** ids of the claims that failed in the run before, whatever else is asked */
  failed?: readonly string[];
}

/** The one claim that somebody means. @throws UserError (usage) where it is none, or several */
export function selectClaim(id: string): Claim {
  const [claim, another] = selectClaims({ claim: [id] }) as [Claim, Claim?];
  if (!another) return claim;
  throw new UserError(
    `"${id}" means several claims.`,
    `Name one of them, such as ${claim.id}. See them with: npx docker-network-conformance list --claim ${id}`,
    exitStatus.usage,
  );
}

/**
 * The claims of the catalogue that a selection means.
 * @throws UserError for a word that selects nothing: a run of nothing must never look like a success.
 */
export function selectClaims({
  area: areas = [],
  claim: claims = [],
  level: levels = [],
  profile: named = [],
  not = [],
  failed,
}: Selection): Claim[] {
  known(
    'area',
    areas,
    catalogue.map(({ area }) => area),
  );
  known('level', levels, ['must', 'should', 'observed'] satisfies Level[]);
  known(
    'profile',
    named,
    profiles.map(({ id }) => id),
  );
  const ofProfiles = new Set<string>(profiles.filter(({ id }) => named.includes(id)).flatMap((it) => it.claims));
  const wanted = claims.map((word) => meaning(word, 'claim'));
  const unwanted = not.map((word) => meaning(word, 'claim or area', true));
  const selected = catalogue.filter(
    (claim) =>
      (areas.length === 0 || areas.includes(claim.area)) &&
      (wanted.length === 0 || wanted.some((means) => means(claim))) &&
      (named.length === 0 || ofProfiles.has(claim.id)) &&
      (levels.length === 0 || levels.includes(claim.level)) &&
      (failed === undefined || failed.includes(claim.id)) &&
      !unwanted.some((means) => means(claim)),
  );
  if (selected.length === 0)
    throw new UserError(
      'No claim is in all of the areas, levels, profiles and ids that were asked for.',
      'See what there is with: npx docker-network-conformance list',
      exitStatus.usage,
    );
  return selected;
}

/**
 * What a word selects: a claim by its id, all whose ids begin with it and go on with a dot, or all that a pattern fits,
 * in which `*` stands for anything.
 * @throws UserError where that is nothing
 */
function meaning(word: string, kind: string, alsoAreas = false): (claim: Claim) => boolean {
  const pattern = word.includes('*') && /[\w]/.test(word) ? new RegExp(`^${word.split('*').map(escaped).join('.*')}$`) : undefined;
  const means = ({ id, area }: Claim) =>
    id === word || id.startsWith(`${word}.`) || (alsoAreas && area === word) || pattern?.test(id) === true;
  if (word === '' || !catalogue.some(means))
    throw unknown(
      kind,
      word,
      catalogue.flatMap(({ id, area }) => (alsoAreas ? [id, area] : [id])),
    );
  return means;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function known(kind: string, asked: readonly string[], all: readonly string[]): void {
  for (const word of asked) if (!all.includes(word)) throw unknown(kind, word, all);
}

function unknown(kind: string, word: string, all: readonly string[]): UserError {
  const near = nearest(word, [...new Set(all)]);
  return new UserError(
    `There is no ${kind} "${word}".`,
    near
      ? `Did you mean ${near}? See what there is with: npx docker-network-conformance list`
      : 'See what there is with: npx docker-network-conformance list',
    exitStatus.usage,
  );
}

/** Spec file of a claim's section, relative to the project. */
export const specFile = ({ area, section }: Pick<Claim, 'area' | 'section'>) => `specs/${area}/${section}.spec${sourceExtension}`;
