import { describe, expect, it } from '@jest/globals';
import { withAskedBindings } from './asked-bindings';

describe('the bindings that testcontainers waits for', () => {
  it('must be without ports that an image merely exposes, which Podman 4.3 lists as null', () => {
    const object = { Id: 'x', HostConfig: { NetworkMode: 'bridge', PortBindings: { '80/tcp': null, '8080/tcp': [{ HostIp: '', HostPort: '' }] } } };
    expect(withAskedBindings(object)).toEqual({ Id: 'x', HostConfig: { NetworkMode: 'bridge', PortBindings: { '8080/tcp': [{ HostIp: '', HostPort: '' }] } } });
  });

  it('must be none where an engine lists none', () => {
    expect(withAskedBindings({ HostConfig: { PortBindings: null } })).toEqual({ HostConfig: { PortBindings: {} } });
  });
});
