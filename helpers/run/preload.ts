import { setImmediate as turn } from 'node:timers/promises';
import { native } from '../native';

/** Packages that a run is going to need, in the order in which it needs them. */
const packages = ['dockerode', 'execa', 'testcontainers', '@jest/core', 'jest', 'jest-runner', 'jest-circus', 'jest-environment-node'];

/**
 * Loads what a run will need while it waits for the engine anyway, one package at a time, so that answers of the engine
 * are dealt with in between. What cannot be loaded now fails, with its own message, where it is needed.
 */
export async function preload(): Promise<void> {
  for (const id of packages) {
    await turn();
    try {
      native(id);
    } catch {
      return;
    }
  }
}
