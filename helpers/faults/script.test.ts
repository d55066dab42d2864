import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { scriptOf } from './script';

/** What a script prints; `busybox` is what it calls to enter a network namespace. */
function printed(body: string): string {
  const stub = 'busybox() { echo "busybox $*"; }\n';
  return execFileSync('sh', ['-euc', stub + scriptOf(body, { BRIDGE: 'docker0', NGINX02_PID: '4711', NGINX02_IP: '' })], {
    encoding: 'utf8',
  });
}

describe('a script of a fault', () => {
  it('must know its variables, and the engine that its docker client talks to', () => {
    expect(printed('echo "$BRIDGE:$NGINX02_IP:$DOCKER_HOST"')).toBe('docker0::unix:///run/lab/docker.sock\n');
  });

  it('must enter the network namespace of a member', () => {
    expect(printed('inside NGINX02 ip link set eth0 down')).toBe('busybox nsenter -t 4711 -n ip link set eth0 down\n');
  });
});
