import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { writeFileAtomically } from '../base/write-file';
import type { ClaimResult, Results } from './results';

/**
 * The results file of a run that goes on. It is whole at every moment, so that what was judged stands in it however the
 * run ends. To write all of it for each claim would cost more the longer a run takes; so claims come last but one, and a
 * further claim takes the place of the end of the file, by one write that puts a new end behind it.
 */
export class StandingResults {
  private file: number | undefined;
  /** bytes before the end, which the next claim takes the place of */
  private offset = 0;
  private end: Buffer = Buffer.alloc(0);
  private isEmpty = true;
  private waiting: ClaimResult[] = [];

  /**
   * Begins the file. One that is no regular file (`/dev/stdout`, a pipe) cannot be written over again, and is left alone.
   * @param path what is there is replaced
   * @throws UserError where it cannot be written
   */
  constructor(path: string, results: Results) {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing && !existing.isFile()) return;
    const { claims, ...rest } = results;
    const head = Buffer.from('{"claims":[\n');
    const told = Buffer.from(claims.map((claim) => JSON.stringify(claim)).join(',\n'));
    this.end = endOf(rest);
    this.offset = head.length + told.length;
    this.isEmpty = claims.length === 0;
    writeFileAtomically(path, Buffer.concat([head, told, this.end]).toString());
    this.file = openSync(path, 'r+');
  }

  /**
   * Adds claims. Where the disk is full the file stays as it is, and they are added with the next ones.
   * @param rest everything else that the results say by now
   */
  add(claims: readonly ClaimResult[], rest: Omit<Results, 'claims'>): void {
    this.waiting.push(...claims);
    if (this.file === undefined || this.waiting.length === 0) return;
    const told = Buffer.from(`${this.isEmpty ? '' : ',\n'}${this.waiting.map((claim) => JSON.stringify(claim)).join(',\n')}`);
    const end = endOf(rest);
    if (!this.put(Buffer.concat([told, end]))) return;
    this.offset += told.length;
    this.end = end;
    this.isEmpty = false;
    this.waiting = [];
  }

  /** Nothing is added any more. */
  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  /** Puts something in the place of the end. @returns whether all of it was written; if not, the file is as it was */
  private put(bytes: Buffer): boolean {
    const file = this.file as number;
    try {
      if (writeSync(file, bytes, 0, bytes.length, this.offset) === bytes.length) {
        // counts of claims only grow, but what else is told can become shorter
        ftruncateSync(file, this.offset + bytes.length);
        return true;
      }
    } catch {
      // told when the reports are written, if it still is so then
    }
    try {
      writeSync(file, this.end, 0, this.end.length, this.offset);
      ftruncateSync(file, this.offset + this.end.length);
    } catch {
      // the disk takes not even what was there: nothing more can be done about it
    }
    return false;
  }
}

function endOf(rest: Omit<Results, 'claims'>): Buffer {
  return Buffer.from(`\n],${JSON.stringify(rest).slice(1)}\n`);
}
