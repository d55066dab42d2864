import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { RecordReader } from './records';

afterAll(cleanUp);

const record = { verdict: 'conforms', startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, evidence: [] };
const line = (id: string) => JSON.stringify({ id, ...record });

describe('the verdicts that spec workers write', () => {
  it('must be read from all files, each once, and nothing else', () => {
    const directory = temporaryDirectory();
    const write = (name: string, text: string) => appendFileSync(path.join(directory, name), text);
    const reader = new RecordReader(directory);
    const ids = () => reader.next().map(({ id }) => id);
    expect(ids()).toEqual([]);
    write('verdicts-1.ndjson', `${line('a')}\n${line('b')}\n`);
    write('verdicts-2.ndjson', `${line('c')}\n`);
    writeFileSync(path.join(directory, 'context.json'), '{}');
    expect(ids()).toEqual(['a', 'b', 'c']);
    expect(ids()).toEqual([]);
    write('verdicts-2.ndjson', line('d-1').slice(0, 10));
    expect(ids()).toEqual([]);
    write('verdicts-2.ndjson', `${line('d-1').slice(10)}\n`);
    expect(ids()).toEqual(['d-1']);
  });

  it('must be errors of their claims where they are none, and left out where they name no claim', () => {
    const directory = temporaryDirectory();
    const lines = ['null', '[]', '{"id":7}', '{"id":"a', line('../a'), JSON.stringify({ id: 'a', ...record, verdict: 'fine' }), line('b')];
    writeFileSync(path.join(directory, 'verdicts-1.ndjson'), lines.map((it) => `${it}\n`).join(''));
    expect(new RecordReader(directory).next()).toEqual([
      {
        ...record,
        id: 'a',
        verdict: 'error',
        reason: expect.stringMatching(/is no verdict: .*verdict/),
        startedAt: expect.any(String),
        durationMs: 0,
      },
      { id: 'b', ...record },
    ]);
  });
});
