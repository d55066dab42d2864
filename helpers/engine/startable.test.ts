import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { startableByUser } from './startable';

afterAll(cleanUp);

/** A user's PATH with these programs, and a runtime directory. */
function userWith(...names: string[]) {
  const folder = temporaryDirectory();
  for (const name of names) {
    writeFileSync(path.join(folder, name), '');
    chmodSync(path.join(folder, name), 0o755);
  }
  return { PATH: folder, XDG_RUNTIME_DIR: path.join(folder, 'run') };
}
const free = () => Promise.resolve(undefined);

describe('an engine that a user could start', () => {
  it('must be told with what starts it, and where it then is', async () => {
    const env = userWith('podman');
    const socket = path.join(env.XDG_RUNTIME_DIR, 'podman/podman.sock');
    expect(await startableByUser(1000, env, free)).toEqual([
      `not running: rootless Podman is installed; start it with podman system service --time=0 unix://${socket}, and set DOCKER_HOST=unix://${socket}`,
    ]);
  });

  it('must be told with what keeps the user from it', async () => {
    const env = userWith('podman', 'dockerd-rootless.sh');
    const told = await startableByUser(1000, env, () => Promise.resolve('user namespaces cannot be made here (EPERM)'));
    expect(told).toHaveLength(2);
    for (const line of told) expect(line).toMatch(/cannot be started by this user: user namespaces cannot be made here \(EPERM\)$/);
    expect(await startableByUser(1000, { PATH: env.PATH }, free)).toContainEqual(expect.stringContaining('XDG_RUNTIME_DIR is not set'));
  });

  it('must not be one that runs, that is not installed, or that root would start', async () => {
    const env = userWith('podman');
    mkdirSync(path.join(env.XDG_RUNTIME_DIR, 'podman'), { recursive: true });
    writeFileSync(path.join(env.XDG_RUNTIME_DIR, 'podman/podman.sock'), '');
    expect(await startableByUser(1000, env, free)).toEqual([]);
    expect(await startableByUser(1000, userWith(), free)).toEqual([]);
    expect(await startableByUser(0, userWith('podman'), free)).toEqual([]);
  });
});
