import { readFileSync } from 'node:fs';
import { summariseMutants } from '../mutants';
import { mutantsSchema } from '../mutants/report';

/** What a kill matrix wants to know of changed answers of the API. */
export interface Mutants {
  /** by claim, how many of them turn it red */
  readonly killed: ReadonlyMap<string, number>;
  /** those that their claim does not see and nothing explains, each in a line */
  readonly unseen: readonly string[];
  /** claims that could not be tried, each in a line */
  readonly untried: readonly string[];
  /** all of them in a line */
  readonly summary: string;
}

/**
 * Reads files that `run --mutants` wrote.
 * @param files one for each run; none where no answers were changed
 */
export function readMutants(files: readonly string[]): Mutants {
  const summaries = files.map(summariseMutants);
  const claims = files.flatMap((file) => mutantsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).claims);
  const sum = (count: 'claims' | 'fields' | 'mutants' | 'killed') => summaries.reduce((total, { counts }) => total + counts[count], 0);
  const [tried, killed, accepted] = [sum('mutants'), sum('killed'), summaries.reduce((total, it) => total + it.accepted.length, 0)];
  return {
    killed: new Map(claims.map(({ id, mutants }) => [id, mutants.filter((mutant) => mutant.killed).length])),
    unseen: summaries.flatMap(({ survivors }) =>
      survivors.map(
        ({ claim, call, path, kind, from, to }) =>
          `${claim} does not see a changed answer: ${kind} of ${path} in ${call}, ${to} for ${from}`,
      ),
    ),
    untried: summaries.flatMap(({ notRepeatable }) =>
      notRepeatable.map(({ claim, reason }) => `${claim} could not be tried with changed answers: ${reason}`),
    ),
    summary: `${tried} changed answers in ${sum('fields')} fields that ${sum('claims')} claims read: ${killed} turn their claim red (${percent(killed, tried)}), ${accepted} survive for a reason that is known`,
  };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(1)} %`;
}
