import { describe, expect, it } from '@jest/globals';
import { benchCauses, causesTable } from '.';
import type { Tried } from './try-fault';

const tried = (fault: string, milliseconds: number): Tried => ({
  fault,
  outcome: 'timed-out',
  named: 'right',
  code: 'host.firewall',
  summary: '',
  remedy: '',
  remedied: 'mends',
  milliseconds,
});

describe('what a cause costs', () => {
  it('must be told in time limits of the probe, the dearest first', () => {
    const [, dearest, cheapest, , last] = causesTable([tried('cheap', 2000), tried('dear', 9000)]).split('\n');
    expect(dearest).toMatch(/^dear +host\.firewall +9000 +4\.50$/);
    expect(cheapest).toMatch(/^cheap +host\.firewall +2000 +1\.00$/);
    expect(last).toBe('in time limits of the probe (2 s): median 2.75, most 4.50, bar 5: met');
  });

  it('must miss the bar where one costs more', () => {
    expect(causesTable([tried('cheap', 2000), tried('dear', 10_100)])).toMatch(/most 5\.05, bar 5: missed\n$/);
  });

  it('must be asked for a fault that there is', async () => {
    await expect(benchCauses(['no-such'], () => undefined)).rejects.toThrow('No fault is called no-such.');
  });
});
