import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ownKernel } from '../../fixtures/engines/own-kernel';
import { scaledLimit } from '../base/pace';
import { run, type CommandResult } from '../base/process';
import { used } from '../base/usage';
import { UserError } from '../base/user-error';
import { temporaryFolder } from '../state/temporary';
import { dieWithUs } from './die-with-us';
import { openMonitor, type Monitor } from './kernel-monitor';
import { programOf, type KernelParts } from './kernel-parts';
import { startKernelRelay } from './kernel-relay';
import { lastWords } from './launch';
import { watchOver } from './watchdog';

/** What a machine of a lab's own is started with. */
export interface MachineSettings {
  readonly parts: KernelParts;
  /** the first disk: the root file system of the engine */
  readonly disk: string;
  /** where the engine keeps its data */
  readonly dataRoot: string;
  /** the file that its memory is kept in; without it, it has memory of its own */
  readonly keepMemory?: string;
  /** a machine that was kept goes on, with a copy of its memory */
  readonly template?: MachineTemplate;
}

/** A machine that was stopped: its memory, and all else of it. */
export interface MachineTemplate {
  readonly memory: string;
  readonly state: string;
}

/** The engine's part of what a lab with a kernel of its own is started from. */
export interface KernelTemplate extends MachineTemplate {
  /** the engine's root file system, as a disk */
  readonly disk: string;
}

/** A machine with a kernel of its own, in which something answers. */
export interface Machine {
  /** folder of the lab, which is removed with it */
  readonly folder: string;
  /** socket that leads to the engine, once it listens */
  readonly socketPath: string;
  /** the emulator's process */
  readonly pid: number;
  readonly monitor: Monitor;
  /** the argv that runs this argv in it, as root on the engine's host */
  enter(argv: readonly string[]): string[];
  /** starts a daemon in it that listens on the socket that leads outside, as systemd would start it */
  startDaemon(argv: readonly string[]): Promise<void>;
  log(): string;
  /** ends it, and removes all that it leaves on this machine */
  end(): Promise<void>;
}

const socketsOf = (folder: string) => ({
  engine: join(folder, 'socket/docker.sock'),
  guest: join(folder, 'socket/guest.sock'),
  agent: join(folder, 'socket/agent.sock'),
  monitor: join(folder, 'qmp.sock'),
});

/** Milliseconds within which a machine has to answer on a quiet machine, cold and from a template. */
const startUpTimeout = { cold: 60_000, warm: 20_000 };

/** Whether the kernel of this machine lends its processors to machines (KVM), and to this user. */
export function hasKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a template depends on beside the files that it was made from: it goes on where it was stopped. */
export function processorOfTemplates(): string {
  const flags = /^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  return `${hasKvm() ? 'kvm' : 'tcg'} ${flags}`;
}

/**
 * Starts a machine with a kernel of its own and waits until its agent answers. It has no way out: what it sends leads
 * nowhere, and only two sockets of this machine lead into it. The kernel of this machine ends it with this process.
 *
 * @throws UserError with its last words when it ends or is silent
 */
export async function startMachine(settings: MachineSettings): Promise<Machine> {
  const { path: folder, remove } = await temporaryFolder('socket/docker.sock');
  mkdirSync(join(folder, 'socket'));
  const sockets = socketsOf(folder);
  const logFile = join(folder, 'daemon.log');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const out = openSync(join(folder, 'emulator.log'), 'a', 0o600);
  const [program = '', ...args] = [...dieWithUs, ...commandLine(settings, folder, logFile)];
  const child = spawn(program, args, {
    stdio: ['ignore', out, out],
    detached: true,
    cwd: '/',
  });
  closeSync(out);
  const exit = once(child, 'exit');
  exit.catch(() => undefined);
  const { pid } = child;
  if (pid === undefined) {
    remove();
    throw new UserError('setpriv cannot be started.', 'Install the package util-linux.');
  }
  const stopped = watchOver(folder, child, pid, []);
  const lives = () => child.exitCode === null && child.signalCode === null;
  let monitor: Monitor | undefined;
  let endRelay: (() => void) | undefined;
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ending ??= (async () => {
      monitor?.close();
      endRelay?.();
      if (lives()) {
        child.ref();
        child.kill('SIGKILL');
        await exit;
      }
      remove();
      stopped();
    })());
  const ask = (kind: 'x' | 'd' | 'w', argv: readonly string[]) => [
    process.execPath,
    join(__dirname, 'guest/enter.cjs'),
    sockets.agent,
    kind,
    ...argv,
  ];
  const enter: Machine['enter'] = (argv) => ask('x', argv);
  try {
    monitor = await untilThere(() => openMonitor(sockets.monitor), lives, startUpTimeout.warm);
    endRelay = await startKernelRelay(sockets.engine, sockets.guest);
    if (settings.template) await goOn(monitor, settings.template.state);
    const limit = settings.template ? startUpTimeout.warm : startUpTimeout.cold;
    await untilThere(() => mustRun(enter(['true'])), lives, limit);
    if (settings.template) await mustRun(ask('w', [String(Date.now() / 1000), randomBytes(32).toString('hex')]));
  } catch (error) {
    const words = lastWords(`${readFileSync(join(folder, 'emulator.log'), 'utf8')}${log()}`);
    await end();
    throw new UserError(
      `The machine with a kernel of its own did not start: ${(error as Error).message}. Its last words:\n${words}`,
      'Run it again; if that stays, please report the words above.',
      undefined,
      { cause: error },
    );
  }
  const startDaemon: Machine['startDaemon'] = async (argv) => {
    used('daemons');
    await mustRun(ask('d', argv));
  };
  return { folder, socketPath: sockets.engine, pid, monitor, enter, startDaemon, log, end };
}

/** The emulator's argv. */
function commandLine({ parts, disk, dataRoot, keepMemory, template }: MachineSettings, folder: string, logFile: string): string[] {
  const sockets = socketsOf(folder);
  const size = `${ownKernel.memory}M`;
  const memory = template
    ? // a file that is mapped for this process alone: pages are copied when they are written to
      `memory-backend-file,id=memory,size=${size},mem-path=${template.memory},share=off,readonly=on,rom=off`
    : keepMemory === undefined
      ? `memory-backend-ram,id=memory,size=${size}`
      : `memory-backend-file,id=memory,size=${size},mem-path=${keepMemory},share=on`;
  const shares = ['usr/share/seabios', 'usr/share/qemu'].flatMap((place) => ['-L', join(parts.root, place)]);
  const accelerated = hasKvm() ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg', '-cpu', 'max,la57=off,erms=off,fsrm=off'];
  const disks = [disk, parts.disk].flatMap((file, index) => [
    ...['-drive', `if=none,id=disk${index},file=${file},format=raw,readonly=on`],
    ...['-device', `virtio-blk-pci,drive=disk${index}`],
  ]);
  return [
    ...programOf(parts.root, 'usr/bin/qemu-system-x86_64'),
    ...shares,
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...accelerated,
    ...['-machine', 'pc,memory-backend=memory', '-object', memory, '-m', size, '-smp', `${ownKernel.processors}`],
    ...['-kernel', parts.kernel, '-initrd', parts.initrd],
    ...['-append', `console=ttyS0 quiet panic=-1 net.ifnames=0 mitigations=off apparmor=0 dnc.data=${dataRoot}`],
    ...['-serial', `file:${logFile}`, '-qmp', `unix:${sockets.monitor},server=on,wait=off`],
    ...disks,
    ...['-netdev', `user,id=way,restrict=on,ipv6=off,hostfwd=unix:${sockets.guest}-:2375,hostfwd=unix:${sockets.agent}-:2376`],
    ...['-device', 'virtio-net-pci,netdev=way,romfile='],
    ...(template ? ['-incoming', 'defer'] : []),
  ];
}

/** Lets a machine go on that was stopped and kept. */
async function goOn(monitor: Monitor, state: string): Promise<void> {
  await monitor.ask('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
  await monitor.ask('migrate-incoming', { uri: `file:${state}` });
  for (;;) {
    const { status } = (await monitor.ask('query-status')) as { status: string };
    if (status !== 'inmigrate') break;
    await delay(10);
  }
  await monitor.ask('cont');
}

/** Stops a machine and writes all of it but its memory, which is in a file already. It is of no use afterwards. */
export async function keep({ monitor }: Pick<Machine, 'monitor'>, state: string): Promise<void> {
  await monitor.ask('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] });
  await monitor.ask('stop');
  await monitor.ask('migrate', { uri: `file:${state}` });
  for (;;) {
    const { status } = (await monitor.ask('query-migrate')) as { status?: string };
    if (status === 'completed') return;
    if (status === 'failed' || status === 'cancelled') throw new Error('the emulator could not write the state of its machine');
    await delay(50);
  }
}

async function mustRun(argv: readonly string[]): Promise<CommandResult> {
  const ended = await run(argv, { timeout: scaledLimit(30_000) });
  if (ended.exitCode !== 0) throw new Error(ended.stderr.trim() || `status ${ended.exitCode}`);
  return ended;
}

/** Tries until it works. @throws Error when the machine has ended, or nothing works in time */
async function untilThere<T>(attempt: () => Promise<T>, lives: () => boolean, within: number): Promise<T> {
  const began = performance.now();
  for (;;) {
    if (!lives()) throw new Error('the emulator ended');
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() - began > scaledLimit(within)) throw error;
      await delay(50);
    }
  }
}
