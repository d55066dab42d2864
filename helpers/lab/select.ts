import { engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { modesOf } from '../../fixtures/engines/modes';
import type { EngineMode } from '../../fixtures/engines/modes';
import { exitStatus, UserError } from '../base/user-error';
import { readManifest } from './cache';
import { entryName } from './engine-root';

/** What stands between an engine and its mode in an id and in a selector. */
const separator = '+';

/** An engine, and the mode that it is to be run in, if any. */
export interface Selected {
  readonly engine: EngineRecipe;
  readonly mode?: EngineMode;
}

/** An engine's name: kind and version. The version is the installed one where there is one, for suites move on. */
export function engineId(engine: EngineRecipe, installed = readManifest(entryName('root', engine))?.facts['version']): string {
  return `${engine.kind}-${installed ?? engine.version}`;
}

/** What an engine is called while it runs in a mode; without one, as it is called anyway. */
export function idInMode(id: string, mode: Pick<EngineMode, 'id'> | undefined): string {
  return mode === undefined ? id : `${id}${separator}${mode.id}`;
}

/**
 * The engine that a selector means, and its mode: `ENGINE` or `ENGINE+MODE`, each a whole id, or the start of exactly
 * one. Without a selector the default engine.
 *
 * @throws UserError (usage) when it means none or several
 */
export function selectEngine(selector: string | undefined, all: readonly EngineRecipe[] = engines): Selected {
  const [first] = all;
  if (first === undefined) throw new Error('there are no engines');
  if (selector === undefined) return { engine: first };
  const at = selector.indexOf(separator);
  const engine = theEngine(at < 0 ? selector : selector.slice(0, at), all);
  return at < 0 ? { engine } : { engine, mode: theMode(selector.slice(at + 1), engine) };
}

/** The id of the newest engine of the same kind in another version, for what two versions do together. */
export function anotherVersionOf(id: string, all: readonly EngineRecipe[] = engines): string | undefined {
  const { engine } = selectEngine(id, all);
  const another = all.find((it) => it.kind === engine.kind && it.version !== engine.version);
  return another && engineId(another);
}

function theEngine(selector: string, all: readonly EngineRecipe[]): EngineRecipe {
  const found = matching(selector, all, (engine) => [engineId(engine), `${engine.kind}-${engine.version}`]);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const ids = (list: readonly EngineRecipe[]): string => list.map((engine) => engineId(engine)).join(', ');
  throw only === undefined
    ? usage(`No engine is called "${selector}".`, `Choose one of ${ids(all)}.`)
    : usage(`"${selector}" can mean ${ids(found)}.`, 'Write more of the id.');
}

function theMode(selector: string, engine: EngineRecipe): EngineMode {
  const id = engineId(engine);
  const all = modesOf(engine);
  const ids = (list: readonly EngineMode[]): string => list.map((mode) => idInMode(id, mode)).join(', ');
  if (selector === '')
    throw usage(`No mode of ${id} is named after "${separator}".`, `Choose one of ${ids(all)}, or leave the "${separator}" out.`);
  const found = matching(selector, all, (mode) => [mode.id]);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  throw only === undefined
    ? usage(`${id} has no mode "${selector}".`, `Choose one of ${ids(all)}.`)
    : usage(`"${idInMode(id, { id: selector })}" can mean ${ids(found)}.`, 'Write more of the mode.');
}

/** Those with a name that is the selector; if there are none, those with a name that starts with it. */
function matching<T>(selector: string, all: readonly T[], namesOf: (one: T) => readonly string[]): readonly T[] {
  const exact = all.filter((one) => namesOf(one).includes(selector));
  return exact.length > 0 ? exact : all.filter((one) => namesOf(one).some((name) => name.startsWith(selector)));
}

function usage(message: string, remedy: string): UserError {
  return new UserError(message, remedy, exitStatus.usage);
}
