import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { dockerOf, engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { modesOf } from '../../fixtures/engines/modes';
import type { EngineMode } from '../../fixtures/engines/modes';
import { exitStatus, UserError } from '../base/user-error';
import { cacheFolder, readManifest } from './cache';
import { entryName } from './engine-root';
import { isPlace, sumOfPrograms } from './programs';

/** What stands between an engine and its mode in an id and in a selector. */
const separator = '+';

/** What stands at the end of a selector whose engine is to run on a kernel of its own. */
const ownKernelSuffix = `${separator}kernel`;

/** An engine, the mode that it is to be run in, if any, and whether on a kernel of its own. */
export interface Selected {
  readonly engine: EngineRecipe;
  readonly mode?: EngineMode;
  readonly ownKernel?: true;
}

/**
 * An engine's name: kind and version. The version is the installed one where there is one, for suites move on. Two that
 * somebody built can have one version: what they were built from is told by its sum.
 */
export function engineId(engine: EngineRecipe, installed = readManifest(entryName('root', engine))?.facts['version']): string {
  const { kind, version, programs } = engine;
  return `${kind}-${installed ?? version}${programs ? `-${programs.sum.slice(0, 8)}` : ''}`;
}

/** Places that selectors of this process have named, by the sum of what is there. */
const places = new Map<string, string>();

/** The engines of archives and folders that the cache has, or that a selector has named. */
export function archivedEngines(): EngineRecipe[] {
  const inCache = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : [];
  const kept = inCache.flatMap((name) => {
    const { sum, version } = (/^root-docker-\w+-archive-[0-9a-f]{12}$/.test(name) && readManifest(name)?.facts) || {};
    return sum !== undefined && version !== undefined ? [{ sum, version }] : [];
  });
  const named = [...places.keys()].filter((sum) => !kept.some((it) => it.sum === sum)).map((sum) => ({ sum, version: notAsked }));
  return [...kept, ...named].map(({ sum, version }) => {
    const place = places.get(sum);
    return dockerOf({ sum, ...(place !== undefined && { place }) }, version);
  });
}

/** Stands for the version of a daemon that nobody has asked yet. */
const notAsked = 'archive';

/** What an engine is called while it runs in a mode, and on a kernel of its own; without these, as it is called anyway. */
export function idInMode(id: string, mode: Pick<EngineMode, 'id'> | undefined, ownKernel = false): string {
  return `${id}${mode === undefined ? '' : `${separator}${mode.id}`}${ownKernel ? ownKernelSuffix : ''}`;
}

/** The selector of what another one selects, on a kernel of its own. Without one, the default engine is meant. */
export function onOwnKernel(selector: string | undefined): string {
  const { engine, mode, ownKernel } = selectEngine(selector);
  return ownKernel && selector !== undefined ? selector : idInMode(engineId(engine), mode, true);
}

/**
 * The engine that a selector means, and its mode: `ENGINE` or `ENGINE+MODE`, each a whole id, or the start of exactly
 * one. Behind either, `+kernel` asks for a kernel of its own. Without a selector the default engine.
 *
 * @throws UserError (usage) when it means none or several
 */
export function selectEngine(selector: string | undefined, all: readonly EngineRecipe[] = engines): Selected {
  const [first] = all;
  if (first === undefined) throw new Error('there are no engines');
  if (selector === undefined) return { engine: first };
  const isWhole = isPlace(selector) && existsSync(selector);
  if (!isWhole && selector.endsWith(ownKernelSuffix))
    return { ...selectEngine(selector.slice(0, -ownKernelSuffix.length), all), ownKernel: true };
  const at = isWhole ? -1 : selector.lastIndexOf(separator);
  const named = at < 0 ? selector : selector.slice(0, at);
  const engine = isPlace(named) ? engineAt(named) : theEngine(named, all);
  return at < 0 ? { engine } : { engine, mode: theMode(selector.slice(at + 1), engine) };
}

/** The engine of an archive or a folder. @throws UserError (usage) where there is none */
function engineAt(place: string): EngineRecipe {
  const sum = sumOfPrograms(place);
  places.set(sum, path.resolve(place));
  const engine = archivedEngines().find(({ programs }) => programs?.sum === sum);
  if (!engine) throw new Error('unreachable: the place has just been named');
  return engine;
}

/** The id of the newest engine of the same kind in another version, for what two versions do together. */
export function anotherVersionOf(id: string, all: readonly EngineRecipe[] = engines): string | undefined {
  const { engine, ownKernel } = selectEngine(id, all);
  const another = all.find((it) => it.kind === engine.kind && it.version !== engine.version);
  return another && idInMode(engineId(another), undefined, ownKernel);
}

function theEngine(selector: string, all: readonly EngineRecipe[]): EngineRecipe {
  const namesOf = (engine: EngineRecipe) => [engineId(engine), ...(engine.programs ? [] : [`${engine.kind}-${engine.version}`])];
  const archived = archivedEngines();
  // what somebody brought must not change what an id has meant before
  const ofDebian = matching(selector, all, namesOf);
  const found = ofDebian.length > 0 ? ofDebian : matching(selector, archived, namesOf);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const ids = (list: readonly EngineRecipe[]): string => list.map((engine) => engineId(engine)).join(', ');
  throw only === undefined
    ? usage(`No engine is called "${selector}".`, `Choose one of ${ids([...all, ...archived])}, or name an archive of Docker's programs.`)
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
