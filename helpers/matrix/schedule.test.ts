import { describe, expect, it } from '@jest/globals';
import { nextOf } from './schedule';

const ready = (id: string) => ({ id, ready: true });
const absent = (id: string) => ({ id, ready: false });

describe('the order in which engines are started', () => {
  it('must begin with one that has to be prepared, and prepare one at a time', () => {
    const waiting = [ready('docker-20.10.5'), absent('docker-28.5.2'), absent('podman-5.8.6')];
    expect(nextOf(waiting, false)?.id).toBe('podman-5.8.6');
    expect(nextOf(waiting, true)?.id).toBe('docker-20.10.5');
  });

  it('must not leave room unused where all have to be prepared', () => {
    expect(nextOf([absent('docker-28.5.2')], true)?.id).toBe('docker-28.5.2');
  });

  it('must put Podman before Docker, and else keep the order', () => {
    const waiting = [ready('docker-20.10.5'), ready('docker-28.5.2'), ready('podman-4.3.1'), ready('podman-5.8.6')];
    expect(nextOf(waiting, false)?.id).toBe('podman-4.3.1');
    expect(nextOf(waiting.slice(0, 2), false)?.id).toBe('docker-20.10.5');
  });

  it('must come to an end', () => {
    expect(nextOf([ready('docker-28.5.2')].slice(1), false)).toBeUndefined();
  });
});
