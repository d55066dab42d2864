import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineRecipe } from '../../fixtures/engines';
import { applets, unusedPackages, unusedPaths } from '../../fixtures/engines';
import { iptablesLinks } from '../../fixtures/engines/iptables-links';
import type { EntryRecipe } from './cache';
import type { Fetch, Progress } from './sources';
import { upstreamVersion } from './sources';
import { linkApplets, linkRun, unpack } from './unpack';

/** Files that maintainer scripts would have made. */
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\ndocker:x:101:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'etc/resolv.conf': '# an address of the lab itself, from a range for documentation (RFC 5737); see launch.sh\nnameserver 192.0.2.53\n',
};

/** Names of the cache entries of an engine: `root` is its file system. */
export function entryName(part: 'root' | 'template', { kind, suite, variant }: EngineRecipe): string {
  return [part, kind, suite.name, ...(variant === undefined ? [] : [variant])].join('-');
}

/** The root file system of an engine, as an entry of the cache. Fact `version` is the engine's own. */
export function engineRoot(engine: EngineRecipe, fetch: Fetch, progress: Progress): EntryRecipe {
  return {
    ...engineRootKey(engine),
    build: async (content) => {
      const { debs, versions } = await fetch(
        `${engine.kind}-${engine.version}`,
        engine.suite,
        engine.packages,
        new Set(engine.leftOut?.packages),
      );
      progress(`Unpacking ${debs.length} packages …`);
      await unpack(debs, content, engine.leftOut?.paths);
      finish(content, engine);
      return { packages: versions, facts: { version: upstreamVersion(versions[engine.carrier] ?? '') } };
    },
  };
}

/** What identifies the root file system of an engine in the cache. */
export function engineRootKey(engine: EngineRecipe): Pick<EntryRecipe, 'name' | 'recipe'> {
  const { kind, suite, packages, leftOut, dataRoot } = engine;
  return {
    name: entryName('root', engine),
    recipe: { kind, suite, packages, leftOut, dataRoot, files, applets, unusedPaths, unusedPackages: [...unusedPackages] },
  };
}

function finish(root: string, engine: EngineRecipe): void {
  for (const [path, content] of Object.entries(files)) {
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), content);
  }
  for (const folder of ['proc', 'sys', 'dev', 'run', 'root', 'tmp', 'var/lib', engine.dataRoot])
    mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  for (const [path, target] of Object.entries(iptablesLinks('nft'))) {
    rmSync(join(root, path), { force: true });
    symlinkSync(target, join(root, path));
  }
  linkRun(root);
  linkApplets(root);
}
