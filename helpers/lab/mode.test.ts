import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { modesOf } from '../../fixtures/engines/modes';
import type { EngineMode } from '../../fixtures/engines/modes';
import { engineRootKey, entryName } from './engine-root';
import { lastWords } from './launch';
import { cachedFor, daemonInMode, entrance, writeHostFiles } from './mode';

const folder = mkdtempSync(join(tmpdir(), 'mode-'));
afterAll(() => rmSync(folder, { recursive: true }));

function theEngine(version: string): EngineRecipe {
  const engine = engines.find((it) => it.version === version);
  if (engine === undefined) throw new Error(`there is no engine ${version}`);
  return engine;
}

function theMode(engine: EngineRecipe, id: string): EngineMode {
  const mode = modesOf(engine).find((it) => it.id === id);
  if (mode === undefined) throw new Error(`${engine.kind} ${engine.version} has no mode ${id}`);
  return mode;
}

describe('an engine in a mode', () => {
  const docker28 = theEngine('28.5.2');
  const docker20 = theEngine('20.10.24');

  it('is started as without one, with further arguments or by something else', () => {
    const argv = ['dockerd', '--host=unix:///s'];
    expect(daemonInMode(argv, docker28, undefined)).toEqual(argv);
    expect(daemonInMode(argv, docker28, theMode(docker28, 'no-userland-proxy'))).toEqual([...argv, '--userland-proxy=false']);
    expect(daemonInMode(argv, docker28, theMode(docker28, 'ipv6-default-bridge'))).not.toContain('--ip6tables');
    expect(daemonInMode(argv, docker20, theMode(docker20, 'ipv6-default-bridge'))).toEqual(
      expect.arrayContaining(['--experimental', '--ip6tables']),
    );
    const rootless = daemonInMode(argv, docker28, theMode(docker28, 'rootless'));
    expect(rootless.slice(-4)).toEqual([
      '/usr/share/docker.io/contrib/dockerd-rootless.sh',
      '--rootless',
      '--data-root=/var/lib/docker',
      '--host=unix:///s',
    ]);
  });

  it('is the same entry of the cache, unless the mode brings packages', () => {
    expect(cachedFor(docker28, theMode(docker28, 'iptables-legacy'))).toBe(docker28);
    const rootless = cachedFor(docker28, theMode(docker28, 'rootless'));
    expect(entryName('root', rootless)).toBe('root-docker-forky-rootless');
    expect(engineRootKey(rootless).recipe).toMatchObject({ packages: expect.arrayContaining([...docker28.packages, 'rootlesskit']) });
  });

  it('has the files of its mode, readable for everybody, and its links', () => {
    writeHostFiles(folder, docker28, { ...theMode(docker28, 'iptables-legacy'), files: { '/etc/some/where.conf': 'words' } });
    expect(readFileSync(join(folder, 'etc/some/where.conf'), 'utf8')).toBe('words');
    expect(statSync(join(folder, 'etc/some/where.conf')).mode & 0o777).toBe(0o644);
    expect(readlinkSync(join(folder, 'usr/sbin/ip6tables-restore'))).toBe('ip6tables-legacy-restore');
  });

  it('is entered where its host is: at the first process, or at the one that the mode names, if there is one', () => {
    expect(entrance(process.pid, undefined)).toEqual(['nsenter', '--target', String(process.pid), '--net', '--mount', '--pid', '--']);
    expect(entrance(process.pid, { ...theMode(docker28, 'rootless'), hostProcess: 'no such program' })).toBeUndefined();
  });
});

it('the last words of a daemon are not the commands of the script that starts it', () => {
  expect(lastWords('+ exec rootlesskit --net=slirp4netns\n[rootlesskit:parent] error: no TUN device\n+ exit 1\n')).toBe(
    '[rootlesskit:parent] error: no TUN device',
  );
});
