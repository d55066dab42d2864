import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Failure, ReportInput } from '../report/report-input';
import { readResults, resultsSchema, schemaVersion } from '../report/results';
import { oneLine } from '../report/text';
import { writeFileAtomically } from '../report/write-file';
import { suite } from '../run/project';
import { exitStatus, UserError } from '../user-error';

/** What stands in the place of an engine's results when its run came to nothing, so that reports can be made again from files. */
const failureFile = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  suite: z.strictObject({ name: z.string(), version: z.string() }),
  failure: z.strictObject({ engine: resultsSchema.shape.engine.shape.id, reason: z.string().min(1) }),
});

/** Writes why there are no results of an engine. */
export function writeFailure(path: string, failure: Failure): void {
  writeFileAtomically(path, `${JSON.stringify({ schemaVersion, suite, failure } satisfies z.infer<typeof failureFile>, null, 2)}\n`);
}

/**
 * Reads a file of which it is not known whether it holds results or a failure.
 * @throws UserError (usage) when it is neither, in one line.
 */
export function readColumn(path: string): ReportInput {
  const failure = failureIn(path);
  if (failure === undefined) return { results: [readResults(path)], failures: [] };
  const parsed = failureFile.safeParse(failure);
  if (parsed.success) return { results: [], failures: [parsed.data.failure] };
  const [issue] = parsed.error.issues;
  throw new UserError(`${path} is not a file of this version of the suite: ${oneLine(issue ? `${z.core.toDotPath(issue.path)}: ${issue.message}` : 'unknown violation')}.`, 'Name files that run --json or matrix wrote, unedited.', exitStatus.usage);
}

/** The content of a file that looks like a failure's. Whatever else is in there, or wrong with it, is for the reader of results to tell. */
function failureIn(path: string): object | undefined {
  try {
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof document === 'object' && document !== null && 'failure' in document ? document : undefined;
  } catch {
    return undefined;
  }
}
