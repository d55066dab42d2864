import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that a file of each kind may have; docs/using.md says so. More is no file of the suite, and would cost memory and time without end. */
export const largest = { results: 64 * 1024 * 1024, waivers: 1024 * 1024, dockerConfig: 1024 * 1024 } as const;

/** What a document may be made of: lists in lists, values in all, characters of one text. Real ones have a tenth of it. */
const most = { depth: 50, values: 4_000_000, characters: 1_000_000 } as const;

/** Why a file cannot be used, in words that follow its name. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';

  constructor(
    message: string,
    /** there is no such file */
    readonly missing = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The text of a file that somebody named, of at most so many bytes. A folder, a pipe and a device are refused at once:
 * nobody knows when they end.
 * @throws FileProblem
 */
export function readText(file: string, limit: number): string {
  const bytes = readBytes(file, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FileProblem('is not a text in UTF-8', false, { cause: error });
  }
}

/**
 * The content of a JSON file that somebody named.
 * @throws FileProblem; it quotes nothing of the file, which may hold what is secret
 */
export function readJson(file: string, limit: number): unknown {
  return parseJson(readText(file, limit));
}

/** @throws FileProblem where the text is no JSON, or is made of more than any file of the suite. */
export function parseJson(text: string): unknown {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new FileProblem(`is not JSON, or it was cut short${placeIn(text, (error as Error).message)}`, false, { cause: error });
  }
  mustBeModest(document);
  return document;
}

function readBytes(file: string, limit: number): Buffer {
  let descriptor: number | undefined;
  try {
    // without waiting for somebody at the other end of a pipe
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) throw new FileProblem('is a folder');
    if (!stat.isFile()) throw new FileProblem('is not a file but a pipe or a device');
    if (stat.size > limit) throw tooLarge(limit);
    const chunks: Buffer[] = [];
    for (let read = 0; ;) {
      const chunk = Buffer.allocUnsafe(Math.max(stat.size - read, 0) + 4096);
      const got = readSync(descriptor, chunk);
      if (got === 0) return Buffer.concat(chunks);
      // it may grow while it is read
      if ((read += got) > limit) throw tooLarge(limit);
      chunks.push(chunk.subarray(0, got));
    }
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FileProblem(`cannot be read (${code})`, code === 'ENOENT', { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function tooLarge(limit: number): FileProblem {
  return new FileProblem(`is larger than ${limit / 1024 / 1024} MB`);
}

/** Where a parser gave up, as far as it says so. */
function placeIn(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`;
}

/** @throws FileProblem for what a schema would look at for too long. */
function mustBeModest(document: unknown): void {
  let level: unknown[] = [document];
  for (let depth = 0, values = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string' && value.length > most.characters)
        throw new FileProblem(`has a text of more than ${most.characters} characters`);
      if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) next.push(member);
    }
    values += next.length;
    if (values > most.values) throw new FileProblem(`has more than ${most.values} values`);
    if (depth > most.depth) throw new FileProblem(`is nested more than ${most.depth} levels deep`);
    level = next;
  }
}
