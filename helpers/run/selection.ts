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

/** What a selection is made from, as far as one looks at it. */
export type Selectable = Pick<Claim, 'id' | 'area' | 'level'>;

/** Where it is shown which claims there are. */
const shown = 'See what there is with: npx docker-network-conformance list';

/**
 * The claims of the catalogue that a selection means.
 * @throws UserError for a word that selects nothing: a run of nothing must never look like a success.
 */
export function selectClaims(selection: Selection): Claim[] {
  known(
    'profile',
    selection.profile ?? [],
    profiles.map(({ id }) => id),
  );
  const ofProfiles = new Set<string>(profiles.filter(({ id }) => selection.profile?.includes(id)).flatMap((it) => it.claims));
  return selectAmong(
    catalogue,
    selection,
    shown,
    ({ id }) => selection.profile === undefined || selection.profile.length === 0 || ofProfiles.has(id),
  );
}

/**
 * The claims that a selection means, whoever has declared them.
 * @param seeThem says how it is found out which there are
 * @param isWanted what else they must be
 * @throws UserError as {@link selectClaims}
 */
export function selectAmong<T extends Selectable>(
  all: readonly T[],
  { area: areas = [], claim: claims = [], level: levels = [], not = [], failed }: Selection,
  seeThem: string,
  isWanted: (claim: T) => boolean = () => true,
): T[] {
  known(
    'area',
    areas,
    all.map(({ area }) => area),
    seeThem,
  );
  known('level', levels, ['must', 'should', 'observed'] satisfies Level[], seeThem);
  const meaning = meaningIn(all, seeThem);
  const wanted = claims.map((word) => meaning(word, 'claim'));
  const unwanted = not.map((word) => meaning(word, 'claim or area', true));
  const selected = all.filter(
    (claim) =>
      (areas.length === 0 || areas.includes(claim.area)) &&
      (wanted.length === 0 || wanted.some((means) => means(claim))) &&
      isWanted(claim) &&
      (levels.length === 0 || levels.includes(claim.level)) &&
      (failed === undefined || failed.includes(claim.id)) &&
      !unwanted.some((means) => means(claim)),
  );
  if (selected.length === 0)
    throw new UserError('No claim is in all of the areas, levels, profiles and ids that were asked for.', seeThem, exitStatus.usage);
  return selected;
}

type Meaning = (word: string, kind: string, alsoAreas?: boolean) => (claim: Selectable) => boolean;

/**
 * What a word selects: a claim by its id, all whose ids begin with it and go on with a dot, or all that a pattern fits,
 * in which `*` stands for anything.
 * @throws UserError where that is nothing
 */
function meaningIn(all: readonly Selectable[], seeThem: string): Meaning {
  return (word, kind, alsoAreas = false) => {
    const pattern = word.includes('*') && /[\w]/.test(word) ? new RegExp(`^${word.split('*').map(escaped).join('.*')}$`) : undefined;
    const means = ({ id, area }: Selectable) =>
      id === word || id.startsWith(`${word}.`) || (alsoAreas && area === word) || pattern?.test(id) === true;
    if (word !== '' && all.some(means)) return means;
    const names = all.flatMap(({ id, area }) => (alsoAreas ? [id, area] : [id]));
    throw unknown(kind, word, names, seeThem);
  };
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function known(kind: string, asked: readonly string[], all: readonly string[], seeThem = shown): void {
  for (const word of asked) if (!all.includes(word)) throw unknown(kind, word, all, seeThem);
}

function unknown(kind: string, word: string, all: readonly string[], seeThem: string): UserError {
  const near = nearest(word, [...new Set(all)]);
  return new UserError(`There is no ${kind} "${word}".`, near ? `Did you mean ${near}? ${seeThem}` : seeThem, exitStatus.usage);
}

/** Spec file of a claim's section, relative to the project. */
export const specFile = ({ area, section }: Pick<Claim, 'area' | 'section'>) => `specs/${area}/${section}.spec${sourceExtension}`;
