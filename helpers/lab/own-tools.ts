import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../base/process';
import { fullDiskIn, usableEntry, type EntryRecipe } from './cache';
import { dieWithUs } from './die-with-us';
import { ensureEntry } from './ensure-entry';
import { asArchive, nginxEntry, nginxKey } from './nginx-archive';
import { setUp, type Fetch, type Progress } from './sources';

/** Unpacks the one layer of an archive that {@link nginxEntry} has made. */
const unpackLayer =
  'tar --extract --to-stdout --wildcards --file "$1" "*/layer.tar" | tar --extract --no-same-owner --keep-directory-symlink --directory "$2"';

/**
 * The folder with the files of the suite's own image, for looking into namespaces where no container is started: it is to be
 * the root of what runs there. It is unpacked when it is first wanted.
 * @throws UserError where it has to be made and cannot be
 */
export async function ownTools(progress: Progress): Promise<string> {
  const key = toolsKey();
  const entry = usableEntry(key) ?? (await setUp(progress, async (fetch) => await ensureEntry(toolsEntry(fetch, progress), progress)));
  return join(entry.content, 'root');
}

function toolsKey(): Pick<EntryRecipe, 'name' | 'recipe'> {
  return { name: 'tools', recipe: { image: nginxKey().recipe, files: 'in tmp' } };
}

function toolsEntry(fetch: Fetch, progress: Progress): EntryRecipe {
  const build: EntryRecipe['build'] = async (content) => {
    const { path } = asArchive(await ensureEntry(nginxEntry(fetch, progress), progress));
    const root = join(content, 'root');
    mkdirSync(root);
    const { exitCode, stderr } = await run([...dieWithUs, 'sh', '-c', unpackLayer, 'unpack', path, root], { timeout: 120_000 });
    if (exitCode !== 0) throw fullDiskIn(stderr) ?? new Error(`unpacking ${path} failed: ${stderr}`);
    for (const folder of ['dev', 'etc', 'proc', 'sys', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
    // what a place has of them is put there, into memory of its own
    for (const file of ['hosts', 'resolv.conf']) symlinkSync(`../tmp/${file}`, join(root, 'etc', file));
    return { packages: {}, facts: {} };
  };
  return { ...toolsKey(), build };
}
