import type { EngineFacts } from '../claim/engine-facts';
import type { Evidence } from '../world/evidence';
import type { DaemonSettings } from './daemon-settings';

/** Why something is not there, and what was seen that says so. */
export interface Absence {
  reason: string;
  evidence: Evidence[];
}

/**
 * Why a Docker leads published ports to containers without docker-proxy: it is rootless, or its operator has turned
 * docker-proxy off. Undefined where neither is so, or nothing of it can be seen from here; and for other engines, which
 * never have one.
 */
export function userlandProxyReplaced(
  engine: Pick<EngineFacts, 'kind' | 'rootless' | 'evidence'>,
  settings: DaemonSettings,
): Absence | undefined {
  if (engine.kind !== 'docker') return undefined;
  if (engine.rootless)
    return {
      reason:
        'this engine is rootless: rootlesskit holds its published ports, because docker-proxy would be in another network namespace than they',
      evidence: engine.evidence.info,
    };
  const setting = settings('userland-proxy');
  return setting?.value === false
    ? { reason: `its operator turned docker-proxy off, with ${setting.where}`, evidence: setting.evidence }
    : undefined;
}
