import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { readResults } from '../results/results-file';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith } from '../selftest/samples';
import type { CurrentRun } from './current-session';
import { interruptRun } from './interruption';
import type { HostReport, Session } from './session';
import { openRun } from './open-run';

afterAll(cleanUp);

const selected = catalogue.slice(0, 5).map(({ id }) => id);
const count = { containers: 0, networks: 3, volumes: 0, links: 2, firewallRules: null };
const evidence = [{ atMs: 0, durationMs: 1, kind: 'api', where: 'engine', what: 'GET /info', answer: '{}' }];

let folder: string;
let printed: string;
beforeEach(() => {
  folder = temporaryDirectory();
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((printed += String(text))));
});
afterEach(() => void jest.restoreAllMocks());

/** A run that is under way, of a session that has nothing of an engine. */
async function begun(abandon: () => Promise<HostReport>): Promise<{ run: CurrentRun; judge: (index: number, verdict?: string) => void }> {
  const session = {
    context: contextWith({ directory: folder, selected }),
    waivers: new Map(),
    notes: [],
    startedAt: new Date(),
    redaction: undefined,
    countedBefore: count,
    abandon,
    release: () => false,
  } as unknown as Session;
  const run: CurrentRun = {
    session: Promise.resolve(session),
    reopen: () => Promise.resolve(session),
    targets: { json: path.join(folder, 'results.json'), junit: path.join(folder, 'junit.xml'), junitStrict: false, verbose: false },
    strict: false,
    leastJudged: 0.5,
  };
  await openRun(run);
  const judge = (index: number, verdict = 'conforms') => {
    const record = {
      id: selected[index],
      verdict,
      ...(verdict !== 'conforms' && { reason: 'it is gone' }),
      startedAt: '2026-11-30T12:00:00.000Z',
      durationMs: 7,
      evidence,
    };
    appendFileSync(path.join(folder, 'verdicts-1.ndjson'), `${JSON.stringify(record)}\n`);
  };
  return { run, judge };
}

const inFile = () => readResults(path.join(folder, 'results.json'));
const clean: HostReport = { before: count, after: count, leftovers: [], notes: [] };

describe('a run that goes on', () => {
  it('must have in its results file what was judged so far, from the first claim on', async () => {
    const { run, judge } = await begun(() => Promise.resolve(clean));
    expect(inFile()).toMatchObject({ interrupted: true, notReached: 5, claims: [], summary: { exitStatus: 3 } });
    for (const [index, id] of selected.slice(0, 3).entries()) {
      judge(index);
      run.unfinished?.update();
      expect(inFile()).toMatchObject({ interrupted: true, notReached: 4 - index, summary: { conforms: index + 1 } });
      expect(inFile().claims.at(-1)?.id).toBe(id);
    }
    expect(inFile().notes).toEqual([expect.stringContaining('the run ended before it could remove what it had made')]);
  });
});

describe('a run that is interrupted', () => {
  it('must tell in all reports what was judged until then, and nothing that its own end made of claims', async () => {
    const { run, judge } = await begun(() => {
      // a claim that was under way sees the engine go
      judge(2, 'deviates');
      return Promise.resolve(clean);
    });
    const silence = jest.fn();
    run.silence = silence;
    judge(0);
    judge(1);
    await interruptRun(run);
    run.unfinished?.update();
    expect(silence).toHaveBeenCalled();
    expect(inFile()).toMatchObject({ interrupted: true, notReached: 3, summary: { conforms: 2, deviates: 0 } });
    expect(inFile().claims.map(({ id }) => id)).toEqual(selected.slice(0, 2));
    expect(printed).toContain(' interrupted: the run was interrupted, and 3 of its claims have no verdict');
    expect(printed).toContain('Stopped');
    expect(readFileSync(path.join(folder, 'junit.xml'), 'utf8')).toMatch(
      /name="the run must not be interrupted"[^]*<failure>the run was interrupted, and 3 of its claims have no verdict/,
    );
  });

  it('must tell what it left behind', async () => {
    const { run } = await begun(() => Promise.resolve({ ...clean, leftovers: ['network abc'] }));
    await interruptRun(run);
    expect(inFile()).toMatchObject({ interrupted: true, host: { leftovers: ['network abc'] } });
  });

  it('must only wait for its reports where all was judged', async () => {
    const { run } = await begun(() => Promise.reject(new Error('nobody asked for that')));
    let written: (() => void) | undefined;
    run.finishing = new Promise((resolve) => (written = resolve));
    const interrupted = interruptRun(run);
    written?.();
    await interrupted;
    expect(printed).toBe('');
  });

  it('must not wait for a lab that is being started', async () => {
    const run: CurrentRun = {
      session: new Promise(() => undefined),
      reopen: () => new Promise(() => undefined),
      way: { inLab: true },
      targets: { json: '', junit: '', junitStrict: false, verbose: false },
      strict: false,
      leastJudged: 0,
    };
    await interruptRun(run);
    expect(printed).toBe('');
  });
});
