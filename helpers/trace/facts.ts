import type { Rule } from '../diagnosis/firewall';
import { isAddress, type Target } from './asked';
import { meantBy, ownersOf, ownerOfNamespace, type Binding, type Inventory, type Member } from './inventory';
import type { Lookup } from './name';
import type { Sizes } from './sizes';
import type { Attempt } from './talk';
import { isLoopback, linkWith, type PlaceView } from './view';

/** The packet filter of the engine's host, as its own programs tell of it. */
export interface HostRules {
  /** undefined where it has no such programs */
  rules: readonly Rule[] | undefined;
}

/** Everything that was found out for one trace. */
export interface Facts {
  target: Target;
  /** undefined while the engine's host is the source */
  source: Member | undefined;
  /** how reports call the source */
  from: string;
  inventory: Inventory;
  /** the containers that the person means by the target's name; empty where it is none of this engine's */
  meant: Member[];
  /** undefined for an address, which nobody has to be asked for */
  lookup: Lookup | undefined;
  /** one for each address that a client would try, in that order */
  attempts: Attempt[];
  sourceView: PlaceView | undefined;
  /** by the container's id; absent where it does not run */
  views: ReadonlyMap<string, PlaceView>;
  hostView: PlaceView | undefined;
  /** what its own programs tell of the host's packet filter; only where they may be asked */
  host: HostRules | undefined;
  /** routes of the host, as ip(8) shows them */
  hostRoutes: string[];
  /** the same page through the proxy that variables of the source name, and which variable that is */
  throughProxy: { variable: string; proxy: string; attempt: Attempt } | undefined;
  /** sizes from which on packets vanish on the way there, or back, where a connection was made and nothing more came */
  sizes: Sizes[];
  /** containers from whose address an answer came, and whose kernel has taken no connection meanwhile: somebody else answered */
  unvisited: Member[];
  /** the same listener greeted in the other one of HTTP and TLS, where the first one was not understood */
  otherwise: { protocol: 'http' | 'https'; attempt: Attempt } | undefined;
}

/** Who has an address. */
export type Holder =
  | { kind: 'container'; member: Member; port: number; binding?: Binding }
  /** the engine's host, at a port that leads to no container */
  | { kind: 'host' }
  /** the source's own loopback */
  | { kind: 'itself' }
  | { kind: 'somebody' };

/** Who has an address and a port, as the engine tells; a published port leads to its container. */
export function holderOf(address: string, facts: Pick<Facts, 'target' | 'source' | 'inventory' | 'hostView'>): Holder {
  const { target, source, inventory } = facts;
  const onHost = source === undefined || source.networkMode === 'host';
  if (isLoopback(address) && !onHost) return { kind: 'itself' };
  const [owner] = ownersOf(address, inventory);
  if (owner) return { kind: 'container', member: owner, port: target.port };
  if (!isHosts(address, facts)) return { kind: 'somebody' };
  const published = publishersOf(facts).find(({ binding }) => covers(binding.hostAddress, address));
  return published ? { kind: 'container', port: published.binding.containerPort, ...published } : { kind: 'host' };
}

/** Whether an address is one of the engine's host. */
export function isHosts(address: string, { source, inventory, hostView }: Pick<Facts, 'source' | 'inventory' | 'hostView'>): boolean {
  if (isLoopback(address)) return source === undefined || source.networkMode === 'host';
  return (
    inventory.networks.some(({ gateways }) => gateways.includes(address)) ||
    (hostView !== undefined && linkWith(hostView, address) !== undefined)
  );
}

/** Containers that publish the port that is asked for, at whatever address of the host. */
export function publishersOf({ target, inventory }: Pick<Facts, 'target' | 'inventory'>): { member: Member; binding: Binding }[] {
  return inventory.members.flatMap((member) =>
    member.published
      .filter(({ hostPort, transport }) => hostPort === target.port && transport === target.transport)
      .map((binding) => ({ member, binding })),
  );
}

/** Whether a port that is published at one address of the host is met at another one. */
export function covers(published: string, address: string): boolean {
  if (published === address) return true;
  if (published === '' || published === '0.0.0.0') return !address.includes(':') || published === '';
  return published === '::';
}

/** The containers that a target means: those that the name is of, or that have the address, or publish the port of the host. */
export function meantIn(
  target: Target,
  source: Member | undefined,
  inventory: Inventory,
  { project, hostView }: { project: string | undefined; hostView?: PlaceView | undefined },
): Member[] {
  if (!isAddress(target.host)) {
    const named = meantBy(target.host, source, inventory, project);
    if (named.length > 0) return named;
  }
  const holder = isAddress(target.host) ? holderOf(target.host, { target, source, inventory, hostView }) : undefined;
  return holder?.kind === 'container' ? [holder.member] : [];
}

/** What a container looks like from inside; of one that shares another one's namespace that is the other one's view. */
export function viewOfMember({ views, inventory }: Pick<Facts, 'views' | 'inventory'>, member: Member): PlaceView | undefined {
  return views.get(ownerOfNamespace(member, inventory).id);
}
