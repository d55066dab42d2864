import { catalogue } from '../../fixtures/claims';
import { subjects, type Subject } from '../../fixtures/claims/subjects';
import type { ClaimResult, Results } from './results';
import { oneLine } from '../base/text';

/** Characters of a reason that is still told beside its subject; longer ones stand with their claims. */
const longestReason = 60;

const subjectOf = new Map(catalogue.flatMap(({ id, subject }) => (subject === undefined ? [] : [[id, subject]])));

/**
 * What matters most and was not looked at: the subjects of which claims were selected and do apply, and none was judged.
 * What a run did not select is no news to whoever selected.
 */
export function notLookedAt(claims: readonly Pick<ClaimResult, 'id' | 'verdict' | 'reason'>[]): NonNullable<Results['notLookedAt']> {
  return (Object.keys(subjects) as Subject[]).flatMap((subject) => {
    const applicable = claims.filter(({ id, verdict }) => subjectOf.get(id) === subject && verdict !== 'not-applicable');
    const [first] = applicable;
    if (!first || applicable.some(({ verdict }) => verdict === 'conforms' || verdict === 'deviates')) return [];
    return [{ subject, what: subjects[subject], reason: first.reason ?? '', claims: applicable.map(({ id }) => id) }];
  });
}

/** The line that stands before all counts; undefined where everything that matters most was looked at. */
export function notLookedAtLine({ notLookedAt: unseen = [] }: Pick<Results, 'notLookedAt'>): string | undefined {
  if (unseen.length === 0) return undefined;
  const told = unseen.map(({ what, reason }) => {
    const why = oneLine(reason);
    return why !== '' && why.length <= longestReason ? `${oneLine(what)} (${why})` : oneLine(what);
  });
  return `Not looked at: ${told.join(' · ')}`;
}
