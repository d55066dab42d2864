import { z } from 'zod';
import type { Failure, ReportInput } from '../results/report-input';
import { resultsSchema, schemaVersion } from '../results/results';
import { readDocument, resultsIn } from '../results/results-file';
import { jsonText, oneLine } from '../base/text';
import { writeFileAtomically } from '../base/write-file';
import { suite } from '../base/project';
import { exitStatus, UserError } from '../base/user-error';

/** What stands in the place of an engine's results when its run came to nothing, so that reports can be made again from files. */
const failureFile = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  suite: z.strictObject({ name: z.string(), version: z.string() }),
  failure: z.strictObject({ engine: resultsSchema.shape.engine.shape.id, reason: z.string().min(1) }),
});

/** Writes why there are no results of an engine. */
export function writeFailure(path: string, failure: Failure): void {
  writeFileAtomically(path, jsonText({ schemaVersion, suite, failure } satisfies z.infer<typeof failureFile>));
}

/**
 * Reads a file of which it is not known whether it holds results or a failure.
 * @throws UserError (usage) when it is neither, in one line.
 */
export function readColumn(path: string): ReportInput {
  const document = readDocument(path);
  if (typeof document !== 'object' || document === null || !('failure' in document))
    return { results: [resultsIn(path, document)], failures: [] };
  const parsed = failureFile.safeParse(document);
  if (parsed.success) return { results: [], failures: [parsed.data.failure] };
  const [issue] = parsed.error.issues;
  throw new UserError(
    `${path} is not a file of this version of the suite: ${oneLine(issue ? `${z.core.toDotPath(issue.path)}: ${issue.message}` : 'unknown violation')}.`,
    'Name files that run --json or matrix wrote, unedited.',
    exitStatus.usage,
  );
}
