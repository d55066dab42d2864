import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock';

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('the lock of the cache', () => {
  it('lets one work at a time, and tells the other that it waits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dnc-lock-test-'));
    const steps: string[] = [];
    let finish = (): void => undefined;
    const first = withLock(
      folder,
      () => steps.push('first waits'),
      async () => {
        steps.push('first works');
        await new Promise<void>((resolve) => (finish = resolve));
        steps.push('first is done');
      },
    );
    while (steps.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = withLock(
      folder,
      () => {
        steps.push('second waits');
        finish();
      },
      () => Promise.resolve(steps.push('second works')),
    );
    await Promise.all([first, second]);
    expect(steps).toEqual(['first works', 'second waits', 'first is done', 'second works']);
    rmSync(folder, { recursive: true });
  });

  it('is free at once when its holder is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dnc-lock-test-'));
    const holder = spawn('flock', [join(folder, 'lock'), 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const waiting = withLock(
      folder,
      () => holder.stdin.destroy(),
      () => Promise.resolve('worked'),
    );
    await expect(waiting).resolves.toBe('worked');
    rmSync(folder, { recursive: true });
  });

  it('is given back when the work fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dnc-lock-test-'));
    const never = (): never => {
      throw new Error('waited');
    };
    await expect(withLock(folder, never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(folder, never, () => Promise.resolve(1))).resolves.toBe(1);
    rmSync(folder, { recursive: true });
  });
});
