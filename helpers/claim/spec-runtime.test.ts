import { readFileSync, existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { openClient } from '../engine/client';
import type { RunContext } from '../run/context';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import { EngineHost } from '../vantage/host';
import { ProbeBroken } from '../vantage/vantage';
import { record } from './evidence';
import { recordsFile, SpecRuntime } from './spec-runtime';
import { Surroundings } from './surroundings';
import { TopologyPool } from './topology-pool';
import { Blocked, Deviation, type ClaimRecord } from './verdict';

afterAll(cleanUp);

/** What a spec file registers with, in place of Jest. */
class FakeJest {
  readonly registered = new Map<string, () => Promise<void>>();
  readonly skipped: string[] = [];
  readonly test = Object.assign((title: string, body: () => Promise<void>) => void this.registered.set(title, body), { skip: (title: string) => void this.skipped.push(title) });
}

/** Claims that need no container, by their place in the catalogue: tests must not depend on which they are. */
const [one, other] = catalogue.filter(({ topology }) => topology === undefined) as [(typeof catalogue)[number], (typeof catalogue)[number]];
const withTopology = catalogue.find(({ topology }) => topology !== undefined) as (typeof catalogue)[number];

function runtimeWith(features: Partial<RunContext>): { jest: FakeJest; runtime: SpecRuntime; records: () => ClaimRecord[] } {
  const context = contextWith({ directory: temporaryDirectory(), ...features });
  const jest = new FakeJest();
  const docker = openClient();
  const surroundings = new Surroundings({ context, docker, host: new EngineHost(context.host, docker) });
  const runtime = new SpecRuntime(jest, surroundings);
  const file = recordsFile(context.directory);
  const records = () => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as ClaimRecord) : []);
  return { jest, runtime, records };
}

const observe = () => record({ kind: 'api', where: 'engine', what: 'GET /networks', answer: '[]' });

/** Runs the check of one claim; gives its record, and what Jest would see. */
async function judged(body: () => unknown): Promise<{ record: ClaimRecord | undefined; thrown: unknown }> {
  const { jest, runtime, records } = runtimeWith({ selected: [one.id] });
  runtime.claim(one.id, body);
  const [check] = jest.registered.values();
  const thrown: unknown = await check?.().then(() => 'nothing', (error: unknown) => error);
  expect(records()).toHaveLength(1);
  return { record: records()[0], thrown };
}

describe('registering a claim', () => {
  it('must leave out one that the run did not select', () => {
    const { jest, runtime } = runtimeWith({ selected: [other.id] });
    runtime.claim(one.id, observe);
    expect([...jest.registered.keys(), ...jest.skipped]).toEqual([]);
  });

  it('must name one by its id and its sentence, and run nothing yet', () => {
    const { jest, runtime, records } = runtimeWith({ selected: [one.id] });
    runtime.claim(one.id, () => {
      throw new Error('ran too early');
    });
    expect([...jest.registered.keys()]).toEqual([`${one.id}: ${one.title}`]);
    expect(records()).toEqual([]);
  });

  it('must skip one that cannot be judged here, under the same name', () => {
    const { jest, runtime } = runtimeWith({ selected: [one.id], inapplicable: { [one.id]: { verdict: 'blocked', reason: 'no client', evidence: [] } } });
    runtime.claim(one.id, observe);
    expect(jest.skipped).toEqual([`${one.id}: ${one.title}`]);
    expect([...jest.registered.keys()]).toEqual([]);
  });

  it('must try one that is superseded and can be looked at, and fail no test for it', async () => {
    const tried = { verdict: 'not-applicable' as const, reason: 'superseded', evidence: [], tried: true };
    const { jest, runtime, records } = runtimeWith({ selected: [one.id], inapplicable: { [one.id]: tried } });
    runtime.claim(one.id, () => {
      throw new Deviation('it holds no longer');
    });
    await jest.registered.get(`${one.id}: ${one.title}`)?.();
    expect(records()).toEqual([expect.objectContaining({ verdict: 'deviates', reason: 'it holds no longer' })]);
  });

  it('must fail no test for a deviation that a waiver accepts, and must for an error', async () => {
    const { jest, runtime, records } = runtimeWith({ selected: [one.id], waived: [one.id] });
    let thrown: Error = new Deviation('known');
    runtime.claim(one.id, () => {
      throw thrown;
    });
    const check = jest.registered.get(`${one.id}: ${one.title}`);
    await check?.();
    thrown = new Error('a mistake in the spec');
    await expect(check?.()).rejects.toThrow('a mistake in the spec');
    expect(records()).toEqual([expect.objectContaining({ verdict: 'deviates' }), expect.objectContaining({ verdict: 'error' })]);
  });

  it('must refuse one that the catalogue does not have: a spec\'s mistake is no missing verdict', () => {
    const { runtime } = runtimeWith({ selected: [] });
    expect(() => runtime.claim('no.such-claim', observe)).toThrow('the catalogue has no claim no.such-claim');
  });
});

describe('judging a claim', () => {
  it('must conform when it passes and something was observed', async () => {
    const { record: written, thrown } = await judged(observe);
    expect(written).toEqual({ id: one.id, verdict: 'conforms', durationMs: expect.any(Number), evidence: [expect.objectContaining({ what: 'GET /networks' })] });
    expect(thrown).toBe('nothing');
  });

  it('must be an error when it passes and nothing was observed, remarks of the suite not counting', async () => {
    const reason = 'the claim passed without having observed anything';
    for (const body of [() => undefined, () => record({ kind: 'note', where: 'suite', what: 'a remark', answer: '' })]) {
      const { record: written, thrown } = await judged(body);
      expect(written).toMatchObject({ verdict: 'error', reason });
      expect(thrown).toMatchObject({ message: reason });
    }
  });

  it('must deviate with its evidence when an assertion fails, and fail in Jest with the same error', async () => {
    const { record: written, thrown } = await judged(() => {
      observe();
      expect('seen').toBe('wanted');
    });
    expect(written).toMatchObject({ verdict: 'deviates', reason: expect.stringContaining('wanted'), evidence: [expect.objectContaining({ what: 'GET /networks' })] });
    expect(thrown).toMatchObject({ matcherResult: expect.anything() });
  });

  it('must be an error when a probe is broken, and fail in Jest', async () => {
    const { record: written, thrown } = await judged(() => {
      throw new ProbeBroken('no curl');
    });
    expect(written).toMatchObject({ verdict: 'error', reason: 'ProbeBroken: no curl' });
    expect(thrown).toBeInstanceOf(ProbeBroken);
  });

  it('must be blocked, and no failure in Jest, when it finds that it cannot be judged', async () => {
    const { record: written, thrown } = await judged(() => {
      throw new Blocked('others use the engine');
    });
    expect(written).toMatchObject({ verdict: 'blocked', reason: 'others use the engine' });
    expect(thrown).toBe('nothing');
  });

  it('must never pass when something was thrown, whatever it was', async () => {
    for (const odd of [undefined, null, 'a text']) {
      const { record: written, thrown } = await judged(() => {
        observe();
        throw odd; // eslint-disable-line @typescript-eslint/only-throw-error -- that is what is tested
      });
      expect(written).toMatchObject({ verdict: 'error' });
      expect(thrown).toBeInstanceOf(Error);
    }
  });

  it('must add one line for each claim to the records of this process', async () => {
    const { jest, runtime, records } = runtimeWith({ selected: [one.id, other.id] });
    for (const { id } of [one, other]) runtime.claim(id, observe);
    for (const check of jest.registered.values()) await check();
    expect(records().map(({ id, verdict }) => ({ id, verdict }))).toEqual([one, other].map(({ id }) => ({ id, verdict: 'conforms' })));
  });
});

describe('a topology', () => {
  it('must not be used by a claim that the catalogue judges without it', async () => {
    const { jest, runtime, records } = runtimeWith({ selected: [one.id] });
    const lab = runtime.topology('bridge-pair');
    runtime.claim(one.id, () => lab.nginx01);
    for (const check of jest.registered.values()) await expect(check()).rejects.toThrow(`${one.id} uses the topology bridge-pair`);
    expect(records()).toEqual([expect.objectContaining({ verdict: 'error' })]);
  });

  it('must not be started for a claim that is skipped', () => {
    const started: string[] = [];
    const context = contextWith({ directory: temporaryDirectory(), selected: [withTopology.id], inapplicable: { [withTopology.id]: { verdict: 'blocked', reason: 'x', evidence: [] } } });
    const docker = openClient();
    const pool = new TopologyPool({ context, docker, host: new EngineHost(context.host, docker) });
    pool.get = (name) => {
      started.push(name);
      throw new Error('not in this test');
    };
    pool.startAll();
    expect(started).toEqual([]);
  });
});
