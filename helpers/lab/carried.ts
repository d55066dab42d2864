import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { run } from '../base/process';
import { suite } from '../base/project';
import { oneLine } from '../base/text';
import { exitStatus, UserError } from '../base/user-error';
import { orUserError } from '../base/write-file';
import { cacheFolder, fullDiskIn, readManifest } from './cache';
import { setUp, type Progress } from './sources';
import { contentDigest, treeDigest } from './tree';

/** What a file that carries engines says of itself, in its first member. */
const content = z.strictObject({
  format: z.literal(1),
  suite: z.string(),
  engines: z.array(z.string().regex(/^[\w.+-]+$/)).min(1),
  entries: z.array(z.string().regex(/^(?:root|template|image)-[a-z][\w.-]*$/)).min(1),
});

const contentFile = 'carried.json';

/** Milliseconds that tar may take for a gigabyte on a slow disk. */
const timeout = 900_000;

/**
 * Writes entries of the cache into one file, for a machine where nothing can be fetched.
 * @param engines the ids of the engines that start from them
 * @throws UserError where the file cannot be written
 */
export async function exportEntries(
  file: string,
  engines: readonly string[],
  entries: readonly string[],
  progress: Progress,
): Promise<void> {
  const partial = `${resolve(file)}.${process.pid}`;
  try {
    // nobody makes an entry anew while it is read
    await setUp(progress, () => pack(partial, file, { engines, entries }));
    orUserError(file, () => renameSync(partial, file));
  } finally {
    rmSync(partial, { force: true });
  }
}

async function pack(partial: string, file: string, list: { engines: readonly string[]; entries: readonly string[] }): Promise<void> {
  const folder = cacheFolder();
  const temporary = mkdtempSync(join(folder, 'tmp-export-'));
  try {
    writeFileSync(join(temporary, contentFile), `${JSON.stringify({ format: 1, suite: suite.version, ...list }, null, 2)}\n`);
    const packed = await run(
      [
        ...['tar', '--create', '--gzip', '--file', partial, '--numeric-owner', '--xattrs', '--xattrs-include=*', '--exclude=*/seen'],
        ...['--directory', temporary, contentFile, '--directory', folder, ...list.entries],
      ],
      { timeout },
    );
    if (packed.exitCode !== 0)
      throw (
        fullDiskIn(packed.stderr) ??
        refused(`${file} cannot be written: ${firstLine(packed.stderr)}.`, 'Name a file in a folder that you can write to.')
      );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Puts what {@link exportEntries} wrote into the cache. Each entry is held against its own sum before anything of it can be
 * used; what the file as a whole holds is trusted, for nobody else knows what it should be.
 * @returns the ids of the engines
 * @throws UserError where the file is none, is damaged, or holds anything else; nothing of it is in the cache then
 */
export async function importEntries(file: string, progress: Progress): Promise<string[]> {
  if (!existsSync(file) || !statSync(file).isFile()) throw notCarried(file, 'there is no such file');
  return await setUp(progress, async () => {
    const folder = cacheFolder();
    const temporary = mkdtempSync(join(folder, 'tmp-import-'));
    try {
      await unpack(file, temporary);
      const { engines, entries } = contentOf(file, temporary);
      for (const name of entries) mustBeWhole(file, join(temporary, name));
      for (const name of entries) {
        rmSync(join(folder, name), { recursive: true, force: true });
        renameSync(join(temporary, name), join(folder, name));
      }
      return engines;
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}

/** Members that lead out of the folder are left out, and links are made last, by tar itself (GNU tar, 10.2.2). */
async function unpack(file: string, into: string): Promise<void> {
  const listed = await run(['tar', '--list', '--gzip', '--file', file], { timeout });
  if (listed.exitCode !== 0) throw notCarried(file, firstLine(listed.stderr));
  const [first] = listed.stdout.split('\n');
  if (first !== contentFile) throw notCarried(file, `it begins with ${oneLine(first ?? '') || 'nothing'}`);
  const unpacked = await run(
    [
      'tar',
      '--extract',
      '--gzip',
      '--file',
      file,
      '--numeric-owner',
      '--xattrs',
      '--xattrs-include=*',
      '--preserve-permissions',
      '--directory',
      into,
    ],
    { timeout },
  );
  if (unpacked.exitCode !== 0) throw fullDiskIn(unpacked.stderr) ?? notCarried(file, firstLine(unpacked.stderr));
}

function contentOf(file: string, folder: string): z.infer<typeof content> {
  const parsed = content.safeParse(parsedOrUndefined(readFileSync(join(folder, contentFile), 'utf8')));
  if (!parsed.success) throw notCarried(file, 'its list of engines is none');
  const there = readdirSync(folder).filter((name) => name !== contentFile);
  const [other] = there.filter((name) => !parsed.data.entries.includes(name));
  if (other !== undefined) throw notCarried(file, `it has ${oneLine(other)}, which is not in its list`);
  const [missing] = parsed.data.entries.filter((name) => !there.includes(name));
  if (missing !== undefined) throw notCarried(file, `${missing} is missing in it`);
  return parsed.data;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mustBeWhole(file: string, place: string): void {
  const manifest = manifestIn(place);
  const held = join(place, 'content');
  if (!manifest || !existsSync(held) || treeDigest(held) !== manifest.digest || contentDigest(held) !== manifest.sum)
    throw notCarried(file, `${place.slice(place.lastIndexOf('/') + 1)} is not what it was when it was made`);
  // what else is beside the two is nobody's
  for (const name of readdirSync(place)) if (name !== 'content' && name !== 'manifest.json') rmSync(join(place, name), { recursive: true });
}

function manifestIn(place: string): ReturnType<typeof readManifest> {
  // the entry is below the cache already, under another name
  return readManifest(place.slice(cacheFolder().length + 1));
}

function firstLine(text: string): string {
  return oneLine(text.trim().split('\n')[0] ?? '');
}

function refused(message: string, remedy: string): UserError {
  return new UserError(message, remedy, exitStatus.usage);
}

function notCarried(file: string, why: string): UserError {
  return refused(
    `${file} is no file of engines that "engines export" wrote: ${why}.`,
    'Write it again on a machine that has the engine, with this version of the suite, and copy it whole.',
  );
}
