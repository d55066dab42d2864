import { join } from 'node:path';
import type { EngineRecipe } from '../../fixtures/engines';
import { ownKernel } from '../../fixtures/engines/own-kernel';
import { loadImage } from './api';
import type { Entry, EntryRecipe } from './cache';
import { entryName } from './engine-root';
import type { ImageArchive } from './nginx-archive';
import { keep, processorOfTemplates, startMachine, type KernelTemplate } from './kernel-machine';
import { howEnginesStart, startEngine } from './kernel-engine';
import { diskOf, type KernelParts } from './kernel-parts';
import type { Progress } from './sources';

/** What identifies {@link kernelTemplate} in the cache: it is of this machine alone. */
export function kernelTemplateKey(
  engine: EngineRecipe,
  root: Entry,
  kernel: Entry,
  image: ImageArchive,
): Pick<EntryRecipe, 'name' | 'recipe'> {
  const { memory, processors } = ownKernel;
  return {
    name: entryName('memory', engine),
    recipe: {
      root: root.manifest.digest,
      kernel: kernel.manifest.digest,
      image: image.imageId,
      dataRoot: engine.dataRoot,
      memory,
      processors,
      processor: processorOfTemplates(),
      howEnginesStart,
    },
  };
}

/**
 * A machine whose engine has answered and has the image, stopped and kept: labs are copies of it that go on. It is the
 * same for all of them, as is what it has drawn until then.
 */
export function kernelTemplate(
  engine: EngineRecipe,
  parts: KernelParts,
  keys: Pick<EntryRecipe, 'name' | 'recipe'>,
  rootContent: string,
  image: ImageArchive,
  progress: Progress,
): EntryRecipe {
  return {
    ...keys,
    build: async (content) => {
      const made = templateIn(content);
      await diskOf(parts, rootContent, made.disk);
      const began = performance.now();
      progress(`Starting ${engine.kind}-${engine.version} once on the kernel ${parts.release}, to copy it from then on …`);
      const machine = await startMachine({ parts, disk: made.disk, dataRoot: engine.dataRoot, keepMemory: made.memory });
      try {
        await startEngine(machine, engine, undefined, []);
        await loadImage(machine.socketPath, image.path);
        await keep(machine, made.state);
      } finally {
        await machine.end();
      }
      progress(`It took ${((performance.now() - began) / 1000).toFixed(1)} s.`);
      return { packages: {}, facts: { image: image.reference } };
    },
  };
}

/** The files of an entry of the cache. */
export function templateIn(content: string): KernelTemplate {
  return { disk: join(content, 'root.img'), memory: join(content, 'memory'), state: join(content, 'state') };
}
