import { randomInt } from 'node:crypto';
import { draw } from '../world/ask';
import { listeningAt, listensOn } from '../vantage/procfs';
import type { VantagePoint } from '../world/vantage-point';

/** Ports below those that kernels and engines hand out by themselves, and above those of well-known services. */
const [lowest, highest] = [10_000, 30_000];

/**
 * The first of some neighbouring TCP ports on which nobody listens at a vantage point. It is not held: who publishes it has it.
 * @param count how many
 * @throws ProbeBroken where the sockets cannot be looked at
 */
export async function freePorts(at: VantagePoint, count = 1): Promise<number> {
  const listening = await listeningAt(at);
  for (;;) {
    const first = draw('port', () => randomInt(lowest, highest));
    if (!Array.from({ length: count }, (_, index) => first + index).some((port) => listensOn(listening, port))) return first;
  }
}
