import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import type { ClaimRecord } from '../claim/verdict';
import { resultsSchema, type Results } from '../report/results';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import { assembleResults, readRecords, type Parts, type SpecReport } from './assemble';
import { specFile } from './selection';

afterAll(cleanUp);

const claim = catalogue[0] as (typeof catalogue)[number];
const evidence = [{ atMs: 0, durationMs: 1, kind: 'api', where: 'engine', what: 'GET /info', answer: '{}' }] as const;
const count = { containers: 0, networks: 3, volumes: 0, links: 2, firewallRules: null };

function recordOf(features: Partial<ClaimRecord> = {}): ClaimRecord {
  return { id: claim.id, verdict: 'conforms', durationMs: 7, evidence: [...evidence], ...features };
}

function specReport(features: Partial<SpecReport> = {}): SpecReport {
  return { file: specFile(claim), crash: undefined, leftOut: new Set(), failures: new Map(), ...features };
}

interface Told {
  record?: ClaimRecord;
  specs?: SpecReport[];
  parts?: Partial<Parts>;
  inapplicable?: Parts['context']['inapplicable'];
}

/** The results of a run that selected one claim. */
function resultsOf({ record, specs = [specReport()], parts = {}, inapplicable = {} }: Told): Results {
  const results = assembleResults({
    context: contextWith({ directory: '', selected: [claim.id], inapplicable }),
    notes: [],
    startedAt: new Date(),
    suite: { name: 'suite', version: '1.0.0' },
    records: new Map(record ? [[record.id, record]] : []),
    specs,
    host: { before: count, after: count, leftovers: [], notes: [] },
    strict: false,
    ...parts,
  });
  expect(resultsSchema.safeParse(results).error).toBeUndefined();
  return results;
}

describe('the result of a claim', () => {
  it('must be the verdict of its spec, with its evidence', () => {
    const { claims, summary } = resultsOf({ record: recordOf() });
    expect(claims).toEqual([expect.objectContaining({ id: claim.id, title: claim.title, verdict: 'conforms', durationMs: 7, attempts: 1, evidence })]);
    expect(summary.exitStatus).toBe(0);
  });

  it('must keep the reason of a deviation, which Jest saw as well', () => {
    const { claims, summary } = resultsOf({ record: recordOf({ verdict: 'deviates', reason: 'timed out' }), specs: [specReport({ failures: new Map([[claim.id, 'Error: timed out']]) })] });
    expect(claims).toEqual([expect.objectContaining({ verdict: 'deviates', reason: 'timed out' })]);
    expect(summary.exitStatus).toBe(1);
  });

  it('must be an error where no verdict was written', () => {
    const { claims, summary } = resultsOf({});
    expect(claims).toEqual([expect.objectContaining({ verdict: 'error', reason: `${specFile(claim)} ended without a verdict on this claim`, attempts: 0 })]);
    expect(summary.exitStatus).toBe(3);
  });

  it('must be an error with the reason of the crash where the spec file could not be run', () => {
    const { claims } = resultsOf({ specs: [specReport({ crash: 'SyntaxError: Unexpected token' })] });
    expect(claims).toEqual([expect.objectContaining({ verdict: 'error', reason: 'SyntaxError: Unexpected token' })]);
  });

  it('must be an error with what Jest says where Jest alone saw a failure', () => {
    const specs = [specReport({ failures: new Map([[claim.id, 'Exceeded timeout of 90000 ms for a test']]) })];
    expect(resultsOf({ specs }).claims).toEqual([expect.objectContaining({ verdict: 'error', reason: 'Exceeded timeout of 90000 ms for a test' })]);
  });

  it('must be an error, not a pass, where Jest contradicts what the claim says of itself', () => {
    const specs = [specReport({ failures: new Map([[claim.id, 'Exceeded timeout of 90000 ms for a test']]) })];
    for (const record of [recordOf(), recordOf({ verdict: 'blocked', reason: 'others use the engine' })]) {
      expect(resultsOf({ record, specs }).claims).toEqual([expect.objectContaining({ verdict: 'error', reason: 'Exceeded timeout of 90000 ms for a test', evidence })]);
    }
  });

  it('must be what was decided before the run where the claim does not apply', () => {
    const inapplicable = { [claim.id]: { verdict: 'blocked', reason: 'no client' } } as const;
    for (const leftOut of [new Set<string>(), new Set([claim.id])]) {
      const { claims, summary } = resultsOf({ inapplicable, specs: [specReport({ leftOut })] });
      expect(claims).toEqual([expect.objectContaining({ verdict: 'blocked', reason: 'no client', durationMs: 0, attempts: 0, evidence: [] })]);
      expect(summary.exitStatus).toBe(0);
    }
    expect(resultsOf({ inapplicable, parts: { strict: true } }).summary.exitStatus).toBe(1);
  });

  it('must be absent where Jest was told to leave it out, and a run of nothing is no success', () => {
    for (const specs of [[], [specReport({ leftOut: new Set([claim.id]) })]]) {
      const { claims, summary } = resultsOf({ specs });
      expect(claims).toEqual([]);
      expect(summary.exitStatus).toBe(2);
    }
  });
});

describe('the results of a run', () => {
  it('must be in the order of the catalogue, and hold selected claims only', () => {
    const selected = catalogue.slice(0, 3).map(({ id }) => id);
    const specs = [...new Set(catalogue.map(specFile))].reverse().map((file) => specReport({ file }));
    const records = new Map([...catalogue].reverse().map(({ id }) => [id, recordOf({ id })]));
    const { claims } = resultsOf({ specs, parts: { context: contextWith({ directory: '', selected: [...selected].reverse() }), records } });
    expect(claims.map(({ id }) => id)).toEqual(selected);
  });

  it('must be a failure of the run when something was left behind', () => {
    const leftovers = ['container happy_name'];
    const { host, summary } = resultsOf({ record: recordOf(), parts: { host: { before: count, after: { ...count, containers: 1 }, leftovers, notes: [] } } });
    expect(host.leftovers).toEqual(leftovers);
    expect(summary.exitStatus).toBe(3);
  });

  it('must hold the notes of the run and of its end', () => {
    expect(resultsOf({ record: recordOf(), parts: { notes: ['one'], host: { before: count, after: count, leftovers: [], notes: ['two'] } } }).notes).toEqual(['one', 'two']);
  });
});

describe('the records of the spec workers', () => {
  it('must be read from the files of all workers, and from nothing else', () => {
    const directory = temporaryDirectory();
    const write = (name: string, ...ids: string[]) => ids.forEach((id) => appendFileSync(path.join(directory, name), `${JSON.stringify(recordOf({ id }))}\n`));
    write('verdicts-1.ndjson', 'a', 'b');
    write('verdicts-2.ndjson', 'c');
    writeFileSync(path.join(directory, 'context.json'), '{}');
    expect([...readRecords(directory).keys()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('must be none where no claim was judged', () => {
    expect(readRecords(temporaryDirectory()).size).toBe(0);
  });
});
