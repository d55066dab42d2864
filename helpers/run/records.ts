import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '../base/read-file';
import { oneLine, truncate } from '../base/text';
import type { ClaimRecord } from '../claim/verdict';
import { resultsSchema } from '../results/results';

const { id, reason, lacks, durationMs, evidence, cause } = resultsSchema.shape.claims.element.shape;

/** A line of a file of verdicts: what it has of a claim's results is as it stands there. */
const recordSchema = z.strictObject({
  id,
  verdict: z.enum(['conforms', 'deviates', 'blocked', 'error']),
  reason,
  lacks,
  startedAt: z.iso.datetime(),
  durationMs,
  evidence,
  cause,
});

/** Columns of what is said of a line that is no verdict. */
const longestViolation = 300;

/** The verdicts that spec workers write into the folder of their run, read as they come. */
export class RecordReader {
  /** bytes of each file that have been read, up to the end of a line */
  private readonly read = new Map<string, number>();

  constructor(private readonly directory: string) {}

  /**
   * What has been written since it was last asked. A line that is not yet whole is left for the next time. One that is no
   * verdict is an error of the claim that it names; what names none is left out, and its claim misses its verdict.
   */
  next(): ClaimRecord[] {
    const files = readdirSync(this.directory).filter((name) => name.endsWith('.ndjson'));
    return files.flatMap((name) => this.linesOf(name)).flatMap(recordsIn);
  }

  private linesOf(name: string): string[] {
    const file = openSync(path.join(this.directory, name), 'r');
    try {
      const from = this.read.get(name) ?? 0;
      const bytes = Buffer.alloc(fstatSync(file).size - from);
      const whole = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
      const end = whole.lastIndexOf('\n') + 1;
      this.read.set(name, from + end);
      return whole.subarray(0, end).toString().split('\n').filter(Boolean);
    } finally {
      closeSync(file);
    }
  }
}

function recordsIn(line: string): ClaimRecord[] {
  let document: unknown;
  try {
    document = parseJson(line);
  } catch {
    return [];
  }
  const parsed = recordSchema.safeParse(document);
  if (parsed.success) return [parsed.data as ClaimRecord];
  const named = z.object({ id }).safeParse(document);
  const why = truncate(oneLine(z.prettifyError(parsed.error)), longestViolation);
  return named.success
    ? [
        {
          id: named.data.id,
          verdict: 'error',
          reason: `what was handed over for this claim is no verdict: ${why}`,
          startedAt: new Date().toISOString(),
          durationMs: 0,
          evidence: [],
        },
      ]
    : [];
}
