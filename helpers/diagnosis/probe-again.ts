import { curlCommand, readCurl } from '../vantage/fetch';
import type { Outcome } from '../claim/outcome';
import type { VantagePoint } from '../world/vantage-point';

/** Seconds that the probe of a diagnosis waits: long enough for the first packet and an answer that is on its way. */
const timeLimits = { '--connect-timeout': '0.9', '--max-time': '1.2' };

/**
 * Makes a probe once more, with shorter time limits.
 * @param sourcePorts first and last port that it may send from, by which its packets are known; without them the kernel chooses one
 */
export async function probeAgain(from: VantagePoint, origin: string, sourcePorts?: readonly [number, number]): Promise<Outcome> {
  const command = curlCommand(origin);
  for (const [option, seconds] of Object.entries(timeLimits)) command[command.indexOf(option) + 1] = seconds;
  if (sourcePorts) command.splice(1, 0, '--local-port', sourcePorts.join('-'));
  const probe = async () => readCurl(await from.exec(command));
  const outcome = await probe();
  // the kernel had already given up asking for the neighbour; only a probe that makes it ask anew shows where it is not heard
  return outcome.kind === 'unreachable' && /No route to host/.test(outcome.detail) ? probe() : outcome;
}
