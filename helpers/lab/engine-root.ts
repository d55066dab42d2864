import { chmodSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { EnginePrograms, EngineRecipe } from '../../fixtures/engines';
import { applets, unusedPackages, unusedPaths } from '../../fixtures/engines';
import { iptablesLinks } from '../../fixtures/engines/iptables-links';
import type { EntryRecipe } from './cache';
import type { Fetch, Progress } from './sources';
import { upstreamVersion } from './sources';
import { linkApplets, linkRun, unpack } from './unpack';
import { unpackPrograms, versionOfDaemon } from './programs';
import { UserError } from '../base/user-error';

/** Files that maintainer scripts would have made. */
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  'etc/group': 'root:x:0:\ndocker:x:101:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  'etc/resolv.conf': '# an address of the lab itself, from a range for documentation (RFC 5737); see launch.sh\nnameserver 192.0.2.53\n',
};

/** Names of the cache entries of an engine: `root` is its file system. */
export function entryName(part: 'root' | 'template' | 'memory', { kind, suite, variant }: EngineRecipe): string {
  return [part, kind, suite.name, ...(variant === undefined ? [] : [variant])].join('-');
}

/** The root file system of an engine, as an entry of the cache. Fact `version` is the engine's own. */
export function engineRoot(engine: EngineRecipe, fetch: Fetch, progress: Progress): EntryRecipe {
  return {
    ...engineRootKey(engine),
    build: async (content) => {
      const { programs } = engine;
      const unpacked = join(dirname(content), 'programs');
      // an archive that is refused is told before anything is fetched
      if (programs) await unpackPrograms(placeOf(programs), unpacked);
      const { debs, versions } = await fetch(
        programs ? `the host of ${basename(placeOf(programs))}` : `${engine.kind}-${engine.version}`,
        engine.suite,
        engine.packages,
        new Set(engine.leftOut?.packages),
      );
      progress(`Unpacking ${debs.length} packages …`);
      await unpack(debs, content, engine.leftOut?.paths);
      if (programs) moveAll(unpacked, join(content, 'usr/bin'));
      finish(content, engine);
      const facts = programs ? await factsOf(programs, content) : { version: upstreamVersion(versions[engine.carrier] ?? '') };
      return { packages: versions, facts };
    },
  };
}

/** What identifies the root file system of an engine in the cache. */
export function engineRootKey(engine: EngineRecipe): Pick<EntryRecipe, 'name' | 'recipe'> {
  const { kind, suite, packages, leftOut, dataRoot, programs } = engine;
  return {
    name: entryName('root', engine),
    recipe: {
      kind,
      suite,
      packages,
      leftOut,
      dataRoot,
      ...(programs && { sum: programs.sum }),
      // a home that several machines share can have one cache for all of them; entries of before are for the usual processor
      ...(process.arch !== 'x64' && { arch: process.arch }),
      files,
      applets,
      unusedPaths,
      unusedPackages: [...unusedPackages],
    },
  };
}

function moveAll(from: string, to: string): void {
  for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name));
  rmdirSync(from);
}

/** @throws UserError where nobody said this time where the programs are */
function placeOf({ place, sum }: EnginePrograms): string {
  if (place !== undefined) return place;
  throw new UserError(
    `The engine whose archive has the sum ${sum.slice(0, 12)} has to be put together again, and its archive is needed for it.`,
    'Name the archive or the folder itself once more: --engine ./docker-VERSION.tgz.',
  );
}

async function factsOf(programs: EnginePrograms, root: string): Promise<Record<string, string>> {
  const place = placeOf(programs);
  return { version: await versionOfDaemon(root, place), source: basename(place), sum: programs.sum };
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
