import { exitStatus, UserError } from '../base/user-error';
import { hostAsSource } from './asked';
import type { Inventory, Member } from './inventory';

/**
 * The container that a trace starts from.
 * @param name of a container, the start of its id, or a service of compose
 * @param project in which a service is meant, where that was said
 * @returns undefined for the engine's host
 * @throws UserError where there is none, or more than one by that name
 */
export function sourceOf(name: string, { members }: Inventory, project?: string): Member | undefined {
  if (name === hostAsSource && project === undefined) return undefined;
  if (project !== undefined && !members.some((it) => it.project === project))
    throw usage(`There is no container of a compose project "${project}".`, projectsOf(members));
  const among = project === undefined ? members : members.filter((it) => it.project === project);
  const byName = among.filter((it) => it.name === name || (/^[\da-f]{6,}$/.test(name) && it.id.startsWith(name)));
  const byService = running(among.filter((it) => it.service === name));
  const found = byName.length > 0 ? byName : byService;
  const projects = [...new Set(found.map((it) => it.project))];
  if (found.length === 0)
    throw usage(
      `There is no container or service "${name}"${project === undefined ? '' : ` in the project ${project}`}.`,
      `Name one of ${namesOf(among)}, or "${hostAsSource}" for the engine's host.`,
    );
  if (byName.length === 0 && projects.length > 1)
    throw usage(
      `"${name}" is a service of several projects: ${projects.join(', ')}.`,
      'Say which with --compose PROJECT, or name a container.',
    );
  return found[0];
}

/** Of a service's replicas one that runs is as good as another. */
function running(members: readonly Member[]): Member[] {
  return [...members].sort((one, other) => Number(other.status === 'running') - Number(one.status === 'running'));
}

function namesOf(members: readonly Member[]): string {
  const names = [...new Set(members.map((it) => it.name))].sort();
  return names.length === 0 ? 'none: the engine has no containers' : `${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}

function projectsOf(members: readonly Member[]): string {
  const projects = [...new Set(members.flatMap((it) => it.project ?? []))].sort();
  return projects.length === 0 ? 'No container of this engine is of a compose project.' : `There are ${projects.join(', ')}.`;
}

function usage(message: string, remedy: string): UserError {
  return new UserError(message, remedy, exitStatus.usage);
}
