import { nearest } from '../base/nearest';
import { labels as composeLabels } from '../run/compose-labels';
import { isCalled, nameless, sharedNetworks, withOwnersNetworks, type Inventory, type Member } from '../trace/inventory';
import type { ContainerPlace, ContainerQuery } from './types';

/** Thrown where a spec names a container that there is not. */
export class PlaceMissing extends Error {
  override readonly name = 'no such place';
  constructor(
    message: string,
    /** what to do about it */
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Thrown where a spec asks for what cannot be: nothing was learnt about the network. */
export class MistakeInSpec extends Error {
  override readonly name = 'a mistake in the spec';
}

/** How many names are told of those that there are. */
const mostNames = 8;

/**
 * The containers that a place is: of a service all replicas that run, of those that do not the last one.
 * @throws PlaceMissing where there is none
 */
export function membersOf({ name, found }: ContainerPlace, inventory: Inventory): Member[] {
  const members = inventory.members.filter((it) => fits(it, found));
  if (members.length === 0) throw missing(name, found, inventory);
  const running = members.filter(({ status }) => status === 'running' || status === 'paused');
  return (running.length > 0 ? running : members.slice(0, 1)).map((it) => withOwnersNetworks(it, inventory));
}

function fits(member: Member, { name, label, project, service }: ContainerQuery): boolean {
  const [key = '', value] = label?.split(/=(.*)/s) ?? [];
  return (
    // what "docker compose run" has started is none of the service's replicas
    (service === undefined || (member.service === service && member.labels[composeLabels.oneOff] !== 'True')) &&
    (project === undefined || member.project === project) &&
    (name === undefined || member.name === name || (/^[\da-f]{6,64}$/.test(name) && member.id.startsWith(name))) &&
    (label === undefined || (key in member.labels && (value === undefined || member.labels[key] === value)))
  );
}

function missing(name: string, { project, service }: ContainerQuery, { members }: Inventory): PlaceMissing {
  const projects = [...new Set(members.flatMap((it) => it.project ?? []))].sort();
  if (project !== undefined && !projects.includes(project))
    return new PlaceMissing(
      `no container runs of a compose project "${project}"; ${told('projects', projects)}`,
      `Start it (docker compose --project-name ${project} up -d), or name another one.`,
    );
  const services = [...new Set(members.flatMap((it) => (it.project === project ? (it.service ?? []) : [])))].sort();
  if (service !== undefined)
    return new PlaceMissing(
      `the project ${project ?? ''} has no container of a service "${service}"; ${told('services', services)}`,
      suggestion(service, services) ?? `docker compose --project-name ${project ?? ''} ps --all shows what there is.`,
    );
  const names = members.map((it) => it.name).sort();
  return new PlaceMissing(
    `there is no container ${name}; ${told('containers', names)}`,
    suggestion(name, names) ?? 'docker ps --all shows what there is.',
  );
}

function told(what: string, names: readonly string[]): string {
  if (names.length === 0) return `there are no ${what}`;
  return `there are ${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ', …' : ''}`;
}

function suggestion(name: string, names: readonly string[]): string | undefined {
  const near = nearest(name, names);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/**
 * What a program in one container calls another one: its service, or its name, where the engine resolves that; else its
 * address in the default bridge that both are in.
 */
export function nameFor(source: Member, target: Member): string {
  const shared = sharedNetworks(source, target);
  const names = [target.service, target.name].filter((it) => it !== undefined);
  const called = names.find((name) => shared.some((network) => isCalled(target, name, network)));
  const inDefault = shared.filter((it) => nameless.has(it)).map((it) => target.endpoints[it]?.address);
  // what no network has in common gets its name as well: that it is unknown there is what a user meets
  return called ?? inDefault.find(Boolean) ?? names[0] ?? target.name;
}
