import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { acceptedSurvivors, type AcceptedSurvivor } from '../../fixtures/faults/accepted-survivors';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { UserError } from '../base/user-error';
import { handOverMutants, summarise, summariseMutants, writeMutants } from './file';
import { reasons } from './kinds';
import { reportOf, type TriedClaim, type TriedMutant } from './report';

afterAll(cleanUp);

const engine = { id: 'docker-28.5.2', version: '28.5.2' };
const field = { call: 'GET /info (Plugins)', path: 'Network' };

function mutant(kind: string, verdict: TriedMutant['verdict']): TriedMutant {
  const killed = verdict === 'deviates' || verdict === 'error';
  return { ...field, kind, places: 1, killedIn: killed ? 1 : 0, from: '"bridge"', to: '""', verdict, killed };
}

function claim(id: string, ...mutants: TriedMutant[]): TriedClaim {
  return { id, verdict: 'conforms', fields: [field], mutants };
}

const accepted: AcceptedSurvivor = { claim: 'one', ...field, kinds: ['added'], reason: 'It may offer more.' };

describe('the report on mutants', () => {
  it('must count claims, fields, and what became of each mutant', () => {
    const claims = [
      claim('one', mutant('emptied', 'deviates'), mutant('absent', 'error'), mutant('added', 'conforms'), mutant('dropped', 'blocked')),
      { id: 'two', verdict: 'conforms' as const, fields: [field], mutants: [], notRepeatable: 'it ends something' },
      { id: 'three', verdict: 'deviates' as const, fields: [field], mutants: [] },
    ];
    expect(reportOf(engine, claims).summary).toEqual({
      claims: 1,
      fields: 1,
      mutants: 4,
      killed: 2,
      killedByControl: 0,
      killedByError: 1,
      survived: 2,
      notRepeatable: 1,
    });
  });

  it('must be made of what the workers left, in the order of the catalogue, and be read again', () => {
    const directory = temporaryDirectory();
    const [first, second] = catalogue.map(({ id }) => id) as [string, string];
    for (const id of [second, first]) handOverMutants(claim(id, mutant('emptied', 'conforms')), directory);
    writeFileSync(path.join(directory, 'topology-host-mode.json'), '{}');
    const file = path.join(directory, 'reports', 'mutants.json');
    expect(writeMutants(file, engine, directory)).toContain(
      'mutants of 2 claims: 2 fields read, 2 changed, 0 killed (0 by a control, 0 by an error), 2 survived',
    );
    expect(summariseMutants(file)).toMatchObject({
      engine: engine.id,
      counts: { claims: 2, survived: 2 },
      survivors: [{ claim: first, kind: 'emptied' }, { claim: second }],
    });
  });

  it('must be refused in a sentence where it is none', () => {
    const directory = temporaryDirectory();
    const file = path.join(directory, 'mutants.json');
    mkdirSync(path.join(directory, 'folder'));
    for (const [name, content] of [
      ['mutants.json', '{"schemaVersion":1}'],
      ['mutants.json', 'no JSON'],
      ['missing.json', undefined],
      ['folder', undefined],
    ] as const) {
      if (content !== undefined) writeFileSync(file, content);
      expect(() => summariseMutants(path.join(directory, name))).toThrow(UserError);
    }
  });
});

describe('survivors', () => {
  const report = reportOf(engine, [
    claim('one', mutant('added', 'conforms'), mutant('emptied', 'deviates')),
    claim('two', mutant('added', 'conforms')),
  ]);

  it('must be told from those that are accepted, claim by claim', () => {
    const { survivors, accepted: known, needless } = summarise(report, [accepted]);
    expect(survivors.map(({ claim: id, kind }) => `${id} ${kind}`)).toEqual(['two added']);
    expect(known).toEqual([expect.objectContaining({ claim: 'one', kind: 'added', accepted: 'It may offer more.' })]);
    expect(needless).toEqual([]);
  });

  it('must make an entry needless where one of its kinds is killed, or its field is not read', () => {
    const entries = [
      { ...accepted, kinds: ['added', 'emptied'] },
      { ...accepted, path: 'Volume' },
    ];
    expect(summarise(report, entries).needless).toEqual(entries);
  });

  it('must not be asked of an older engine, nor of a claim that was not tried', () => {
    const entries = [
      { ...accepted, since: '29.0.0' },
      { ...accepted, claim: 'three' },
    ];
    expect(summarise(report, entries)).toMatchObject({ needless: [], accepted: [], survivors: [{ claim: 'one' }, { claim: 'two' }] });
    expect(summarise(report, [{ ...accepted, since: '28.0.0' }]).accepted).toHaveLength(1);
  });
});

describe('the accepted survivors of the suite', () => {
  it('must be of claims and kinds that there are, each once and with a reason', () => {
    for (const { claim: id, kinds, reason } of acceptedSurvivors) {
      expect(catalogue.map((it) => it.id)).toContain(id);
      expect(Object.keys(reasons)).toEqual(expect.arrayContaining(kinds));
      expect(reason).toMatch(/^[A-Z].+\.$/);
    }
    const named = acceptedSurvivors.flatMap((it) => it.kinds.map((kind) => `${it.claim} ${it.call} ${it.path} ${kind}`));
    expect(new Set(named).size).toBe(named.length);
  });
});
