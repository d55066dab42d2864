import type { HostAccess } from '../claim/context';
import { hits } from '../diagnosis/firewall';
import { look } from '../diagnosis/look';
import type { NamespaceState } from '../diagnosis/namespace-state';
import { read, type VantagePoint } from '../world/vantage-point';
import { holderOf, type Facts } from './facts';
import type { RulesMet } from './hops';
import type { Tracing } from './tracing';
import { viewOf, type PlaceView } from './view';

/** The engine's host at one moment, as far as it can be looked at. */
export interface HostLook {
  view: PlaceView | undefined;
  /** all that its own programs tell */
  state: NamespaceState | undefined;
  /** as ip(8) shows them */
  routes: string[];
}

/** Looks at the engine's host. */
export async function lookAtHost(tracing: Pick<Tracing, 'docker'>, access: HostAccess, host: VantagePoint): Promise<HostLook> {
  if (access.kind === 'unseen') return { view: undefined, state: undefined, routes: [] };
  const listRoutes = ['sh', '-c', 'ip route show 2>/dev/null; ip -6 route show 2>/dev/null; true'];
  const [view, state, routes] = await Promise.all([viewOf(host), stateOfHost(tracing, access, host), read(host, listRoutes)]);
  return { view, state, routes: routes.split('\n').filter(Boolean) };
}

/** All that the host's own programs tell of it; undefined where they cannot be asked. */
export function stateOfHost(
  { docker }: Pick<Tracing, 'docker'>,
  access: HostAccess,
  host: VantagePoint,
): Promise<NamespaceState | undefined> {
  return look('host', { docker, access, host }, undefined, []);
}

/** Rules of the host that met packets between two looks, as far as they are about a trace. */
export function rulesMet(before: NamespaceState | undefined, after: NamespaceState | undefined, facts: Facts): RulesMet {
  if (!before?.rules || !after?.rules) return undefined;
  const ports = [facts.target.port, ...facts.attempts.flatMap(({ address }) => portAt(address, facts))];
  const addresses = [...facts.attempts.flatMap((it) => [it.address, it.from ?? '']).filter(Boolean)];
  const aboutIt = hits('host', before.rules, after.rules).filter(({ rule }) => mentions(rule.text, addresses, ports));
  return aboutIt;
}

function portAt(address: string, facts: Facts): number[] {
  const holder = holderOf(address, facts);
  return holder.kind === 'container' ? [holder.port] : [];
}

/** Whether a rule drops, or is about these addresses and ports: those that merely let everything pass tell nothing. */
function mentions(text: string, addresses: readonly string[], ports: readonly number[]): boolean {
  return (
    / -j (DROP|REJECT|DNAT|MASQUERADE|SNAT)|drop|reject/.test(text) ||
    addresses.some((it) => text.includes(it)) ||
    ports.some((it) => new RegExp(`\\b${it}\\b`).test(text))
  );
}
