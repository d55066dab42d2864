import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import type { ClaimRecord } from '../claim/verdict';

/** The verdicts that spec workers write into the folder of their run, read as they come. */
export class RecordReader {
  /** bytes of each file that have been read, up to the end of a line */
  private readonly read = new Map<string, number>();

  constructor(private readonly directory: string) {}

  /** What has been written since it was last asked. A line that is not yet whole is left for the next time. */
  next(): ClaimRecord[] {
    const files = readdirSync(this.directory).filter((name) => name.endsWith('.ndjson'));
    return files.flatMap((name) => this.linesOf(name)).map((line) => JSON.parse(line) as ClaimRecord);
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
