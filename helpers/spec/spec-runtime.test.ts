import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { openClient } from '../engine/client';
import { readTrials, type Trial, type Trials } from '../faults/trials';
import { currentLifetime } from '../make/lifetime';
import type { RunContext } from '../claim/context';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import { EngineHost } from '../vantage/host';
import { ProbeBroken } from '../world/vantage-point';
import { record } from '../world/evidence';
import { recordsFile, SpecRuntime } from './spec-runtime';
import { SpecWorker } from './spec-worker';
import { TopologyPool } from '../containers/topology-pool';
import { Blocked, Deviation, type ClaimRecord } from '../claim/verdict';

afterAll(cleanUp);

/** What a spec file registers with, in place of Jest. */
class FakeJest {
  readonly expect = expect;
  readonly registered = new Map<string, () => Promise<void>>();
  /** titles of those that Jest may run while others run */
  readonly concurrent: string[] = [];
  readonly skipped: string[] = [];
  readonly test = Object.assign((title: string, body: () => Promise<void>) => void this.registered.set(title, body), {
    concurrent: (title: string, body: () => Promise<void>) => {
      this.registered.set(title, body);
      this.concurrent.push(title);
    },
    skip: (title: string) => void this.skipped.push(title),
  });

  /** Runs all that is registered, one after the other, whatever comes of it. */
  async runAll(): Promise<void> {
    for (const test of this.registered.values()) await test().catch(() => undefined);
  }
}

/** Claims that need no container, by their place in the catalogue: tests must not depend on which they are. */
const [one, other] = catalogue.filter(({ topology }) => topology === undefined) as [(typeof catalogue)[number], (typeof catalogue)[number]];
const ofOtherAreas = catalogue.filter(({ area, topology }) => area !== 'document' && topology === undefined).slice(0, 2);
const withTopology = catalogue.find(({ topology }) => topology !== undefined) as (typeof catalogue)[number];

function runtimeWith(
  features: Partial<RunContext>,
  { trials }: { trials?: Trials } = {},
): { jest: FakeJest; runtime: SpecRuntime; worker: SpecWorker; records: () => ClaimRecord[] } {
  const context = contextWith({ directory: temporaryDirectory(), ...features });
  const jest = new FakeJest();
  const docker = openClient();
  const worker = new SpecWorker({ context, docker, host: new EngineHost(context.host, docker), ...(trials && { trials }) });
  const runtime = new SpecRuntime(jest, worker);
  const file = recordsFile(context.directory);
  const records = () =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as ClaimRecord)
      : [];
  return { jest, runtime, worker, records };
}

const trialsFile = () => path.join(temporaryDirectory(), 'trials.ndjson');

/** Settles when all that waits for nothing from outside has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const observe = () => record({ kind: 'api', where: 'engine', what: 'GET /networks', answer: '[]' });

/** Runs the check of one claim; gives its record, and what Jest would see. */
async function judged(body: () => unknown): Promise<{ record: ClaimRecord | undefined; thrown: unknown }> {
  const { jest, runtime, records } = runtimeWith({ selected: [one.id] });
  runtime.claim(one.id, body);
  const [check] = jest.registered.values();
  const thrown: unknown = await check?.().then(
    () => 'nothing',
    (error: unknown) => error,
  );
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
    const { jest, runtime } = runtimeWith({
      selected: [one.id],
      inapplicable: { [one.id]: { verdict: 'blocked', reason: 'no client', evidence: [] } },
    });
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

  it("must refuse one that the catalogue does not have: a spec's mistake is no missing verdict", () => {
    const { runtime } = runtimeWith({ selected: [] });
    expect(() => runtime.claim('no.such-claim', observe)).toThrow('the catalogue has no claim no.such-claim');
  });
});

describe('judging a claim', () => {
  it('must conform when it passes and something was observed', async () => {
    const { record: written, thrown } = await judged(observe);
    expect(written).toEqual({
      id: one.id,
      verdict: 'conforms',
      startedAt: expect.any(String),
      durationMs: expect.any(Number),
      evidence: [expect.objectContaining({ what: 'GET /networks' })],
    });
    expect(thrown).toBe('nothing');
  });

  it('must take as long as it took', async () => {
    const began = performance.now();
    const { record: written } = await judged(observe);
    expect(written?.durationMs).toBeLessThanOrEqual(Math.ceil(performance.now() - began));
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
    expect(written).toMatchObject({
      verdict: 'deviates',
      reason: expect.stringContaining('wanted'),
      evidence: [expect.objectContaining({ what: 'GET /networks' })],
    });
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
    const context = contextWith({
      directory: temporaryDirectory(),
      selected: [withTopology.id],
      inapplicable: { [withTopology.id]: { verdict: 'blocked', reason: 'x', evidence: [] } },
    });
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

describe('the claims of a file', () => {
  /** Titles of those that Jest may judge at the same time. */
  function together(claims: typeof catalogue, features: Partial<RunContext> = {}): string[] {
    const { jest, runtime } = runtimeWith({ selected: claims.map(({ id }) => id), ...features });
    for (const { id } of claims) runtime.claim(id, observe);
    expect(jest.registered.size).toBe(claims.length);
    return jest.concurrent;
  }

  it('must be for Jest to judge several at a time', () => {
    expect(together(ofOtherAreas)).toEqual(ofOtherAreas.map(({ id, title }) => `${id}: ${title}`));
  });

  it.each([
    ['of the document', {}, catalogue.filter(({ area }) => area === 'document').slice(0, 2)],
    ['of a run for mutants', { wishes: { mutants: 'mutants.json' } }, ofOtherAreas],
    ['of a run for trials', { wishes: { trials: 'trials.ndjson' } }, ofOtherAreas],
  ])('must be judged one after the other, where they are %s', (_, features, claims) => {
    expect(together(claims, features)).toEqual([]);
  });
});

describe('what a claim has made', () => {
  /** A claim that makes a container and comes to `verdict`, until everything of its file has ended. */
  async function made(verdict: 'conforms' | 'deviates' | 'error' | 'blocked', features: Partial<RunContext> = {}): Promise<boolean> {
    const { jest, runtime, worker } = runtimeWith({ selected: [one.id], ...features });
    let removed = false;
    const failures = { deviates: new Deviation('it differs'), error: new Error('a mistake'), blocked: new Blocked('it cannot') };
    runtime.claim(one.id, () => {
      observe();
      currentLifetime().owns('container', 'c1', () => Promise.resolve((removed = true)));
      if (verdict !== 'conforms') throw failures[verdict];
    });
    await jest.runAll();
    await runtime.close();
    await worker.end();
    return removed;
  }

  it('must end with it, whatever it came to', async () => {
    for (const verdict of ['conforms', 'deviates', 'error', 'blocked'] as const)
      expect({ verdict, removed: await made(verdict) }).toEqual({ verdict, removed: true });
  });

  it('must stay up where the user wants to see what failed, and only that', async () => {
    for (const verdict of ['deviates', 'error'] as const)
      expect({ verdict, removed: await made(verdict, { wishes: { keepFailed: true } }) }).toEqual({ verdict, removed: false });
    for (const verdict of ['conforms', 'blocked'] as const)
      expect({ verdict, removed: await made(verdict, { wishes: { keepFailed: true } }) }).toEqual({ verdict, removed: true });
  });

  it('must be gone before the next file in a run for trials alone', async () => {
    for (const features of [{}, { trials: trialsFile() }]) {
      const { jest, runtime, worker } = runtimeWith({ selected: [one.id], ...features });
      let remove: () => void = () => undefined;
      let closed = false;
      runtime.claim(one.id, () => currentLifetime().owns('network', 'n1', () => new Promise<void>((resolve) => (remove = resolve))));
      await jest.runAll();
      const closing = runtime.close().then(() => (closed = true));
      await settle();
      expect(closed).toBe(!('wishes' in features));
      remove();
      await closing;
      await worker.end();
    }
  });

  it('must be shared where a scene made it', async () => {
    const { jest, runtime } = runtimeWith({ selected: [one.id, other.id] });
    let builds = 0;
    const seen: number[] = [];
    const scene = runtime.scene(() => Promise.resolve((builds += 1)));
    for (const { id } of [one, other]) runtime.claim(id, async () => seen.push(await scene()));
    await jest.runAll();
    expect(seen).toEqual([1, 1]);
  });
});

describe('a run for mutants', () => {
  const mutantsOf = (directory: string) => readdirSync(directory).filter((name) => name.includes(one.id) && name.endsWith('.json'));
  const tried = { verdict: 'not-applicable' as const, reason: 'superseded', evidence: [], tried: true };

  it.each([
    ['must hand over what became of them', { wishes: { mutants: 'mutants.json' } }, 1],
    ['must try none of a claim that holds no longer', { wishes: { mutants: 'mutants.json' }, inapplicable: { [one.id]: tried } }, 0],
    ['is the only one that tries any', {}, 0],
  ])('%s', async (_, features, files) => {
    const directory = temporaryDirectory();
    const { jest, runtime } = runtimeWith({ selected: [one.id], directory, ...features });
    runtime.claim(one.id, observe);
    for (const check of jest.registered.values()) await check();
    expect(mutantsOf(directory)).toHaveLength(files);
  });
});

describe('a run for trials', () => {
  /** Judges one claim; `of` stands for the faults that come and go. */
  async function tried(body: () => unknown, of: Trials['of'] | undefined) {
    const file = trialsFile();
    const { jest, runtime } = runtimeWith(
      { selected: [one.id], wishes: { trials: file } },
      of ? { trials: { of } as unknown as Trials } : {},
    );
    runtime.claim(one.id, body);
    await jest.runAll();
    return existsSync(file) ? readTrials(file) : undefined;
  }
  const trial: Trial = { claim: one.id, fault: 'some.fault', verdict: 'deviates', durationMs: 1, killed: true };

  it('must judge the claim again under each fault, with things of its own that have ended by then', async () => {
    const removals: string[] = [];
    let judgements = 0;
    const trials = await tried(
      () => {
        judgements += 1;
        const name = `c${judgements}`;
        currentLifetime().owns('container', name, () => Promise.resolve(removals.push(name)));
        observe();
      },
      async (id, again, repaired) => {
        expect({ id, removals }).toEqual({ id: one.id, removals: ['c1'] });
        expect(await again('kept')).toMatchObject({ verdict: 'conforms' });
        expect(await again('anew')).toMatchObject({ verdict: 'conforms' });
        expect(removals).toEqual(['c1', 'c2', 'c3']);
        await repaired();
        expect(removals).toEqual(['c1', 'c2', 'c3', 'c2', 'c3']);
        return [trial];
      },
    );
    expect({ judgements, trials }).toEqual({ judgements: 3, trials: [trial] });
  });

  it('must make scenes anew where a fault wants that, and keep them otherwise', async () => {
    const of: Trials['of'] = async (_, again) => {
      await again('kept');
      await again('anew');
      return [];
    };
    const { jest, runtime } = runtimeWith(
      { selected: [one.id], wishes: { trials: trialsFile() } },
      { trials: { of } as unknown as Trials },
    );
    let builds = 0;
    const seen: number[] = [];
    const scene = runtime.scene(() => Promise.resolve((builds += 1)));
    runtime.claim(one.id, async () => {
      seen.push(await scene());
      observe();
    });
    for (const check of jest.registered.values()) await check();
    expect(seen).toEqual([1, 1, 2]);
  });

  it('must try nothing with a claim that fails without a fault, and hand over nothing where no fault concerns it', async () => {
    const none: Trials['of'] = () => Promise.resolve([trial]);
    expect(
      await tried(() => {
        throw new Deviation('it differs');
      }, none),
    ).toBeUndefined();
    expect(await tried(observe, undefined)).toEqual([]);
  });
});

describe('another engine', () => {
  it.each([
    ['of all files where it is a plain one', [], '', {}, 'shared'],
    ['of its file where it has arguments', ['--icc=false'], '', {}, 'own'],
    ['of its file where it has a name', [], 'pruned', {}, 'own'],
    ['of its file where faults come and go', [], '', { wishes: { trials: 'trials.ndjson' } }, 'own'],
  ] as const)('must be that %s', async (_, args, key, features, whose) => {
    const { runtime, worker } = runtimeWith(features);
    const got = (what: string) => ((...asked: unknown[]) => Promise.resolve({ what, asked })) as unknown as typeof worker.plainLab.get;
    worker.plainLab.get = got('shared');
    (runtime as unknown as { labs: typeof worker.plainLab }).labs.get = got('own');
    expect(await runtime.lab(args.length === 0 ? undefined : args, key === '' ? undefined : key)).toEqual({
      what: whose,
      asked: [args, key, undefined],
    });
  });
});
