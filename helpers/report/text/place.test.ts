import { describe, expect, it } from '@jest/globals';
import { markdownReport } from './markdown';
import { placeInWords, placeOf } from '../../results/place';
import { evidenceFromEverywhere as evidence, recordedPlaces as recorded } from '../../results/sample-places';
import { sampleResults } from '../../results/sample-results';
import { terminalReport } from './terminal';

/** Results with one red claim, whose evidence and cause are all of the above. */
function withAllPlaces() {
  const red = sampleResults().claims.find(({ verdict }) => verdict === 'deviates');
  if (!red?.cause) throw new Error('the sample has no claim that deviates');
  return sampleResults({ claims: [{ ...red, evidence, cause: { ...red.cause, evidence } }] });
}

describe('the place of a step', () => {
  it.each(recorded)('of %j must be called %s', (step, name) => {
    expect(placeInWords(step)).toBe(name);
  });

  it('must be of a kind, with a name where there are several', () => {
    expect(
      recorded
        .map(([step]) => placeOf(step))
        .filter(({ kind }) => kind !== 'container')
        .every(({ name }) => name === ''),
    ).toBe(true);
  });

  const lines = recorded.map(([{ what }, name]) => `${name}: ${what}`);

  it('must be called so on a terminal', () => {
    const text = terminalReport(withAllPlaces(), { color: false, width: 120, files: [], verbose: true });
    for (const line of lines) expect(text).toContain(line);
  });

  it('must be called so in Markdown, also behind a cause', () => {
    const [own = '', ofCause = ''] = markdownReport(withAllPlaces()).split('Evidence of the cause:');
    for (const line of lines) for (const text of [own, ofCause]) expect(text).toContain(line);
  });
});
