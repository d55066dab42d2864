import { note } from '../../base/output';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unusedPackages, unusedPaths, type Suite } from '../../../fixtures/engines';
import { usableEntry, type EntryRecipe } from '../../lab/cache';
import { dieWithUs } from '../../lab/die-with-us';
import { ensureEntry } from '../../lab/ensure-entry';
import { setUp, upstreamVersion } from '../../lab/sources';
import { linkApplets, linkRun, unpack } from '../../lab/unpack';
import type { Lab } from '../../lab';
import { run } from '../../base/process';

const suite: Suite = { name: 'trixie', current: true };
const packages = ['openssh-server', 'openssh-client', 'docker-cli', 'base-files', 'busybox'];

/** Seconds that the shell of the user `slow` takes before it does anything. */
export const slowShell = 6;

/** Users of the far machine; who is called slow has a shell that is. */
const files: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nslow:x:0:0::/root:/bin/slow-shell\nsshd:x:100:65534::/run/sshd:/bin/false\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
  'usr/bin/slow-shell': `#!/bin/sh\nsleep ${slowShell}\nexec /bin/sh "$@"\n`,
};

const entry: Pick<EntryRecipe, 'name' | 'recipe'> = {
  name: `sshd-${suite.name}`,
  recipe: { suite, packages, files, unusedPackages: [...unusedPackages], unusedPaths, arch: process.arch },
};

/** Root file system with sshd, ssh and a docker client; from the cache, or made of Debian's packages. */
async function openSsh(): Promise<string> {
  const there = usableEntry(entry);
  if (there) return there.content;
  return await setUp(note, async (fetch) => {
    const build: EntryRecipe['build'] = async (content) => {
      const { debs, versions } = await fetch('OpenSSH', suite, packages);
      await unpack(debs, content);
      linkRun(content);
      linkApplets(content);
      for (const name of ['proc', 'dev', 'run', 'root', 'etc']) mkdirSync(path.join(content, name), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(content, name), text, { mode: 0o755 });
      return { packages: versions, facts: { version: upstreamVersion(versions['openssh-server'] ?? '') } };
    };
    return (await ensureEntry({ ...entry, build }, note)).content;
  });
}

/** A machine that is reached by ssh alone: the host of a lab, on which sshd runs. */
export interface FarMachine {
  /**
   * Variables with a PATH on which `ssh` is OpenSSH with a configuration of its own. `engine` is the far machine, `jumped`
   * the same behind a jump host, `slow` the same with a shell that is slow to start, `nobody` a port on which nobody listens.
   */
  env: { PATH: string };
  stop(): Promise<void>;
}

/** Starts sshd on the host of a lab; its engine is what `docker` talks to there. */
export async function farMachine(lab: Lab): Promise<FarMachine> {
  const root = await openSsh();
  const folder = mkdtempSync(path.join(tmpdir(), 'far-machine-'));
  for (const name of ['mnt', 'ssh', 'bin']) mkdirSync(path.join(folder, name));
  const [loader = ''] = readdirSync(path.join(root, 'usr/lib64'));
  const libraries = readdirSync(path.join(root, 'usr/lib')).find((name) => name.endsWith('-linux-gnu')) ?? '';
  // the machine's own may be missing, or of another age
  const ssh = (program: string) => [
    path.join(root, 'usr/lib64', loader),
    '--argv0',
    program,
    '--library-path',
    path.join(root, 'usr/lib', libraries),
    path.join(root, 'usr/bin', program),
  ];
  for (const name of ['user', 'host'])
    await must([...ssh('ssh-keygen'), '-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, 'ssh', name)]);
  writeFileSync(path.join(folder, 'ssh/sshd_config'), sshdConfig);
  const daemon = spawn(
    dieWithUs[0] ?? '',
    [
      ...dieWithUs.slice(1),
      'nsenter',
      `--net=/proc/${lab.pid}/ns/net`,
      'unshare',
      '--mount',
      'sh',
      path.join(__dirname, 'sshd.sh'),
      root,
      folder,
      path.dirname(lab.socketPath),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' },
  );
  let said = '';
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const stop = async () => {
    const ended = isRunning(daemon) ? new Promise((resolve) => daemon.once('exit', resolve)) : undefined;
    daemon.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let looks = 0; !said.includes('listening'); looks++) {
    if (!isRunning(daemon) || looks > 600) {
      await stop();
      throw new Error(`sshd does not start: ${said}`);
    }
    await pause(50);
  }
  const known = readFileSync(path.join(folder, 'ssh/host.pub'), 'utf8');
  writeFileSync(path.join(folder, 'known_hosts'), `* ${known}`);
  writeFileSync(
    path.join(folder, 'ssh_config'),
    sshConfig(folder, `nsenter --target ${daemon.pid} --mount --net --root --wdns=/ /usr/sbin/sshd -i -f /run/ssh/sshd_config`),
  );
  writeFileSync(path.join(folder, 'bin/ssh'), `#!/bin/sh\nexec ${ssh('ssh').join(' ')} -F ${folder}/ssh_config "$@"\n`);
  chmodSync(path.join(folder, 'bin/ssh'), 0o755);
  return { env: { PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}` }, stop };
}

const sshdConfig = `Port 2222
ListenAddress 127.0.0.1
HostKey /run/ssh/host
AuthorizedKeysFile /run/ssh/user.pub
StrictModes no
PasswordAuthentication no
PermitRootLogin yes
PidFile none
`;

/** Names that no name server knows; the first connection goes into the far machine's namespaces, as its network is private. */
function sshConfig(folder: string, enter: string): string {
  return `Host jump engine slow
  ProxyCommand ${enter}
Host slow
  User slow
Host jumped nobody
  HostName 127.0.0.1
  ProxyJump jump
Host jumped
  Port 2222
Host nobody
  Port 9
Host *
  User root
  IdentityFile ${folder}/ssh/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${folder}/known_hosts
  GlobalKnownHostsFile none
`;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function must(argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await run(argv);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with status ${exitCode}: ${stderr}`);
}
