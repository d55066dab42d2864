import { setTimeout as pause } from 'node:timers/promises';
import { native } from '../base/native';

/**
 * Loads what a run will need while it waits for the engine anyway: first what has just been asked goes out, then one
 * package is loaded at a time, so that answers are dealt with in between. What cannot be loaded now fails, with its own message, where it is needed.
 */
export async function preload(packages: readonly string[]): Promise<void> {
  for (const id of packages) {
    await pause(2);
    try {
      native(id);
    } catch {
      return;
    }
  }
}
