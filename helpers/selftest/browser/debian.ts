import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unusedPackages, unusedPaths } from '../../../fixtures/engines';
import { usableEntry } from '../../lab/cache';
import type { EntryRecipe } from '../../lab/cache';
import { ensureEntry } from '../../lab/ensure-entry';
import { setUp, upstreamVersion } from '../../lab/sources';
import type { Fetch, Progress } from '../../lab/sources';
import { unpack } from '../../lab/unpack';
import { chromium } from './recipe';

/** Chromium in the cache. */
export interface DebianBrowser {
  /** folder with its `usr` and `etc`; see in-root.sh */
  readonly root: string;
  readonly version: string;
}

/** Chromium from the cache, if it is there and undamaged. */
export function cachedBrowser(): DebianBrowser | undefined {
  const entry = usableEntry(key());
  return entry === undefined ? undefined : { root: entry.content, version: entry.manifest.facts['version'] ?? '' };
}

/**
 * Fetches Debian's Chromium into the cache, unless another process has done so meanwhile. Installs nothing.
 *
 * @throws UserError when no mirror of Debian answers or the disk is full
 */
export async function fetchBrowser(progress: Progress): Promise<DebianBrowser> {
  const { content, manifest } = await setUp(progress, async (fetch) => await ensureEntry(entry(fetch, progress), progress));
  return { root: content, version: manifest.facts['version'] ?? '' };
}

function key(): Pick<EntryRecipe, 'name' | 'recipe'> {
  return {
    name: `browser-${chromium.suite.name}`,
    recipe: { ...chromium, unusedPackages: [...unusedPackages], unusedPaths, arch: process.arch },
  };
}

function entry(fetch: Fetch, progress: Progress): EntryRecipe {
  return {
    ...key(),
    build: async (content) => {
      const { debs, versions } = await fetch('Chromium', chromium.suite, chromium.packages, new Set(chromium.leftOut));
      progress(`Unpacking ${debs.length} packages …`);
      await unpack(debs, content, chromium.excluded);
      for (const [path, text] of Object.entries(chromium.files)) {
        mkdirSync(dirname(join(content, path)), { recursive: true });
        writeFileSync(join(content, path), text);
      }
      return { packages: versions, facts: { version: upstreamVersion(versions['chromium-headless-shell'] ?? '') } };
    },
  };
}
