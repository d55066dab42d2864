import { afterAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../base/user-error';
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

  it.each(['null', '[]', '{"claim":"a.claim"}', '{"claim":', JSON.stringify({ ...trial, killed: 'yes' })])(
    'must be refused in one sentence where it holds something else: %s',
    (line) => {
      const written = file();
      writeFileSync(written, `${JSON.stringify(trial)}\n${line}\n`);
      const read = () => readTrials(written);
      expect(read).toThrow(UserError);
      expect(read).toThrow(/^\S+trials\.ndjson (is not JSON|holds what is no trial of a fault: )[^\n]*\.$/);
    },
  );
});
