import { entryExists } from './cache';
import type { Progress } from './sources';

/** Says so if an entry is about to be replaced rather than made for the first time. */
export function announceRebuild(name: string, progress: Progress): void {
  if (entryExists(name)) progress(`The cached ${name} is damaged, or of another version of this suite: making it again …`);
}
