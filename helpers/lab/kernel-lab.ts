import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownKernelTitle } from '../../fixtures/engines/own-kernel';
import { run } from '../base/process';
import { used } from '../base/usage';
import { loadImage } from './api';
import { startEngine } from './kernel-engine';
import { hasKvm, startMachine } from './kernel-machine';
import { programOf, type KernelParts } from './kernel-parts';
import type { Lab, LabOptions, PreparedKernel, PreparedLab } from './lab';
import { pauseInLab, tail } from './launch';

/**
 * Starts a lab with a kernel of its own: a copy of a machine in which the engine answers already. An engine with
 * arguments or a mode of its own is started in a machine that is started for it.
 *
 * @throws UserError with its last words when it does not start
 */
export async function startOnOwnKernel(
  { engineId, engine, mode, root, image }: PreparedLab,
  { parts, template }: PreparedKernel,
  { runId, daemonArgs = [] }: LabOptions,
): Promise<Lab> {
  const asKept = mode === undefined && daemonArgs.length === 0;
  const machine = await startMachine({ parts, disk: template.disk, dataRoot: engine.dataRoot, ...(asKept && { template }) });
  try {
    if (!asKept) {
      await startEngine(machine, engine, mode, daemonArgs);
      await loadImage(machine.socketPath, image.path);
    }
  } catch (error) {
    await machine.end();
    throw error;
  }
  const inGuest = async (script: string): Promise<void> => {
    await run(machine.enter(['sh', '-c', script]));
  };
  return {
    engineId,
    kind: engine.kind,
    mode: { id: mode === undefined ? 'kernel' : `${mode.id}+kernel`, title: [...(mode ? [mode.title] : []), titleOf(parts)].join(' ') },
    ownKernel: `${parts.release}, ${hasKvm() ? 'run by KVM' : 'emulated'} with qemu ${parts.emulator}`,
    runId,
    directory: machine.folder,
    socketPath: machine.socketPath,
    pid: machine.pid,
    image: { reference: image.reference, imageId: image.imageId, description: image.description },
    client: (socket) => clientOf(root, machine.folder, join(dirname(machine.socketPath), socket)),
    enter: (argv) => machine.enter(argv),
    stopDaemon: (signal) =>
      inGuest(`: >${pauseInLab}; kill -${signal.slice(3)} "$(cat /run/lab/daemon.pid)"; until [ -e /run/lab/paused ]; do sleep 0.1; done`),
    startDaemon: () => {
      used('daemons');
      void inGuest(`rm -f ${pauseInLab}`);
    },
    log: () => tail(machine.log()),
    stop: () => machine.end(),
  };
}

function titleOf({ release, emulator }: KernelParts): string {
  return `${ownKernelTitle.replace(/\.$/, '')}, ${release}${hasKvm() ? '' : `, which qemu ${emulator} emulates`}.`;
}

/** A docker client of the engine's own files, run outside: inside, each call would take seconds. It reads no settings of the user's. */
function clientOf(root: string, folder: string, socketPath: string): string[] {
  const settings = join(folder, 'client');
  mkdirSync(settings, { recursive: true });
  return [
    'env',
    '-u',
    'DOCKER_CONTEXT',
    `DOCKER_CONFIG=${settings}`,
    `DOCKER_HOST=unix://${socketPath}`,
    ...programOf(root, 'usr/bin/docker'),
  ];
}
