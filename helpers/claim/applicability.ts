import semver from 'semver';
import type { Claim, FirewallBackend, Requirement } from '../../fixtures/claims/model';
import type { EngineFacts } from './engine-facts';
import type { Evidence } from '../world/evidence';

/** A version of the engine from which on a claim holds no longer, or before which it does not hold yet. */
export interface PassedBoundary {
  kind: 'superseded' | 'not-yet';
  version: string;
  source: string;
  /** the claim that holds instead */
  replacedBy?: string;
}

/** Why a claim is not judged: the engine has no such thing, or this machine prevents the check. */
export interface Inapplicable {
  verdict: 'not-applicable' | 'blocked';
  reason: string;
  /** the answers that tell it; a blocked check may have none */
  evidence: Evidence[];
  /** present where the engine's version is the reason */
  boundary?: PassedBoundary;
  /** whether the check is made all the same, to show what the engine does instead of what it promised once */
  tried?: boolean;
}

/** What a requirement met on this engine and machine: `undefined` where it is there. */
export type Availability = Record<Requirement, Inapplicable | undefined>;

/**
 * Decides, before any spec is loaded, whether a claim can be judged. The engine's version comes first: what an engine
 * does not promise is not applicable to it, whatever the machine lacks besides.
 */
export function applicability(claim: Claim, engine: EngineFacts, available: Availability): Inapplicable | undefined {
  const missing = (claim.requires ?? []).map((requirement) => available[requirement]).find((it) => it !== undefined);
  const boundary = passedBoundary(claim, engine);
  if (!boundary) return ofAnotherBackend(claim, engine) ?? missing;
  return {
    verdict: 'not-applicable',
    reason: wordsFor(boundary, engine),
    evidence: engine.evidence.version,
    boundary,
    tried: boundary.kind === 'superseded' && missing === undefined && ofAnotherBackend(claim, engine) === undefined,
  };
}

/** The firewall backend of a Docker. It says none before API 1.49, and with iptables=false: then it is what every Docker had. */
export function backendOf({ firewallBackend }: Pick<EngineFacts, 'firewallBackend'>): FirewallBackend {
  // firewalld may stand after it, as in iptables+firewalld
  return /^nftables\b/.test(firewallBackend) ? 'nftables' : 'iptables';
}

/** Backends are Docker's, as versions are. */
function ofAnotherBackend({ backend }: Claim, engine: EngineFacts): Inapplicable | undefined {
  if (engine.kind !== 'docker' || backend === undefined || backend === backendOf(engine)) return undefined;
  return {
    verdict: 'not-applicable',
    reason: `it is promised for the firewall backend ${backend}; this engine has ${backendOf(engine)}`,
    evidence: engine.evidence.info,
  };
}

/** Versions are Docker's: another engine's numbers say nothing about what it promises. */
function passedBoundary({ since, until }: Claim, { kind, version }: EngineFacts): PassedBoundary | undefined {
  if (kind !== 'docker') return undefined;
  if (since && semver.lt(version, since.version)) return { kind: 'not-yet', ...since };
  if (until && semver.gte(version, until.version)) return { kind: 'superseded', ...until };
  return undefined;
}

function wordsFor({ kind, version, source, replacedBy }: PassedBoundary, engine: EngineFacts): string {
  const what =
    kind === 'not-yet' ? `holds since ${version}` : `superseded in ${version}${replacedBy === undefined ? '' : ` by ${replacedBy}`}`;
  return `${what} (${source}); this engine is ${engine.version}`;
}
