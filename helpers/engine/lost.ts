import type Dockerode from 'dockerode';
import { setTimeout as pause } from 'node:timers/promises';
import { patiently } from '../pace';

/** What a run says when the engine that it had reached is gone. */
export const engineLost = 'the engine does not answer any more';

/** Codes of a connection that is gone. */
export const engineLostCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Whether an error of a call to the engine means that it is gone: then nothing was learnt about its networks. A call that
 * merely took too long says so by itself, and costs what asked it.
 */
export function isEngineLost(error: unknown): boolean {
  const { code, syscall, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return message === 'socket hang up' || (code !== undefined && (engineLostCodes.has(code) || (code === 'ENOENT' && syscall === 'connect')));
}

/** Milliseconds that an engine is given on a quiet machine until it is taken for gone. */
const goneAfter = 10_000;

/** Milliseconds between two questions whether it is there. */
const interval = 250;

/** Clients of engines that have been asked in vain: they are not waited for again, for each claim, until they answer. */
const gone = new WeakSet<object>();

/** Whether an engine still answers `/_ping`, after a call to it has failed: one that is slow, or comes back, has some time for that. */
export async function stillAnswers(docker: Pick<Dockerode, 'ping'>): Promise<boolean> {
  const deadline = performance.now() + (gone.has(docker) ? 0 : patiently(goneAfter));
  for (;;) {
    const answers = await Promise.race([
      docker.ping().then(
        () => true,
        () => false,
      ),
      pause(patiently(goneAfter), false, { ref: false }),
    ]);
    if (answers) gone.delete(docker);
    else if (performance.now() >= deadline) gone.add(docker);
    if (answers || gone.has(docker)) return answers;
    await pause(interval);
  }
}
