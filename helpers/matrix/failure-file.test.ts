import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { schemaVersion } from '../results/results';
import { sampleResults } from '../results/sample-results';
import { suite } from '../base/project';
import { readColumn, writeFailure } from './failure-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'failure-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failure = { engine: 'podman-5.8.6', reason: 'the engine ended while it was starting' };

/** A file of this content, and its path. */
function written(content: unknown): string {
  const file = path.join(folder, 'file.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('the file of a failure', () => {
  it('must be read as it was written, and say the version of its format', () => {
    const file = path.join(folder, 'podman-5.8.6.failed.json');
    writeFailure(file, failure);
    expect(readColumn(file)).toEqual({ results: [], failures: [failure] });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion, suite });
  });

  it('must be told from results', () => {
    const results = sampleResults();
    expect(readColumn(written(results))).toEqual({ results: [results], failures: [] });
  });

  it.each<[string, unknown, RegExp]>([
    ['of another format', { schemaVersion: 99, suite, failure }, /is not a file of this version of the suite: schemaVersion/],
    ['without a reason', { schemaVersion, suite, failure: { engine: 'x' } }, /failure\.reason/],
    ['that was cut short', JSON.stringify({ schemaVersion, suite, failure }).slice(0, 60), /is not JSON, or it was cut short/],
    ['that is a list', [], /is not a results file of this suite/],
  ])('must be refused %s, with status 2', (_, content, message) => {
    const file = written(content);
    expect(() => readColumn(file)).toThrow(expect.objectContaining({ message: expect.stringMatching(message), status: 2 }));
  });
});
