import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive, labName, ownerOf, startTime } from './owner';

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('the owner of a lab', () => {
  it('is read from its name', () => {
    expect(ownerOf(labName())).toEqual({ pid: process.pid, started: startTime(process.pid) });
  });

  it('is nobody when the name is not that of a lab', () => {
    expect(ownerOf('dnc-lab-1-2')).toBeUndefined();
    expect(ownerOf('docker')).toBeUndefined();
  });

  it('is alive as long as that very process runs', async () => {
    const child = spawn('sleep', ['60']);
    const owner = { pid: child.pid ?? 0, started: startTime(child.pid ?? 0) ?? '' };
    expect(isAlive(owner)).toBe(true);
    expect(isAlive({ ...owner, started: '1' })).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(owner)).toBe(false);
  });
});
