import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../fixtures/claims';
import { nasty, sampleResults } from '../../results/sample-results';
import { gather } from './gather';

describe('gather', () => {
  it('tells columns of the same engine apart, and puts engines without results last', () => {
    const { columns } = gather(
      [sampleResults(), sampleResults()],
      [
        { engine: 'docker-28.5.2', reason: 'it did not start' },
        { engine: 'podman-4.3.1', reason: 'it hung' },
      ],
      [],
    );
    expect(columns.map(({ label, engine, failure }) => [label, engine, failure])).toEqual([
      ['docker-28.5.2', 'docker-28.5.2', undefined],
      ['docker-28.5.2 (2)', 'docker-28.5.2', undefined],
      ['docker-28.5.2 (3)', 'docker-28.5.2', 'it did not start'],
      ['podman-4.3.1', 'podman-4.3.1', 'it hung'],
    ]);
  });

  it('has a row for each claim of any engine, in the order of the catalogue', () => {
    const { claims } = sampleResults();
    const [first, second, third, ...others] = claims;
    if (!first || !second || !third) throw new Error('the sample has too few claims');
    const { claims: rows } = gather(
      [sampleResults({ claims: [first, third] }), sampleResults({ claims: [second, third, ...others] })],
      [],
      [],
    );
    expect(rows.map(({ id }) => id).sort()).toEqual(claims.map(({ id }) => id).sort());
    expect(rows.map(({ id }) => id).slice(-others.length)).toEqual(others.map(({ id }) => id));
    expect(rows.find(({ id }) => id === first.id)?.cells.map((it) => it?.verdict)).toEqual([first.verdict, undefined]);
    expect(rows.find(({ id }) => id === second.id)?.cells.map((it) => it?.verdict)).toEqual([undefined, second.verdict]);
  });

  it('adds what the catalogue knows of a claim', () => {
    const [known] = catalogue;
    const [sample] = sampleResults().claims;
    if (!known || !sample) throw new Error('no claim');
    const [row, unknown] = gather(
      [
        sampleResults({
          claims: [
            { ...sample, id: known.id },
            { ...sample, id: 'no.such-claim' },
          ],
        }),
      ],
      [],
      [],
    ).claims;
    expect(row).toMatchObject({ observedBy: known.observedBy });
    expect(unknown?.observedBy).toBeUndefined();
  });

  it('lets no control character through', () => {
    const { claims } = sampleResults();
    const data = gather(
      [sampleResults({ notes: [nasty], claims: claims.map((it) => ({ ...it, title: nasty })) })],
      [{ engine: 'x', reason: nasty }],
      [],
    );
    // eslint-disable-next-line no-control-regex -- that is what is looked for
    expect(JSON.stringify(data)).not.toMatch(/\\u00[01]|[\u0000-\u001f]/);
    expect(data.columns[1]?.failure).toContain('<script>');
  });
});
