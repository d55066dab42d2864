import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { reportOf, type TriedClaim, type TriedMutant } from '../mutants/report';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { readMutants } from './mutants';

afterAll(cleanUp);

const field = { call: 'GET /networks/bridge', path: 'Name' };

function mutant(kind: string, killed: boolean): TriedMutant {
  return {
    ...field,
    kind,
    places: 1,
    killedIn: killed ? 1 : 0,
    from: '"bridge"',
    to: '""',
    verdict: killed ? 'deviates' : 'conforms',
    killed,
  };
}

/** A file as a run for mutants writes it. */
function fileOf(...claims: TriedClaim[]): string {
  const file = path.join(temporaryDirectory(), 'mutants.json');
  writeFileSync(file, JSON.stringify(reportOf({ id: 'docker-28.5.2', version: '28.5.2' }, claims)));
  return file;
}

describe('what a kill matrix wants to know of changed answers', () => {
  it('must be taken from all files', () => {
    const one = fileOf({
      id: 'one',
      verdict: 'conforms',
      fields: [field],
      mutants: [mutant('emptied', true), mutant('absent', true), mutant('other-word', false)],
    });
    const other = fileOf(
      { id: 'two', verdict: 'conforms', fields: [field], mutants: [mutant('emptied', true)] },
      { id: 'three', verdict: 'conforms', fields: [field], mutants: [], notRepeatable: 'it asks something else' },
    );
    expect(readMutants([one, other])).toEqual({
      killed: new Map([
        ['one', 2],
        ['two', 1],
        ['three', 0],
      ]),
      unseen: ['one does not see a changed answer: other-word of Name in GET /networks/bridge, "" for "bridge"'],
      untried: ['three could not be tried with changed answers: it asks something else'],
      summary: '4 changed answers in 2 fields that 2 claims read: 3 turn their claim red (75.0 %), 0 survive for a reason that is known',
    });
  });

  it('must be nothing where no answers were changed', () => {
    expect(readMutants([])).toMatchObject({ killed: new Map(), unseen: [], summary: expect.stringContaining('(none)') });
  });
});
