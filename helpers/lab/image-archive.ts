import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../base/process';
import { fullDiskIn } from './cache';
import { dieWithUs } from './die-with-us';

/** Node's name of a processor to the one in image configurations (GOARCH), where they differ. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm64: 'arm64', arm: 'arm', ppc64: 'ppc64le' };

/** An image in a file that `POST /images/load` takes. */
export interface WrittenImage {
  /** `sha256:…`, digest of the configuration: what engines with a graph driver call the image's id */
  readonly imageId: string;
  readonly reference: string;
}

/**
 * Writes an image of one layer in the format of `docker save` (manifest.json, a configuration, a layer), which every
 * Docker since 1.10 and every Podman loads. The same files give the same id: owners and times are not kept.
 *
 * @param repository name of the image; its tag is the start of its id
 * @param config the container configuration
 * @see https://github.com/moby/docker-image-spec
 */
export async function writeImage(
  root: string,
  archive: string,
  repository: string,
  config: Readonly<Record<string, unknown>>,
): Promise<WrittenImage> {
  const work = `${archive}.work`;
  mkdirSync(work);
  const layer = join(work, 'layer.tar');
  await tar([
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=gnu',
    `--file=${layer}`,
    `--directory=${root}`,
    '.',
  ]);
  const layerDigest = sha256(readFileSync(layer));
  const configuration = JSON.stringify({
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'docker-network-conformance' }],
  });
  const id = sha256(configuration);
  const reference = `${repository}:${id.slice(0, 12)}`;
  mkdirSync(join(work, layerDigest));
  renameSync(layer, join(work, layerDigest, 'layer.tar'));
  writeFileSync(join(work, `${id}.json`), configuration);
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: `${id}.json`, RepoTags: [reference], Layers: [`${layerDigest}/layer.tar`] }]),
  );
  await tar([`--file=${archive}`, `--directory=${work}`, 'manifest.json', `${id}.json`, `${layerDigest}/layer.tar`]);
  rmSync(work, { recursive: true });
  return { imageId: `sha256:${id}`, reference };
}

async function tar(args: readonly string[]): Promise<void> {
  const ended = await run([...dieWithUs, 'tar', '--create', ...args], { timeout: 120_000 });
  if (ended.exitCode !== 0) throw fullDiskIn(ended.stderr) ?? new Error(`tar failed: ${ended.stderr}`);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
