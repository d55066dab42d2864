import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageSuite, unusedPackages, unusedPaths, applets } from '../../fixtures/engines';
import { imageLabel, nginxImage } from '../../fixtures/images';
import { usableEntry } from './cache';
import type { Entry, EntryRecipe } from './cache';
import { ensureEntry } from './ensure-entry';
import { writeImage } from './image-archive';
import type { Fetch, Progress } from './sources';
import { setUp, upstreamVersion } from './sources';
import { linkApplets, linkRun, unpack } from './unpack';

/** An image that the suite made, and the archive that it can be loaded from. */
export interface ImageArchive {
  /** file for `POST /images/load` */
  readonly path: string;
  readonly reference: string;
  /** `sha256:…`; engines that keep images in containerd's store call it by another digest */
  readonly imageId: string;
  /** what is in it, for a report */
  readonly description: string;
}

/**
 * The nginx image, built from Debian's packages if it is not in the cache yet; no engine takes part.
 *
 * @throws UserError when it has to be built and cannot be
 */
export async function nginxArchive(progress: Progress): Promise<ImageArchive> {
  const key = nginxKey();
  return asArchive(usableEntry(key) ?? (await setUp(progress, async (fetch) => await ensureEntry(nginxEntry(fetch, progress), progress))));
}

/** The nginx image as an entry of the cache, made inside a set-up. */
export function nginxEntry(fetch: Fetch, progress: Progress): EntryRecipe {
  return { ...nginxKey(), build: async (content) => await build(content, fetch, progress) };
}

/** What identifies the nginx image in the cache. */
export function nginxKey(): Pick<EntryRecipe, 'name' | 'recipe'> {
  const { packages, leftOut, ...rest } = nginxImage;
  const recipe = {
    suite: imageSuite,
    packages,
    leftOut: [...leftOut, ...unusedPackages],
    ...rest,
    unusedPaths,
    applets,
    arch: process.arch,
  };
  return { name: `image-${nginxImage.name}`, recipe };
}

/** Reads an entry of the cache as an image archive. */
export function asArchive({ content, manifest: { facts } }: Entry): ImageArchive {
  const { reference = '', imageId = '', description = '' } = facts;
  return { path: join(content, 'image.tar'), reference, imageId, description };
}

async function build(content: string, fetch: Fetch, progress: Progress): ReturnType<EntryRecipe['build']> {
  const { debs, versions } = await fetch('the nginx image', imageSuite, nginxImage.packages, nginxImage.leftOut);
  const root = join(content, 'root');
  mkdirSync(root);
  progress('Building the nginx image …');
  await unpack(debs, root, nginxImage.excluded);
  for (const path of nginxImage.directories) mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const [path, { mode, content: text }] of Object.entries(nginxImage.files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
  }
  for (const [path, target] of Object.entries(nginxImage.links)) symlinkSync(target, join(root, path));
  linkRun(root);
  linkApplets(root);
  const image = await writeImage(root, join(content, 'image.tar'), `docker-network-conformance/${nginxImage.name}`, nginxImage.config);
  rmSync(root, { recursive: true });
  const version = (name: string): string => upstreamVersion(versions[name] ?? '');
  const description = `nginx ${version('nginx')} and curl ${version('curl')} of Debian ${imageSuite.name}, label ${imageLabel}=${nginxImage.name}`;
  return { packages: versions, facts: { ...image, description } };
}
