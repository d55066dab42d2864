import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import { projectRoot } from '../base/project';
import { prepareLab } from '../lab';
import { cacheFolder } from '../lab/cache';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { ownEnvironment } from './command-line';

const programs = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-proxy', 'docker-init', 'docker'];

let folder: string;
let archive: string;
/** what the ids of the engines end with */
const sums: string[] = [];

/** An archive as Docker publishes them, of the programs that Debian's packages have. */
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'archive-engine-'));
  const { root } = await prepareLab('docker-28', () => undefined);
  mkdirSync(path.join(folder, 'docker'));
  for (const name of programs) {
    const from = ['usr/bin', 'usr/sbin'].map((place) => path.join(root, place, name)).find((file) => existsSync(file)) ?? '';
    copyFileSync(from, path.join(folder, 'docker', name));
  }
  archive = path.join(folder, 'docker-of-the-test.tgz');
  const { exitCode, stderr } = await run([
    'tar',
    '--create',
    '--use-compress-program=gzip -1',
    `--file=${archive}`,
    `--directory=${folder}`,
    'docker',
  ]);
  if (exitCode !== 0) throw new Error(stderr);
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  // a user's cache is not to fill with what tests have put together
  for (const name of readdirSync(cacheFolder()))
    if (sums.some((sum) => name.includes(`-archive-${sum}`))) rmSync(path.join(cacheFolder(), name), { recursive: true });
});

/** What a run of two areas on an engine came to. */
async function judged(engine: string): Promise<Results> {
  const json = path.join(folder, 'results.json');
  const command = [process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), 'run', '--engine', engine, '--json', json];
  const { exitCode, stdout, stderr } = await run([...command, '--area', 'document', 'user-bridge'], {
    env: ownEnvironment,
    timeout: 300_000,
  });
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  const results = readResults(json);
  const sum = /-([0-9a-f]{8})$/.exec(results.engine.id)?.[1];
  if (sum !== undefined) sums.push(sum);
  return results;
}

const verdicts = ({ claims }: Results) => claims.map(({ id, verdict, level }) => `${id} ${level} ${verdict}`);

describe('an engine from an archive', () => {
  it("must be judged as Debian's of the same version is, and be told from it", async () => {
    const ofDebian = await judged('docker-28');
    const brought = await judged(archive);
    expect(verdicts(brought)).toEqual(verdicts(ofDebian));
    expect(brought.summary).toEqual(ofDebian.summary);
    expect(brought.engine).toMatchObject({ version: ofDebian.engine.version, apiVersion: ofDebian.engine.apiVersion });
    expect(brought.engine.id).toMatch(new RegExp(`^${ofDebian.engine.id}-[0-9a-f]{8}$`));
  }, 600_000);

  it('must be there by its id when the folder that it came from is gone', async () => {
    const { engine } = await judged(path.join(folder, 'docker'));
    rmSync(path.join(folder, 'docker'), { recursive: true });
    expect((await judged(engine.id)).engine).toEqual(engine);
  }, 600_000);
});

describe('a bisection between engines', () => {
  it('must find the release that made MAC addresses random, with the evidence of both sides', async () => {
    const claim = 'mac.generated.is-another-after-a-restart';
    const command = [process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), 'bisect', '--claim', claim];
    const { exitCode, stdout, stderr } = await run([...command, '--good', 'docker-20.10.24', '--bad', 'docker-28'], {
      env: ownEnvironment,
      timeout: 300_000,
    });
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 });
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toMatch(/docker-28\.\S+ is the first on which it is "conforms"; on docker-26\.1\.5 it was "not applicable"\./);
    expect(words).toMatch(/docker-26\.1\.5: not applicable, holds since 28\.0\.0 .*docker-28\S+: conforms engine API: POST/);
  }, 310_000);

  it('must be refused in one sentence where the ends are alike', async () => {
    const command = [
      process.execPath,
      path.join(projectRoot, 'helpers/bin.cjs'),
      'bisect',
      '--claim',
      'models.engine-offers-bridge-host-and-none',
    ];
    const { exitCode, stderr } = await run([...command, '--good', 'docker-28', '--bad', 'docker-28'], {
      env: ownEnvironment,
      timeout: 300_000,
    });
    expect(exitCode).not.toBe(0);
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'There is no change to find: the verdict is "conforms" on docker-28.5.2 and on docker-28.5.2.',
    );
  }, 310_000);
});
