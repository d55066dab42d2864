import { describe, expect, it } from '@jest/globals';
import { engineWith, everythingThere } from '../selftest/samples';
import { availability, type Surroundings } from './availability';

const everything: Surroundings = { engine: engineWith(), ownLab: true, tools: true, cli: ['docker'], hostPort80: undefined, bridgeConfiguredBy: undefined, userlandProxyReplaced: undefined };

describe('what claims require', () => {
  it('must all be there on a fresh engine with a client and a free port 80', () => {
    expect(availability(everything)).toEqual(everythingThere);
  });

  it('must be blocked without a client, with what to do about it', () => {
    expect(availability({ ...everything, cli: undefined })).toEqual({ ...everythingThere, 'docker-cli': { verdict: 'blocked', reason: expect.stringContaining('install one'), evidence: [] } });
  });

  it('must be blocked where port 80 is held, and name the holder', () => {
    expect(availability({ ...everything, hostPort80: 'the container web, which publishes it' })).toEqual({
      ...everythingThere,
      'host-port-80': { verdict: 'blocked', reason: "TCP port 80 of the engine's host is held by the container web, which publishes it", evidence: [] },
    });
  });

  it('must not be applicable where something else stands for docker-proxy, with the reason and what shows it', () => {
    const userlandProxyReplaced = { reason: 'its operator turned it off', evidence: engineWith().evidence.info };
    expect(availability({ ...everything, userlandProxyReplaced })['userland-proxy']).toEqual({ verdict: 'not-applicable', ...userlandProxyReplaced });
  });

  it('must not be applicable where a rootless Podman keeps its bridges apart, as no rootless Docker does', () => {
    const engine = engineWith({ kind: 'podman', rootless: true });
    expect(availability({ ...everything, engine })['host-bridges']).toMatchObject({ verdict: 'not-applicable', evidence: engine.evidence.info });
    expect(availability({ ...everything, engine: engineWith({ rootless: true }) })['host-bridges']).toBeUndefined();
  });

  it('must not be applicable to another engine where dockerd itself is meant', () => {
    const engine = engineWith({ kind: 'podman' });
    expect(availability({ ...everything, engine })['docker-engine']).toEqual({ verdict: 'not-applicable', reason: expect.stringContaining('dockerd'), evidence: engine.evidence.version });
  });

  it('must not be applicable where host mode is no network', () => {
    const engine = engineWith({ hostNetwork: false });
    expect(availability({ ...everything, engine })['host-network']).toEqual({ verdict: 'not-applicable', reason: expect.stringContaining('no network called host'), evidence: engine.evidence.hostNetwork });
  });

  it('must not be applicable where the operator chose the range of the bridge, with that range', () => {
    const engine = engineWith({ defaultBridge: { id: 'b', subnet: '10.99.0.0/24', gateway: '10.99.0.1', ipv6: false } });
    expect(availability({ ...everything, engine, bridgeConfiguredBy: 'its operator started it with --bip 10.99.0.1/24' })['unconfigured-default-bridge']).toEqual({
      verdict: 'not-applicable',
      reason: 'the default bridge has 10.99.0.0/24: its operator started it with --bip 10.99.0.1/24',
      evidence: engine.evidence.defaultBridge,
    });
    expect(availability({ ...everything, engine })['unconfigured-default-bridge']).toBeUndefined();
  });

  it('must not be applicable where the bridge carries IPv6 as well', () => {
    const engine = engineWith({ defaultBridge: { id: 'b', subnet: '172.17.0.0/16', gateway: undefined, ipv6: true } });
    expect(availability({ ...everything, engine })['ipv4-only-default-bridge']).toMatchObject({ verdict: 'not-applicable', reason: expect.stringContaining('IPv6') });
    expect(availability({ ...everything, engine: engineWith({ defaultBridge: undefined }) })['ipv4-only-default-bridge']).toBeUndefined();
  });
});
