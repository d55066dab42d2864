import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { used, usedBetween, usedSoFar } from './usage';

describe('what a run used', () => {
  it('must be what was made between two moments', () => {
    used('containers', 3);
    const before = usedSoFar();
    used('containers');
    used('processes', 41);
    used('networks', 2);
    expect(usedBetween(before, usedSoFar())).not.toHaveProperty('processes');
    used('inLabs', 400);
    expect(usedBetween(before, usedSoFar())).toEqual({
      containers: 1,
      networks: 2,
      execs: 0,
      daemons: 0,
      processes: 441,
      cpuSeconds: expect.any(Number),
    });
  });

  it('must have the processor time of children that have ended, and of theirs', () => {
    const before = usedSoFar();
    execFileSync('sh', [
      '-c',
      `"${process.execPath}" -e 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);'; :`,
    ]);
    expect(usedBetween(before, usedSoFar()).cpuSeconds).toBeGreaterThanOrEqual(0.3);
  });
});
