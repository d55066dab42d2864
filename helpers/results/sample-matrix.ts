import type { ReportInput } from './report-input';
import type { ClaimResult, Results, Verdict } from './results';
import { nasty, sampleResults } from './sample-results';

const [claim] = sampleResults().claims as [ClaimResult];

/** Results of an engine in which claims of these names have these verdicts. */
export function resultsOf(engine: string, verdictsOf: Record<string, Verdict | 'waived'>, changes: Partial<Results> = {}): Results {
  const claims = Object.entries(verdictsOf).map(([id, it]): ClaimResult => {
    const verdict = it === 'waived' ? 'deviates' : it;
    const waiver = { state: 'applies', reason: 'known', link: 'https://example.org/1', expires: '2099-12-31', from: 'the suite' } as const;
    return {
      ...claim,
      id,
      verdict,
      ...(verdict !== 'conforms' && { reason: `${engine} says ${nasty}` }),
      ...(it === 'waived' && { waiver }),
    };
  });
  return sampleResults({ engine: { ...sampleResults().engine, id: engine }, claims, ...changes });
}

/** Four engines, on which claims fare in every way, one of them twice, and one without results. */
export function sampleMatrix(): ReportInput {
  const { host } = sampleResults();
  return {
    results: [
      resultsOf('docker-26.1.5', {
        'same.good': 'conforms',
        'same.bad': 'deviates',
        'same.not': 'not-applicable',
        'net.moves': 'not-applicable',
        'net.known': 'conforms',
        'net.port': 'blocked',
      }),
      resultsOf('docker-28.5.2', {
        'same.good': 'conforms',
        'same.bad': 'deviates',
        'same.not': 'not-applicable',
        'net.moves': 'conforms',
        'net.known': 'waived',
        'net.port': 'conforms',
        'net.young': 'conforms',
      }),
      resultsOf(
        'docker-28.5.2',
        { 'same.good': 'conforms', 'same.bad': 'deviates', 'net.moves': 'error' },
        { host: { ...host, leftovers: [`network ${nasty}`] } },
      ),
    ],
    failures: [{ engine: 'podman-5.8.6', reason: `it ended while it was starting: ${nasty}` }],
  };
}
