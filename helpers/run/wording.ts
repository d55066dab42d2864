import { addressOf, type Endpoint } from '../engine/endpoint';
import type { EngineFacts } from '../engine/facts';
import { documentedSubnet } from './availability';
import type { HostAccess } from './context';

/** How the engine was found, and where its host is seen from. */
export function reachedBy(endpoint: Endpoint | undefined, access: HostAccess): string {
  const host = {
    here: 'its host is this network namespace',
    lab: 'its host is seen from inside the lab',
    helper: 'its host is seen through a helper container in host mode',
  }[access.kind];
  return `${endpoint ? `${endpoint.found}, ${addressOf(endpoint)}` : 'a lab of this run, in private namespaces'}; ${host}`;
}

/** What a reader must know to judge the verdicts. */
export function notesOn({ defaultBridge }: EngineFacts, configuredBy: string | undefined): string[] {
  if (!defaultBridge) return ['the engine runs without a default bridge'];
  if (defaultBridge.subnet === documentedSubnet) return [];
  return [`the default bridge has ${defaultBridge.subnet} instead of ${documentedSubnet}: ${configuredBy ?? 'nothing explains it'}; addresses are judged against it`];
}
