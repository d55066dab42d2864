import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { isAlive, labName, lifeOf, ownerOf, startTime } from './owner';

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('the owner of a lab', () => {
  it('is read from its name', () => {
    const owner = ownerOf(labName());
    expect(owner).toMatchObject({
      pid: process.pid,
      started: startTime(process.pid),
      namespace: /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0],
    });
    expect(owner && lifeOf(owner)).toBe('alive');
  });

  it('is read from a name of an earlier version, which said nothing of the namespace', () => {
    expect(ownerOf('dnc-lab-12-34-00000000')).toEqual({ pid: 12, started: '34' });
  });

  it('is not known to live or not where a number means nothing', () => {
    const { boot = '', ...owner } = ownerOf(labName()) ?? { pid: 0, started: '' };
    expect(lifeOf({ ...owner, boot: boot === '000000' ? '111111' : '000000' })).toBe('unknown');
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
