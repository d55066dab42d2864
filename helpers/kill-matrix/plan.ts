import path from 'node:path';
import { faults as allFaults } from '../../fixtures/faults';
import type { Fault } from '../../fixtures/faults/model';
import { trialFaults as allTrials } from '../../fixtures/faults/trials';
import type { TrialFault } from '../../fixtures/faults/trials/model';
import type { Claim } from '../../fixtures/claims/model';
import { exitStatus, UserError } from '../base/user-error';
import { unaffectedClaimOf } from '../faults/unaffected-claim';
import type { LabRun } from './lab-runs';
import { chooseFaults, faultById, fits, sampleOf } from '../faults/select';

/** The runs that make a kill matrix. */
export interface Plan {
  readonly runs: readonly LabRun[];
  /** those that break a lab of their own each */
  readonly faults: readonly Fault[];
  /** those that come and go in the lab of an area */
  readonly trials: readonly TrialFault[];
  /** id of the run without a fault in which the document's claims are judged; absent where none of them is */
  readonly healthy?: string;
  /** runs and files of the changed answers; none where faults are tried by their names */
  readonly mutants: readonly { readonly run: string; readonly file: string }[];
  /** runs and files of the trials */
  readonly areas: readonly { readonly run: string; readonly file: string }[];
}

/** What is to be tried, and with what. */
export interface Asked {
  readonly selected: readonly Claim[];
  /** `--fault` */
  readonly fault?: readonly string[];
  /** `--sample` */
  readonly sample?: string;
  readonly engine: { readonly id: string; readonly kind: string };
  /** folder for files of the runs */
  readonly folder: string;
}

/**
 * Plans a kill matrix. The claims of the document share containers, so that each of their faults has a lab of its own;
 * the other areas make what they look at, and have one lab each in which faults come and go.
 * @throws UserError (usage) where nothing can be tried
 */
export function planOf({ selected, fault, sample, engine, folder }: Asked): Plan {
  const complete = fault === undefined && sample === undefined;
  const document = selected.filter(({ area }) => area === 'document').map(({ id }) => id);
  const others = selected.filter(({ area }) => area !== 'document');
  const areas = [...new Set(others.map(({ area }) => area))];
  for (const id of fault ?? []) if (!allTrials.some((it) => it.id === id)) faultById(id);
  const ownFaults = fault?.filter((id) => allFaults.some((it) => it.id === id));
  const faults =
    document.length > 0 && ownFaults?.length !== 0
      ? chooseFaults(allFaults, {
          ...(ownFaults && { fault: ownFaults }),
          ...(sample !== undefined && { sample }),
          engine,
          claims: document,
        })
      : [];
  const tried = allTrials.filter(
    (it) =>
      fits(it, engine) &&
      (fault === undefined || fault.includes(it.id)) &&
      affected(it).some((id) => others.some((claim) => claim.id === id)),
  );
  const claimsOf = (area: string) =>
    others
      .filter(
        (it) =>
          it.area === area &&
          (complete ||
            sample !== undefined ||
            tried.some((trial) => affected(trial).includes(it.id) || unaffectedClaimOf(trial) === it.id)),
      )
      .map(({ id }) => id);
  const chosen = (sample === undefined ? areas : sampleOf(areas, sample))
    .map((area) => ({ area, claims: claimsOf(area) }))
    .filter(({ claims }) => claims.length > 0);
  if (faults.length === 0 && chosen.length === 0)
    throw new UserError(
      `No fault that ${engine.id} can have turns any of these claims red.`,
      'Select other claims, another engine, or no fault by name.',
      exitStatus.usage,
    );
  const run = ['--engine', engine.id, '--claim'];
  const mutantsFile = (area: string) => path.join(folder, `mutants-of-${area}.json`);
  const trialRuns = chosen.map(({ area, claims }) => ({
    run: `trials of ${area}`,
    file: path.join(folder, `trials-${area}.ndjson`),
    claims,
    ...(fault === undefined && { mutants: mutantsFile(area) }),
  }));
  const changed = complete && faults.length > 0 ? { run: 'changed answers', file: mutantsFile('document') } : undefined;
  const healthy = faults.length > 0 ? 'no fault' : undefined;
  return {
    runs: [
      ...(healthy === undefined ? [] : [{ id: healthy, args: [...run, ...document] }]),
      // what takes longest is begun first
      ...trialRuns.map(({ run: id, file, claims, mutants }) => ({
        id,
        args: [...run, ...claims, '--trials', file, ...(mutants === undefined ? [] : ['--mutants', mutants])],
      })),
      ...(changed ? [{ id: changed.run, args: [...run, ...document, '--mutants', changed.file] }] : []),
      ...[...faults].reverse().map(({ id }) => ({ id, args: [...run, ...document, '--fault', id] })),
    ],
    faults,
    trials: tried,
    ...(healthy !== undefined && { healthy }),
    mutants: [
      ...(changed ? [changed] : []),
      ...trialRuns.flatMap(({ run: id, mutants }) => (mutants === undefined ? [] : [{ run: id, file: mutants }])),
    ],
    areas: trialRuns.map(({ run: id, file }) => ({ run: id, file })),
  };
}

/** The claims on which a fault is tried because of what it must do to them. */
function affected({ kills, blocks = [] }: Pick<TrialFault, 'kills' | 'blocks'>): readonly string[] {
  return [...kills, ...blocks];
}
