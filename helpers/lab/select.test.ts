import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { engines } from '../../fixtures/engines';
import { modes, modesOf } from '../../fixtures/engines/modes';
import { exitStatus, UserError } from '../base/user-error';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { anotherVersionOf, engineId, idInMode, onOwnKernel, selectEngine } from './select';
import { upstreamVersion } from './sources';

const before = process.env['XDG_CACHE_HOME'];
beforeAll(() => {
  process.env['XDG_CACHE_HOME'] = '/nowhere';
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
});

function refusal(selector: string): UserError {
  try {
    selectEngine(selector);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error(`${selector} was not refused`);
}

/** The id of what a selector means. */
function selected(selector: string | undefined): string {
  const { engine, mode } = selectEngine(selector);
  return idInMode(engineId(engine), mode);
}

describe('the selector of an engine', () => {
  it('is optional: the default is the newest Docker', () => {
    expect(selected(undefined)).toBe('docker-28.5.2');
  });

  it('can be the start of exactly one id', () => {
    expect(selected('docker-26')).toBe('docker-26.1.5');
    expect(selected('podman-5.4')).toBe('podman-5.4.2');
  });

  it('means the whole id where it is one', () => {
    for (const engine of engines) expect(selectEngine(engineId(engine))).toEqual({ engine });
  });

  it('is refused with the ids to choose from when it means none or several', () => {
    expect(refusal('docker-20')).toMatchObject({
      message: '"docker-20" can mean docker-20.10.24, docker-20.10.5.',
      status: exitStatus.usage,
    });
    expect(refusal('rkt')).toMatchObject({ status: exitStatus.usage, remedy: expect.stringContaining('podman-4.3.1') });
  });
});

describe('another version of an engine', () => {
  it('is the newest of the same kind, whatever the mode', () => {
    expect(anotherVersionOf('docker-28.5.2')).toBe('docker-26.1.5');
    expect(anotherVersionOf('docker-28.5.2+rootless')).toBe('docker-26.1.5');
    expect(anotherVersionOf('docker-20.10.24')).toBe('docker-28.5.2');
    expect(anotherVersionOf('podman-5.8.6')).toBe('podman-5.4.2');
  });

  it('is none where there is one version only', () => {
    expect(anotherVersionOf('docker-28.5.2', engines.slice(0, 1))).toBeUndefined();
  });
});

describe('the selector of a mode', () => {
  it('follows the engine after a plus sign, each a whole id or the start of exactly one', () => {
    expect(selected('docker-28.5.2+no-userland-proxy')).toBe('docker-28.5.2+no-userland-proxy');
    expect(selected('docker-28+no-user')).toBe('docker-28.5.2+no-userland-proxy');
    expect(selected('podman-4+cn')).toBe('podman-4.3.1+cni');
  });

  it('means one of the modes that the engine has, with the ids to choose from where it means none or several', () => {
    expect(refusal('docker-28+ip')).toEqual(
      new UserError(
        '"docker-28.5.2+ip" can mean docker-28.5.2+iptables-legacy, docker-28.5.2+ipv6-default-bridge.',
        'Write more of the mode.',
        exitStatus.usage,
      ),
    );
    expect(refusal('docker-28+netavark')).toMatchObject({
      message: 'docker-28.5.2 has no mode "netavark".',
      remedy: expect.stringContaining('docker-28.5.2+rootless'),
      status: exitStatus.usage,
    });
    expect(refusal('podman-5.8+no-userland-proxy').remedy).not.toContain('no-userland-proxy');
  });

  it('is refused where nothing follows the plus sign, and where the engine before it is none', () => {
    expect(refusal('docker-28+')).toMatchObject({
      remedy: expect.stringContaining('docker-28.5.2+rootless, or leave the "+" out.'),
      status: exitStatus.usage,
    });
    expect(refusal('rkt+rootless')).toMatchObject({ message: 'No engine is called "rkt".', status: exitStatus.usage });
  });
});

describe('the selector of a kernel of its own', () => {
  it('stands behind the engine, or behind its mode', () => {
    const of = (selector: string) => {
      const { engine, mode, ownKernel } = selectEngine(selector);
      return idInMode(engineId(engine), mode, ownKernel);
    };
    expect(of('docker-28+kernel')).toBe('docker-28.5.2+kernel');
    expect(of('docker-28+no-user+kernel')).toBe('docker-28.5.2+no-userland-proxy+kernel');
    expect(selectEngine('docker-28').ownKernel).toBeUndefined();
  });

  it('can be made of every other one, and of none', () => {
    expect(onOwnKernel(undefined)).toBe('docker-28.5.2+kernel');
    expect(onOwnKernel('docker-26')).toBe('docker-26.1.5+kernel');
    expect(onOwnKernel('docker-28.5.2+kernel')).toBe('docker-28.5.2+kernel');
  });
});

describe('the modes', () => {
  it('have ids of words and dashes, each its own on every engine, and a sentence each', () => {
    for (const engine of engines) {
      const ids = modesOf(engine).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    for (const { id, title } of modes) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(title).toMatch(/^.*\.$/);
    }
  });

  it('are each of at least one engine, of Debian or from an archive', () => {
    const all = [...engines, { kind: 'docker', version: '29.7.2' } as const];
    for (const mode of modes) expect(all.filter((engine) => mode.appliesTo(engine))).not.toEqual([]);
  });
});

it.each([
  ['28.5.2+dfsg4-5', '28.5.2'],
  ['20.10.5+dfsg1-1+deb11u2', '20.10.5'],
  ['1:4.3.1+ds1-8+b1', '4.3.1'],
  ['29.0.0~rc1-1', '29.0.0'],
])('upstream called %s %s', (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

describe('an engine that somebody brought', () => {
  const sum = 'ab'.repeat(32);
  const inCache = (...entries: readonly [sum: string, version: string][]) => {
    const folder = temporaryDirectory();
    for (const [sum, version] of entries) {
      const place = path.join(folder, 'docker-network-conformance', `root-docker-forky-archive-${sum.slice(0, 12)}`);
      mkdirSync(place, { recursive: true, mode: 0o700 });
      const manifest = { format: 1, recipe: '', packages: {}, facts: { version, sum, source: 'docker.tgz' }, digest: '' };
      writeFileSync(path.join(place, 'manifest.json'), JSON.stringify(manifest));
    }
    chmodSync(path.join(folder, 'docker-network-conformance'), 0o700);
    process.env['XDG_CACHE_HOME'] = folder;
  };
  afterEach(() => {
    process.env['XDG_CACHE_HOME'] = '/nowhere';
  });

  it('is selected by its id or the start of it', () => {
    inCache([sum, '29.7.2']);
    expect(selected('docker-29')).toBe('docker-29.7.2-abababab');
    expect(selected('docker-29.7.2-abababab+no-userland-proxy')).toBe('docker-29.7.2-abababab+no-userland-proxy');
  });

  it("does not change what an id of Debian's means", () => {
    inCache([sum, '28.5.2'], ['cd'.repeat(32), '28.5.2']);
    expect(selected('docker-28')).toBe('docker-28.5.2');
    expect(selected('docker-28.5.2-cd')).toBe('docker-28.5.2-cdcdcdcd');
    expect(refusal('docker-28.5.2-').message).toBe('"docker-28.5.2-" can mean docker-28.5.2-abababab, docker-28.5.2-cdcdcdcd.');
  });

  it('is built without a number where a developer built it', () => {
    inCache([sum, 'dev']);
    expect(selected('docker-dev')).toBe('docker-dev-abababab');
    expect(modesOf(selectEngine('docker-dev').engine).map(({ id }) => id)).toEqual(
      modesOf({ kind: 'docker', version: '99.0.0' }).map(({ id }) => id),
    );
  });

  it('is refused in one sentence where there is none', () => {
    expect(refusal('./no-such.tgz')).toMatchObject({ message: 'There is no ./no-such.tgz.', status: exitStatus.usage });
  });
});

afterAll(cleanUp);
