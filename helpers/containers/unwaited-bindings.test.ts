import { describe, expect, it } from '@jest/globals';
import { withoutBindings } from './unwaited-bindings';

describe('the bindings that testcontainers waits for', () => {
  it('must be none, whatever the engine lists', () => {
    for (const PortBindings of [{ '80/tcp': null }, { '8080/tcp': [{ HostIp: '', HostPort: '' }] }, null]) {
      expect(withoutBindings({ Id: 'x', HostConfig: { NetworkMode: 'bridge', PortBindings } })).toEqual({
        Id: 'x',
        HostConfig: { NetworkMode: 'bridge', PortBindings: {} },
      });
    }
  });
});
