/** What a run says when the engine that it had reached is gone. */
export const engineLost = 'the engine does not answer any more';

const codes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Whether an error of a call to the engine means that it is gone, or stays silent for longer than a request may take
 * (which dockerode reports as "socket hang up"): then nothing was learnt about its networks.
 */
export function isEngineLost(error: unknown): boolean {
  const { code, syscall, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return message === 'socket hang up' || (code !== undefined && (codes.has(code) || (code === 'ENOENT' && syscall === 'connect')));
}
