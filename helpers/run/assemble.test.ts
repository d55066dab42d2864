import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { topologyFile } from '../containers/observed-topology';
import type { ClaimRecord } from '../claim/verdict';
import { resultsSchema, type Results } from '../results/results';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith, engineWith } from '../selftest/samples';
import { assembleResults, readTopologies, type Parts, type SpecReport } from './assemble';
import { specFile } from './selection';

afterAll(cleanUp);

const claim = catalogue[0] as (typeof catalogue)[number];
const evidence = [{ atMs: 0, durationMs: 1, kind: 'api', where: 'engine', what: 'GET /info', answer: '{}' }] as const;
const count = { containers: 0, networks: 3, volumes: 0, links: 2, firewallRules: null };

function recordOf(features: Partial<ClaimRecord> = {}): ClaimRecord {
  return { id: claim.id, verdict: 'conforms', startedAt: '2026-11-30T12:00:00.000Z', durationMs: 7, evidence: [...evidence], ...features };
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
    waivers: new Map(),
    notes: [],
    startedAt: new Date(),
    suite: { name: 'suite', version: '1.0.0' },
    records: new Map(record ? [[record.id, record]] : []),
    topologies: [],
    specs,
    host: { before: count, after: count, leftovers: [], notes: [] },
    strict: false,
    leastJudged: 0,
    ...parts,
  });
  expect(resultsSchema.safeParse(results).error).toBeUndefined();
  return results;
}

describe('the result of a claim', () => {
  it('must be the verdict of its spec, with its evidence', () => {
    const { claims, summary } = resultsOf({ record: recordOf() });
    expect(claims).toEqual([
      expect.objectContaining({ id: claim.id, title: claim.title, verdict: 'conforms', durationMs: 7, attempts: 1, evidence }),
    ]);
    expect(summary.exitStatus).toBe(0);
  });

  it('must keep the reason of a deviation, which Jest saw as well', () => {
    const { claims, summary } = resultsOf({
      record: recordOf({ verdict: 'deviates', reason: 'timed out' }),
      specs: [specReport({ failures: new Map([[claim.id, 'Error: timed out']]) })],
    });
    expect(claims).toEqual([expect.objectContaining({ verdict: 'deviates', reason: 'timed out' })]);
    expect(summary.exitStatus).toBe(1);
  });

  it('must have the cause of a deviation, but none where Jest contradicts the claim', () => {
    const cause = { code: 'target.paused', summary: 'nginx02 is paused', evidence: [...evidence], remedy: 'docker unpause nginx02' };
    expect(resultsOf({ record: recordOf({ verdict: 'deviates', reason: 'timed out', cause }) }).claims[0]).toMatchObject({ cause });
    expect(resultsOf({ record: recordOf({ verdict: 'deviates', reason: 'timed out' }) }).claims[0]).not.toHaveProperty('cause');
    const specs = [specReport({ failures: new Map([[claim.id, 'Exceeded timeout']]) })];
    expect(resultsOf({ record: recordOf({ cause }), specs }).claims[0]).not.toHaveProperty('cause');
  });

  it('must keep the reason of an error that Jest saw as well', () => {
    const specs = [specReport({ failures: new Map([[claim.id, 'Error: no curl']]) })];
    expect(resultsOf({ record: recordOf({ verdict: 'error', reason: 'ProbeBroken: no curl' }), specs }).claims[0]).toMatchObject({
      verdict: 'error',
      reason: 'ProbeBroken: no curl',
    });
  });

  it('must come from the spec file of the claim', () => {
    const specs = [specReport({ file: 'specs/document/another.spec.ts', crash: 'SyntaxError' }), specReport()];
    expect(resultsOf({ specs }).claims[0]).toMatchObject({ reason: `${specFile(claim)} ended without a verdict on this claim` });
  });

  it('must be an error where no verdict was written', () => {
    const { claims, summary } = resultsOf({});
    expect(claims).toEqual([
      expect.objectContaining({ verdict: 'error', reason: `${specFile(claim)} ended without a verdict on this claim`, attempts: 0 }),
    ]);
    expect(summary.exitStatus).toBe(3);
  });

  it('must be an error with the reason of the crash where the spec file could not be run', () => {
    const { claims } = resultsOf({ specs: [specReport({ crash: 'SyntaxError: Unexpected token' })] });
    expect(claims).toEqual([expect.objectContaining({ verdict: 'error', reason: 'SyntaxError: Unexpected token' })]);
  });

  it('must be an error with what Jest says where Jest alone saw a failure', () => {
    const specs = [specReport({ failures: new Map([[claim.id, 'Exceeded timeout of 90000 ms for a test']]) })];
    expect(resultsOf({ specs }).claims).toEqual([
      expect.objectContaining({ verdict: 'error', reason: 'Exceeded timeout of 90000 ms for a test' }),
    ]);
  });

  it('must be an error, not a pass, where Jest contradicts what the claim says of itself', () => {
    const specs = [specReport({ failures: new Map([[claim.id, 'Exceeded timeout of 90000 ms for a test']]) })];
    for (const record of [recordOf(), recordOf({ verdict: 'blocked', reason: 'others use the engine' })]) {
      expect(resultsOf({ record, specs }).claims).toEqual([
        expect.objectContaining({ verdict: 'error', reason: 'Exceeded timeout of 90000 ms for a test', evidence }),
      ]);
    }
  });

  it('must be what was decided before the run where the claim does not apply', () => {
    const inapplicable = { [claim.id]: { verdict: 'blocked' as const, reason: 'no client', evidence: [] } };
    for (const leftOut of [new Set<string>(), new Set([claim.id])]) {
      const { claims, summary } = resultsOf({ inapplicable, specs: [specReport({ leftOut })] });
      expect(claims).toEqual([
        expect.objectContaining({ verdict: 'blocked', reason: 'no client', durationMs: 0, attempts: 0, evidence: [] }),
      ]);
      expect(summary.exitStatus).toBe(0);
    }
    expect(resultsOf({ inapplicable, parts: { strict: true } }).summary.exitStatus).toBe(1);
  });

  it('must show what was seen of a superseded claim that was tried, and be no verdict on the engine', () => {
    const [version] = engineWith().evidence.version;
    const boundary = { kind: 'superseded' as const, version: '28.0.0', source: 'release notes', replacedBy: 'some.other' };
    const tried = {
      verdict: 'not-applicable' as const,
      reason: 'superseded in 28.0.0',
      evidence: engineWith().evidence.version,
      boundary,
      tried: true,
    };
    const inapplicable = { [claim.id]: tried };
    const seen = (verdict: ClaimRecord['verdict']) => resultsOf({ inapplicable, record: recordOf({ verdict, reason: 'because' }) });
    expect(seen('deviates').claims).toEqual([
      expect.objectContaining({
        verdict: 'not-applicable',
        reason: 'superseded in 28.0.0; it holds no longer',
        boundary: { ...boundary, holds: false },
        evidence: [version, ...evidence],
        attempts: 1,
      }),
    ]);
    expect(seen('conforms').claims).toEqual([
      expect.objectContaining({ reason: 'superseded in 28.0.0; it holds all the same', boundary: { ...boundary, holds: true } }),
    ]);
    expect(seen('blocked').claims).toEqual([
      expect.objectContaining({ verdict: 'not-applicable', reason: 'superseded in 28.0.0; it was not tried, because', boundary }),
    ]);
    expect(seen('error').claims).toEqual([
      expect.objectContaining({ verdict: 'not-applicable', reason: 'superseded in 28.0.0; it could not be tried, because', boundary }),
    ]);
    expect(seen('deviates').summary.exitStatus).toBe(0);
    expect(resultsOf({ inapplicable }).claims).toEqual([
      expect.objectContaining({ reason: 'superseded in 28.0.0', attempts: 0, evidence: [version], boundary }),
    ]);
  });

  it('must carry its waiver: one that applies is no failure, an expired one is, a needless one is with --strict', () => {
    const waiver = { claim: claim.id, reason: 'by design', link: 'https://example.org/1', expires: '2027-06-30', from: 'the suite' };
    const results = (verdict: ClaimRecord['verdict'], startedAt: string, strict = false) =>
      resultsOf({
        record: recordOf({ verdict, reason: 'because' }),
        parts: { waivers: new Map([[claim.id, waiver]]), startedAt: new Date(startedAt), strict },
      });
    const stateOf = ({ claims, summary }: Results) => [claims[0]?.waiver?.state, summary.waived, summary.exitStatus];
    expect(stateOf(results('deviates', '2027-06-30T23:59:59Z'))).toEqual(['applies', 1, 0]);
    expect(stateOf(results('deviates', '2027-07-01T00:00:00Z'))).toEqual(['expired', 0, 1]);
    expect(stateOf(results('conforms', '2027-07-01T00:00:00Z'))).toEqual(['needless', 0, 0]);
    expect(stateOf(results('conforms', '2026-01-01T00:00:00Z', true))).toEqual(['needless', 0, 1]);
    expect(stateOf(results('blocked', '2026-01-01T00:00:00Z'))).toEqual([undefined, 0, 0]);
    expect(results('deviates', '2026-01-01T00:00:00Z').claims[0]?.waiver).toEqual({
      state: 'applies',
      reason: 'by design',
      link: 'https://example.org/1',
      expires: '2027-06-30',
      from: 'the suite',
    });
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

  it('must say in which mode the engine was, and nothing of it where there is none', () => {
    const engine = engineWith({ id: 'docker-28.5.2+rootless', mode: 'It runs without root.' });
    expect(
      resultsOf({ record: recordOf(), parts: { context: contextWith({ directory: '', selected: [claim.id], engine }) } }).engine,
    ).toMatchObject({ id: engine.id, mode: engine.mode });
    expect(resultsOf({ record: recordOf() }).engine).not.toHaveProperty('mode');
  });

  it('must say which part of the claims was selected, and how long the run took', () => {
    expect(resultsOf({ record: recordOf() })).not.toHaveProperty('shard');
    expect(resultsOf({ record: recordOf(), parts: { shard: { index: 1, total: 2 } } })).toMatchObject({ shard: { index: 1, total: 2 } });
    const { durationMs } = resultsOf({ record: recordOf(), parts: { startedAt: new Date(Date.now() - 5000) } });
    expect(durationMs).toBeGreaterThanOrEqual(5000);
    expect(durationMs).toBeLessThan(60_000);
    expect(resultsOf({ record: recordOf(), parts: { startedAt: new Date(Date.now() + 60_000) } }).durationMs).toBe(0);
  });

  it('must be a failure of the run when something was left behind', () => {
    const leftovers = ['container happy_name'];
    const { host, summary } = resultsOf({
      record: recordOf(),
      parts: { host: { before: count, after: { ...count, containers: 1 }, leftovers, notes: [] } },
    });
    expect(host.leftovers).toEqual(leftovers);
    expect(summary.exitStatus).toBe(3);
  });

  it('must hold the notes of the run and of its end', () => {
    expect(
      resultsOf({ record: recordOf(), parts: { notes: ['one'], host: { before: count, after: count, leftovers: [], notes: ['two'] } } })
        .notes,
    ).toEqual(['one', 'two']);
  });
});

describe('a run that was interrupted', () => {
  it('must have what was judged, and say how much is missing', () => {
    const [, second] = catalogue as [unknown, (typeof catalogue)[number]];
    const context = contextWith({ directory: '', selected: [claim.id, second.id] });
    const { claims, interrupted, notReached, summary } = resultsOf({
      record: recordOf(),
      specs: [],
      parts: { context, interrupted: true },
    });
    expect({ ids: claims.map(({ id }) => id), interrupted, notReached, status: summary.exitStatus }).toEqual({
      ids: [claim.id],
      interrupted: true,
      notReached: 1,
      status: 3,
    });
  });

  it('must keep what was known of claims before any was judged', () => {
    const inapplicable = { [claim.id]: { verdict: 'blocked' as const, reason: 'no root', evidence: [] } };
    expect(resultsOf({ specs: [], parts: { interrupted: true }, inapplicable }).claims).toEqual([
      expect.objectContaining({ verdict: 'blocked', reason: 'no root' }),
    ]);
  });
});

describe('the topologies that spec workers observed', () => {
  it('must be read in the order of the fixtures, without what breaks the format', () => {
    const directory = temporaryDirectory();
    const topology = { host: null, networks: [], containers: [] };
    const write = (name: string, content: unknown) =>
      writeFileSync(topologyFile(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
    write('host-mode', { name: 'host-mode', ...topology });
    write('bridge-pair', { name: 'bridge-pair', ...topology });
    write('half-published', '{"name":"half-publ');
    write('no-fixture', { name: 'no-fixture', ...topology });
    expect(readTopologies(directory).map(({ name }) => name)).toEqual(['bridge-pair', 'host-mode']);
    write('host-mode', { name: 'host-mode', ...topology, surprise: 1 });
    expect(readTopologies(directory).map(({ name }) => name)).toEqual(['bridge-pair']);
  });

  it('must be none where nothing was observed', () => {
    expect(readTopologies(temporaryDirectory())).toEqual([]);
  });
});
