import { createHash } from 'node:crypto';
import type { ClaimResult, Results } from './results';
import { sampleResults } from './sample-results';
import { summarize } from './verdict-summary';
import { verdicts } from './verdict';

/** A run with as many claims as asked for, whose evidence is as varied as that of a real one: identifiers, addresses, listings. */
export function largeRun(engine: string, claims: number): Results {
  const sample = sampleResults();
  const [template] = sample.claims;
  if (!template) throw new Error('the sample has no claim');
  const digits = (seed: string): string => createHash('sha256').update(`${engine} ${seed}`).digest('hex');
  const many = Array.from({ length: claims }, (_, index): ClaimResult => {
    const id = `area.section-${String(index % 20)}.claim-${String(index)}`;
    const verdict = verdicts[index % 3] ?? 'conforms';
    const evidence = Array.from({ length: 4 }, (_none, step) => ({
      atMs: index * step,
      durationMs: index % 97,
      kind: 'api' as const,
      where: 'engine',
      what: `GET /containers/${digits(id)}/json`,
      answer: JSON.stringify({
        Id: digits(id),
        SandboxID: digits(`sandbox ${id} ${String(step)}`),
        Networks: {
          bridge: {
            EndpointID: digits(`endpoint ${id}`),
            IPAddress: `172.17.0.${String(index % 250)}`,
            Gateway: '172.17.0.1',
            Links: null,
          },
        },
        Rest: 'x'.repeat(300),
      }),
    }));
    return {
      ...template,
      id,
      section: `section-${String(index % 20)}`,
      title: `${id} must hold`,
      verdict,
      reason: verdict === 'conforms' ? undefined : `expected ${digits(id)}, seen ${digits(`seen ${id}`)}`,
      evidence,
    };
  });
  return sampleResults({
    engine: { ...sample.engine, id: engine },
    claims: many,
    summary: summarize(many, { leftovers: [], strict: false }),
  });
}
