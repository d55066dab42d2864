import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTime } from '../state/owner';
import { sampleResults } from '../results/sample-results';
import { EngineRun, runProgram, type Stage } from './engine-run';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'engine-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const results = sampleResults();
const writes = (status: number) =>
  `require('fs').writeFileSync(json, ${JSON.stringify(JSON.stringify(results))}); process.exitCode = ${status};`;
const hangs = 'setInterval(() => {}, 1000);';

/** A run that is this script; `json` in it is the file for its results. */
function runOf(script: string, timeLimit = 20_000): { run: EngineRun; stages: Stage[] } {
  const stages: Stage[] = [];
  const json = path.join(folder, 'results.json');
  const argv = [process.execPath, '-e', `const json = ${JSON.stringify(json)}; ${script}`];
  return { run: new EngineRun({ engine: 'docker-28.5.2', argv, json, timeLimit, onStage: (stage) => stages.push(stage) }), stages };
}

/** Why such a run has no results. */
async function reasonOf(script: string, timeLimit?: number): Promise<string> {
  const { run, stages } = runOf(script, timeLimit);
  const outcome = await run.ended;
  if (!('reason' in outcome)) throw new Error('it has results');
  expect(outcome.engine).toBe('docker-28.5.2');
  expect(stages.at(-1)).toEqual({ kind: 'failed', reason: outcome.reason });
  return outcome.reason;
}

describe('the run of one engine', () => {
  it('must give its results, and tell how far it is on the way', async () => {
    const tell = (progress: object) => `process.send(${JSON.stringify(progress)});`;
    const progress = [
      { kind: 'progress', line: 'Unpacking …' },
      { kind: 'opened', claims: 10 },
      { kind: 'judged', claims: 7 },
      { kind: 'judged', claims: 5 },
    ];
    const { run, stages } = runOf(progress.map(tell).join('') + writes(results.summary.exitStatus));
    expect(await run.ended).toEqual(results);
    expect(stages).toEqual([
      { kind: 'starting' },
      { kind: 'preparing', what: 'Unpacking …' },
      { kind: 'judging', judged: 0, claims: 10 },
      { kind: 'judging', judged: 7, claims: 10 },
      { kind: 'judging', judged: 10, claims: 10 },
      { kind: 'done', results },
    ]);
  });

  it('must not hand on what GitHub Actions sets: the matrix reports to it, once', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/dev/null', GITHUB_REF: 'main' });
    try {
      const told =
        "process.send({ kind: 'failed', reason: [process.env.GITHUB_ACTIONS, process.env.GITHUB_STEP_SUMMARY, process.env.GITHUB_REF].join() })";
      expect(await reasonOf(told)).toBe(',,main');
    } finally {
      process.env = before;
    }
  });

  it.each<[string, string, RegExp]>([
    [
      'says why',
      "process.send({ kind: 'failed', reason: 'podman ended\\nwhile it was starting' }); process.exitCode = 3;",
      /^podman ended while it was starting$/,
    ],
    [
      'crashes',
      "console.error('first'); console.error('TypeError: last'); process.exit(7);",
      /^its process ended with status 7 and left no results that can be read: TypeError: last$/,
    ],
    [
      'ends in silence',
      'process.exit(0);',
      /^its process ended with status 0 and left no results that can be read: There is no results file /,
    ],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", /^its process was ended by SIGKILL and left no results/],
    [
      'cuts its results short',
      "require('fs').writeFileSync(json, '{');",
      /left no results that can be read: .* is not JSON, or it was cut short/,
    ],
    [
      'ends otherwise than its results say',
      writes(results.summary.exitStatus + 1),
      /^its process ended with status \d, which is not what its results say$/,
    ],
    ['talks without end', "process.stderr.write('x'.repeat(100000)); process.exitCode = 9;", /^.{499}…$/],
  ])('must have a reason in one line when the run %s', async (_, script, reason) => {
    expect(await reasonOf(script)).toMatch(reason);
  });

  it('must say when its program cannot be started', async () => {
    const run = new EngineRun({
      engine: 'x',
      argv: ['/nowhere/program'],
      json: path.join(folder, 'x.json'),
      timeLimit: 5000,
      onStage: () => undefined,
    });
    expect(await run.ended).toMatchObject({ engine: 'x', reason: expect.stringMatching(/ended with status 127|could not be started/) });
  });

  it('must be given up after its time, with how far it was', async () => {
    expect(await reasonOf(hangs, 300)).toBe('it was given up after 0.3 s, before its engine answered');
    expect(
      await reasonOf(`process.send({ kind: 'opened', claims: 50 }); process.send({ kind: 'judged', claims: 12 }); ${hangs}`, 700),
    ).toBe('it was given up after 0.7 s, when it had judged 12 of 50 claims');
  });

  it('must end when it is told to, even if it does not listen', async () => {
    const { run, stages } = runOf(`process.on('SIGTERM', () => {}); process.send({ kind: 'opened', claims: 1 }); ${hangs}`);
    while (stages.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await run.end();
    await run.end();
    expect(await run.ended).toMatchObject({ reason: expect.stringContaining('SIGKILL') });
  });

  it('must die with the matrix, however that ends', async () => {
    const load = (file: string) => `require(${JSON.stringify(path.join(__dirname, file))})`;
    const child = `process.on('SIGTERM', () => {}); console.error(process.pid); ${hangs}`;
    const parent = `${load('../loader/typescript.cjs')}; const { EngineRun } = ${load('./engine-run.ts')};
      const run = new EngineRun({ engine: 'x', argv: [process.execPath, '-e', ${JSON.stringify(child)}], json: '/nowhere', timeLimit: 60000, onStage: () => {} });
      run.child.stderr.on('data', (pid) => process.stdout.write(pid));`;
    const matrix = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = (await once(matrix.stdout, 'data')) as [Buffer];
    expect(startTime(Number(pid))).toBeDefined();
    matrix.kill('SIGKILL');
    await once(matrix, 'exit');
    for (let looksLeft = 50; looksLeft > 0 && startTime(Number(pid)) !== undefined; looksLeft -= 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(startTime(Number(pid))).toBeUndefined();
  });

  it('must be the command that a user types, told that a matrix listens', () => {
    expect(runProgram(['--engine', 'docker-28'])).toEqual([
      process.execPath,
      expect.stringMatching(/helpers\/bin\.cjs$/),
      'run',
      '--for-matrix',
      '--engine',
      'docker-28',
    ]);
  });
});
