import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { RecordReader } from './records';

afterAll(cleanUp);

const line = (id: string) => JSON.stringify({ id, verdict: 'conforms', durationMs: 1, evidence: [] });

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
    write('verdicts-2.ndjson', line('ü').slice(0, 10));
    expect(ids()).toEqual([]);
    write('verdicts-2.ndjson', `${line('ü').slice(10)}\n`);
    expect(ids()).toEqual(['ü']);
  });
});
