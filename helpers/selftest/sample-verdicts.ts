import type { ClaimResult, Results } from '../results/results';
import { sampleResults } from '../results/sample-results';
import type { Verdict } from '../results/verdict';
import { summarize } from '../results/verdict-summary';

/** What a claim is to have come to. */
type Come = Verdict | Partial<ClaimResult>;

/** Ids of claims that are taken for all that there are. */
export const claimIds = ['net.a', 'net.b', 'net.c', 'net.d'];

/** Results with these verdicts, by the last word of each id. */
export function sampled(come: Record<string, Come>, { strict = false, interrupted = false, engine = 'docker-28.5.2' } = {}): Results {
  const results = sampleResults();
  const [sample] = results.claims as [ClaimResult];
  const claims = Object.entries(come).map(([name, it]): ClaimResult => {
    const changes = typeof it === 'string' ? { verdict: it, ...(it !== 'conforms' && { reason: `it ${it}` }) } : it;
    return { ...sample, id: `net.${name}`, title: `the sentence of net.${name}`, ...changes };
  });
  const summary = summarize(claims, { strict, interrupted, leftovers: [], leastJudged: 0.5 });
  return { ...results, engine: { ...results.engine, id: engine }, claims, ...(interrupted && { interrupted, notReached: 1 }), summary };
}
