/** What can become of a claim, in the order in which every report counts them. */
export const verdicts = ['conforms', 'deviates', 'not-applicable', 'blocked', 'error'] as const;
export type Verdict = (typeof verdicts)[number];

/** How reports write a verdict: the mark must be understood without colour, `counted` follows a number. */
export const verdictWords: Record<Verdict, { mark: string; label: string; counted: string }> = {
  conforms: { mark: '✓', label: 'conforms', counted: 'conform' },
  deviates: { mark: '✗', label: 'deviates', counted: 'deviate' },
  'not-applicable': { mark: '–', label: 'not applicable', counted: 'not applicable' },
  blocked: { mark: '!', label: 'blocked', counted: 'blocked' },
  error: { mark: '?', label: 'error', counted: 'error' },
};
