import { statSync } from 'node:fs';

/** Name under which the Jest environment offers Node's own `require` to code that Jest's module system has loaded. */
export const nativeRequire = Symbol.for('docker-network-conformance.require');

/**
 * Loads a package through Node's own module system. Inside Jest a plain import goes through Jest's, which cannot load
 * an ES module on every Node that is supported, and loads a large package again for every spec file.
 */
export function native<T>(id: string): T {
  // where the last file that was looked at was a socket or a pipe, require() follows no links (nodejs/node#51142), and
  // a package whose dependencies lie beside its real place gets those of another
  statSync(__filename);
  const load = (globalThis as { [nativeRequire]?: NodeJS.Require })[nativeRequire] ?? require;
  return load(id) as T;
}
