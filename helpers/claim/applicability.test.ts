import { describe, expect, it } from '@jest/globals';
import type { Requirement } from '../../fixtures/claims/model';
import { claimWith, engineWith, everythingThere } from '../selftest/samples';
import { applicability, type Inapplicable } from './applicability';

const boundary = { version: '28.0.0', source: 'release notes' };
const since = claimWith({ since: boundary });
const until = claimWith({ until: { ...boundary, replacedBy: 'some.other' } });

describe('a claim with a first version', () => {
  it('must apply to that version and to later ones', () => {
    for (const version of ['28.0.0', '28.0.1', '29.0.0', '100.0.0'])
      expect(applicability(since, engineWith({ version }), everythingThere)).toBeUndefined();
  });

  it('must not apply to earlier ones, and say since when it holds and what the engine is', () => {
    for (const version of ['27.5.1', '20.10.24', '9.0.0']) {
      expect(applicability(since, engineWith({ version }), everythingThere)).toEqual({
        verdict: 'not-applicable',
        reason: `holds since 28.0.0 (release notes); this engine is ${version}`,
        evidence: engineWith().evidence.version,
        boundary: { kind: 'not-yet', ...boundary },
        tried: false,
      });
    }
  });
});

describe('a claim with a version that superseded it', () => {
  it('must apply up to the version before', () => {
    for (const version of ['27.5.1', '20.10.24']) expect(applicability(until, engineWith({ version }), everythingThere)).toBeUndefined();
  });

  it('must not apply to that version and later ones, and say so', () => {
    for (const version of ['28.0.0', '28.5.2', '100.0.0']) {
      expect(applicability(until, engineWith({ version }), everythingThere)).toEqual({
        verdict: 'not-applicable',
        reason: `superseded in 28.0.0 by some.other (release notes); this engine is ${version}`,
        evidence: engineWith().evidence.version,
        boundary: { kind: 'superseded', ...boundary, replacedBy: 'some.other' },
        tried: true,
      });
    }
  });

  it('must name no successor where there is none', () => {
    expect(applicability(claimWith({ until: boundary }), engineWith(), everythingThere)).toMatchObject({
      reason: `superseded in 28.0.0 (release notes); this engine is ${engineWith().version}`,
    });
  });

  it('must not be tried where it cannot be', () => {
    const missing: Inapplicable = { verdict: 'blocked', reason: 'it is not there', evidence: [] };
    const claim = claimWith({ until: boundary, requires: ['docker-cli'] });
    expect(applicability(claim, engineWith(), { ...everythingThere, 'docker-cli': missing })).toMatchObject({
      verdict: 'not-applicable',
      tried: false,
    });
  });

  it('must never be in force together with its successor, nor both be out of force', () => {
    for (const version of ['27.99.99', '28.0.0']) {
      const [old, young] = [until, since].map((claim) => applicability(claim, engineWith({ version }), everythingThere));
      expect([old, young].filter((it) => it === undefined)).toHaveLength(1);
    }
  });
});

describe('an engine that is no Docker', () => {
  it('must be judged by every claim, because versions of Docker say nothing about it', () => {
    const podman = engineWith({ kind: 'podman', version: '5.8.6' });
    expect(applicability(since, podman, everythingThere)).toBeUndefined();
    expect(applicability(until, podman, everythingThere)).toBeUndefined();
  });
});

describe('a claim with requirements', () => {
  const missing: Inapplicable = { verdict: 'blocked', reason: 'it is not there', evidence: [] };

  it.each(Object.keys(everythingThere) as Requirement[])(
    'must apply where %s is met, and else give the reason that was found',
    (requirement) => {
      const claim = claimWith({ requires: [requirement] });
      expect(applicability(claim, engineWith(), everythingThere)).toBeUndefined();
      expect(applicability(claim, engineWith(), { ...everythingThere, [requirement]: missing })).toBe(missing);
      expect(applicability(claimWith(), engineWith(), { ...everythingThere, [requirement]: missing })).toBeUndefined();
    },
  );

  it('must give the reason of the first that is missing, wherever it stands among them', () => {
    const claim = claimWith({ requires: ['docker-cli', 'own-lab', 'host-port-80'] });
    expect(applicability(claim, engineWith(), { ...everythingThere, 'own-lab': missing })).toBe(missing);
    expect(
      applicability(claim, engineWith(), { ...everythingThere, 'own-lab': missing, 'host-port-80': { ...missing, reason: 'another' } }),
    ).toBe(missing);
  });

  it('must not be called blocked where the engine does not promise it anyway', () => {
    const claim = claimWith({ since: boundary, requires: ['docker-cli'] });
    expect(applicability(claim, engineWith({ version: '20.10.24' }), { ...everythingThere, 'docker-cli': missing })).toMatchObject({
      verdict: 'not-applicable',
    });
  });
});

describe('a claim of one firewall backend', () => {
  const ofNftables = claimWith({ backend: 'nftables' });
  const ofIptables = claimWith({ backend: 'iptables' });

  it.each(['nftables', 'nftables+firewalld'])('must apply to an engine that says %s, and that of the other must not', (firewallBackend) => {
    const engine = engineWith({ firewallBackend });
    expect(applicability(ofNftables, engine, everythingThere)).toBeUndefined();
    expect(applicability(ofIptables, engine, everythingThere)).toEqual({
      verdict: 'not-applicable',
      reason: 'it is promised for the firewall backend iptables; this engine has nftables',
      evidence: engine.evidence.info,
    });
  });

  // before API 1.49 there is nothing but iptables, and nobody says so
  it.each(['iptables', 'iptables+firewalld', 'unknown'])('must not apply to an engine that says %s', (firewallBackend) => {
    const engine = engineWith({ firewallBackend });
    expect(applicability(ofIptables, engine, everythingThere)).toBeUndefined();
    expect(applicability(ofNftables, engine, everythingThere)).toMatchObject({ verdict: 'not-applicable' });
  });

  it('must not be tried where its version has passed and its backend is another', () => {
    const claim = claimWith({ until: boundary, backend: 'iptables' });
    expect(applicability(claim, engineWith({ firewallBackend: 'nftables' }), everythingThere)).toMatchObject({ tried: false });
  });

  it('must apply to an engine that is no Docker', () => {
    expect(applicability(ofNftables, engineWith({ kind: 'podman', firewallBackend: 'unknown' }), everythingThere)).toBeUndefined();
  });
});
