import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineRecipe } from '../../fixtures/engines';
import type { EngineMode } from '../../fixtures/engines/modes';
import { loadImage } from './api';
import type { Entry, EntryRecipe } from './cache';
import { entryName } from './engine-root';
import { launch } from './launch';
import type { ImageArchive } from './nginx-archive';
import { idInMode } from './select';
import type { Progress } from './sources';

/** What identifies a template: the engine's files, since another version may keep its data otherwise, and the image. */
export function templateKey(
  engine: EngineRecipe,
  root: Entry,
  image: ImageArchive,
  mode?: EngineMode,
): Pick<EntryRecipe, 'name' | 'recipe'> {
  return {
    name: entryName('template', engine),
    // files of a mode decide whose the data is
    recipe: {
      root: root.manifest.digest,
      image: image.imageId,
      dataRoot: engine.dataRoot,
      imageData: engine.imageData,
      files: mode?.files,
    },
  };
}

/**
 * The data root of an engine that has the image and nothing else, as an entry of the cache: a lab that starts from a
 * copy of it has the image as soon as its daemon answers.
 *
 * @param mode the mode that the engine brings packages for, since then nothing but a lab in that mode starts from it
 */
export function template(engine: EngineRecipe, root: Entry, image: ImageArchive, progress: Progress, mode?: EngineMode): EntryRecipe {
  return {
    ...templateKey(engine, root, image, mode),
    build: async (content) => {
      progress(`Starting ${engine.kind}-${root.manifest.facts['version'] ?? engine.version} once to load the image …`);
      // what is kept of a data root is not the image alone: the rest would make every lab's engine the same one
      const keep = `${content}.keep`;
      mkdirSync(keep);
      const lab = await launch({
        engine,
        engineId: idInMode(`${engine.kind}-${engine.version}`, mode),
        root: root.content,
        keep,
        ...(mode && { mode }),
      });
      try {
        await loadImage(lab.socketPath, image.path);
        await lab.end('SIGTERM');
      } finally {
        await lab.end('SIGKILL');
      }
      for (const name of readdirSync(keep)) {
        if (engine.imageData === 'all' || engine.imageData.includes(name)) renameSync(join(keep, name), join(content, name));
      }
      rmSync(keep, { recursive: true });
      if (readdirSync(content).length === 0) throw new Error(`${engine.kind} kept nothing of the image in ${engine.dataRoot}`);
      // names a device of the machine on which it was made; the engine makes it anew
      rmSync(join(content, 'overlay2', 'backingFsBlockDev'), { force: true });
      return { packages: {}, facts: { image: image.reference } };
    },
  };
}
