import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { resultsOf } from '../results/sample-matrix';
import { sampleResults } from '../results/sample-results';
import { Matrix, type MatrixOptions } from '.';
import type { Progress } from './display';
import { readColumn } from './failure-file';

let output: string;
beforeEach(() => {
  output = mkdtempSync(path.join(tmpdir(), 'matrix-'));
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

/** A program that plays the run of an engine: it writes results of the engine that `judges` names for it, or fails. */
function player(judges: Record<string, string>): MatrixOptions['program'] {
  const script = `
    const [engine, json, junit] = ['--engine', '--json', '--junit'].map((option) => process.argv[process.argv.indexOf(option) + 1]);
    const all = ${JSON.stringify(Object.fromEntries(Object.entries(judges).map(([engine, id]) => [engine, resultsOf(id, { 'net.good': 'conforms' })])))};
    if (!all[engine]) throw new Error(engine + ' is broken');
    require('fs').writeFileSync(junit, '<testsuites/>');
    require('fs').writeFileSync(json, JSON.stringify(all[engine]));`;
  return (args) => [process.execPath, '-e', script, '--', ...args];
}

function matrixOf(engines: string[], options: Partial<MatrixOptions> = {}): { matrix: Matrix; seen: (readonly Progress[])[] } {
  const seen: (readonly Progress[])[] = [];
  const display = { show: (progress: readonly Progress[]) => void seen.push(progress), stop: () => undefined, close: () => undefined };
  const program = player(Object.fromEntries(engines.map((id) => [id, id])));
  return {
    matrix: new Matrix({
      engines: engines.map((id) => ({ id, ready: true })),
      runArguments: [],
      output,
      jobs: 2,
      lastAtOnce: false,
      timeLimit: 20_000,
      display,
      program: program ?? (() => []),
      ...options,
    }),
    seen,
  };
}

describe('a matrix', () => {
  it('must judge all engines, so many at a time as it may, and give them in their order', async () => {
    const ids = ['podman-5.8.6', 'docker-28.5.2', 'docker-20.10.5', 'podman-4.3.1'];
    const early: string[] = [];
    const { matrix, seen } = matrixOf(ids, { onResults: ({ engine }) => early.push(engine.id) });
    const { results, failures } = await matrix.run();
    expect(early.sort()).toEqual([...ids].sort());
    expect({ ids: results.map(({ engine }) => engine.id), failures }).toEqual({
      ids: ['docker-20.10.5', 'docker-28.5.2', 'podman-4.3.1', 'podman-5.8.6'],
      failures: [],
    });
    expect(Math.max(...seen.map((progress) => progress.filter(({ stage }) => stage.kind === 'starting').length))).toBe(2);
    expect(readdirSync(output).sort()).toEqual(ids.flatMap((id) => [`${id}.json`, `${id}.xml`]).sort());
    expect(matrix.spent).toBeGreaterThan(0);
  });

  it.each([
    [2, 2],
    [3, 3],
    [4, 3],
  ])('must not leave the last of %i engines to itself, where it may start one more', async (engines, atOnce) => {
    const { matrix, seen } = matrixOf(['podman-5.8.6', 'docker-28.5.2', 'docker-20.10.5', 'podman-4.3.1'].slice(0, engines), {
      lastAtOnce: true,
    });
    expect((await matrix.run()).results).toHaveLength(engines);
    expect(Math.max(...seen.map((progress) => progress.filter(({ stage }) => stage.kind === 'starting').length))).toBe(atOnce);
  });

  it('must lose no more than the column of an engine that fails, and leave the reason in a file instead', async () => {
    for (const stale of ['podman-5.8.6.json', 'docker-28.5.2.failed.json', 'docker-26.1.5.json'])
      writeFileSync(path.join(output, stale), 'stale');
    const { matrix } = matrixOf(['docker-28.5.2', 'podman-5.8.6'], { program: player({ 'docker-28.5.2': 'docker-28.5.2' }) ?? (() => []) });
    const { results, failures } = await matrix.run();
    expect(results.map(({ engine }) => engine.id)).toEqual(['docker-28.5.2']);
    expect(failures).toEqual([{ engine: 'podman-5.8.6', reason: expect.stringContaining('its process ended with status 1') }]);
    expect(readColumn(path.join(output, 'podman-5.8.6.failed.json')).failures).toEqual(failures);
    // what was there of these engines is gone, and what was there of others is not its business
    expect(readdirSync(output).sort()).toEqual([
      'docker-26.1.5.json',
      'docker-28.5.2.json',
      'docker-28.5.2.xml',
      'podman-5.8.6.failed.json',
    ]);
  });

  it('must name files by the version that there was in the end', async () => {
    const { matrix } = matrixOf(['docker-28.5.2'], { program: player({ 'docker-28.5.2': 'docker-28.5.3' }) ?? (() => []) });
    await matrix.run();
    expect(readdirSync(output).sort()).toEqual(['docker-28.5.3.json', 'docker-28.5.3.xml']);
  });

  it('must hand on what every run is told', async () => {
    const tell = (args: readonly string[]) => [
      process.execPath,
      '-e',
      `process.send({ kind: 'failed', reason: process.argv.slice(1).join(' ') })`,
      '--',
      ...args,
    ];
    const { matrix } = matrixOf(['docker-28.5.2'], { program: tell, runArguments: ['--level', 'must', '--strict'] });
    const { failures } = await matrix.run();
    expect(failures[0]?.reason).toBe(
      `--engine docker-28.5.2 --json ${output}/docker-28.5.2.json --junit ${output}/docker-28.5.2.xml --level must --strict`,
    );
    expect(readFileSync(path.join(output, 'docker-28.5.2.failed.json'), 'utf8')).toContain('"engine": "docker-28.5.2"');
  });

  it('must end all runs when it is ended, and start no other', async () => {
    const { matrix, seen } = matrixOf(['docker-20.10.5', 'docker-26.1.5', 'docker-28.5.2'], {
      program: () => [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    });
    void matrix.run();
    const { results, failures } = await matrix.interrupt();
    expect(results).toEqual([]);
    expect(failures.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('was ended by SIGTERM'),
      expect.stringContaining('was ended by SIGTERM'),
      'it was interrupted before this run began',
    ]);
    expect(seen.at(-1)?.map(({ stage }) => stage.kind)).toEqual(['starting', 'starting', 'waiting']);
    expect(readdirSync(output)).toEqual([]);
  });

  it('must have what an engine had judged when it is interrupted', async () => {
    const partial = JSON.stringify({ ...sampleResults({ interrupted: true, notReached: 3 }) });
    const judging = (args: readonly string[]) => [
      process.execPath,
      '-e',
      `const fs = require('fs'); fs.writeFileSync(process.argv[process.argv.indexOf('--json') + 1], ${JSON.stringify(partial)}); process.send({ kind: 'opened', claims: 13 }); setInterval(() => {}, 1000)`,
      '--',
      ...args,
    ];
    const { matrix, seen } = matrixOf(['docker-28.5.2'], { program: judging });
    void matrix.run();
    while (!seen.some((engines) => engines.some(({ stage }) => stage.kind === 'judging')))
      await new Promise((resolve) => setImmediate(resolve));
    const { results, failures } = await matrix.interrupt();
    expect({
      failures,
      told: results.map(({ interrupted, notReached, claims }) => ({ interrupted, notReached, claims: claims.length })),
    }).toEqual({ failures: [], told: [{ interrupted: true, notReached: 3, claims: 10 }] });
  });
});
