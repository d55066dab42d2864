import { draw } from './ask';

/** Now, in milliseconds since the epoch, by this machine's clock. */
export function clock(): number {
  return draw('clock', () => Date.now());
}
