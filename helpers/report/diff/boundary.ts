import type { ClaimResult } from '../results';

/** A version from which, or before which, a claim holds, and where that is written down. */
export interface Boundary {
  version: string;
  source: string;
}

/** The boundary that keeps a claim from applying, as its reason tells it; undefined where something else does. */
export function boundaryIn({ verdict, reason = '' }: Pick<ClaimResult, 'verdict' | 'reason'>): Boundary | undefined {
  if (verdict !== 'not-applicable') return undefined;
  const [, version, source] = /^(?:holds since|superseded in) (\S+) \((.*)\); this engine is \S+$/s.exec(reason) ?? [];
  return version === undefined || source === undefined ? undefined : { version, source };
}
