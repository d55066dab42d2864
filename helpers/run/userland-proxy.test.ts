import { describe, expect, it } from '@jest/globals';
import { engineWith } from '../selftest/samples';
import type { DaemonSettings } from './daemon-settings';
import { userlandProxyReplaced } from './userland-proxy';

/** A daemon that was told this about docker-proxy. */
const told =
  (value: unknown, where: string): DaemonSettings =>
  (option) =>
    option === 'userland-proxy' ? { value, where, evidence: [] } : undefined;

const nothing: DaemonSettings = () => undefined;

describe('why there is no docker-proxy', () => {
  it('must be nothing on a Docker of which nobody says so', () => {
    expect(userlandProxyReplaced(engineWith(), nothing)).toBeUndefined();
    expect(userlandProxyReplaced(engineWith(), told(true, '--userland-proxy=true'))).toBeUndefined();
  });

  it('must be what the operator told the daemon, with where it stands', () => {
    expect(userlandProxyReplaced(engineWith(), told(false, 'userland-proxy in daemon.json'))).toEqual({
      reason: 'its operator turned docker-proxy off, with userland-proxy in daemon.json',
      evidence: [],
    });
  });

  it('must be who holds the ports of a rootless engine, with the answer that tells it', () => {
    const docker = engineWith({ rootless: true });
    expect(userlandProxyReplaced(docker, nothing)).toEqual({
      reason: expect.stringContaining('rootlesskit'),
      evidence: docker.evidence.info,
    });
  });

  it('must not be looked for on another engine, which is to be judged', () => {
    for (const rootless of [true, false])
      expect(userlandProxyReplaced(engineWith({ kind: 'podman', rootless }), told(false, 'daemon.json'))).toBeUndefined();
  });
});
