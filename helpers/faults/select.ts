import semver from 'semver';
import { backendInId, versionInId } from '../engine/version';
import { faults as allFaults } from '../../fixtures/faults';
import type { Fault } from '../../fixtures/faults/model';
import { exitStatus, UserError } from '../base/user-error';

/**
 * One fault.
 * @throws UserError (usage) when no fault has that id
 */
export function faultById(id: string, faults: readonly Fault[] = allFaults): Fault {
  const fault = faults.find((it) => it.id === id);
  if (fault) return fault;
  const [area = ''] = id.split('.');
  const near = faults.filter((it) => it.id.startsWith(`${area}.`)).map((it) => it.id);
  throw new UserError(
    `There is no fault "${id}".`,
    near.length > 0 ? `Choose one of ${near.join(', ')}.` : `Ids of faults begin with ${areas(faults).join(', ')}.`,
    exitStatus.usage,
  );
}

function areas(faults: readonly Fault[]): string[] {
  return [...new Set(faults.map(({ id }) => `${id.split('.')[0] ?? ''}.`))];
}

/** What is asked for, and of what it can be had. */
export interface Choice {
  /** ids; without them, all */
  fault?: readonly string[];
  /** `i/n`: every n-th one, beginning with the i-th */
  sample?: string;
  engine: { id: string; kind: string };
  /** ids of the claims that are going to be judged */
  claims: readonly string[];
}

/**
 * The faults that can be injected in an engine and turn one of the claims red.
 * @throws UserError (usage) for a fault that does not exist or that this engine cannot have, for a part that is none, and where nothing is left
 */
export function chooseFaults(faults: readonly Fault[], { fault: ids, sample, engine, claims }: Choice): Fault[] {
  const named = ids?.map((id) => faultById(id, faults)) ?? faults;
  const misfit = ids && named.find((fault) => !fits(fault, engine));
  if (misfit)
    throw new UserError(
      `The fault ${misfit.id} cannot be injected in ${engine.id}.`,
      `It is for ${misfit.engines?.kind ?? 'docker'} ${misfit.engines?.versions ?? 'of every version'}${misfit.engines?.backend ? ` with ${misfit.engines.backend}` : ''}.`,
      exitStatus.usage,
    );
  const useful = named.filter(
    (fault) => fits(fault, engine) && [...fault.kills, ...(fault.blocks ?? [])].some((id) => claims.includes(id)),
  );
  const chosen = sample === undefined ? useful : sampleOf(useful, sample);
  if (chosen.length === 0)
    throw new UserError(
      `No fault that ${engine.id} can have turns any of these claims red.`,
      'Select other claims, another engine, or no fault by name.',
      exitStatus.usage,
    );
  return chosen;
}

/**
 * Every n-th one: each is in just one of n samples.
 * @param sample `i/n`
 * @throws UserError (usage) for a part that is none
 */
export function sampleOf<T>(faults: readonly T[], sample: string): T[] {
  const [, index = 0, total = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(sample) ?? []).map(Number);
  if (index < 1 || index > total)
    throw new UserError(
      `"${sample}" is not a part of the faults.`,
      'Say which part of how many: --sample 2/5 is the second of five.',
      exitStatus.usage,
    );
  return faults.filter((_, position) => position % total === index - 1);
}

/** Whether a fault can be injected in an engine, of whose id the version is a part. */
export function fits({ engines = { kind: 'docker' } }: Pick<Fault, 'engines'>, { id, kind }: Choice['engine']): boolean {
  const { kind: wanted, versions = '*', backend } = engines;
  return kind === wanted && (backend === undefined || backend === backendInId(id)) && semver.satisfies(versionInId(id), versions);
}
