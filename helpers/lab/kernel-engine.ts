import { setTimeout as delay } from 'node:timers/promises';
import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import { scaledLimit } from '../base/pace';
import { run } from '../base/process';
import { UserError } from '../base/user-error';
import { answers } from './api';
import { lastWords, supervisor } from './launch';
import { daemonInMode } from './mode';
import type { Machine } from './kernel-machine';

/** Milliseconds within which an engine has to answer in a machine of its own, on a quiet machine. */
const startUpTimeout = 60_000;

/** Where the engine's containers get their cgroups, from the root of the hierarchy. */
const cgroup = '/dnc';

/** Numbers its process where it looks for it (sd_listen_fds(3)). */
const listening = ['sh', '-c', 'export LISTEN_PID=$$; exec "$@"', 'listening'];

/** Where containerd listens, and how it is told to keep its things where dockerd would have it. */
const containerd = {
  socket: '/run/docker/containerd/containerd.sock',
  file: '/run/lab/containerd.toml',
  settings: (dataRoot: string) => `version = 2
root = "${dataRoot}/containerd/daemon"
state = "/run/docker/containerd/daemon"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "/run/docker/containerd/containerd.sock"
`,
};

/**
 * Starts containerd, and then what follows: dockerd itself would wait for 15 s for it, which is too short where a processor
 * is emulated. When what follows ends unasked, the machine ends.
 */
const afterContainerd = `containerd --config ${containerd.file} --log-level warn &
until [ -S ${containerd.socket} ]; do sleep 0.1; done
"$@"
busybox reboot -f`;

/** All of how an engine is started: what a machine that is kept was made with. */
export const howEnginesStart = [cgroup, ...listening, containerd.settings(''), afterContainerd, supervisor];

/**
 * Starts the engine of a machine and waits until it answers.
 * @throws UserError with its last words when it does not
 */
export async function startEngine(
  machine: Machine,
  engine: EngineRecipe,
  mode: EngineMode | undefined,
  daemonArgs: readonly string[],
): Promise<void> {
  for (const [path, content] of Object.entries(mode?.files ?? {}))
    await put(machine, ['sh', '-c', 'mkdir -p "$(dirname "$1")" && cat >"$1"', 'sh', `/${path}`], content);
  for (const [path, target] of Object.entries(mode?.links ?? {})) await put(machine, ['ln', '-sf', target, `/${path}`]);
  if (mode?.files?.['etc/sysctl.conf'] !== undefined) await put(machine, ['sysctl', '-p', '/etc/sysctl.conf']);
  const daemon = daemonInMode(engine.daemon({ sockets: ['/run/lab/docker.sock', '/run/docker.sock'], cgroup }), engine, mode);
  await put(machine, ['sh', '-c', 'cat >"$1"', 'sh', containerd.file], containerd.settings(engine.dataRoot));
  const ours = [`--containerd=${containerd.socket}`, '--host=fd://'];
  await machine.startDaemon([
    ...['sh', '-c', afterContainerd, 'after-containerd', 'sh', '-c', supervisor, 'supervisor'],
    ...[...listening, ...daemon, ...ours, ...daemonArgs],
  ]);
  const began = performance.now();
  while (!(await answers(machine.socketPath))) {
    const limit = scaledLimit(startUpTimeout);
    if (performance.now() - began > limit)
      throw new UserError(
        `${engine.kind}-${engine.version} did not answer within ${(limit / 1000).toFixed(0)} s on a kernel of its own. Its last words:\n${lastWords(machine.log())}`,
        'If they name an argument, correct it; otherwise please report them.',
      );
    await delay(50);
  }
}

async function put(machine: Machine, argv: readonly string[], input = ''): Promise<void> {
  const { exitCode, stderr } = await run(machine.enter(argv), { input });
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} failed in the lab: ${stderr}`);
}
