import { afterAll, describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { handOverTrials, readTrials, type Trial } from './trials';

afterAll(cleanUp);

describe('the file of the trials of a run', () => {
  const file = () => path.join(temporaryDirectory(), 'trials.ndjson');
  const trial: Trial = { claim: 'a.claim', fault: 'a.fault', verdict: 'deviates', durationMs: 100, killed: true };

  it('must be read as one without trials where the run came to none', () => {
    expect(readTrials(file())).toEqual([]);
  });

  it('must hold what each claim hands over', () => {
    const written = file();
    handOverTrials(written, [trial]);
    handOverTrials(written, []);
    handOverTrials(written, [{ ...trial, killed: false, verdict: 'conforms' }]);
    expect(readTrials(written)).toEqual([trial, { ...trial, killed: false, verdict: 'conforms' }]);
  });
});
