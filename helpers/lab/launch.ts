import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import { temporaryFolder } from '../state/temporary';
import { scaledLimit } from '../base/pace';
import { ticksIn, used } from '../base/usage';
import { UserError } from '../base/user-error';
import { answers } from './api';
import { cgroupMounts, removeCgroups, thawCgroups } from './cgroups';
import { dieWithUs } from './die-with-us';
import { daemonInMode, entrance, writeHostFiles } from './mode';
import { watchOver } from './watchdog';

/** Milliseconds within which a daemon has to answer on a quiet machine. */
const startUpTimeout = 30_000;

/** Milliseconds between two looks whether it does. */
const pollInterval = 5;

/** Where every engine listens, in its lab's folder. */
const socketInFolder = 'socket/docker.sock';

/** Where every engine listens, in its lab's view of the file system. */
export const socketInLab = '/run/lab/docker.sock';

/** What a lab is launched with. */
export interface LaunchSettings {
  readonly engine: EngineRecipe;
  /** the id that errors name */
  readonly engineId: string;
  /** root file system of the engine */
  readonly root: string;
  /** what its data root starts as; nothing if undefined */
  readonly template?: string;
  /** directory that the data root is copied to after `end('SIGTERM')` */
  readonly keep?: string;
  readonly mode?: EngineMode;
  readonly daemonArgs?: readonly string[];
  /** whether the lab outlives a daemon that is ended on purpose, which is started again as soon as nothing holds it back (`pauseInLab`) */
  readonly restartable?: boolean;
}

/** While this file is there, in the lab's view, the daemon of a restartable lab is not started again. */
export const pauseInLab = '/run/lab/pause';

/**
 * Runs a daemon, and once more after it was ended on purpose; its own number is in a file beside the socket. While it is
 * held back, another file says so: who lets it go before would find that nobody had noticed.
 */
export const supervisor = `while :; do
  "$@" & echo $! >/run/lab/daemon.pid
  wait $! || :
  [ -e ${pauseInLab} ] || exit 1
  : >/run/lab/paused
  while [ -e ${pauseInLab} ]; do sleep 0.02; done
  rm /run/lab/paused
done`;

/** A daemon that answers, and the namespaces around it. */
export interface Launched {
  /** folder of the lab, which is removed with it */
  readonly folder: string;
  readonly socketPath: string;
  /** its first process, as this process sees it */
  readonly pid: number;
  /** the start of an argv: what follows runs on the engine's host */
  readonly enter: readonly string[];
  log(): string;
  /** ends it with a signal to its first process, and removes all that it leaves on this machine */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/**
 * Starts an engine in namespaces of its own, without an uplink, and waits until it answers. The kernel ends it when
 * this process ends; a watchdog then removes its folder and its cgroups.
 *
 * @throws UserError with the daemon's last words when it ends or is silent
 */
export async function launch(settings: LaunchSettings): Promise<Launched> {
  const { name, path: folder, remove } = await temporaryFolder(socketInFolder);
  for (const part of ['socket', 'mnt']) mkdirSync(join(folder, part));
  const socketPath = join(folder, socketInFolder);
  const logFile = join(folder, 'daemon.log');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const cgroupPaths = cgroupMounts().map((mount) => join(mount, name));

  used('daemons');
  const child = spawnLauncher(settings, name, folder, logFile);
  const exit = once(child, 'exit');
  // a child that cannot be started at all is told by its missing pid
  exit.catch(() => undefined);
  const launcher = child.pid;
  if (launcher === undefined) {
    remove();
    throw new UserError('setpriv cannot be started.', 'Install the package util-linux.');
  }
  const stopped = watchOver(folder, child, launcher, cgroupPaths);

  let ending: Promise<void> | undefined;
  const end = (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> =>
    (ending ??= (async () => {
      // When the first process of a PID namespace is gone, so are all others; only then does the launcher end.
      if (isRunning(child)) {
        child.ref();
        thawCgroups(name);
        const first = firstProcess(launcher);
        if (first !== undefined) used('ticksInLabs', ticksIn(`/proc/${first}/root/proc`));
        kill(first ?? launcher, signal);
        await exit;
      }
      used('inLabs', endedIn(folder));
      remove();
      removeCgroups(name);
      stopped();
    })());

  const problem = await waitUntilItAnswers(child, socketPath);
  const pid = firstProcess(launcher);
  const enter = pid === undefined ? undefined : entrance(pid, settings.mode);
  if (problem === undefined && pid !== undefined && enter !== undefined) return { folder, socketPath, pid, enter, log, end };
  const words = lastWords(log());
  await end('SIGKILL');
  throw new UserError(
    `${settings.engineId} ${problem ?? 'ended'} while it was starting. Its last words:\n${words}`,
    'If they name a missing kernel feature, load its module; if they name an argument, correct it; otherwise please report them.',
  );
}

function spawnLauncher(settings: LaunchSettings, name: string, folder: string, logFile: string): ChildProcess {
  const { engine, mode, root, template = '', keep = '', daemonArgs = [] } = settings;
  const sockets = [socketInLab, '/run/docker.sock'];
  const view = mode?.cgroups === undefined ? engine.cgroups : `${engine.cgroups}-${mode.cgroups}`;
  writeHostFiles(join(folder, 'files'), engine, mode);
  const out = openSync(logFile, 'a', 0o600);
  try {
    const [setpriv = '', ...untilDeath] = dieWithUs;
    return spawn(
      setpriv,
      [
        ...[...untilDeath, 'unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
        ...['sh', join(__dirname, 'launch.sh'), root, folder, engine.dataRoot, template, view, keep],
        ...(settings.restartable ? ['sh', '-c', supervisor, 'supervisor'] : []),
        ...daemonInMode(engine.daemon({ sockets, cgroup: `/${name}` }), engine, mode),
        ...daemonArgs,
      ],
      // in a session of its own: Ctrl-C is for the run, which still needs the engine to clean up
      { stdio: ['ignore', out, out], detached: true, cwd: '/' },
    );
  } finally {
    closeSync(out);
  }
}

/** Bytes that the kernel writes for each process that ends (acct(5)). */
const accountSize = 64;

/** How many processes have ended in a lab; none where the kernel does not count them. */
function endedIn(folder: string): number {
  const { size } = statSync(join(folder, 'socket/ended'), { throwIfNoEntry: false }) ?? { size: 0 };
  return Math.floor(size / accountSize);
}

/** What went wrong, or undefined when it answers. */
async function waitUntilItAnswers(child: ChildProcess, socketPath: string): Promise<string | undefined> {
  const began = performance.now();
  while (isRunning(child)) {
    if (await answers(socketPath)) return undefined;
    // how busy the machine is now counts, not how busy it was
    const limit = scaledLimit(startUpTimeout);
    if (performance.now() - began > limit) return `did not answer within ${(limit / 1000).toFixed(0)} s`;
    await delay(pollInterval);
  }
  return 'ended';
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** unshare's only child: the first process of the namespaces. */
function firstProcess(launcher: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8').split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended by itself in the meantime
  }
}

/** The end of a log. @param characters at most this many */
export function tail(text: string, characters = 65_536): string {
  return text.slice(-characters);
}

/** The last lines of a daemon's log that tell why it ended: no reports of what went well, no commands of a script, no help on its options. */
export function lastWords(log: string, lines = 8): string {
  const all = log.split('\n').filter((line) => line !== '');
  const telling = all.filter((line) => !/^\s|^\+ |level=(info|debug)/.test(line));
  return (telling.length > 0 ? telling : all).slice(-lines).join('\n');
}
