import { describe, expect, it } from '@jest/globals';
import { compareEngines, inOrder } from './engine-order';
import { sampleResults } from './sample-results';

describe('the order of engines', () => {
  it('must be by kind, version, and mode, whatever order they come in', () => {
    const ordered = [
      ...['docker-20.10.5', 'docker-20.10.24', 'docker-20.10.24+cgroup-v2', 'docker-26.1.5', 'docker-28.5.2'],
      ...['docker-28.5.2+iptables-legacy', 'docker-28.5.2+no-userland-proxy', 'docker-29.0.0-rc.1', 'docker-29.0.0'],
      ...['podman-4.3.1', 'podman-5.4.2', 'podman-5.8.6', 'unheard-of'],
    ];
    expect([...ordered].reverse().sort(compareEngines)).toEqual(ordered);
    expect([...ordered].sort().sort(compareEngines)).toEqual(ordered);
  });

  it('must be by start for runs of one engine', () => {
    const late = sampleResults({ startedAt: '2026-02-01T00:00:00.000Z' });
    const early = sampleResults({ startedAt: '2026-01-01T00:00:00.000Z' });
    const failures = [
      { engine: 'podman-5.4.2', reason: 'b' },
      { engine: 'docker-28.5.2', reason: 'a' },
    ];
    expect(inOrder({ results: [late, early], failures })).toEqual({ results: [early, late], failures: [...failures].reverse() });
  });
});
