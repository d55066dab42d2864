import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { pack } from './pack';
import { interned, restored, type Interned } from './page/interned';

const long = 'a text that is long enough to be kept once';
const data = {
  claims: [
    { answer: long, took: 3, cause: null },
    { answer: long, took: 4, short: 'short' },
  ],
  more: [long, '', true],
};

describe('packed data', () => {
  it('must be what they were when they are unpacked', () => {
    const unpacked = JSON.parse(inflateSync(Buffer.from(pack(data), 'base64')).toString()) as Interned;
    expect(restored(unpacked)).toEqual(data);
  });

  it('must have each longer text once', () => {
    expect(interned(data).texts).toEqual([long]);
    expect(JSON.stringify(interned(data)).split(long)).toHaveLength(2);
  });
});
