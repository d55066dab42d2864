import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitStatus, UserError } from '../base/user-error';
import { cacheError, isFullDisk, makeCacheFolder } from './cache';
import { sumOfPrograms } from './programs';
import type { Progress } from './sources';

/** Where Docker publishes its static bundles (docs.docker.com/engine/install/binaries). */
const published = 'https://download.docker.com/linux/static/stable';

/** Node's name of a processor to the folder that Docker has for it. */
const folders: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', arm: 'armhf', s390x: 's390x', ppc64: 'ppc64le' };

/** Milliseconds that a download may take, and bytes that it may have. */
const limits = { time: 1_800_000, bytes: 1024 * 1024 * 1024 };

/**
 * Downloads a static bundle of Docker's into the cache, once. Docker publishes no sums of them: the first one seen is kept
 * and shown, and whatever else is served under the name later is refused.
 *
 * @param id `docker-29.7.2`
 * @param from the address to download from, in place of Docker's own
 * @returns path of the archive
 * @throws UserError where the id names no release, the download fails, or its sum is another one than before
 */
export async function download(id: string, from: string | undefined, progress: Progress): Promise<string> {
  const version = /^docker-(\d+\.\d+\.\d+(?:-[\w.]+)?)$/.exec(id)?.[1];
  if (version === undefined) throw new UserError(`"${id}" names no release of Docker.`, 'Write it as docker-29.7.2.', exitStatus.usage);
  const folder = join(makeCacheFolder(), 'archives');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [archive, sumFile] = [join(folder, `docker-${version}.tgz`), join(folder, `docker-${version}.sha256`)];
  const first = existsSync(sumFile) ? readFileSync(sumFile, 'utf8').trim() : undefined;
  if (existsSync(archive) && first !== undefined && sumOfPrograms(archive) === first) {
    progress(`${archive} is there already (SHA-256 ${first}).`);
    return archive;
  }
  const address = from ?? addressOf(version);
  progress(`Downloading ${address} …`);
  const partial = `${archive}.${process.pid}`;
  try {
    const sum = await save(address, partial);
    if (first !== undefined && first !== sum)
      throw new UserError(
        `${address} is not what it was: its SHA-256 is ${sum}, and that of the first download was ${first}.`,
        `Find out which one is right. To trust the new one, remove ${sumFile} and run this again.`,
      );
    renameSync(partial, archive);
    writeFileSync(sumFile, `${sum}\n`);
    progress(
      `SHA-256 ${sum}: ${first === undefined ? 'nobody publishes one to check it against, so this first one is trusted and kept' : 'as the first time'}.`,
    );
    return archive;
  } finally {
    rmSync(partial, { force: true });
  }
}

function addressOf(version: string): string {
  const folder = folders[process.arch];
  if (folder === undefined)
    throw new UserError(`Docker publishes no programs for ${process.arch}.`, 'Build them, and name the folder: --engine ./bundle.');
  return `${published}/${folder}/docker-${version}.tgz`;
}

/** @returns the SHA-256 of what was saved */
async function save(address: string, file: string): Promise<string> {
  const sum = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      sum.update(chunk);
      if (bytes > limits.bytes) done(failed(address, `it has more than ${limits.bytes / 1024 / 1024} MiB`));
      else done(null, chunk);
    },
  });
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(limits.time) });
    if (!answer.ok || !answer.body) throw failed(address, `the server answers ${answer.status} ${answer.statusText}`.trim());
    await pipeline(Readable.fromWeb(answer.body), counted, createWriteStream(file, { mode: 0o600 }));
    return sum.digest('hex');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw isFullDisk(error) ? cacheError(error) : failed(address, reasonOf(error));
  }
}

/** What the network said, which Node's fetch keeps in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message;
}

function failed(address: string, why: string): UserError {
  return new UserError(
    `${address} could not be downloaded: ${why}.`,
    'Look whether there is such a release and whether this machine reaches it, or fetch the archive yourself and name it: --engine ./docker-VERSION.tgz.',
  );
}
