import { engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { UserError } from '../user-error';
import { readManifest, usableEntry } from './cache';
import type { Entry } from './cache';
import { ensureEntry } from './ensure-entry';
import { engineRoot, engineRootKey, entryName } from './engine-root';
import { hasUnifiedCgroups, launch, tail } from './launch';
import { asArchive, nginxEntry, nginxKey } from './nginx-archive';
import type { ImageArchive } from './nginx-archive';
import { obstacleError, obstacleToBuilding, obstacleToRunning } from './requirements';
import { engineId, selectEngine } from './select';
import { setUp } from './sources';
import type { Progress } from './sources';
import { template, templateKey } from './template';

export { cleanLabs } from './clean';
export { socketInLab } from './launch';
export { nginxArchive } from './nginx-archive';
export type { ImageArchive } from './nginx-archive';

/** An engine, and whether it can be had on this machine. */
export interface EngineState {
  readonly id: string;
  readonly kind: EngineRecipe['kind'];
  readonly version: string;
  /** the Debian release that it comes from */
  readonly suite: string;
  /** 'ready': in the cache; 'buildable': nothing is known to keep it from being prepared */
  readonly state: 'ready' | 'buildable' | 'unavailable';
  /** why it is unavailable */
  readonly reason?: string;
  /** what would make it available */
  readonly remedy?: string;
}

/** Everything on disk that a lab is started from. */
export interface PreparedLab {
  readonly engineId: string;
  readonly engine: EngineRecipe;
  readonly root: string;
  readonly template: string;
  readonly image: ImageArchive;
}

/** What one lab is started with. */
export interface LabOptions {
  /** the run that it belongs to; the lab's log begins with it */
  readonly runId: string;
  /** further arguments of the daemon */
  readonly daemonArgs?: readonly string[];
  /** 'v2' shows the lab cgroups as current distributions have them, whatever this machine has */
  readonly cgroup?: 'v2';
}

/** An engine of the suite's own, in namespaces of its own, without an uplink. */
export interface Lab {
  readonly engineId: string;
  readonly runId: string;
  /** folder on this machine that is removed with the lab, however it ends */
  readonly directory: string;
  readonly socketPath: string;
  /** the first process of its namespaces, as seen from outside */
  readonly pid: number;
  /** the image that it has already */
  readonly image: Pick<ImageArchive, 'reference' | 'imageId' | 'description'>;
  /** the argv that runs this argv on the engine's host: in its network, with its files and its processes */
  enter(argv: readonly string[]): string[];
  /** the end of the daemon's log */
  log(): string;
  /** ends it and everything in it; nothing of it stays on this machine */
  stop(): Promise<void>;
}

/** Which engines can be had here. Cheap: looks at this machine only. */
export async function engineStates(): Promise<EngineState[]> {
  const running = await obstacleToRunning();
  const building = obstacleToBuilding();
  return engines.map((engine) => {
    const manifest = readManifest(entryName('root', engine));
    const ready = manifest !== undefined && readManifest(entryName('template', engine)) !== undefined;
    const obstacle = running ?? (ready ? undefined : building);
    const version = manifest?.facts['version'] ?? engine.version;
    return {
      id: engineId(engine, version),
      kind: engine.kind,
      version,
      suite: engine.suite.name,
      state: obstacle !== undefined ? 'unavailable' : ready ? 'ready' : 'buildable',
      ...obstacle,
    };
  });
}

/**
 * Has everything ready that a lab is started from: the engine, the nginx image, and a data root with that image. What
 * is in the cache and undamaged is used, the rest is made; that takes a mirror of Debian and less than a minute.
 *
 * @param selector an engine's id or the start of exactly one; without it the default engine
 * @param progress told what is done, one line at a time; silent when everything is there
 * @throws UserError when the selector means no engine, or this machine cannot prepare or run it
 */
export async function prepareLab(selector: string | undefined, progress: Progress): Promise<PreparedLab> {
  const engine = selectEngine(selector);
  const running = await obstacleToRunning();
  if (running !== undefined) throw obstacleError(`${engineId(engine)} cannot be started`, running);
  return preparedFromCache(engine) ?? (await build(engine, progress));
}

function preparedFromCache(engine: EngineRecipe): PreparedLab | undefined {
  const root = usableEntry(engineRootKey(engine));
  const nginx = usableEntry(nginxKey());
  if (root === undefined || nginx === undefined) return undefined;
  const data = usableEntry(templateKey(engine, root, asArchive(nginx)));
  return data === undefined ? undefined : prepared(engine, root, asArchive(nginx), data);
}

async function build(engine: EngineRecipe, progress: Progress): Promise<PreparedLab> {
  const obstacle = obstacleToBuilding();
  if (obstacle !== undefined) throw obstacleError(`${engineId(engine)} cannot be prepared`, obstacle);
  const began = performance.now();
  return await setUp(progress, async (fetch) => {
    // another run may have made it all while this one waited
    const there = preparedFromCache(engine);
    if (there !== undefined) return there;
    const root = await ensureEntry(engineRoot(engine, fetch, progress), progress);
    const image = asArchive(await ensureEntry(nginxEntry(fetch, progress), progress));
    const id = engineId(engine, root.manifest.facts['version']);
    const data = await ensureEntry(template(engine, root, image, progress), progress);
    progress(`${id} is ready after ${((performance.now() - began) / 1000).toFixed(1)} s.`);
    return prepared(engine, root, image, data);
  });
}

function prepared(engine: EngineRecipe, root: Entry, image: ImageArchive, data: Entry): PreparedLab {
  return { engineId: engineId(engine, root.manifest.facts['version']), engine, root: root.content, template: data.content, image };
}

/**
 * Starts a lab and waits until its engine answers. To be called on the main thread: the kernel ends the lab with the
 * thread that started it.
 *
 * @throws UserError with the daemon's last words when it does not start
 */
export async function startLab(prepared: PreparedLab, options: LabOptions): Promise<Lab> {
  if (options.cgroup === 'v2' && !hasUnifiedCgroups()) {
    throw new UserError('This machine has no cgroup v2 hierarchy to show to a lab.', 'Mount one (mount -t cgroup2 cgroup2 …), or leave the layout as it is.');
  }
  const { engine, image } = prepared;
  const launched = await launch({
    engine,
    engineId: prepared.engineId,
    root: prepared.root,
    template: prepared.template,
    ...(options.daemonArgs === undefined ? {} : { daemonArgs: options.daemonArgs }),
    ...(options.cgroup === undefined ? {} : { cgroup: options.cgroup }),
  });
  const target = ['nsenter', '--target', String(launched.pid), '--net', '--mount', '--pid', '--'];
  const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];
  return {
    engineId: prepared.engineId,
    runId: options.runId,
    directory: launched.folder,
    socketPath: launched.socketPath,
    pid: launched.pid,
    image: { reference: image.reference, imageId: image.imageId, description: image.description },
    enter: (argv) => [...target, 'env', ...environment, ...argv],
    log: () => tail(launched.log()),
    stop: async () => await launched.end('SIGKILL'),
  };
}
