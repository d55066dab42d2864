import type { ChangeKind, ClaimResult, Verdict } from './results';

/** How reports write a kind: `counted` follows a number. */
export const kindWords: Record<ChangeKind, { heading: string; counted: string }> = {
  regressed: { heading: 'Regressed', counted: 'regressed' },
  improved: { heading: 'Improved', counted: 'improved' },
  superseded: { heading: 'Superseded: promised no longer', counted: 'superseded' },
  introduced: { heading: 'Introduced: promised now', counted: 'introduced' },
  changed: { heading: 'Changed otherwise', counted: 'changed otherwise' },
  'not-compared': { heading: 'Could not be compared', counted: 'not compared' },
  new: { heading: 'New: only in the second file', counted: 'new' },
  gone: { heading: 'Gone: only in the first file', counted: 'gone' },
};

/**
 * What a step from one verdict (row) to another (column) means; the diagonal is for one verdict with two reasons. A
 * claim that is blocked on either side was not seen there, and an error beside a deviation says as little.
 */
const kinds: Record<Verdict, Record<Verdict, ChangeKind>> = {
  conforms: { conforms: 'changed', deviates: 'regressed', 'not-applicable': 'changed', blocked: 'not-compared', error: 'regressed' },
  deviates: { conforms: 'improved', deviates: 'changed', 'not-applicable': 'changed', blocked: 'not-compared', error: 'not-compared' },
  'not-applicable': {
    conforms: 'changed',
    deviates: 'regressed',
    'not-applicable': 'changed',
    blocked: 'not-compared',
    error: 'regressed',
  },
  blocked: {
    conforms: 'not-compared',
    deviates: 'not-compared',
    'not-applicable': 'not-compared',
    blocked: 'not-compared',
    error: 'not-compared',
  },
  error: { conforms: 'improved', deviates: 'not-compared', 'not-applicable': 'changed', blocked: 'not-compared', error: 'not-compared' },
};

/** What the claim's step from `before` to `after` means; undefined where nothing changed. */
export function kindOfChange(before: ClaimResult, after: ClaimResult): ChangeKind | undefined {
  if (before.verdict === after.verdict) return why(before) === why(after) ? undefined : kinds[before.verdict][after.verdict];
  const kind = kinds[before.verdict][after.verdict];
  if (kind !== 'changed') return kind;
  if (after.boundary) return 'superseded';
  return before.boundary ? 'introduced' : kind;
}

/**
 * What lasts of a verdict's reason: words with digits are addresses, ids, times, versions and line numbers, which differ
 * between runs of one engine. Where a cause was found, it is the reason.
 */
function why({ verdict, reason = '', cause }: ClaimResult): string {
  if (verdict === 'conforms') return '';
  return cause?.code ?? reason.replace(/\S*\d\S*/g, '').replace(/\s+/g, ' ');
}
