import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../claim/eventually';
import { findInPath } from '../base/in-path';
import { cgroupNames } from '../lab/cgroups';
import { readResults } from '../results/results-file';
import { commandLine } from './command-line';
import { labTimeLimit, runTimeLimit } from './broken-lab';

const timeLimit = labTimeLimit + runTimeLimit;
const claims = ['models.engine-offers-bridge-host-and-none', 'bridge.published.host-reaches-the-container'];
const two = ['matrix', '--engine', 'docker-28', 'podman-5.8', '--claim', ...claims];

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mx-'));
  output = path.join(folder, 'output');
  mkdirSync(path.join(folder, 'bin'));
  mkdirSync(path.join(folder, 'tmp'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => readFileSync(path.join(output, name), 'utf8');
const report = (name: string) => read(`report.${name}`);

/** Labs of Podman, and no others, are this script instead. */
function podmanIs(script: string): Record<string, string> {
  const file = path.join(folder, 'bin', 'setpriv');
  const setpriv = findInPath('setpriv') ?? '';
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *unshare*podman*) exec ${setpriv} --pdeathsig KILL sh -c '${script}' ;; esac\nexec ${setpriv} "$@"\n`,
    { mode: 0o755 },
  );
  return { PATH: `${path.dirname(file)}:${process.env['PATH'] ?? ''}` };
}

/** Names of the labs that are there, whose temporary folder is this test's own: they lie in a folder of their user. */
const labs = () =>
  readdirSync(path.join(folder, 'tmp')).flatMap((user) =>
    readdirSync(path.join(folder, 'tmp', user)).filter((name) => name.startsWith('dnc-lab-')),
  );

/** Processes that have this test's mark in their environment. */
function marked(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`MATRIX_TEST=${folder}`);
    } catch {
      return false;
    }
  });
}

describe('the shards of a run', () => {
  it(
    'must judge what the run would have judged, each claim once, and become its results',
    async () => {
      const shards = await Promise.all(
        [1, 2].map(async (index) => {
          const json = path.join(folder, `${index}.json`);
          await commandLine(['run', '--engine', 'docker-28', '--claim', ...claims, '--shard', `${index}/2`, '--json', json], {
            timeout: timeLimit,
          });
          return json;
        }),
      );
      expect(shards.map((json) => readResults(json)).map(({ shard, claims: judged }) => [shard, judged.length])).toEqual([
        [{ index: 1, total: 2 }, 1],
        [{ index: 2, total: 2 }, 1],
      ]);
      const ended = await commandLine(['merge', ...shards.reverse(), '--output', output]);
      expect(ended).toMatchObject({ status: 0, complained: '' });
      const [joined = ''] = readdirSync(output).filter((name) => name.endsWith('.json'));
      expect(readResults(path.join(output, joined)).claims.map(({ id, verdict }) => [id, verdict])).toEqual(
        claims.map((id) => [id, 'conforms']),
      );
    },
    timeLimit,
  );
});

describe('a matrix of real engines', () => {
  it(
    'must give every engine its column, and merge must make the same report of its files',
    async () => {
      const ended = await commandLine([...two, '--output', output], { timeout: timeLimit });
      expect(ended.printed).toMatch(/^ 2 engines, 2 claims$/m);
      const ids = ['docker-28', 'podman-5.8'].map(
        (start) => readdirSync(output).find((name) => name.startsWith(start) && name.endsWith('.json')) ?? '',
      );
      const results = ids.map((name) => readResults(path.join(output, name)));
      expect(results.map((it) => it.claims.map(({ id }) => id))).toEqual([claims, claims]);
      expect(ended.status).toBe(Math.max(...results.map(({ summary }) => summary.exitStatus)));
      expect(ended.complained).toMatch(/^2 engines in .*, 2 at a time; their runs took .* together\.$/m);

      const merged = path.join(folder, 'merged');
      const again = await commandLine(['merge', ...[...ids].reverse().map((name) => path.join(output, name)), '--output', merged]);
      expect(again.status).toBe(ended.status);
      for (const name of ['report.html', 'report.md', ...ids]) expect(readFileSync(path.join(merged, name), 'utf8')).toBe(read(name));
    },
    timeLimit,
  );

  it(
    'must show an engine that does not start by the reason, and judge the others',
    async () => {
      const ended = await commandLine([...two, '--output', output], {
        env: podmanIs('echo the kernel has no such thing >&2; exit 1'),
        timeout: timeLimit,
      });
      expect(ended.status).toBe(3);
      const reason = 'ended while it was starting. Its last words: the kernel has no such thing';
      for (const text of [ended.printed, report('md')]) expect(text.replace(/\s+/g, ' ').replaceAll('\\', '')).toContain(reason);
      expect(report('html')).toContain('no such thing');
      expect(ended.printed).toMatch(/exit status 3: there are no results \(podman-5\.8/);
      expect(
        readdirSync(output)
          .filter((name) => /^(podman|docker)/.test(name))
          .map((name) => name.replace(/^(\w+)-[\d.]*\d/, '$1')),
      ).toEqual(['docker.json', 'docker.xml', 'podman.failed.json']);
    },
    timeLimit,
  );

  it(
    'must give up an engine that hangs',
    async () => {
      const ended = await commandLine([...two.filter((word) => word !== 'docker-28'), '--output', output, '--time-limit', '4'], {
        env: podmanIs('exec sleep 600'),
        timeout: timeLimit,
      });
      expect(ended.status).toBe(3);
      expect(ended.printed.replace(/\s+/g, ' ')).toContain('no results: it was given up after 4 s, before its engine answered');
    },
    timeLimit,
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'must leave nothing when %s ends it',
    async (signal) => {
      const env = { ...process.env, TMPDIR: path.join(folder, 'tmp'), MATRIX_TEST: folder, CI: 'true' };
      const matrix = spawn(
        process.execPath,
        [path.resolve(__dirname, '..', 'bin.cjs'), 'matrix', '--engine', 'docker-28', 'podman-5.8', '--output', output],
        { stdio: ['ignore', 'ignore', 'pipe'], env },
      );
      let said = '';
      matrix.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      await eventually(
        () => Promise.resolve(said),
        () => /docker.*: \d+ claims[^]*podman.*: \d+ claims|podman.*: \d+ claims[^]*docker.*: \d+ claims/.test(said),
        { within: labTimeLimit },
      );
      const names = labs();
      expect(names).toHaveLength(2);
      expect(marked().length).toBeGreaterThan(4);
      matrix.kill(signal);
      const [status] = (await once(matrix, 'exit')) as [number | null];
      if (signal !== 'SIGKILL') expect(status).toBe(128 + constants.signals[signal]);
      const left = () => Promise.resolve([...marked(), ...labs(), ...[...cgroupNames()].filter((name) => names.includes(name))]);
      expect(await eventually(left, (it) => it.length === 0, { within: 10_000 })).toEqual([]);
    },
    timeLimit,
  );
});
