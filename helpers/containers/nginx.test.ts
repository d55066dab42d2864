import { describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { lastWords } from './nginx';

const engine = (logs: () => Promise<Buffer>) => ({ getContainer: () => ({ logs }) }) as unknown as Dockerode;

describe('the last words of a container that ended', () => {
  it('must be what the engine kept of them', async () => {
    expect(
      await lastWords(
        engine(() => Promise.resolve(Buffer.from('no such file\n'))),
        'c',
      ),
    ).toBe('no such file\n');
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
