import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../base/process';
import { used } from '../base/usage';
import { engines, suiteInWords } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { modesOf } from '../../fixtures/engines/modes';
import type { EngineMode } from '../../fixtures/engines/modes';
import { manifestFor, readManifest, usableEntry } from './cache';
import type { Entry, Manifest } from './cache';
import { ensureEntry } from './ensure-entry';
import { engineRoot, engineRootKey, entryName } from './engine-root';
import { startOnOwnKernel } from './kernel-lab';
import { canStartOwnKernel, kernelEntries, prepareOwnKernel } from './kernel-prepare';
import type { Lab, LabOptions, PreparedLab, State } from './lab';
import { launch, tail } from './launch';
import { cachedFor } from './mode';
import { asArchive, nginxEntry, nginxKey } from './nginx-archive';
import type { ImageArchive } from './nginx-archive';
import { obstacleToEngine, obstacleToMode } from './mode-requirements';
import { obstacleError, obstacleToBuilding, obstacleToRunning } from './requirements';
import type { Obstacle } from './requirements';
import { archivedEngines, engineId, idInMode, selectEngine } from './select';
import type { Selected } from './select';
import { setUp } from './sources';
import type { Progress } from './sources';
import { template, templateKey } from './template';

export { modesOf } from '../../fixtures/engines/modes';
export { ownKernelState } from './kernel-prepare';
export { cleanLabs } from './clean';
export { socketInLab } from './launch';
export { nginxArchive } from './nginx-archive';
export { anotherVersionOf, idInMode, onOwnKernel } from './select';
export type { ImageArchive } from './nginx-archive';
export type { Lab, LabOptions, PreparedLab } from './lab';

/** An engine, and whether it can be had on this machine, without a mode and in each of its modes. */
export interface EngineState extends State {
  readonly id: string;
  readonly kind: EngineRecipe['kind'];
  readonly version: string;
  /** what it comes from: a Debian release, or a file or folder */
  readonly from: string;
  readonly modes: readonly ModeState[];
}

/** An engine in one of its modes. */
export interface ModeState extends State, Pick<EngineMode, 'id' | 'title'> {
  /** what the engine is called in this mode, and what selects it so: `docker-28.5.2+rootless` */
  readonly engineId: string;
}

/**
 * Which engines can be had here. Cheap: looks at this machine only.
 *
 * @param withModes whether to look for their modes, too, which takes some more milliseconds
 */
export async function engineStates(withModes = true): Promise<EngineState[]> {
  const running = await obstacleToRunning();
  const stateOf = (wanted: Selected, obstacle: Obstacle | undefined): State => {
    const ready = isInCache(wanted);
    const inTheWay = running ?? obstacle ?? (ready ? undefined : obstacleToBuilding(wanted.engine));
    return { state: inTheWay !== undefined ? 'unavailable' : ready ? 'ready' : 'buildable', ...inTheWay };
  };
  return await Promise.all(
    [...engines, ...archivedEngines()].map(async (engine) => {
      const facts = readManifest(entryName('root', engine))?.facts;
      const version = facts?.['version'] ?? engine.version;
      const obstacle = running ?? (await obstacleToEngine(engine));
      const modes = (withModes ? modesOf(engine) : []).map(async (mode): Promise<ModeState> => {
        const { id, title } = mode;
        const inTheWay = obstacle ?? (await obstacleToMode(mode, engine));
        return { id, title, engineId: idInMode(engineId(engine), mode), ...stateOf(wantedBy({ engine, mode }), inTheWay) };
      });
      return {
        id: engineId(engine),
        kind: engine.kind,
        version,
        from: facts?.['source'] ?? `Debian ${suiteInWords(engine.suite)}`,
        ...stateOf({ engine }, obstacle),
        modes: await Promise.all(modes),
      };
    }),
  );
}

/**
 * Has everything ready that a lab is started from: the engine, the nginx image, and a data root with that image. What
 * is in the cache and undamaged is used, the rest is made; that takes a mirror of Debian and less than a minute.
 *
 * @param selector an engine's id or the start of exactly one, and after a plus sign the same of a mode, if it is to be
 * run in one; without it the default engine
 * @param progress told what is done, one line at a time; silent when everything is there
 * @throws UserError when the selector means no engine, or this machine cannot prepare or run it
 */
export async function prepareLab(selector: string | undefined, progress: Progress): Promise<PreparedLab> {
  const selected = selectEngine(selector);
  if (selected.ownKernel) return await prepareOwnKernel(selected, progress);
  const { engine, mode } = selected;
  const wanted = wantedBy(selected);
  const obstacle = (await obstacleToRunning()) ?? (await obstacleToEngine(engine)) ?? (mode && (await obstacleToMode(mode, engine)));
  if (obstacle !== undefined) throw obstacleError(`${idInMode(engineId(engine), mode)} cannot be started`, obstacle);
  return preparedFromCache(wanted) ?? (await build(wanted, progress));
}

/**
 * The entries of the cache that a lab of an engine starts from, made if need be.
 * @throws UserError as {@link prepareLab} does
 */
export async function entriesOf(selector: string | undefined, progress: Progress): Promise<{ engineId: string; entries: string[] }> {
  const { engineId } = await prepareLab(selector, progress);
  const selected = selectEngine(selector);
  if (selected.ownKernel) return { engineId, entries: kernelEntries(selected) };
  const { engine } = wantedBy(selected);
  return { engineId, entries: [entryName('root', engine), entryName('template', engine), nginxKey().name] };
}

/** Whether all that a lab of an engine starts from is in the cache, as this version of the suite makes it. */
export function isPrepared(selector: string): boolean {
  const selected = selectEngine(selector);
  return selected.ownKernel ? canStartOwnKernel(selected) : preparedFromCache(wantedBy(selected)) !== undefined;
}

/** As {@link preparedFromCache}, but for damage that something did to it since: that is told when it is used, and takes reading all of it. */
function isInCache(wanted: Selected): boolean {
  const root = manifestFor(engineRootKey(wanted.engine));
  const nginx = manifestFor(nginxKey());
  if (root === undefined || nginx === undefined) return false;
  const entryOf = (manifest: Manifest): Entry => ({ content: '', manifest });
  return manifestFor(templateKey(wanted.engine, entryOf(root), asArchive(entryOf(nginx)), ownDataOf(wanted))) !== undefined;
}

/** What was selected, with the engine as the cache has it for its mode. */
function wantedBy({ engine, mode }: Selected): Selected {
  return { engine: cachedFor(engine, mode), ...(mode && { mode }) };
}

function preparedFromCache(wanted: Selected): PreparedLab | undefined {
  const { engine } = wanted;
  const root = usableEntry(engineRootKey(engine));
  const nginx = usableEntry(nginxKey());
  if (root === undefined || nginx === undefined) return undefined;
  const data = usableEntry(templateKey(engine, root, asArchive(nginx), ownDataOf(wanted)));
  return data === undefined ? undefined : prepared(wanted, root, asArchive(nginx), data);
}

/** The mode, if it has a data root of its own in the cache. */
function ownDataOf({ mode }: Selected): EngineMode | undefined {
  return mode?.packages === undefined ? undefined : mode;
}

async function build(wanted: Selected, progress: Progress): Promise<PreparedLab> {
  const { engine, mode } = wanted;
  const obstacle = obstacleToBuilding(engine);
  if (obstacle !== undefined) throw obstacleError(`${idInMode(engineId(engine), mode)} cannot be prepared`, obstacle);
  const began = performance.now();
  return await setUp(progress, async (fetch) => {
    // another run may have made it all while this one waited
    const there = preparedFromCache(wanted);
    if (there !== undefined) return there;
    const root = await ensureEntry(engineRoot(engine, fetch, progress), progress);
    const image = asArchive(await ensureEntry(nginxEntry(fetch, progress), progress));
    const id = idInMode(engineId(engine, root.manifest.facts['version']), mode);
    const data = await ensureEntry(template(engine, root, image, progress, ownDataOf(wanted)), progress);
    progress(`${id} is ready after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
    return prepared(wanted, root, image, data);
  });
}

function prepared(wanted: Selected, root: Entry, image: ImageArchive, data: Entry): PreparedLab {
  const version = root.manifest.facts['version'] ?? wanted.engine.version;
  const id = engineId(wanted.engine, version);
  return {
    engineId: idInMode(id, wanted.mode),
    ...wanted,
    engine: { ...wanted.engine, version },
    root: root.content,
    template: data.content,
    image,
  };
}

/**
 * Starts a lab and waits until its engine answers. To be called on the main thread: the kernel ends the lab with the
 * thread that started it.
 *
 * @throws UserError with the daemon's last words when it does not start
 */
export async function startLab(prepared: PreparedLab, options: LabOptions): Promise<Lab> {
  if (prepared.kernel) return await startOnOwnKernel(prepared, prepared.kernel, options);
  const { engine, mode, image } = prepared;
  const launched = await launch({
    engine,
    engineId: prepared.engineId,
    root: prepared.root,
    ...(prepared.template !== undefined && { template: prepared.template }),
    ...(options.daemonArgs === undefined ? {} : { daemonArgs: options.daemonArgs }),
    ...(mode && { mode }),
    ...(options.restartable && { restartable: true }),
  });
  const beside = (name: string) => join(dirname(launched.socketPath), name);
  const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];
  return {
    engineId: prepared.engineId,
    kind: engine.kind,
    ...(mode && { mode: { id: mode.id, title: mode.title } }),
    runId: options.runId,
    directory: launched.folder,
    socketPath: launched.socketPath,
    pid: launched.pid,
    image: { reference: image.reference, imageId: image.imageId, description: image.description },
    enter: (argv) => [...launched.enter, 'env', ...environment, ...argv],
    stopDaemon: async (signal) => {
      writeFileSync(beside('pause'), '');
      const daemon = readFileSync(beside('daemon.pid'), 'utf8').trim();
      const endIt = `kill -${signal.slice(3)} ${daemon}; until [ -e /run/lab/paused ]; do sleep 0.02; done`;
      await run([...launched.enter, 'env', ...environment, 'sh', '-c', endIt]);
    },
    startDaemon: () => {
      used('daemons');
      rmSync(beside('pause'), { force: true });
    },
    log: () => tail(launched.log()),
    stop: async () => await launched.end('SIGKILL'),
  };
}
