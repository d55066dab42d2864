import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { emulated, emulationFactor, timeFactorVariable, scaledLimit, sentence, slowness, watchPace } from './pace';

describe('the pace of this machine', () => {
  const busy: ReturnType<typeof spawn>[] = [];
  afterEach(() => {
    Reflect.deleteProperty(process.env, timeFactorVariable);
    for (const child of busy.splice(0)) child.kill();
  });

  it('is never less than that of a quiet one, and bounded', () => {
    expect(slowness()).toBeGreaterThanOrEqual(1);
    expect(slowness()).toBeLessThanOrEqual(10);
  });

  it('is what the variable says', () => {
    process.env[timeFactorVariable] = '0.5';
    expect(scaledLimit(3000)).toBe(1500);
    process.env[timeFactorVariable] = '20';
    expect(scaledLimit(3000)).toBe(60_000);
  });

  it.each(['', 'much', '0', '-1'])('is measured where the variable is "%s"', (text) => {
    process.env[timeFactorVariable] = text;
    expect(slowness()).toBeGreaterThanOrEqual(1);
  });

  it('follows the programs that want a processor, at once', async () => {
    const programs = 4 * availableParallelism();
    for (let n = 0; n < programs; n++) busy.push(spawn('timeout', ['20', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }));
    const end = watchPace();
    await pause(3500);
    // some of them may be between two time slices just now
    expect(slowness()).toBeGreaterThan(2);
    end();
  });

  it('is that of an emulated processor as well, where the engine has one', () => {
    emulated(5);
    expect(emulationFactor()).toBe(5);
    expect(slowness()).toBeGreaterThanOrEqual(5);
    emulated(1);
    expect(emulationFactor()).toBe(1);
  });

  it('is told in a sentence where it is slow', () => {
    expect(sentence(1.4)).toBeUndefined();
    expect(sentence(4.6)).toMatch(/was slow: things could take some 5 times as long .* time limits were up to 5 times as long/);
    expect(sentence(80)).toMatch(/some 10 times/);
    process.env[timeFactorVariable] = '0.5';
    expect(sentence(80)).toMatch(/some 10 times as long as on a quiet one; time limits were 0.5 times as long, as .*_TIME_FACTOR says$/);
  });
});
