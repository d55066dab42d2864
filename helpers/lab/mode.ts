import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';

/**
 * What a lab in a mode is made of, as far as the cache holds it: the engine as it is, or, where the mode brings packages,
 * one with these, which is kept beside it.
 */
export function cachedFor(engine: EngineRecipe, mode: EngineMode | undefined): EngineRecipe {
  if (mode?.packages === undefined) return engine;
  const variant = [engine.variant, mode.id].filter((it) => it !== undefined).join('-');
  return { ...engine, variant, packages: [...engine.packages, ...mode.packages] };
}

/** What starts an engine in a mode. @param argv what starts it otherwise */
export function daemonInMode(argv: readonly string[], engine: EngineRecipe, mode: EngineMode | undefined): readonly string[] {
  const daemon = [...argv, ...(mode?.daemonArgs?.(engine) ?? [])];
  return mode?.start?.(daemon, engine) ?? daemon;
}

/** Writes the files and links of an engine and of a mode below a folder, readable for everybody, for `launch.sh` to copy into the lab. */
export function writeHostFiles(folder: string, engine: Pick<EngineRecipe, 'files'>, mode: EngineMode | undefined): void {
  const place = (path: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  };
  for (const [path, content] of Object.entries({ ...engine.files, ...mode?.files })) {
    const file = place(path);
    writeFileSync(file, content);
    chmodSync(file, 0o644);
  }
  for (const [path, target] of Object.entries(mode?.links ?? {})) symlinkSync(target, place(path));
}

/**
 * The start of the argv that runs something on the engine's host. That is the lab; where the mode names a process that
 * is on the engine's host, it is where that process is, as root of its user namespace.
 *
 * @param first the lab's first process
 * @returns undefined if there is no such process
 */
export function entrance(first: number, mode: EngineMode | undefined): readonly string[] | undefined {
  const namespaces = ['--net', '--mount', '--pid'];
  if (mode?.hostProcess === undefined) return ['nsenter', '--target', String(first), ...namespaces, '--'];
  const pid = processOf(first, mode.hostProcess);
  return pid === undefined ? undefined : ['nsenter', '--target', pid, '--user', '--setuid=0', '--setgid=0', ...namespaces, '--'];
}

/** A process of this program in the PID namespace of another process. */
function processOf(other: number, program: string): string | undefined {
  const namespace = readlinkSync(`/proc/${other}/ns/pid`);
  return readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program && readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
    } catch {
      // it ended while it was looked at
      return false;
    }
  });
}
