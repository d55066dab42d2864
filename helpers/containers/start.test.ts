import { describe, expect, it } from '@jest/globals';
import { builderCan } from './start';

const docker = { kind: 'docker', version: '28.5.2', usernsRemap: false } as const;

describe("what is left to testcontainers' builder", () => {
  it('must be a server whose ports nobody publishes, in whatever network', () => {
    expect(builderCan({ network: undefined, publish: [] }, docker)).toBe(true);
    expect(builderCan({ network: 'host', publish: [] }, docker)).toBe(true);
    expect(builderCan({ network: undefined, publish: [80] }, docker)).toBe(false);
  });

  it('must not be host mode where it takes a user namespace, nor anything on an engine that lists exposed ports as bindings', () => {
    expect(builderCan({ network: 'host', publish: [] }, { ...docker, usernsRemap: true })).toBe(false);
    expect(builderCan({ network: undefined, publish: [] }, { ...docker, usernsRemap: true })).toBe(true);
    expect(builderCan({ network: undefined, publish: [] }, { kind: 'podman', version: '4.3.1', usernsRemap: false })).toBe(false);
    expect(builderCan({ network: undefined, publish: [] }, { kind: 'podman', version: '5.4.2', usernsRemap: false })).toBe(true);
  });
});
