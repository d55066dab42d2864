import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { attempted, record, type Evidence } from '../world/evidence';
import type { EngineFacts } from '../claim/engine-facts';
import type { EngineHost } from '../vantage/host';
import type { HostAccess } from '../claim/context';

/** Options of dockerd that decide how its networks are, by their names in daemon.json; of a file that holds more, nothing else is read. */
const options = [
  ...[
    'allow-direct-routing',
    'bip',
    'bip6',
    'bridge',
    'default-address-pools',
    'default-gateway',
    'default-gateway-v6',
    'default-network-opts',
    'dns',
    'dns-opts',
    'dns-search',
  ],
  ...[
    'fixed-cidr',
    'fixed-cidr-v6',
    'host-gateway-ip',
    'host-gateway-ips',
    'icc',
    'ip',
    'ip-forward',
    'ip-forward-no-drop',
    'ip-masq',
    'ip6tables',
    'iptables',
    'ipv6',
    'mtu',
  ],
  ...['no-new-privileges', 'userland-proxy', 'userns-remap'],
] as const;

/** The name of an option of dockerd in daemon.json; on the command line a list has a name in the singular. */
export type DaemonOption = (typeof options)[number];

/** Something that an operator chose. */
export interface Setting {
  value: unknown;
  /** how an operator would find it: `--icc=false`, or `icc in daemon.json` */
  where: string;
  /** what was seen that says so */
  evidence: Evidence[];
}

/** What an operator told a daemon, as far as it can be seen from here. */
export type DaemonSettings = (option: DaemonOption) => Setting | undefined;

/** Where the file stands that dockerd reads unless it is told another (docs.docker.com/reference/cli/dockerd). */
const usualFile = '/etc/docker/daemon.json';

/**
 * Prints the words of each daemon's command line, each on a line, after a line with the number of PID namespaces in which
 * the daemon has a number, counted from here. A daemon in a container has one more than its host's.
 */
const printDaemons =
  'for it in /proc/[0-9]*; do if read -r name <$it/comm && [ "$name" = dockerd ]; then echo "== $(grep NSpid $it/status | wc -w)"; tr "\\0" "\\n" <$it/cmdline; fi; done 2>/dev/null; true';

/**
 * What the operator of a Docker told its daemon, by the command line and by its configuration file. What cannot be seen
 * is not known, and never a reason to fail.
 */
export async function daemonSettings(
  engine: Pick<EngineFacts, 'kind' | 'rootless'>,
  host: Pick<EngineHost, 'exec'>,
  read: ReadFile,
): Promise<DaemonSettings> {
  if (engine.kind !== 'docker') return () => undefined;
  const { value: line = [], evidence: lineEvidence } = await attempted(() => commandLine(host));
  const named = fromArguments(line);
  const file = named.get('config-file') ?? (engine.rootless ? undefined : usualFile);
  const { value: written = {}, evidence: fileEvidence } = await attempted(async () =>
    file === undefined ? {} : configured(file, await read(file)),
  );
  return (option) => {
    const name = [option, singular(option)].find((it) => named.has(it));
    if (name !== undefined) return { value: valueOf(named.get(name) ?? ''), where: `--${name}=${named.get(name)}`, evidence: lineEvidence };
    const value = written[option];
    return value === undefined ? undefined : { value, where: `${option} in daemon.json`, evidence: fileEvidence };
  };
}

/** Reads a file of the engine's host, from the file system that the daemon sees; undefined where there is none, or no way to it. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/** How files of the engine's host are read from here. */
export function fileReader(
  access: HostAccess,
  { docker, host, image, labels }: { docker: Dockerode; host: Pick<EngineHost, 'exec'>; image: string; labels: Record<string, string> },
): ReadFile {
  if (access.kind === 'lab') return async (path) => contentOf(await host.exec(['cat', path], () => ''));
  if (access.kind === 'here' && access.daemon !== undefined) {
    const root = `/proc/${access.daemon}/root`;
    return (path) => Promise.resolve(existsSync(`${root}${path}`) ? readFileSync(`${root}${path}`, 'utf8') : undefined);
  }
  return (path) => readByContainer(docker, path, image, labels);
}

function contentOf({ exitCode, stdout }: { exitCode: number; stdout: string }): string | undefined {
  return exitCode === 0 ? stdout : undefined;
}

/** A mount of a file that is not there is refused, and makes none (type bind of the API's mounts). */
async function readByContainer(
  docker: Dockerode,
  path: string,
  image: string,
  labels: Record<string, string>,
): Promise<string | undefined> {
  const reader = await docker.createContainer({
    Image: image,
    Entrypoint: [],
    Cmd: ['cat', '/settings'],
    Tty: true,
    Labels: labels,
    HostConfig: { NetworkMode: 'none', UsernsMode: 'host', Mounts: [{ Type: 'bind', Source: path, Target: '/settings', ReadOnly: true }] },
  });
  try {
    const stream = await reader.attach({ stream: true, stdout: true, stderr: true });
    await reader.start();
    const [printed, { StatusCode }] = await Promise.all([text(stream), reader.wait() as Promise<{ StatusCode: number }>]);
    return StatusCode === 0 ? printed : undefined;
  } finally {
    await reader.remove({ force: true, v: true }).catch(() => undefined);
  }
}

/** The words with which the daemon was started; none where no daemon is seen, or several that could be it. */
async function commandLine(host: Pick<EngineHost, 'exec'>): Promise<string[]> {
  const { stdout } = await host.exec(['sh', '-c', printDaemons], () => '');
  const daemons = stdout
    .split(/^== /m)
    .slice(1)
    .map((section) => {
      const [depth = '', ...words] = section.trimEnd().split('\n');
      return { depth: Number(depth), words };
    });
  const outermost = daemons.filter(({ depth }) => depth === Math.min(...daemons.map((it) => it.depth)));
  const words = outermost.length === 1 ? (outermost[0]?.words ?? []) : [];
  record({ kind: 'host', where: 'host', what: 'processes called dockerd', answer: words.join(' ') });
  return words;
}

/** Options by their names, without dashes; one that has no value is the word `true`. The last of several counts. */
function fromArguments(words: readonly string[]): Map<string, string> {
  const named = new Map<string, string>();
  words.forEach((word, index) => {
    const [, name, value] = /^--?([a-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) return;
    const next = words[index + 1];
    named.set(name === 'b' ? 'bridge' : name, value ?? (next === undefined || next.startsWith('-') ? 'true' : next));
  });
  return named;
}

function singular(option: string): string {
  return option.replace(/s$/, '');
}

/** Go reads these words as false and true (strconv.ParseBool). */
function valueOf(word: string): unknown {
  if (/^(false|False|FALSE|f|F|0)$/.test(word)) return false;
  return /^(true|True|TRUE|t|T|1)$/.test(word) ? true : word;
}

/** The options that decide about networks, of those in a configuration file. */
function configured(file: string, content: string | undefined): Record<string, unknown> {
  if (content === undefined) return {};
  const all = JSON.parse(content) as Record<string, unknown>;
  const known = Object.fromEntries(options.flatMap((option) => (all[option] === undefined ? [] : [[option, all[option]]])));
  record({ kind: 'host', where: 'host', what: `cat ${file}`, answer: JSON.stringify(known) });
  return known;
}
