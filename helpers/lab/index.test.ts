import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { engines } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import { timeFactorVariable } from '../base/pace';
import { run } from '../base/process';
import { readManifest } from './cache';
import { cgroupNames } from './cgroups';
import { entryName } from './engine-root';
import type { Lab } from './index';
import { cleanLabs, prepareLab, startLab } from './index';
import { startTime } from '../state/owner';

const [engine] = engines;
const ready = process.getuid?.() === 0 && engine !== undefined && readManifest(entryName('template', engine)) !== undefined;
// without an engine in the cache there is nothing to start, and a unit test does not fetch one
const withEngine = ready ? describe : describe.skip;

jest.setTimeout(60_000);

function nameOf(socketPath: string): string {
  return basename(dirname(dirname(socketPath)));
}

/** A shell script that starts a container of an image and pauses it. */
function pauseContainer(reference: string): string {
  return `docker pause $(docker run --detach ${reference})`;
}

withEngine('a lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(await prepareLab(undefined, () => undefined), { runId: 'unit-test' });
  });
  afterAll(async () => await lab.stop());

  const inLab = async (...argv: string[]): Promise<string> => (await run(lab.enter(argv))).stdout;

  it('has the nginx image as soon as it answers', async () => {
    expect(await inLab('docker', 'image', 'inspect', '--format', '{{.Id}}', lab.image.reference)).toBe(`${lab.image.imageId}\n`);
  });

  it('has no way out', async () => {
    expect(await inLab('ip', 'route', 'get', '198.51.100.1')).toBe('');
  });

  it('says at once that a name is unknown', async () => {
    expect(await inLab('nslookup', '-type=a', 'nobody.example', '192.0.2.53')).toContain('NXDOMAIN');
  });

  it('runs containers whose cgroups carry its name', async () => {
    await inLab('docker', 'run', '--detach', lab.image.reference);
    expect(cgroupNames()).toContain(nameOf(lab.socketPath));
  });

  it('is left alone by a clean-up as long as its run is alive', async () => {
    expect(cleanLabs()).not.toContain(nameOf(lab.socketPath));
    expect(await inLab('docker', 'ps', '--quiet')).not.toBe('');
  });

  it('leaves nothing when it is stopped', async () => {
    const { pid, socketPath } = lab;
    await lab.stop();
    expect(startTime(pid)).toBeUndefined();
    expect(existsSync(dirname(dirname(socketPath)))).toBe(false);
    expect(cgroupNames()).not.toContain(nameOf(socketPath));
  });

  it('leaves nothing when its run is killed, even with a container in it that is paused', async () => {
    const script = `
      require(${JSON.stringify(join(__dirname, '../loader/typescript.cjs'))});
      const { prepareLab, startLab } = require(${JSON.stringify(join(__dirname, 'index.ts'))});
      const { run } = require(${JSON.stringify(join(__dirname, '../base/process.ts'))});
      prepareLab(undefined, () => {}).then((p) => startLab(p, { runId: 'killed' })).then(async (l) => {
        const { exitCode } = await run(l.enter(['sh', '-ec', ${JSON.stringify(pauseContainer('$0'))}, l.image.reference]));
        console.log(exitCode === 0 ? l.socketPath : 'no container could be paused');
        setInterval(() => {}, 1000);
      });`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const socketPath = line.toString().trim();
    expect(socketPath).toMatch(/^\//);
    child.kill('SIGKILL');
    const deadline = Date.now() + 5000;
    const remains = (): boolean => existsSync(dirname(dirname(socketPath))) || cgroupNames().has(nameOf(socketPath));
    while (remains() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(remains()).toBe(false);
  });

  it('leaves nothing when it is stopped with a container in it that is paused', async () => {
    const other = await startLab(await prepareLab(undefined, () => undefined), { runId: 'unit-test' });
    const paused = await run(other.enter(['sh', '-ec', pauseContainer(other.image.reference)]));
    await other.stop();
    expect(paused.exitCode).toBe(0);
    expect(cgroupNames()).not.toContain(nameOf(other.socketPath));
  });

  it('of a dead run is removed by a clean-up', () => {
    const dead = join(tmpdir(), 'dnc-lab-4194305-1-00000000');
    mkdirSync(dead);
    expect(cleanLabs()).toContain(basename(dead));
    expect(existsSync(dead)).toBe(false);
    rmSync(dead, { recursive: true, force: true });
  });

  it('that does not start is explained by the last words of its daemon', async () => {
    const prepared = await prepareLab(undefined, () => undefined);
    await expect(startLab(prepared, { runId: 'unit-test', daemonArgs: ['--no-such-flag'] })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('no-such-flag'),
    });
  });

  it('that is slow to start is waited for as long as things may take here', async () => {
    const prepared = await prepareLab(undefined, () => undefined);
    const slow: EngineMode = {
      id: 'slow',
      title: 'It is slow to start',
      appliesTo: () => true,
      start: (argv) => ['sh', '-c', 'sleep 4; exec "$@"', 'slow', ...argv],
    };
    const started = async (factor: string) => {
      process.env[timeFactorVariable] = factor;
      try {
        return await startLab({ ...prepared, mode: slow }, { runId: 'unit-test' });
      } finally {
        Reflect.deleteProperty(process.env, timeFactorVariable);
      }
    };
    await expect(started('0.1')).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('did not answer within 3 s'),
    });
    const late = await started('1.5');
    await late.stop();
  });
});
