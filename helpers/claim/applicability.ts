import semver from 'semver';
import type { Claim, Requirement } from '../../fixtures/claims/model';
import type { EngineFacts } from '../engine/facts';

/** Why a claim is not judged: the engine has no such thing, or this machine prevents the check. */
export interface Inapplicable {
  verdict: 'not-applicable' | 'blocked';
  reason: string;
}

/** What a requirement met on this engine and machine: `undefined` where it is there. */
export type Availability = Record<Requirement, Inapplicable | undefined>;

/**
 * Decides, before any spec is loaded, whether a claim can be judged. The engine's version comes first: what an engine
 * does not promise is not applicable to it, whatever the machine lacks besides.
 */
export function applicability(claim: Claim, engine: EngineFacts, available: Availability): Inapplicable | undefined {
  if (claim.since && engine.kind === 'docker' && semver.lt(engine.version, claim.since.version)) {
    return { verdict: 'not-applicable', reason: `holds since ${claim.since.version} (${claim.since.source}); this engine is ${engine.version}` };
  }
  if (claim.until && engine.kind === 'docker' && semver.gte(engine.version, claim.until.version)) {
    return { verdict: 'not-applicable', reason: `superseded in ${claim.until.version} (${claim.until.source}); this engine is ${engine.version}` };
  }
  for (const requirement of claim.requires ?? []) {
    const missing = available[requirement];
    if (missing) return missing;
  }
  return undefined;
}
