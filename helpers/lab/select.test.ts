import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engines } from '../../fixtures/engines';
import { exitStatus, UserError } from '../user-error';
import { engineId, selectEngine } from './select';
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

describe('the selector of an engine', () => {
  it('is optional: the default is the newest Docker', () => {
    expect(engineId(selectEngine(undefined))).toBe('docker-28.5.2');
  });

  it('can be the start of exactly one id', () => {
    expect(engineId(selectEngine('docker-26'))).toBe('docker-26.1.5');
    expect(engineId(selectEngine('podman-5.4'))).toBe('podman-5.4.2');
  });

  it('means the whole id where it is one', () => {
    for (const engine of engines) expect(selectEngine(engineId(engine))).toBe(engine);
  });

  it('is refused with the ids to choose from when it means none or several', () => {
    expect(refusal('docker-20')).toMatchObject({ message: '"docker-20" can mean docker-20.10.24, docker-20.10.5.', status: exitStatus.usage });
    expect(refusal('rkt')).toMatchObject({ status: exitStatus.usage, remedy: expect.stringContaining('podman-4.3.1') });
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
