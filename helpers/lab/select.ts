import { engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { exitStatus, UserError } from '../user-error';
import { readManifest } from './cache';
import { entryName } from './engine-root';

/** An engine's name: kind and version. The version is the installed one where there is one, for suites move on. */
export function engineId(engine: EngineRecipe, installed = readManifest(entryName('root', engine))?.facts['version']): string {
  return `${engine.kind}-${installed ?? engine.version}`;
}

/**
 * The engine that a selector means: a whole id, or the start of exactly one. Without a selector the default one.
 *
 * @throws UserError (usage) when it means none or several
 */
export function selectEngine(selector: string | undefined, all: readonly EngineRecipe[] = engines): EngineRecipe {
  const [first] = all;
  if (first === undefined) throw new Error('there are no engines');
  if (selector === undefined) return first;
  const namesOf = (engine: EngineRecipe): string[] => [engineId(engine), `${engine.kind}-${engine.version}`];
  const exact = all.filter((engine) => namesOf(engine).includes(selector));
  const matching = exact.length > 0 ? exact : all.filter((engine) => namesOf(engine).some((id) => id.startsWith(selector)));
  const [only, second] = matching;
  if (only !== undefined && second === undefined) return only;
  const ids = (list: readonly EngineRecipe[]): string => list.map((engine) => engineId(engine)).join(', ');
  throw only === undefined
    ? new UserError(`No engine is called "${selector}".`, `Choose one of ${ids(all)}.`, exitStatus.usage)
    : new UserError(`"${selector}" can mean ${ids(matching)}.`, 'Write more of the id.', exitStatus.usage);
}
