/*
 * What `docker-network-conformance` exports: all that specs of a user's own network say. docs/your-network.md has a line on
 * each name, and a test holds the two together. Nothing here talks to an engine: a run puts in place what does.
 */
import { networkKey } from './network-key';
import type {
  At,
  ClaimDeclaration,
  ComposeOptions,
  ContainerPlace,
  ContainerQuery,
  EventuallyOptions,
  ExternalPlace,
  MustNotOptions,
  Network,
  Place,
  Project,
  Seen,
  To,
} from './types';

/** Jest's assertions: what fails in one makes the claim deviate. */
export { expect } from 'expect';
export type {
  At,
  AtOptions,
  ClaimDeclaration,
  ClaimLevel,
  ComposeOptions,
  ContainerPlace,
  ContainerQuery,
  EventuallyOptions,
  ExternalPlace,
  MustNotOptions,
  Place,
  Project,
  Seen,
  To,
} from './types';

function network(): Network {
  const found = (globalThis as Record<symbol, unknown>)[networkKey] as Network | undefined;
  if (found) return found;
  throw new Error('Specs of a network are judged by: npx docker-network-conformance run --specs FOLDER');
}

/** Says a sentence about the network, and how it is found out whether it holds. Each has an id of its own. */
export function claim(declaration: ClaimDeclaration): void {
  network().claim(declaration);
}

/** A container that runs already: by its name, the start of its id, or a label. */
export function container(found: string | ContainerQuery): ContainerPlace {
  const query = typeof found === 'string' ? { name: found } : found;
  const { name, label, project: ofProject, service } = query;
  const words = [[ofProject, service].filter(Boolean).join('/'), name, label].filter(Boolean);
  if (words.length === 0) throw new Error("container() needs a name, a label or a service: container('web')");
  return { kind: 'container', name: words.join(' '), found: query };
}

/** A compose project that runs already, whose services are places. */
export function project(name: string): Project {
  return { name, service: (service) => container({ project: name, service }) };
}

/**
 * A compose file that the run brings up under a name of its own before it judges, and down afterwards, by `docker compose`.
 * @param file path from the folder of the spec
 */
export function compose(file: string, options: ComposeOptions = {}): Project {
  return network().compose(file, options);
}

/** The engine's host. */
export const host: Place = { kind: 'host', name: 'host' };

/**
 * A place that the engine does not run. With a name or an address it is one to be asked for. Without, it is a machine beside the
 * engine's host that asks, as others in its network would; the suite makes it and takes it away.
 */
export function external(address?: string): ExternalPlace {
  return { kind: 'external', name: address ?? 'external', ...(address !== undefined && { address }) };
}

/**
 * That a place reaches another one; the claim deviates where it does not, with the cause.
 * @param to a place, or `NAME:PORT`, `ADDRESS:PORT` or a URL as programs of the first place would use it
 * @param at port, or URL, where `to` is a place
 */
export function reach(from: Place, to: To, at?: At): Promise<Seen> {
  return network().reach(from, to, at);
}

/**
 * That a place does not reach another one, by whatever name, address or published port. The control does reach it, before and
 * after; where it does not, the claim is blocked.
 */
export function mustNotReach(from: Place, to: To, options: MustNotOptions): Promise<void> {
  return network().mustNotReach(from, to, options);
}

/** Asks as {@link reach} does, and tells what came of it, whatever that is. */
export function probe(from: Place, to: To, at?: At): Promise<Seen> {
  return network().probe(from, to, at);
}

/** The ports at which a place can be reached by others, such as `80/tcp`: what listens on its loopback alone is none. */
export function openPorts(place: Place): Promise<string[]> {
  return network().openPorts(place);
}

/** Looks again until what is seen satisfies a condition, or the time is over, and tells what was seen last. */
export function eventually<T>(look: () => Promise<T>, condition: (seen: T) => boolean, options: EventuallyOptions): Promise<T> {
  return network().eventually(look, condition, options);
}
