import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { run } from '../base/process';
import { versionOf } from '../engine/version';
import { exitStatus, UserError } from '../base/user-error';
import { cacheError, isFullDisk } from './cache';

/** Docker's programs, as its static bundles have them in one folder (download.docker.com/linux/static). */
const needed = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-proxy', 'docker-init'];
/** What is taken where it is there: without it Debian's client is used. */
const optional = ['docker', 'ctr'];

const whatIsWanted = `Give one of Docker's static bundles (docker-VERSION.tgz), or a folder, which has ${new Intl.ListFormat('en').format(needed)}.`;

/** Bytes of one program, and of all that an archive has: several times what Docker's have. */
const limits = { program: 512 * 1024 * 1024, archive: 2 * 1024 * 1024 * 1024, entries: 10_000 };

/** Node's name of a processor to its number in the head of a program (e_machine, elf(5)). */
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183, arm: 40, ia32: 3, ppc64: 21, riscv64: 243, s390x: 22 };

/** Whether a selector names a place and not an engine. */
export function isPlace(selector: string): boolean {
  return selector.includes('/') || /\.(tgz|tar|tar\.gz)$/.test(selector);
}

/**
 * What tells one archive or folder of programs from every other.
 * @returns SHA-256, in hexadecimal digits, of the archive, or of the programs in the folder
 * @throws UserError (usage) where there is none, or a program is missing in the folder
 */
export function sumOfPrograms(place: string): string {
  const hash = createHash('sha256');
  if (!isFolder(place)) return hash.update(readFileSync(place)).digest('hex');
  for (const { name, file } of inFolder(place)) hash.update(`${name}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * Puts Docker's programs into a folder. Nothing else of an archive is written, wherever it would have it.
 * @throws UserError (usage) where the archive is none, is cut, or holds anything but programs for this machine
 */
export async function unpackPrograms(place: string, into: string): Promise<void> {
  mkdirSync(into, { recursive: true });
  const names = isFolder(place) ? copied(place, into) : await unpacked(place, into);
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) throw refused(`${place} has no ${missing.join(', ')}.`);
  for (const name of names) {
    mustBeForHere(join(into, name), `${name} in ${place}`);
    chmodSync(join(into, name), 0o755);
  }
}

/**
 * The version that a daemon says it has.
 * @param root the file system with the daemon in its /usr/bin
 * @param place where it came from, for errors
 * @throws UserError (usage) where it does not run here
 */
export async function versionOfDaemon(root: string, place: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(['chroot', root, '/usr/bin/dockerd', '--version'], { timeout: 30_000 });
  const said = /version ([^\s,]+)/.exec(stdout)?.[1];
  if (exitCode === 0 && said !== undefined) return versionOf(said).name;
  const words = (stderr.trim() || stdout.trim() || `status ${exitCode}`).split('\n').at(-1) ?? '';
  throw refused(`dockerd in ${place} does not say its version on this machine: ${words}.`);
}

function isFolder(place: string): boolean {
  if (!existsSync(place)) throw refused(`There is no ${place}.`);
  const stat = statSync(place);
  if (!stat.isDirectory() && !stat.isFile()) throw refused(`${place} is neither a file nor a folder.`);
  return stat.isDirectory();
}

/** The programs of a folder, in the order of their names; links of it are its owner's choice. */
function inFolder(folder: string): { name: string; file: string }[] {
  const found = [...needed, ...optional].map((name) => ({ name, file: join(folder, name) })).filter(({ file }) => isFile(file));
  const missing = needed.filter((name) => !found.some((it) => it.name === name));
  if (missing.length > 0) throw refused(`The folder ${folder} has no ${missing.join(', ')}.`);
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

function copied(folder: string, into: string): string[] {
  return inFolder(folder).map(({ name, file }) => {
    copyFileSync(file, join(into, name));
    return name;
  });
}

async function unpacked(archive: string, into: string): Promise<string[]> {
  const names: string[] = [];
  const entries = extract();
  const read = pipeline([
    createReadStream(archive),
    ...(isGzip(archive) ? [createGunzip()] : []),
    atMost(limits.archive, archive),
    entries,
  ]);
  // told below, with the entry at which it stopped
  read.catch(() => undefined);
  try {
    let count = 0;
    for await (const entry of entries) {
      count += 1;
      if (count > limits.entries) throw refused(`${archive} has more than ${limits.entries} entries.`);
      const name = programOf(entry.header.name);
      if (name === undefined || entry.header.type === 'directory') {
        entry.resume();
        continue;
      }
      mustBePlain(entry.header, name, archive);
      if (names.includes(name)) throw refused(`${archive} has ${name} twice.`);
      names.push(name);
      await pipeline(entry as unknown as Readable, createWriteStream(join(into, name), { mode: 0o755 }));
    }
    await read;
  } catch (error) {
    entries.destroy();
    throw error instanceof UserError ? error : isFullDisk(error) ? cacheError(error) : unreadable(archive, error as Error);
  }
  if (names.length === 0) throw refused(`${archive} has none of Docker's programs.`);
  return names;
}

/** The program that an entry is, which stands at the top or in one folder; undefined for what is not wanted. */
function programOf(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.at(-1) ?? '';
  return parts.length <= 2 && !parts.includes('..') && [...needed, ...optional].includes(name) ? name : undefined;
}

function mustBePlain({ type, size }: Header, name: string, archive: string): void {
  if (type !== 'file') throw refused(`${name} in ${archive} is no file but a ${type}.`);
  if (size > limits.program) throw refused(`${name} in ${archive} is larger than ${limits.program / 1024 / 1024} MiB.`);
}

/** Ends a stream that brings more than is allowed, however little was packed. */
function atMost(bytes: number, archive: string): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > bytes) done(refused(`${archive} holds more than ${bytes / 1024 / 1024 / 1024} GiB.`));
      else done(null, chunk);
    },
  });
}

function isGzip(file: string): boolean {
  return headOf(file, 2).equals(Buffer.from([0x1f, 0x8b]));
}

function headOf(file: string, length: number): Buffer {
  const open = openSync(file, 'r');
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(open, head, 0, length, 0));
  } finally {
    closeSync(open);
  }
}

/** Looks at the head of a program: what cannot run here would only fail when the daemon starts it. */
function mustBeForHere(file: string, what: string): void {
  const head = headOf(file, 20);
  if (head.length < 20 || head.toString('latin1', 0, 4) !== '\x7fELF') throw refused(`${what} is no program of Linux.`);
  const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
  const here = machines[process.arch];
  if (here !== undefined && machine !== here)
    throw refused(`${what} is for another processor (${nameOf(machine)}); this machine is ${process.arch}.`);
}

function nameOf(machine: number): string {
  return Object.keys(machines).find((name) => machines[name] === machine) ?? `ELF machine ${machine}`;
}

function unreadable(archive: string, { message }: Error): UserError {
  const cut = /unexpected end/i.test(message);
  return refused(cut ? `${archive} is cut: it ends in the middle.` : `${archive} cannot be read as an archive: ${message}.`);
}

function refused(message: string): UserError {
  return new UserError(message, whatIsWanted, exitStatus.usage);
}
