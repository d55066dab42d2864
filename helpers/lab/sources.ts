import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suiteInWords } from '../../fixtures/engines';
import type { Suite } from '../../fixtures/engines';
import { openApt } from './apt';
import type { Package } from './apt';
import { cacheError, isFullDisk, makeCacheFolder, removeDebris } from './cache';
import { withLock } from './lock';

/** Says what a set-up does, one line at a time. */
export type Progress = (line: string) => void;

/** Packages on disk, ready to be unpacked, and what they are. */
export interface Fetched {
  readonly debs: readonly string[];
  /** package to version */
  readonly versions: Readonly<Record<string, string>>;
}

/** Fetches packages of a suite with all that they need. Only usable inside `setUp`. */
export type Fetch = (what: string, suite: Suite, names: readonly string[], leftOut?: ReadonlySet<string>) => Promise<Fetched>;

/**
 * Does the work of a set-up: alone on this cache, with one package list and one folder of downloads per suite. These
 * are kept when the work fails or is interrupted, so that the next set-up continues them, and removed when it is done.
 */
export async function setUp<T>(progress: Progress, work: (fetch: Fetch) => Promise<T>): Promise<T> {
  const folder = makeCacheFolder();
  return await withLock(
    folder,
    () => progress('Waiting for another run that is preparing an engine …'),
    async () => {
      removeDebris();
      const opened = new Map<string, ReturnType<typeof openApt>>();
      const fetch: Fetch = async (what, suite, names, leftOut = new Set()) => {
        let apt = opened.get(suite.name);
        if (apt === undefined) {
          progress(`Reading the package list of Debian ${suiteInWords(suite)} …`);
          apt = openApt(join(folder, `apt-${suite.name}`), suite);
          opened.set(suite.name, apt);
        }
        const { closure, download } = await apt;
        const packages = (await closure(names)).filter(({ name }) => !leftOut.has(name));
        progress(
          `Preparing ${what} from Debian ${suiteInWords(suite)}: downloading ${packages.length} packages, ${megabytes(packages)} MB …`,
        );
        return {
          debs: await download(packages, progress),
          versions: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
        };
      };
      const removeDownloads = (): void => {
        for (const suite of opened.keys()) rmSync(join(folder, `apt-${suite}`), { recursive: true, force: true });
      };
      try {
        const result = await work(fetch);
        removeDownloads();
        return result;
      } catch (error) {
        if (isFullDisk(error)) removeDownloads();
        throw cacheError(error);
      }
    },
  );
}

/** The version that upstream gave it: Debian's, without epoch, repackaging and revision. */
export function upstreamVersion(debian: string): string {
  return debian
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~].*$/, '');
}

function megabytes(packages: readonly Package[]): number {
  return Math.ceil(packages.reduce((sum, { size }) => sum + size, 0) / 1e6);
}
