import type { Candidate } from './engines';

/**
 * Which engine is started next, when there is room for one. Engines that must be prepared go first, for they take
 * longest, but one at a time: preparing takes turns, and who waits for that would only hold a place. Podman goes before
 * Docker, for its runs take longer and leave the processor idle meanwhile.
 *
 * @param waiting engines that have not been started
 * @param preparing whether the run of an engine that had to be prepared has not come to its claims yet
 * @returns undefined when all have been started
 */
export function nextOf<T extends Candidate>(waiting: readonly T[], preparing: boolean): T | undefined {
  const rank = ({ ready }: Candidate): number => (ready ? 1 : preparing ? 2 : 0);
  const isPodman = ({ id }: Candidate): boolean => id.startsWith('podman-');
  return [...waiting].sort((one, other) => rank(one) - rank(other) || Number(isPodman(other)) - Number(isPodman(one)))[0];
}
