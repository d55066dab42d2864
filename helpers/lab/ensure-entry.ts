import { makeEntry, usableEntry, whyUnusable } from './cache';
import type { Entry, EntryRecipe } from './cache';
import type { Progress } from './sources';

/** The entry from the cache, or made anew where there is none that can be used. To be called under the lock of the cache. */
export async function ensureEntry(recipe: EntryRecipe, progress: Progress): Promise<Entry> {
  const there = usableEntry(recipe);
  if (there !== undefined) return there;
  const why = whyUnusable(recipe);
  if (why !== 'absent') progress(`The cached ${recipe.name} is ${why}: making it again …`);
  return await makeEntry(recipe);
}
