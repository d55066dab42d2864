import type Dockerode from 'dockerode';
import { setTimeout as pause } from 'node:timers/promises';
import { scaledLimit } from '../base/pace';

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
  return (
    message === 'socket hang up' || (code !== undefined && (engineLostCodes.has(code) || (code === 'ENOENT' && syscall === 'connect')))
  );
}

/** Milliseconds that an engine which is silent is given on a quiet machine until it is taken for gone. */
const silentAfter = 10_000;

/** The same for one at whose address nobody listens: time for one that is being started again. */
const absentAfter = 3000;

/** Milliseconds between two questions whether it is there. */
const interval = 250;

/** Clients of engines that have been asked in vain: they are not waited for again, for each claim, until they answer. */
const gone = new WeakSet<object>();

/** Whether an engine still answers `/_ping`, after a call to it has failed: one that is slow, or comes back, has some time for that. */
export async function stillAnswers(docker: Pick<Dockerode, 'ping'>): Promise<boolean> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await asked(docker);
    if (seen === 'answers') {
      gone.delete(docker);
      return true;
    }
    const within = scaledLimit(seen === 'absent' ? absentAfter : silentAfter);
    if (gone.has(docker) || performance.now() - startedAt >= within) {
      gone.add(docker);
      return false;
    }
    await pause(interval);
  }
}

/** What becomes of one `/_ping`: an answer, nobody there, or no answer of any use. */
async function asked(docker: Pick<Dockerode, 'ping'>): Promise<'answers' | 'absent' | 'silent'> {
  return await Promise.race([
    docker.ping().then(
      () => 'answers' as const,
      (error: unknown) => (isEngineLost(error) ? ('absent' as const) : ('silent' as const)),
    ),
    pause(scaledLimit(silentAfter), 'silent' as const, { ref: false }),
  ]);
}
