import { describe } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cgroupMounts } from '../../lab/cgroups';
import { run } from '../../base/process';
import type { CommandResult } from '../../world/vantage-point';
import { ownEnvironment } from '../command-line';

/** Another user of this machine, who has nothing to do with whoever runs the suite. */
export const stranger = 65534;

const projectRoot = path.resolve(__dirname, '..', '..', '..');

/** Attacks need another user, and only root can be both. */
export const withStrangers = process.platform === 'linux' && process.getuid?.() === 0 ? describe : describe.skip;

/** The start of an argv: what follows runs as the stranger. */
export const asStranger = ['setpriv', `--reuid=${stranger}`, `--regid=${stranger}`, '--clear-groups'];

/** The start of an argv: what follows runs in a PID namespace of its own, as in another container, with the same folders. */
export const inAnotherPidNamespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** A machine for a test: a temporary folder that everybody can write to, as /tmp is, and folders of root and of the stranger. */
export class Machine {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'at-'));
  private readonly started: ChildProcess[] = [];
  readonly tmp = this.made('t', 0o1777);
  /** root's */
  readonly cache = this.made('cache', 0o755);
  /** the stranger's */
  readonly strangers = this.made('stranger', 0o755, stranger);
  /** root's own: nobody else may do anything there */
  readonly roots = this.made('root', 0o700);
  private readonly project = this.made('project', 0o755);

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  private made(name: string, mode: number, owner = 0): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    chmodSync(folder, mode);
    chownSync(folder, owner, owner);
    return folder;
  }

  get environment(): Record<string, string | undefined> {
    return { ...ownEnvironment, TMPDIR: this.tmp, XDG_CACHE_HOME: this.cache };
  }

  /** Runs something with this machine's folders. @param as the start of the argv: who runs it, and where */
  async run(
    argv: readonly string[],
    { as = [], env = {}, timeout = 120_000 }: { as?: readonly string[]; env?: Record<string, string>; timeout?: number } = {},
  ): Promise<CommandResult> {
    return await run([...as, ...argv], { env: { ...this.environment, ...env }, timeout });
  }

  /** Runs the program; the checkout may lie where the stranger cannot go, so it is seen at another place, too. */
  async program(args: readonly string[], options: { as?: readonly string[]; env?: Record<string, string> } = {}): Promise<CommandResult> {
    const here = [
      'unshare',
      '--mount',
      'sh',
      '-ec',
      'mount --bind "$0" "$1"; cd "$2"; shift 2; exec "$@"',
      projectRoot,
      this.project,
      this.strangers,
    ];
    return await this.run([process.execPath, path.join(this.project, 'helpers/bin.cjs'), ...args], {
      ...options,
      as: [...here, ...(options.as ?? [])],
    });
  }

  /**
   * Runs `clean` where the only cgroup is one of this name, which is frozen; the machine's own, with labs of others, are out
   * of its reach.
   * @returns what it printed, and whether the cgroup is still there and frozen
   */
  async clean(cgroup: string, as: readonly string[]): Promise<{ printed: string; status: number; frozen: boolean }> {
    const script = `name=$1 program=$2; shift 2
      for mount in "$@"; do mount -t tmpfs none "$mount"; mkdir "$mount/$name"; echo FROZEN >"$mount/$name/freezer.state"; done
      "$0" "$program" clean && status=0 || status=$?
      echo "status $status"
      cat "$1/$name/freezer.state"`;
    const { stdout, stderr } = await this.run(
      [
        'unshare',
        '--mount',
        'sh',
        '-c',
        script,
        process.execPath,
        cgroup,
        path.join(projectRoot, 'helpers/bin.cjs'),
        ...cgroupMounts().slice(0, 1),
      ],
      { as },
    );
    return { printed: `${stdout}${stderr}`, status: Number(/^status (\d+)$/m.exec(stdout)?.[1]), frozen: stdout.endsWith('FROZEN\n') };
  }

  /** Starts a Node script, with the project's modules in `from(path)`, and waits for its first line. */
  async script(
    text: string,
    { as = [], env = {} }: { as?: readonly string[]; env?: Record<string, string> } = {},
  ): Promise<{ child: ChildProcess; line: string }> {
    const prelude = `const from = (file) => require(require('node:path').join(${JSON.stringify(projectRoot)}, file)); from('helpers/loader/typescript.cjs');`;
    const argv = [...as, process.execPath, '-e', `${prelude}${text}`];
    const child = spawn('env', argv, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...this.environment, ...env } });
    this.started.push(child);
    const ended = once(child, 'exit').then(([status]) => Promise.reject(new Error(`the script ended with status ${status}`)));
    ended.catch(() => undefined);
    const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
    return { child, line: line.toString().trim() };
  }

  async end(): Promise<void> {
    for (const child of this.started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
