import { z } from 'zod';
import { FileProblem, largest, readJson } from '../base/read-file';
import { jsonText, oneLine, truncate } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { writeFileAtomically } from '../base/write-file';
import { readableVersion, resultsSchema, schemaVersion, type Results } from './results';
import { withStatements } from './statements';
import { summarize } from './verdict-summary';

/**
 * Reads and checks a results file. Anything wrong with it is told in one line, for it is the user who named the file.
 * What it says of itself is not believed: the verdicts are counted again.
 */
export function readResults(path: string): Results {
  return resultsIn(path, readDocument(path));
}

/** The content of a file that should hold results. @throws UserError where it is no JSON, or too much of it. */
export function readDocument(path: string): unknown {
  try {
    return readJson(path, largest.results);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new UserError(
      error.missing ? `There is no results file ${path}.` : `${path} ${error.message}.`,
      error.missing ? `Write one with: npm test -- --json ${path}` : 'Name a file that --json wrote, or run the suite again.',
      exitStatus.usage,
      { cause: error },
    );
  }
}

/** As {@link readResults}, for a file whose content has been read. */
export function resultsIn(path: string, document: unknown): Results {
  const version = (document as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version !== schemaVersion && version !== readableVersion) {
    throw new UserError(
      `${path} has results format ${version}; this version of the suite reads formats ${readableVersion} and ${schemaVersion}.`,
      'Read it with the version of the suite that wrote it, or run the suite again.',
      exitStatus.usage,
    );
  }
  const refuse = (why: string) =>
    new UserError(`${path} is not a results file of this suite: ${why}.`, 'Name a file that --json wrote, unedited.', exitStatus.usage);
  const tooMany = excessIn(document);
  if (tooMany !== undefined) throw refuse(tooMany);
  const parsed = resultsSchema.safeParse(document);
  if (!parsed.success) throw refuse(firstViolation(parsed.error));
  const twice = repeatedIn(parsed.data.claims.map(({ id }) => id));
  if (twice !== undefined) throw refuse(`the claim ${twice} is in it twice`);
  return withStatements({ ...parsed.data, schemaVersion, summary: countedAgain(parsed.data) });
}

/** Elements of lists that reports take long for; far more than there are. */
const mostClaims = 10_000;
const mostInTopology = 100;

/** Which list of a document is too long to be looked at, in words. */
function excessIn(document: unknown): string | undefined {
  const listIn = (value: unknown, name: string): unknown[] => {
    const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    return Array.isArray(list) ? list : [];
  };
  if (listIn(document, 'claims').length > mostClaims) return `it has more than ${mostClaims} claims`;
  const drawn = listIn(document, 'topologies');
  const large =
    drawn.length > mostInTopology ||
    drawn.some(
      (topology) => listIn(topology, 'containers').length > mostInTopology || listIn(topology, 'networks').length > mostInTopology,
    );
  return large
    ? `more than ${mostInTopology} of its topologies, or of the containers or networks in one of them, are to be drawn`
    : undefined;
}

function repeatedIn(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return ids.find((id) => seen.has(id) || !seen.add(id));
}

/** The counts of the verdicts that are there. An exit status stays if a run with these verdicts can end with it, with `--strict` or without. */
function countedAgain({ claims, host: { leftovers }, shard, summary, interrupted = false, baseline }: Results): Results['summary'] {
  const { leastJudged } = summary;
  const options = {
    leftovers,
    interrupted,
    part: shard !== undefined,
    baseline: baseline !== undefined,
    ...(leastJudged !== undefined && { leastJudged }),
  };
  const plainly = summarize(claims, { ...options, strict: false });
  const strictly = summarize(claims, { ...options, strict: true });
  return summary.exitStatus === strictly.exitStatus ? strictly : plainly;
}

/** Checks the results and writes them, so that a reader sees either the whole file or none. */
export function writeResults(path: string, results: Results): void {
  const parsed = resultsSchema.safeParse(results);
  if (!parsed.success) {
    throw new UserError(
      `The results break their own schema: ${firstViolation(parsed.error)}.`,
      'This is a fault of the suite, not of the engine: please report it.',
      exitStatus.failed,
      { cause: parsed.error },
    );
  }
  writeFileAtomically(path, jsonText(parsed.data));
}

/** Columns of what is wrong with a file: its names of fields are not trusted to be short. */
const longestViolation = 300;

/** The first thing that is wrong, with the path to it; the rest usually follows from the first. */
function firstViolation(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'unknown violation';
  const path = z.core.toDotPath(issue.path);
  return truncate(oneLine(path ? `${path}: ${issue.message}` : issue.message), longestViolation);
}
