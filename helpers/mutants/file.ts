import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { acceptedSurvivors, type AcceptedSurvivor } from '../../fixtures/faults/accepted-survivors';
import { catalogue } from '../../fixtures/claims';
import { jsonText } from '../base/text';
import { writeFileAtomically } from '../base/write-file';
import { exitStatus, UserError } from '../base/user-error';
import { mutantsSchema, reportOf, type MutantsReport, type TriedClaim, type TriedMutant } from './report';

const prefix = 'mutants-';

/** Leaves what became of a claim's mutants to the process that writes the report. */
export function handOverMutants(claim: TriedClaim, directory: string): void {
  writeFileAtomically(path.join(directory, `${prefix}${claim.id}.json`), JSON.stringify(claim));
}

/**
 * Writes the report of a run for mutants from what its workers left.
 * @param directory the run's folder for hand-over files
 * @returns what it says, in one line
 */
export function writeMutants(file: string, engine: MutantsReport['engine'], directory: string): string {
  const left = readdirSync(directory).filter((name) => name.startsWith(prefix) && name.endsWith('.json'));
  const claims = left.map((name) => JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as TriedClaim);
  const places = new Map(catalogue.map(({ id }, index) => [id, index]));
  const report = reportOf(
    engine,
    claims.sort((one, other) => (places.get(one.id) ?? 0) - (places.get(other.id) ?? 0)),
  );
  writeFileAtomically(file, jsonText(report));
  const { claims: tried, fields, mutants, killed, killedByControl, killedByError, survived, notRepeatable } = report.summary;
  return `mutants of ${tried} claims: ${fields} fields read, ${mutants} changed, ${killed} killed (${killedByControl} by a control, ${killedByError} by an error), ${survived} survived, ${notRepeatable} claims not repeatable: ${file}`;
}

/** A mutant that its claim did not see. */
export type Survivor = TriedMutant & { claim: string };

/** What there is to say about the mutants of one engine. */
export interface MutantsSummary {
  engine: string;
  counts: MutantsReport['summary'];
  /** survivors that nothing explains: weak checks */
  survivors: Survivor[];
  /** survivors that are known, with the reason why no check should see them */
  accepted: (Survivor & { accepted: string })[];
  /** entries of the accepted survivors of which none survives any more, although the claim was tried */
  needless: AcceptedSurvivor[];
  /** claims whose mutants say nothing */
  notRepeatable: { claim: string; reason: string }[];
}

/** Holds the survivors of a report against those that are accepted. */
export function summarise(
  { engine, claims, summary }: MutantsReport,
  acceptable: readonly AcceptedSurvivor[] = acceptedSurvivors,
): MutantsSummary {
  const all = claims.flatMap(({ id, mutants }) =>
    mutants.filter(({ killed }) => !killed).map((mutant): Survivor => ({ ...mutant, claim: id })),
  );
  const concerning = acceptable.filter(({ since }) => since === undefined || semver.gte(engine.version, since));
  const entryFor = (survivor: Survivor) => concerning.find((entry) => accepts(entry, survivor));
  const tried = new Set(
    claims.flatMap(({ id, verdict, notRepeatable }) => (verdict === 'conforms' && notRepeatable === undefined ? [id] : [])),
  );
  return {
    engine: engine.id,
    counts: summary,
    survivors: all.filter((survivor) => !entryFor(survivor)),
    accepted: all.flatMap((survivor) => {
      const entry = entryFor(survivor);
      return entry ? [{ ...survivor, accepted: entry.reason }] : [];
    }),
    needless: concerning.filter(
      (entry) =>
        tried.has(entry.claim) && !entry.kinds.every((kind) => all.some((survivor) => accepts({ ...entry, kinds: [kind] }, survivor))),
    ),
    notRepeatable: claims.flatMap(({ id, notRepeatable }) => (notRepeatable === undefined ? [] : [{ claim: id, reason: notRepeatable }])),
  };
}

function accepts({ claim, call, path: field, kinds }: AcceptedSurvivor, survivor: Survivor): boolean {
  return (
    claim === survivor.claim &&
    (call === undefined || call === survivor.call) &&
    (field === undefined || field === survivor.path) &&
    kinds.includes(survivor.kind)
  );
}

/**
 * Summarises a file that `run --mutants` wrote.
 * @throws UserError where it cannot be read, or is no such file.
 */
export function summariseMutants(file: string): MutantsSummary {
  const refuse = (why: string, cause: unknown) =>
    new UserError(`${file} is not a report on mutants: ${why}.`, 'Name a file that run --mutants wrote.', exitStatus.usage, { cause });
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refuse((error as Error).message.replace(/\s+/g, ' '), error);
  }
  const parsed = mutantsSchema.safeParse(content);
  if (parsed.success) return summarise(parsed.data);
  const [issue] = parsed.error.issues;
  throw refuse(issue ? `${z.core.toDotPath(issue.path)} ${issue.message}`.trim() : 'unknown violation', parsed.error);
}
