import { describe, expect, it } from '@jest/globals';
import Dockerode from 'dockerode';
import { lastWords } from './nginx';

const engine = (logs: () => Promise<Buffer>) =>
  ({ getContainer: () => ({ logs }), modem: new Dockerode().modem as unknown }) as unknown as Dockerode;

/** What a program without a terminal printed, in the frames of the API: the stream (1 or 2), three zeros, the length, the words. */
const frame = (stream: 1 | 2, words: string) => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(words.length, 4);
  return Buffer.concat([header, Buffer.from(words)]);
};

describe('the last words of a container that ended', () => {
  it('must be what the engine kept of them', async () => {
    expect(
      await lastWords(
        engine(() => Promise.resolve(Buffer.concat([frame(1, 'starting\n'), frame(2, 'no such file\n')]))),
        'c',
      ),
    ).toBe('starting\nno such file\n');
  });

  it('must be none where the log driver keeps nothing, and an error where the engine does not answer', async () => {
    const refusal = Object.assign(new Error('configured logging driver does not support reading'), { statusCode: 501 });
    expect(
      await lastWords(
        engine(() => Promise.reject(refusal)),
        'c',
      ),
    ).toBe('');
    await expect(
      lastWords(
        engine(() => Promise.reject(new Error('socket hang up'))),
        'c',
      ),
    ).rejects.toThrow('socket hang up');
  });
});
