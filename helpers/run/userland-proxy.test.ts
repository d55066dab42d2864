import { describe, expect, it } from '@jest/globals';
import { record } from '../claim/evidence';
import { engineWith } from '../selftest/samples';
import { userlandProxyReplaced } from './userland-proxy';

/** A host with this daemon, and this daemon.json if it has one. */
function hostWith(daemon: string, json?: string): Parameters<typeof userlandProxyReplaced>[1] {
  return {
    commandLines: (program) => {
      record({ kind: 'host', where: 'host', what: `processes called ${program}`, answer: daemon });
      return Promise.resolve([daemon]);
    },
    exec: () => Promise.resolve({ exitCode: json === undefined ? 1 : 0, stdout: json ?? '', stderr: '' }),
  };
}

const nobody = hostWith('');

describe('why there is no docker-proxy', () => {
  it('must be nothing on a Docker of which nobody says so', async () => {
    expect(await userlandProxyReplaced(engineWith(), hostWith('/usr/bin/dockerd -H fd://', '{"userland-proxy": true}'))).toBeUndefined();
    expect(await userlandProxyReplaced(engineWith(), hostWith('/usr/bin/dockerd --userland-proxy=true'))).toBeUndefined();
    expect(await userlandProxyReplaced(engineWith(), nobody)).toBeUndefined();
  });

  it('must be the argument of the daemon, with the command line as evidence', async () => {
    expect(await userlandProxyReplaced(engineWith(), hostWith('dockerd --userland-proxy=false --ipv6'))).toEqual({
      reason: 'its operator turned docker-proxy off, with --userland-proxy=false',
      evidence: [expect.objectContaining({ what: 'processes called dockerd', answer: 'dockerd --userland-proxy=false --ipv6' })],
    });
  });

  it('must be the setting of daemon.json', async () => {
    expect(await userlandProxyReplaced(engineWith(), hostWith('dockerd', '{ "userland-proxy" : false }'))).toMatchObject({ reason: expect.stringContaining('daemon.json') });
  });

  it('must be who holds the ports of a rootless engine, with the answer that tells it', async () => {
    const docker = engineWith({ rootless: true });
    expect(await userlandProxyReplaced(docker, nobody)).toEqual({ reason: expect.stringContaining('rootlesskit'), evidence: docker.evidence.info });
  });

  it('must not be looked for on another engine, which is to be judged', async () => {
    for (const rootless of [true, false]) expect(await userlandProxyReplaced(engineWith({ kind: 'podman', rootless }), nobody)).toBeUndefined();
  });

  it('must be nothing where the host cannot be looked at', async () => {
    const silent = { commandLines: () => Promise.reject(new Error('no such process')), exec: () => Promise.reject(new Error('no')) };
    expect(await userlandProxyReplaced(engineWith(), silent)).toBeUndefined();
  });
});
