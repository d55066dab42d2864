import { readFileSync } from 'node:fs';
import { summariseMutants } from '../mutants';
import { mutantsSchema } from '../mutants/report';

/** What a kill matrix wants to know of changed answers of the API. */
export interface Mutants {
  /** by claim, how many of them turn it red */
  readonly killed: ReadonlyMap<string, number>;
  /** those that no claim sees and nothing explains, each in a line */
  readonly survivors: readonly string[];
}

/** Reads a file that `run --mutants` wrote. */
export function readMutants(file: string): Mutants {
  const { survivors } = summariseMutants(file);
  const { claims } = mutantsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return {
    killed: new Map(claims.map(({ id, mutants }) => [id, mutants.filter(({ killed }) => killed).length])),
    survivors: survivors.map(({ claim, call, path, kind, from, to }) => `${claim}: ${kind} of ${path} in ${call}, ${to} for ${from}`),
  };
}
