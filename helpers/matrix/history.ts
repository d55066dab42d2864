import { readdirSync } from 'node:fs';
import path from 'node:path';
import { withHistory } from '../results/history';
import type { ReportInput } from '../results/report-input';
import type { ClaimResult, Results } from '../results/results';
import { writeResults } from '../results/results-file';
import { oneLine, truncate } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { readColumn } from './failure-file';
import { withFileNames } from './reports';

/** Folder in a folder of reports with results of engines that only earlier reports have. */
export const earlierFolder = 'earlier';

/**
 * Reads the results that a report is to go on from.
 * @param places results files, and folders that matrix or merge wrote
 * @param suite name of the suite that the report is of; undefined where it has no results
 * @throws UserError (usage) where one of them has none, cannot be read, or is of another suite
 */
export function readHistory(places: readonly string[], suite: string | undefined): Results[] {
  return places.flatMap((place) => {
    const refuse = (why: string) =>
      new UserError(why, 'Name, with --history, a results file or the folder of an earlier report of this suite.', exitStatus.usage);
    const results = (filesIn(place) ?? [place]).flatMap((file) => {
      const read = readColumn(file).results;
      const foreign = read.find((it) => suite !== undefined && it.suite.name !== suite);
      if (foreign) throw refuse(`${file} is of another suite, ${truncate(oneLine(foreign.suite.name), 100)}.`);
      return read;
    });
    if (results.length === 0) throw refuse(`There are no results in ${place}.`);
    return results;
  });
}

/** The input, with what earlier results say of its claims; and what is kept of engines that are not in it. */
export function goneOn(input: ReportInput, earlier: readonly Results[]): { input: ReportInput; gone: Results[] } {
  const { results, gone } = withHistory(input.results, earlier);
  return { input: { ...input, results }, gone };
}

/** Writes what is kept of engines that only earlier reports have, so that this report alone is enough for the next one. */
export function writeEarlier(output: string, gone: readonly Results[]): void {
  const folder = path.join(output, earlierFolder);
  for (const [name, results] of withFileNames(gone, ({ engine }) => engine.id))
    writeResults(path.join(folder, `${name}.json`), shortened(results));
}

/** JSON files of a folder of reports; undefined where the place is no folder. */
function filesIn(place: string): string[] | undefined {
  const jsonIn = (folder: string): string[] | undefined => {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((it) => it.isFile() && it.name.endsWith('.json'))
        .map(({ name }) => path.join(folder, name))
        .sort();
    } catch {
      // whoever reads it as a file says what it is
      return undefined;
    }
  };
  const files = jsonIn(place);
  return files && [...files, ...(jsonIn(path.join(place, earlierFolder)) ?? [])];
}

const elsewhere: ClaimResult['evidence'][number] = {
  atMs: 0,
  durationMs: 0,
  kind: 'note',
  where: 'suite',
  what: 'kept for later reports',
  answer: 'the evidence is in the report of that run',
};

/** Results without evidence and pictures: of a report that is over, verdicts and their history are what later ones need. */
function shortened(results: Results): Results {
  const claims = results.claims.map((claim): ClaimResult => ({
    ...claim,
    evidence: claim.evidence.length > 0 ? [elsewhere] : [],
    ...(claim.cause && { cause: { ...claim.cause, evidence: [] } }),
  }));
  return { ...results, claims, topologies: [] };
}
