import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Ajv from 'ajv/dist/2020';
import { exitStatus, UserError } from '../base/user-error';
import { resultsJsonSchema, type Results } from './results';
import { readResults, writeResults } from './results-file';
import { sampleResults } from './sample-results';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'results-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function userErrorOf(body: () => unknown): UserError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error('it did not throw');
}

describe('readResults', () => {
  const reading = (text: string) => {
    const path = join(folder, 'results.json');
    writeFileSync(path, text);
    return userErrorOf(() => readResults(path));
  };
  const sample = (change: (results: Results) => unknown) => {
    const results = sampleResults();
    change(results);
    return JSON.stringify(results);
  };

  it('gives back what writeResults wrote, whatever characters are in it', () => {
    const path = join(folder, 'results.json');
    writeResults(path, sampleResults());
    expect(readResults(path)).toEqual(sampleResults());
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /is not JSON, or it was cut short/],
    ['half a file', JSON.stringify(sampleResults()).slice(0, 900), /cut short/],
    ['HTML over several lines', '<html>\n<body>\n', /is not JSON/],
    [
      'another format',
      JSON.stringify({ schemaVersion: 1, anything: 'else' }),
      /has results format 1; this version of the suite reads formats 2 and 3/,
    ],
    ['null', 'null', /is not a results file/],
    ['no format at all', '{}', /schemaVersion/],
    ['an unknown verdict', sample(({ claims }) => Object.assign(claims[3] as object, { verdict: 'maybe' })), /claims\[3\]\.verdict/],
    [
      'a deviation without a reason',
      sample(({ claims }) => delete claims[1]?.reason),
      /claims\[1\]\.reason: a verdict other than conforms needs a reason/,
    ],
    [
      'a pass without evidence',
      sample(({ claims }) => Object.assign(claims[0] as object, { evidence: [] })),
      /claims\[0\]\.evidence: this verdict needs evidence/,
    ],
    ['an unknown key', sample((results) => Object.assign(results, { surprise: 1 })), /surprise/],
    ['an id that needs escaping', sample(({ claims }) => Object.assign(claims[0] as object, { id: 'a: b' })), /claims\[0\]\.id/],
  ])('tells %s in one line', (_name, text, message) => {
    const error = reading(text);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.message).toContain(join(folder, 'results.json'));
    expect(error.status).toBe(exitStatus.usage);
  });

  it('tells that there is no file, and that a folder is none', () => {
    expect(userErrorOf(() => readResults(join(folder, 'none.json'))).message).toMatch(/^There is no results file .*none\.json\.$/);
    expect(userErrorOf(() => readResults(folder)).message).toContain('is a folder');
  });
});

describe('writeResults', () => {
  it('creates the folder and leaves nothing beside the file', () => {
    writeResults(join(folder, 'a', 'b', 'results.json'), sampleResults());
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['results.json']);
  });

  it('keeps a symbolic link and replaces what it points to', () => {
    writeFileSync(join(folder, 'target.json'), 'old');
    symlinkSync('target.json', join(folder, 'link.json'));
    writeResults(join(folder, 'link.json'), sampleResults());
    expect(readResults(join(folder, 'target.json')).engine.id).toBe('docker-28.5.2');
    expect(readdirSync(folder, { withFileTypes: true }).find((it) => it.isSymbolicLink())?.name).toBe('link.json');
  });

  it('writes into a device instead of replacing it', () => {
    writeResults('/dev/null', sampleResults());
    expect(readFileSync('/dev/null', 'utf8')).toBe('');
  });

  it('says that a target cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const error = userErrorOf(() => writeResults(join(folder, 'file', 'results.json'), sampleResults()));
    expect(error.message).toMatch(/results\.json cannot be written \((EEXIST|ENOTDIR)\)\.$/);
    mkdirSync(join(folder, 'folder'));
    expect(userErrorOf(() => writeResults(join(folder, 'folder'), sampleResults())).message).toContain('cannot be written (EISDIR)');
  });

  it('writes nothing that breaks the schema', () => {
    const error = userErrorOf(() => writeResults(join(folder, 'results.json'), sampleResults({ durationMs: Number.NaN })));
    expect(error.message).toContain('durationMs');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('results.schema.json', () => {
  const path = join(__dirname, 'results.schema.json');
  const validate = () =>
    new Ajv({ formats: { 'date-time': true, date: true }, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(path, 'utf8')) as object,
    );

  it('is in step with the schema of results.ts (UPDATE_SCHEMA=1 writes it anew)', () => {
    const text = `${JSON.stringify(resultsJsonSchema(), null, 2)}\n`;
    if (process.env['UPDATE_SCHEMA']) writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('accepts results as they are written', () => {
    const file = join(folder, 'results.json');
    writeResults(file, sampleResults());
    const check = validate();
    check(JSON.parse(readFileSync(file, 'utf8')));
    expect(check.errors).toBeNull();
  });

  it.each<[string, Partial<Results['claims'][number]>]>([
    ['an unknown verdict', { verdict: 'maybe' as 'error' }],
    ['a pass without evidence', { evidence: [] }],
    ['a deviation without a reason', { verdict: 'deviates' }],
    ['an unknown key', { surprise: true } as object],
  ])('refuses %s', (_name, change) => {
    const [first, ...others] = sampleResults().claims;
    expect(validate()({ ...sampleResults(), claims: [{ ...first, ...change }, ...others] })).toBe(false);
  });
});
