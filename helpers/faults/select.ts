import semver from 'semver';
import { faults as allFaults } from '../../fixtures/faults';
import type { Fault } from '../../fixtures/faults/model';
import { exitStatus, UserError } from '../user-error';

/**
 * One fault.
 * @throws UserError (usage) when no fault has that id
 */
export function faultById(id: string, faults: readonly Fault[] = allFaults): Fault {
  const fault = faults.find((it) => it.id === id);
  if (fault) return fault;
  const [area = ''] = id.split('.');
  const near = faults.filter((it) => it.id.startsWith(`${area}.`)).map((it) => it.id);
  throw new UserError(`There is no fault "${id}".`, near.length > 0 ? `Choose one of ${near.join(', ')}.` : `Ids of faults begin with ${areas(faults).join(', ')}.`, exitStatus.usage);
}

function areas(faults: readonly Fault[]): string[] {
  return [...new Set(faults.map(({ id }) => `${id.split('.')[0] ?? ''}.`))];
}

/** Whether a fault can be injected in an engine. */
export function fits({ engines: { kind: wanted, versions = '*' } = { kind: 'docker' } }: Pick<Fault, 'engines'>, { kind, version }: { kind: string; version: string }): boolean {
  return kind === wanted && semver.satisfies(version, versions, { includePrerelease: true });
}
