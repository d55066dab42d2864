import { emulated } from '../base/pace';
import { readManifest, usableEntry, type Entry } from './cache';
import { engineRoot, engineRootKey, entryName } from './engine-root';
import { ensureEntry } from './ensure-entry';
import { asKernelParts, kernelEntry, kernelKey } from './kernel-parts';
import { kernelTemplate, kernelTemplateKey, templateIn } from './kernel-template';
import { hasKvm } from './kernel-machine';
import type { PreparedLab, State } from './lab';
import { asArchive, nginxEntry, nginxKey } from './nginx-archive';
import { obstacleError, obstacleToBuildingKernel, obstacleToOwnKernel } from './requirements';
import { engineId, idInMode, selectEngine, type Selected } from './select';
import { setUp, type Progress } from './sources';

/** How many times as long things take where the processor is emulated as where the processor itself runs the guest. */
const emulatedSlowness = 5;

/**
 * Has everything ready that a lab with a kernel of its own is started from: what every lab has, and a kernel, an emulator
 * and a machine that is kept. Nothing of it is asked for by other labs.
 *
 * @throws UserError when this machine cannot prepare or run it
 */
export async function prepareOwnKernel(wanted: Selected, progress: Progress): Promise<PreparedLab> {
  const { engine, mode } = wanted;
  const id = idInMode(engineId(engine), mode, true);
  const obstacle = obstacleToOwnKernel(engine, mode);
  if (obstacle !== undefined) throw obstacleError(`${id} cannot be started`, obstacle);
  const there = preparedOwnKernel(wanted);
  if (there !== undefined) return there;
  const inTheWay = obstacleToBuildingKernel();
  if (inTheWay !== undefined) throw obstacleError(`${id} cannot be prepared`, inTheWay);
  emulated(hasKvm() ? 1 : emulatedSlowness);
  return await setUp(progress, async (fetch) => {
    const root = await ensureEntry(engineRoot(engine, fetch, progress), progress);
    const nginx = await ensureEntry(nginxEntry(fetch, progress), progress);
    const kernel = await ensureEntry(kernelEntry(fetch, progress), progress);
    const image = asArchive(nginx);
    const keys = kernelTemplateKey(engine, root, kernel, image);
    const kept = await ensureEntry(kernelTemplate(engine, asKernelParts(kernel), keys, root.content, image, progress), progress);
    return prepared(wanted, { root, nginx, kernel, kept });
  });
}

/** Whether what a selector means can be had on a kernel of its own. Cheap: looks at this machine only. */
export function ownKernelState(selector: string | undefined): State {
  const { engine, mode } = selectEngine(selector);
  const ready = [entryName('root', engine), entryName('memory', engine), kernelKey().name].every(
    (name) => readManifest(name) !== undefined,
  );
  const inTheWay = obstacleToOwnKernel(engine, mode) ?? (ready ? undefined : obstacleToBuildingKernel());
  return { state: inTheWay !== undefined ? 'unavailable' : ready ? 'ready' : 'buildable', ...inTheWay };
}

/** Whether all is in the cache that can come from another machine. */
export function canStartOwnKernel({ engine }: Selected): boolean {
  return [engineRootKey(engine), nginxKey(), kernelKey()].every((key) => usableEntry(key) !== undefined);
}

/** What {@link prepareOwnKernel} prepares, where the cache has all of it undamaged. */
function preparedOwnKernel(wanted: Selected): PreparedLab | undefined {
  const { engine } = wanted;
  const [root, nginx, kernel] = [engineRootKey(engine), nginxKey(), kernelKey()].map((key) => usableEntry(key));
  if (!root || !nginx || !kernel) return undefined;
  const kept = usableEntry(kernelTemplateKey(engine, root, kernel, asArchive(nginx)));
  return kept && prepared(wanted, { root, nginx, kernel, kept });
}

/** Names of the entries that can be taken to another machine; the kept machine is of this one alone, and is made there. */
export function kernelEntries({ engine }: Selected): string[] {
  return [entryName('root', engine), nginxKey().name, kernelKey().name];
}

function prepared(wanted: Selected, { root, nginx, kernel, kept }: Record<'root' | 'nginx' | 'kernel' | 'kept', Entry>): PreparedLab {
  const { engine, mode } = wanted;
  const version = root.manifest.facts['version'] ?? engine.version;
  return {
    engineId: idInMode(engineId(engine, version), mode, true),
    engine: { ...engine, version },
    ...(mode && { mode }),
    root: root.content,
    image: asArchive(nginx),
    kernel: { parts: asKernelParts(kernel), template: templateIn(kept.content), slowness: hasKvm() ? 1 : emulatedSlowness },
  };
}
