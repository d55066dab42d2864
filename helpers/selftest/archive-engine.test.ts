import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import { projectRoot } from '../base/project';
import { prepareLab } from '../lab';
import type { Results } from '../results/results';
import { readResults } from '../results/results-file';
import { ownEnvironment } from './command-line';

const programs = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-proxy', 'docker-init', 'docker'];

let folder: string;
let archive: string;

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
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a run of two areas on an engine came to. */
async function judged(engine: string): Promise<Results> {
  const json = path.join(folder, 'results.json');
  const command = [process.execPath, path.join(projectRoot, 'helpers/bin.cjs'), 'run', '--engine', engine, '--json', json];
  const { exitCode, stdout, stderr } = await run([...command, '--area', 'document', 'user-bridge'], {
    env: ownEnvironment,
    timeout: 300_000,
  });
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  return readResults(json);
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
