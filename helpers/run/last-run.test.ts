import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleResults } from '../results/sample-results';
import { sampled } from '../selftest/sample-verdicts';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { keepLastRun, lastFailed, lastRun } from './last-run';

afterAll(cleanUp);

const { XDG_CACHE_HOME } = process.env;
let file: string;
beforeEach(() => {
  const folder = temporaryDirectory();
  process.env['XDG_CACHE_HOME'] = path.join(folder, 'cache');
  mkdirSync(path.join(folder, 'reports'));
  file = path.join(folder, 'reports', 'results.json');
});
afterEach(() => {
  if (XDG_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = XDG_CACHE_HOME;
});

const write = (results: unknown) => writeFileSync(file, JSON.stringify(results));

describe('the last run', () => {
  it('must be what stands in the results file, and what stood there where the next run came to nothing', () => {
    write(sampled({ a: 'deviates', b: 'conforms', c: 'error' }));
    expect(lastFailed(file)).toEqual(['net.a', 'net.c']);
    keepLastRun(file);
    rmSync(file);
    expect(lastFailed(file)).toEqual(['net.a', 'net.c']);
    keepLastRun(file);
    write(sampled({ b: 'deviates' }));
    expect(lastFailed(file)).toEqual(['net.b']);
    expect(lastRun(path.join(path.dirname(file), 'other.json'))).toBeUndefined();
  });

  it('must not count what a waiver accepts', () => {
    const waiver = { state: 'applies', reason: 'known', link: 'https://example.org/1', expires: '2099-12-31', from: 'the suite' } as const;
    write(sampled({ a: { verdict: 'deviates', reason: 'x', waiver }, b: 'deviates' }));
    expect(lastFailed(file)).toEqual(['net.b']);
  });

  it('must be told where there is none, nothing failed, or the file is none', () => {
    expect(() => lastFailed(file)).toThrow(/^There is no last run: nothing has been written to .*results\.json\.$/);
    write(sampled({ a: 'conforms' }));
    expect(() => lastFailed(file)).toThrow(/^Nothing failed in the last run, of 2026-01-02T03:04:05\.678Z\.$/);
    write({ ...sampleResults(), schemaVersion: 99 });
    expect(() => lastFailed(file)).toThrow(/results format 99/);
  });
});
