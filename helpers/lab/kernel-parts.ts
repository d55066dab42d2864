import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { kernelSuite, unusedPaths } from '../../fixtures/engines';
import { ownKernel } from '../../fixtures/engines/own-kernel';
import { run, type CommandResult } from '../base/process';
import { fullDiskIn, type Entry, type EntryRecipe } from './cache';
import { dieWithUs } from './die-with-us';
import type { Fetch, Progress } from './sources';
import { upstreamVersion } from './sources';
import { unpack } from './unpack';

/** Scripts of the guest, which its initial RAM disk carries. */
const guestFolder = join(__dirname, 'guest');

/** What every lab with a kernel of its own is started from, whatever engine it runs. */
export interface KernelParts {
  /** root of the emulator's own files */
  readonly root: string;
  readonly kernel: string;
  readonly initrd: string;
  /** the second disk: modules, and what the guest's agent runs on */
  readonly disk: string;
  /** what the kernel calls itself */
  readonly release: string;
  /** upstream's version of the emulator */
  readonly emulator: string;
}

/** What identifies {@link kernelEntry} in the cache. */
export function kernelKey(): Pick<EntryRecipe, 'name' | 'recipe'> {
  const { packages, leftOut, modules } = ownKernel;
  const scripts = readdirSync(guestFolder)
    .filter((name) => name !== 'enter.cjs')
    .map((name) => [name, readFileSync(join(guestFolder, name), 'utf8')]);
  return { name: `root-kernel-${kernelSuite.name}`, recipe: { suite: kernelSuite, packages, leftOut, modules, unusedPaths, scripts } };
}

/** Kernel, emulator and what else a guest is started from, as one entry of the cache. */
export function kernelEntry(fetch: Fetch, progress: Progress): EntryRecipe {
  return {
    ...kernelKey(),
    build: async (content) => {
      const { packages, leftOut } = ownKernel;
      const { debs, versions } = await fetch('a kernel and its emulator', kernelSuite, packages, new Set(leftOut.packages));
      progress(`Unpacking ${debs.length} packages …`);
      const root = join(content, 'root');
      mkdirSync(root);
      await unpack(debs, root, leftOut.paths);
      const release = readdirSync(join(root, 'usr/lib/modules'))[0] ?? '';
      await mustSucceed([...programOf(root, 'usr/sbin/depmod'), '-b', root, release]);
      renameSync(join(root, 'usr/lib/modules', release, 'vmlinuz'), join(content, 'vmlinuz'));
      await makeInitrd(root, release, join(content, 'initrd'));
      await makeGuestDisk(root, join(content, 'guest.img'));
      return { packages: versions, facts: { release, emulator: upstreamVersion(versions['qemu-system-x86'] ?? '') } };
    },
  };
}

/** Reads an entry of the cache as what it is. */
export function asKernelParts({ content, manifest: { facts } }: Entry): KernelParts {
  return {
    root: join(content, 'root'),
    kernel: join(content, 'vmlinuz'),
    initrd: join(content, 'initrd'),
    disk: join(content, 'guest.img'),
    release: facts['release'] ?? '',
    emulator: facts['emulator'] ?? '',
  };
}

/** Where programs of a root file system have their libraries. */
function librariesOf(root: string): string {
  return join(root, 'usr/lib/x86_64-linux-gnu');
}

/** The argv that runs a program of another root file system from where it stands, with the libraries that came with it. */
export function programOf(root: string, program: string): string[] {
  const libraries = librariesOf(root);
  return [join(libraries, 'ld-linux-x86-64.so.2'), '--library-path', libraries, join(root, program)];
}

/** Writes a folder into the image of a disk, in a file system that is only read. */
export async function diskOf(parts: Pick<KernelParts, 'root'>, folder: string, file: string): Promise<void> {
  const { bytes, files } = sizeOf(folder);
  const kilobytes = Math.ceil((bytes * 1.05 + files * 512) / 1024) + 16 * 1024;
  const options = ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', '-m', '0', '-N', `${files + 64}`, '-d', folder];
  await mustSucceed([
    'env',
    `MKE2FS_CONFIG=${join(parts.root, 'etc/mke2fs.conf')}`,
    ...programOf(parts.root, 'usr/sbin/mke2fs'),
    ...options,
    file,
    `${kilobytes}k`,
  ]);
}

/** Bytes of all files of a folder, in blocks of a file system, and how many there are. */
function sizeOf(folder: string): { bytes: number; files: number } {
  const block = 4096;
  let [bytes, files] = [0, 0];
  for (const name of readdirSync(folder)) {
    const stat = lstatSync(join(folder, name));
    const below = stat.isDirectory() ? sizeOf(join(folder, name)) : { bytes: 0, files: 0 };
    bytes += Math.ceil(stat.size / block) * block + below.bytes;
    files += 1 + below.files;
  }
  return { bytes, files };
}

/** The first file system of the guest: a shell, the modules that its disks need, and the scripts that make its host. */
async function makeInitrd(root: string, release: string, file: string): Promise<void> {
  const staged = `${file}.work`;
  for (const folder of ['bin', 'dev', 'proc', 'root', 'writes', 'new', 'modules']) mkdirSync(join(staged, folder), { recursive: true });
  const busybox = join(staged, 'bin/busybox');
  cpSync(join(root, 'usr/bin/busybox'), busybox);
  const modules = join(root, 'usr/lib/modules', release);
  const order = loadingOrder(readFileSync(join(modules, 'modules.dep'), 'utf8'), ownKernel.modules);
  for (const module of order)
    await mustSucceed([
      'sh',
      '-c',
      'exec "$1" xzcat "$2" >"$3"',
      'sh',
      busybox,
      join(modules, module),
      join(staged, 'modules', moduleFile(module)),
    ]);
  writeFileSync(join(staged, 'modules/order'), order.map((module) => `${moduleFile(module)}\n`).join(''));
  for (const [script, place] of [
    ['initrd.sh', 'init'],
    ['host.sh', 'host.sh'],
    ['agent.pl', 'agent.pl'],
  ] as const) {
    cpSync(join(guestFolder, script), join(staged, place));
    chmodSync(join(staged, place), 0o755);
  }
  await mustSucceed(['sh', '-c', 'cd "$1" && find . | bin/busybox cpio -o -H newc >"$2"', 'sh', staged, file]);
  rmSync(staged, { recursive: true });
}

/** A module's file without its folder and its compression. */
function moduleFile(module: string): string {
  return basename(module).replace(/\.xz$/, '');
}

/**
 * Files of modules in an order in which they can be loaded one by one. What is part of the kernel itself has none.
 * @param dependencies modules.dep(5)
 * @param names of modules, as they are asked for
 */
export function loadingOrder(dependencies: string, names: readonly string[]): string[] {
  const needs = new Map(
    dependencies.split('\n').flatMap((line): [string, string[]][] => {
      const [file = '', rest = ''] = line.split(':');
      return file === ''
        ? []
        : [
            [
              file,
              rest
                .trim()
                .split(' ')
                .filter((it) => it !== ''),
            ],
          ];
    }),
  );
  const files = new Map(
    [...needs.keys()].map((file) => [
      basename(file)
        .replace(/\.ko.*$/, '')
        .replaceAll('-', '_'),
      file,
    ]),
  );
  const wanted = names.flatMap((name) => files.get(name) ?? []);
  // the file lists what a module needs from the nearest to the farthest
  return [...new Set(wanted.flatMap((file) => [...(needs.get(file) ?? [])].reverse().concat(file)))];
}

/** Modules, and the interpreter of the agent with its libraries: the engine's own files may be of any suite. */
async function makeGuestDisk(root: string, file: string): Promise<void> {
  const staged = `${file}.work`;
  const libraries = 'usr/lib/x86_64-linux-gnu';
  for (const folder of ['usr/bin', libraries]) mkdirSync(join(staged, folder), { recursive: true });
  cpSync(join(root, 'usr/bin/perl'), join(staged, 'usr/bin/perl'));
  renameSync(join(root, 'usr/lib/modules'), join(staged, 'usr/lib/modules'));
  for (const name of readdirSync(join(root, libraries)))
    if (/^(ld-linux-x86-64\.so\.2|lib(c|m|crypt)\.so\.\d+.*|perl-base)$/.test(name))
      cpSync(join(root, libraries, name), join(staged, libraries, name), { recursive: true, verbatimSymlinks: true });
  await diskOf({ root }, staged, file);
  rmSync(staged, { recursive: true });
}

async function mustSucceed(argv: readonly string[]): Promise<CommandResult> {
  const ended = await run([...dieWithUs, ...argv], { timeout: 300_000 });
  if (ended.exitCode !== 0) throw fullDiskIn(ended.stderr) ?? new Error(`${argv.join(' ')} failed: ${ended.stderr}`);
  return ended;
}
