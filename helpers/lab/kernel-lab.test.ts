import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { engines } from '../../fixtures/engines';
import { emulated } from '../base/pace';
import { run } from '../base/process';
import { startTime } from '../state/owner';
import { readManifest } from './cache';
import { entryName } from './engine-root';
import { prepareLab, startLab, type Lab } from './index';

const [engine] = engines;
// it is fetched and kept where somebody asked for it, and by no test
const ready = engine !== undefined && readManifest(entryName('memory', engine)) !== undefined;
const withKernel = ready ? describe : describe.skip;

jest.setTimeout(300_000);
const selector = 'docker-28+kernel';

withKernel('a lab with a kernel of its own', () => {
  let lab: Lab;
  beforeAll(async () => {
    emulated(5);
    lab = await startLab(await prepareLab(selector, () => undefined), { runId: 'unit-test' });
  });
  afterAll(async () => {
    await lab.stop();
    emulated(1);
  });

  const inLab = (...argv: string[]) => run(lab.enter(argv));

  it('has another kernel, the time of this machine, and nothing that leads out', async () => {
    const [release, seconds, links, route] = await Promise.all([
      inLab('uname', '-r'),
      inLab('date', '+%s'),
      inLab('ls', '/sys/class/net'),
      inLab('ip', 'route', 'get', '198.51.100.1'),
    ]);
    expect(release.stdout).not.toBe((await run(['uname', '-r'])).stdout);
    expect(Math.abs(Number(seconds.stdout) - Date.now() / 1000)).toBeLessThan(60);
    expect(links.stdout.split('\n').filter((name) => name !== '')).toEqual(['docker0', 'lo']);
    expect(route.exitCode).not.toBe(0);
  });

  it('keeps what a command writes and how it ends apart', async () => {
    expect(await inLab('sh', '-c', 'echo out; echo err >&2; exit 3')).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await inLab('nobody-has-this')).toMatchObject({ exitCode: 127 });
  });

  it('has links of kinds that kernels may lack', async () => {
    const script =
      'ip link add t0 type dummy && ip link add link t0 name t1 type ipvlan && ip link add link t0 name t2 type vlan id 2; s=$?; ip link del t0; exit $s';
    expect(await inLab('sh', '-c', script)).toMatchObject({ exitCode: 0 });
    expect(await inLab('test', '-e', '/proc/net/ip_vs')).toMatchObject({ exitCode: 0 });
  });

  it('has the image, as a client outside sees', async () => {
    const argv = [...(lab.client?.('docker.sock') ?? []), 'image', 'inspect', '--format', '{{.Id}}', lab.image.reference];
    expect((await run(argv)).stdout).toBe(`${lab.image.imageId}\n`);
  });

  it('draws other numbers than another copy', async () => {
    const another = await startLab(await prepareLab(selector, () => undefined), { runId: 'unit-test' });
    const drawn = (of: Lab) => run(of.enter(['sh', '-c', 'head -c 16 /dev/urandom | sha256sum']));
    const [one, other] = await Promise.all([drawn(lab), drawn(another)]);
    await another.stop();
    expect(one.stdout).toMatch(/^[0-9a-f]{64}/);
    expect(one.stdout).not.toBe(other.stdout);
  });

  it('goes with whoever started it, with SIGKILL too', async () => {
    const script = `
      const load = require(${JSON.stringify(join(__dirname, '../loader'))});
      const { prepareLab, startLab } = load(${JSON.stringify(__dirname)}, 'index');
      prepareLab(${JSON.stringify(selector)}, () => undefined).then((it) => startLab(it, { runId: 'unit-test' })).then((it) => {
        console.log(JSON.stringify([it.pid, it.directory]));
        setInterval(() => undefined, 1000);
      });`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [pid, directory] = JSON.parse(line.toString()) as [number, string];
    expect(startTime(pid)).toBeDefined();
    child.kill('SIGKILL');
    for (let tries = 0; tries < 100 && existsSync(directory); tries += 1) await delay(100);
    expect(startTime(pid)).toBeUndefined();
    expect(existsSync(directory)).toBe(false);
  });
});
