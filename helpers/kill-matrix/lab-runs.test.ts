import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Progress } from '../matrix/display';
import { resultsOf } from '../results/sample-matrix';
import { LabRuns, type LabRunsOptions } from './lab-runs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'runs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Plays a run: with `--fault broken` it fails, otherwise it writes results. */
const play = `
  if (process.argv.includes('broken')) process.exit(7);
  require('fs').writeFileSync(process.argv[process.argv.indexOf('--json') + 1], ${JSON.stringify(JSON.stringify(resultsOf('docker-28.5.2', { 'net.good': 'conforms' })))});`;

function runsOf(ids: readonly string[], options: Partial<LabRunsOptions> = {}): { runs: LabRuns; seen: (readonly Progress[])[] } {
  const seen: (readonly Progress[])[] = [];
  const display = { show: (progress: readonly Progress[]) => void seen.push(progress), stop: () => undefined, close: () => undefined };
  const program = (args: readonly string[]) => [process.execPath, '-e', play, '--', ...args];
  return {
    runs: new LabRuns({
      runs: ids.map((id) => ({ id, args: ['--fault', id] })),
      folder,
      jobs: 2,
      timeLimit: 20_000,
      display,
      program,
      ...options,
    }),
    seen,
  };
}

describe('runs in labs', () => {
  it('must all be made, so many at a time as they may, and lose no other where one fails', async () => {
    const { runs, seen } = runsOf(['one', 'broken', 'three']);
    const ended = await runs.all();
    expect([...ended].map(([id, { outcome }]) => [id, 'claims' in outcome ? outcome.engine.id : outcome.reason]).sort()).toEqual([
      ['broken', expect.stringContaining('its process ended with status 7')],
      ['one', 'docker-28.5.2'],
      ['three', 'docker-28.5.2'],
    ]);
    expect(Math.max(...seen.map((progress) => progress.filter(({ stage }) => stage.kind === 'starting').length))).toBe(2);
    expect([...ended.values()].every(({ durationMs }) => durationMs > 0)).toBe(true);
  });

  it('must end when they are ended, start no other, and leave no files', async () => {
    const { runs, seen } = runsOf(['one', 'two', 'three'], { program: () => [process.execPath, '-e', 'setInterval(() => {}, 1000)'] });
    void runs.all();
    await runs.end();
    expect(seen.at(-1)?.map(({ stage }) => stage.kind)).toEqual(['starting', 'starting', 'waiting']);
    expect(existsSync(folder)).toBe(false);
  });
});
