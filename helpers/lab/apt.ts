import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/user-error';
import { run } from '../base/process';
import { fullDiskIn } from './cache';
import { dieWithUs } from './die-with-us';
import { debianKeyring, defaultMirror, suiteInWords, unusedPackages } from '../../fixtures/engines';
import type { Suite } from '../../fixtures/engines';

/** Milliseconds that apt may take; a slow mirror is not an error. */
const timeLimit = 600_000;

/** A package to download, as apt chose it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** bytes */
  readonly size: number;
}

/** A private apt: its own lists, its own idea of what is installed (nothing), its own downloads. */
export interface Apt {
  /** the packages that these need, these included, without those that nothing uses at run time unless they are asked for */
  readonly closure: (names: readonly string[]) => Promise<Package[]>;
  /**
   * Downloads them, and verifies all of them, those of an earlier set-up too; answers with the paths of their files, in the
   * same order.
   * @param tell told what was not as Debian's list has it, and is fetched again
   */
  readonly download: (packages: readonly Package[], tell: (line: string) => void) => Promise<string[]>;
}

/**
 * Opens a private apt for one suite and fetches its list of packages. Nothing of the machine's own apt is changed;
 * what it says about proxies, certificates and credentials is used, and its mirror if it is one of Debian's.
 *
 * @param folder where it keeps its files; one that an earlier, interrupted set-up left is continued
 * @throws UserError when the mirror cannot be reached or its signature not be verified
 */
export async function openApt(folder: string, suite: Suite): Promise<Apt> {
  // apt takes a list that is there for the one whose signature it verified
  rmSync(join(folder, 'lists'), { recursive: true, force: true });
  for (const name of ['lists/partial', 'cache/archives/partial', 'empty', 'debs']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  const mirrors = suite.current ? [await mirror()] : [await mirror(), 'http://archive.debian.org/debian'];
  const environment = { APT_CONFIG: join(folder, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive' };
  writeFileSync(join(folder, 'preferences'), preferences(suite));
  writeFileSync(environment.APT_CONFIG, configuration(folder, await machineSettings(), suite));

  let failure = '';
  let fetched = false;
  for (const uri of mirrors) {
    const suites = [suite.name, ...(suite.newer ? [suite.newer.suite] : [])];
    writeFileSync(join(folder, 'sources.list'), suites.map((name) => `deb [signed-by=${debianKeyring}] ${uri} ${name} main\n`).join(''));
    const update = await run([...dieWithUs, 'apt-get', 'update', '-q', '-o', 'APT::Update::Error-Mode=any'], {
      env: environment,
      timeout: timeLimit,
    });
    fetched = update.exitCode === 0;
    if (fetched) break;
    failure = update.stderr;
  }
  if (!fetched) {
    rmSync(folder, { recursive: true, force: true });
    throw aptError(`apt cannot fetch the package list of Debian ${suiteInWords(suite)}`, failure);
  }

  return {
    closure: async (names) => {
      const plan = await run(['apt-get', 'install', '--yes', '-qq', '--print-uris', ...names], { env: environment, timeout: timeLimit });
      if (plan.exitCode !== 0)
        throw aptError(`Debian ${suiteInWords(suite)} has no ${names.join(', ')} that can be installed together`, plan.stderr);
      return parseUris(plan.stdout).filter(({ name }) => !unusedPackages.has(name) || names.includes(name));
    },
    download: async (packages, tell) => {
      const debs = join(folder, 'debs');
      const download = ['apt-get', 'download', '-qq'];
      const wanted = packages.map(({ name, version }) => `${name}=${version}`);
      const plan = await run([...download, '--print-uris', ...wanted], { env: environment, timeout: timeLimit });
      if (plan.exitCode !== 0) throw aptError(`Debian ${suiteInWords(suite)} does not say where its packages are`, plan.stderr);
      const published = parseSums(plan.stdout);
      const files = packages.map(({ name, version }) => fileOf(published, `${name}_${version.replaceAll(':', '%3a')}_`));
      const isRight = (file: string): boolean => sumOf(join(debs, file), published.get(file)) === published.get(file);
      // apt takes a file of the right size for the right one
      const damaged = files.filter((file) => existsSync(join(debs, file)) && !isRight(file));
      for (const file of damaged) rmSync(join(debs, file));
      if (damaged.length > 0) tell(`Kept from an earlier set-up, and not what Debian published: ${damaged.join(', ')}; fetching again …`);
      const get = await run([...dieWithUs, 'sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', debs, ...download, ...wanted], {
        env: environment,
        timeout: timeLimit,
      });
      if (get.exitCode !== 0) throw aptError(`apt cannot download packages of Debian ${suiteInWords(suite)}`, get.stderr);
      const wrong = files.find((file) => !existsSync(join(debs, file)) || !isRight(file));
      if (wrong === undefined) return files.map((file) => join(debs, file));
      rmSync(join(debs, wrong), { force: true });
      throw new UserError(
        `${wrong} was downloaded and is not what Debian ${suiteInWords(suite)} published: its sum is another.`,
        'Run this again; if it stays, look whether the disk or the mirror of this machine is broken.',
      );
    },
  };
}

/** Reads `apt-get download --print-uris`: file to published sum, such as `SHA256:…`. */
function parseSums(output: string): Map<string, string> {
  return new Map([...output.matchAll(/^'[^']*' (\S+\.deb) \d+ (\S+)$/gm)].map(([, file = '', sum = '']) => [file, sum]));
}

function fileOf(published: ReadonlyMap<string, string>, start: string): string {
  const file = [...published.keys()].find((candidate) => candidate.startsWith(start));
  if (file === undefined) throw new Error(`apt-get download names no file for ${start}`);
  return file;
}

/** The sum of a file, of the kind of another sum: one that can be forged is none. */
function sumOf(file: string, published = ''): string | undefined {
  const [kind = ''] = published.split(':');
  if (kind !== 'SHA256' && kind !== 'SHA512') return undefined;
  return `${kind}:${createHash(kind.toLowerCase()).update(readFileSync(file)).digest('hex')}`;
}

/**
 * Reads `apt-get install --print-uris`: `'URI' file_version_arch.deb size digest`, one package a line.
 * Versions are percent-encoded in file names.
 */
export function parseUris(output: string): Package[] {
  return [...output.matchAll(/^'[^']*' ([^_\s]+)_([^_\s]+)_\S+\.deb (\d+)/gm)].map(([, name = '', version = '', size = '']) => ({
    name,
    version: decodeURIComponent(version),
    size: Number(size),
  }));
}

/**
 * The mirror of Debian's main archive that this machine uses, if it is a Debian.
 * Reads `apt-get indextargets`, one source a line: URI, then origin (empty if its list was never fetched).
 */
export function chooseMirror(indexTargets: string): string {
  const sources = indexTargets.split('\n').map((line) => line.trim().split(' '));
  const own = sources.find(([uri = '', origin = 'Debian']) => origin === 'Debian' && /\/debian\/?$/.test(uri));
  return own?.[0]?.replace(/\/$/, '') ?? defaultMirror;
}

async function mirror(): Promise<string> {
  return chooseMirror((await run(['apt-get', 'indextargets', '--format', '$(REPO_URI) $(ORIGIN)', 'Created-By: Packages'])).stdout);
}

/** What the machine's apt says about how to fetch: proxies above all. Not which indexes, which are the suite's affair. */
async function machineSettings(): Promise<string> {
  const { stdout } = await run(['apt-config', 'dump']);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('Acquire::') && !/^Acquire::(IndexTargets|Languages)\b/.test(line))
    .join('\n');
}

/** Packages by name from the newer suite: as a whole it would bring libraries that the rest was not built against. */
function preferences({ newer }: Suite): string {
  return newer ? `Package: ${newer.packages.join(' ')}\nPin: release a=${newer.suite}\nPin-Priority: 990\n` : '';
}

function configuration(folder: string, machine: string, suite: Suite): string {
  const settings: Record<string, string> = {
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::State::extended_states': join(folder, 'extended_states'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Cache::archives': join(folder, 'cache/archives'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'empty'),
    'Dir::Etc::preferences': join(folder, 'preferences'),
    'Dir::Etc::preferencesparts': join(folder, 'empty'),
    // the machine's hooks run programs and clean the machine's caches: they have no business here
    'Dir::Etc::main': join(folder, 'empty/apt.conf'),
    'Dir::Etc::parts': join(folder, 'empty'),
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    // compressing the list again takes longer than fetching it
    'Acquire::GzipIndexes': 'false',
    'Acquire::Retries': '2',
    // whatever the machine allows itself
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::AllowWeakRepositories': 'false',
    'Acquire::AllowDowngradeToInsecureRepositories': 'false',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    ...(suite.current ? {} : { 'Acquire::Check-Valid-Until': 'false' }),
  };
  return `${machine}\n${Object.entries(settings)
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('')}`;
}

/** The error that fits what apt wrote. */
export function aptError(what: string, stderr: string): UserError {
  const full = fullDiskIn(stderr);
  if (full !== undefined) return full;
  const lines = stderr.split('\n').filter((line) => /^[EW]: /.test(line));
  const detail = (lines.find((line) => line.startsWith('E: ')) ?? lines[0] ?? stderr.trim().split('\n').at(-1) ?? '').replace(
    /^[EW]: /,
    '',
  );
  const remedy = /NO_PUBKEY|not signed|EXPKEYSIG|signatures? (couldn't|were)/.test(stderr)
    ? 'Update the package debian-archive-keyring, which has the keys that Debian signs with.'
    : 'Check that this machine reaches a Debian mirror (proxies are taken from apt.conf and from http_proxy), or name an engine that runs already with DOCKER_HOST.';
  return new UserError(`${what}: ${detail}`, remedy);
}
