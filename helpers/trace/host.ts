import type { HostAccess } from '../claim/context';
import { hits } from '../diagnosis/firewall';
import { rulesOnHost, seesHost } from '../diagnosis/look';
import { read, type VantagePoint } from '../world/vantage-point';
import { holderOf, type Facts, type HostRules } from './facts';
import type { RulesMet } from './hops';
import type { Tracing } from './tracing';
import { viewOf, type PlaceView } from './view';

/** The engine's host at one moment, as far as it can be looked at. */
export interface HostLook {
  view: PlaceView | undefined;
  rules: HostRules | undefined;
}

/** Looks at the engine's host. */
export async function lookAtHost(tracing: Pick<Tracing, 'docker'>, access: HostAccess, host: VantagePoint): Promise<HostLook> {
  if (access.kind === 'unseen') return { view: undefined, rules: undefined };
  const [view, rules] = await Promise.all([viewOf(host), rulesOfHost(tracing, access, host)]);
  return { view, rules };
}

/** The routes of the host, as ip(8) shows them. */
export async function routesOfHost(access: HostAccess, host: VantagePoint): Promise<string[]> {
  if (access.kind === 'unseen') return [];
  const listRoutes = ['sh', '-c', 'ip route show 2>/dev/null; ip -6 route show 2>/dev/null; true'];
  return (await read(host, listRoutes)).split('\n').filter(Boolean);
}

/** The rules of the host, with their counters; undefined where its own programs cannot be asked. */
export async function rulesOfHost(
  { docker }: Pick<Tracing, 'docker'>,
  access: HostAccess,
  host: VantagePoint,
): Promise<HostRules | undefined> {
  return seesHost(access) ? { rules: await rulesOnHost({ docker, access, host }) } : undefined;
}

/** Rules of the host that met packets between two looks, as far as they are about a trace. */
export function rulesMet(before: HostRules | undefined, after: HostRules | undefined, facts: Facts): RulesMet {
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
