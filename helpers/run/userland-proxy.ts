import { recording, type Evidence } from '../claim/evidence';
import type { EngineFacts } from '../engine/facts';
import type { EngineHost } from '../vantage/host';

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
export async function userlandProxyReplaced(engine: Pick<EngineFacts, 'kind' | 'rootless' | 'evidence'>, host: Pick<EngineHost, 'commandLines' | 'exec'>): Promise<Absence | undefined> {
  if (engine.kind !== 'docker') return undefined;
  if (engine.rootless) return { reason: 'this engine is rootless: rootlesskit holds its published ports, because docker-proxy would be in another network namespace than they', evidence: engine.evidence.info };
  let how: string | undefined;
  const evidence = await recording(
    async () => (how = await turnedOff(host)),
    () => undefined,
  );
  return how === undefined ? undefined : { reason: `its operator turned docker-proxy off, with ${how}`, evidence };
}

/** Go reads these words as false (strconv.ParseBool). */
const off = '(0|f|F|false|False|FALSE)';

async function turnedOff(host: Pick<EngineHost, 'commandLines' | 'exec'>): Promise<string | undefined> {
  const argument = new RegExp(` (--userland-proxy=${off})( |$)`);
  const asArgument = (await host.commandLines('dockerd')).map((line) => argument.exec(line)?.[1]).find(Boolean);
  if (asArgument !== undefined) return asArgument;
  const configured = await host.exec(['cat', '/etc/docker/daemon.json']);
  return configured.exitCode === 0 && /"userland-proxy"\s*:\s*false\b/.test(configured.stdout) ? 'userland-proxy in daemon.json' : undefined;
}
