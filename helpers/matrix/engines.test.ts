import { describe, expect, it } from '@jest/globals';
import { engines as recipes } from '../../fixtures/engines';
import type { EngineState, ModeState } from '../lab';
import { modesOf } from '../lab';
import { engineId, idInMode } from '../lab/select';
import { compareEngines } from '../results/engine-order';
import { enginesFor } from './engines';

const ids = recipes.map((recipe) => engineId(recipe));
const [byDefault = ''] = ids;
const [someMode = ''] = modesOf(recipes[0] ?? { kind: 'docker', version: '' }).map(({ id }) => id);

/** A machine on which everything is ready but what is in this way. */
function machine(obstacles: Record<string, string> = {}): () => Promise<EngineState[]> {
  const stateOf = (id: string): Pick<ModeState, 'state' | 'reason' | 'remedy'> => {
    const reason = obstacles[id] ?? obstacles['everything'];
    return reason === undefined ? { state: 'ready' } : { state: 'unavailable', reason, remedy: 'Mend it.' };
  };
  return () =>
    Promise.resolve(
      recipes.map((recipe) => {
        const id = engineId(recipe);
        const modes = modesOf(recipe).map((mode) => ({
          id: mode.id,
          title: mode.title,
          engineId: idInMode(id, mode),
          ...stateOf(idInMode(id, mode)),
        }));
        return { id, kind: recipe.kind, version: recipe.version, from: recipe.suite.name, modes, ...stateOf(id) };
      }),
    );
}

async function chosen(
  selectors: string[],
  withModes = false,
  obstacles?: Record<string, string>,
): Promise<{ ids: string[]; leftOut: string[] }> {
  const leftOut: string[] = [];
  const candidates = await enginesFor(selectors, withModes, (line) => leftOut.push(line), machine(obstacles));
  return { ids: candidates.map(({ id }) => id), leftOut };
}

describe('the engines of a matrix', () => {
  const modes = modesOf(recipes[0] ?? { kind: 'docker', version: '' }).map((mode) => idInMode(byDefault, mode));

  it('must be all of them without a mode, in their order', async () => {
    expect(await chosen([])).toEqual({ ids: [...ids].sort(compareEngines), leftOut: [] });
  });

  it('must be those that are named, each once, by the start of an id or a mode', async () => {
    expect((await chosen([byDefault, 'docker-28', `${byDefault}+${someMode}`])).ids).toEqual([byDefault, `${byDefault}+${someMode}`]);
    expect((await chosen([`${byDefault}+${someMode}`])).ids).toEqual([`${byDefault}+${someMode}`]);
  });

  it('must have the modes of those that are named, or of the default engine, where modes are asked for', async () => {
    expect((await chosen([byDefault], true)).ids).toEqual([byDefault, ...modes].sort(compareEngines));
    expect((await chosen([], true)).ids).toEqual([...ids, ...modes].sort(compareEngines));
  });

  it('must leave out what cannot be had here and was not named, and say so', async () => {
    const mode = `${byDefault}+${someMode}`;
    expect(await chosen([byDefault], true, { [mode]: 'the kernel has no such tables' })).toEqual({
      ids: [byDefault, ...modes.filter((id) => id !== mode)].sort(compareEngines),
      leftOut: [`${mode} is left out: the kernel has no such tables.`],
    });
    expect(await chosen([byDefault, mode], false, { [mode]: 'the kernel has no such tables' })).toEqual({
      ids: [byDefault, mode],
      leftOut: [],
    });
  });

  it('must be an error where none can be had, with the reason', async () => {
    await expect(chosen([], false, { everything: 'a lab needs root, and this user is not' })).rejects.toMatchObject({
      message: 'No engine can be started: a lab needs root, and this user is not.',
      remedy: 'Mend it.',
      status: 3,
    });
  });

  it('must be refused when one is unknown', async () => {
    await expect(chosen([byDefault, 'rocket-1'])).rejects.toMatchObject({ message: 'No engine is called "rocket-1".', status: 2 });
  });
});
