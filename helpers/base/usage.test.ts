import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ticksIn, used, usedBetween, usedSoFar } from './usage';

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

  it('must have the processor time of all that runs in a PID namespace, but for its first process', () => {
    const proc = mkdtempSync(path.join(tmpdir(), 'proc-'));
    const stat = (name: string, times: string) => `1 (${name}) S 0 1 1 0 -1 4194560 1 2 3 4 ${times} 20 0 1 0`;
    for (const [pid, text] of [
      ['1', stat('init', '1000 1000 1000 1000')],
      ['12', stat('a) R (b', '1 2 30 400')],
      ['13', stat('c', '0 5 0 0')],
    ] as const) {
      mkdirSync(path.join(proc, pid));
      writeFileSync(path.join(proc, pid, 'stat'), text);
    }
    mkdirSync(path.join(proc, '14'));
    expect(ticksIn(proc)).toBe(438);
    expect(ticksIn(path.join(proc, 'nowhere'))).toBe(0);
    rmSync(proc, { recursive: true });
  });
});
