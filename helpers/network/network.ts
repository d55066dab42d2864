import { container } from './api';
import { eventually } from '../claim/eventually';
import { isLoopback } from '../trace/view';
import { nameOfSource, type Asker } from './asker';
import type { Declared } from './declared';
import { asks, observed } from './judge';
import { mustNotReach } from './must-not-reach';
import { askAll, mustReach, seenIn } from './reaching';
import { networkKey } from './network-key';
import type { Network, Place } from './types';

/**
 * Puts in place what stands behind the names that specs import.
 * @param asker the engine, once it is there
 */
export function offer(declared: Declared, asker: () => Asker): void {
  const network: Network = {
    claim: (declaration) => declared.claim(declaration),
    compose: (file, options) => {
      const { project } = declared.compose(file, options);
      return { name: project, service: (service) => container({ project, service }) };
    },
    reach: (from, to, at) => asks(() => mustReach(asker(), from, to, at)),
    mustNotReach: (from, to, options) => asks(() => mustNotReach(asker(), from, to, options)),
    probe: (from, to, at) => asks(async () => seenIn(await askAll(asker(), from, to, at))),
    openPorts: (place) => asks(() => openPorts(asker(), place)),
    eventually: (look, condition, options) => eventually(look, condition, options),
  };
  (globalThis as Record<symbol, unknown>)[networkKey] = network;
}

/** The ports at which a place can be reached by others, such as `80/tcp`, in their order. */
export async function openPorts(asker: Asker, place: Place): Promise<string[]> {
  const ports = new Set<string>();
  for (const source of await asker.sourcesOf(place)) {
    const { sockets } = await asker.viewOf(source);
    const open = sockets.filter(({ state, address }) => state === 'listening' && !isLoopback(address));
    for (const { port, transport } of open) ports.add(`${port}/${transport}`);
    observed(nameOfSource(source), 'open ports', open.map(({ port, transport }) => `${port}/${transport}`).join(', ') || 'none');
  }
  return [...ports].sort((one, other) => parseInt(one, 10) - parseInt(other, 10) || one.localeCompare(other));
}
