import type { ClaimResult, Verdict } from '../../results/results';
import { nasty, sampleResults } from '../../results/sample-results';
import { compareResults, type Comparison } from './compare';

const [sample] = sampleResults().claims as [ClaimResult];
const boundary = { version: '28.0.0', source: 'MAC addresses are random since, Engine 28.0 release notes' };
const source = `(${boundary.source})`;

const claim = (id: string, verdict: Verdict, reason?: string, more: Partial<ClaimResult> = {}): ClaimResult => ({
  ...sample,
  id,
  verdict,
  ...(reason !== undefined && { reason }),
  ...more,
});
const network = (answer: string): Partial<ClaimResult> => ({
  title: 'MacAddress must be as it must',
  evidence: [{ atMs: 1, durationMs: 1, kind: 'api', where: 'engine', what: 'GET /networks/bridge', answer }],
});

/** A comparison in which every kind of change occurs, and text that breaks a report that forgets to escape. */
export function sampleComparison(): Comparison {
  const { engine } = sampleResults();
  const before = sampleResults({
    engine: { ...engine, id: 'docker-26.1.5', version: '26.1.5' },
    claims: [
      claim('same', 'conforms'),
      claim('fails', 'conforms'),
      claim('heals', 'deviates', nasty),
      claim('mac.derived', 'conforms', undefined, network('{"MacAddress":"02:42:ac:11:00:02"}')),
      claim('mac.random', 'not-applicable', `holds since 28.0.0 ${source}; this engine is 26.1.5`, {
        ...network(''),
        boundary: { kind: 'not-yet', ...boundary },
      }),
      claim('driver', 'not-applicable', 'this engine has no overlay driver'),
      claim('port', 'conforms'),
      claim('old', 'conforms'),
    ],
  });
  const after = sampleResults({
    claims: [
      claim('same', 'conforms'),
      claim('fails', 'deviates', `::error::x\n${nasty}`, {
        title: nasty,
        evidence: [{ atMs: 1, durationMs: 1, kind: 'exec', where: nasty, what: nasty, answer: nasty }],
      }),
      claim('heals', 'conforms'),
      claim('mac.derived', 'not-applicable', `superseded in 28.0.0 ${source}; this engine is 28.5.2`, {
        ...network('{"MacAddress":"4a:cb:90:36:95:65"}'),
        boundary: { kind: 'superseded', ...boundary, holds: false },
      }),
      claim('mac.random', 'conforms', undefined, network('{"MacAddress":"4a:cb:90:36:95:65"}')),
      claim('driver', 'conforms'),
      claim('port', 'blocked', 'port 80 of the host is in use', { evidence: [] }),
      claim('young', 'conforms'),
    ],
  });
  return compareResults(before, after);
}
