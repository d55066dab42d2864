import { engineStates, type EngineState } from '../lab';
import { engineId, idInMode, selectEngine } from '../lab/select';
import { compareEngines } from '../results/engine-order';
import { UserError } from '../base/user-error';

/** An engine that a matrix is going to judge. */
export interface Candidate {
  readonly id: string;
  /** whether it is in the cache; otherwise its run prepares it first */
  readonly ready: boolean;
}

/** An engine, with its mode if it has one, and what keeps it from being had. */
type State = Pick<EngineState, 'id' | 'state' | 'reason' | 'remedy'>;

/**
 * The engines that a matrix judges, in the order of its columns.
 *
 * @param selectors ids or starts of ids; without them, all engines without a mode
 * @param withModes also the modes of the selected engines, of the default engine where none is selected
 * @param leaveOut told of engines that nobody asked for by name and that cannot be had here; they get no column
 * @param look looks which engines can be had here
 * @throws UserError (usage) for a selector that means no engine or several; UserError when not one can be had here
 */
export async function enginesFor(
  selectors: readonly string[],
  withModes: boolean,
  leaveOut: (line: string) => void,
  look = engineStates,
): Promise<Candidate[]> {
  const selected = selectors.map((selector) => selectEngine(selector));
  const named = new Set(selected.map(({ engine, mode, ownKernel }) => idInMode(engineId(engine), mode, ownKernel)));
  const bases = new Set(selected.map(({ engine }) => engineId(engine)));
  const states = await look(withModes || selected.some(({ mode }) => mode !== undefined));
  const wanted = states.flatMap(({ modes, ...engine }, index): State[] => {
    // the first engine is the default one
    const all = withModes && (selected.length > 0 ? bases.has(engine.id) : index === 0);
    const inModes = modes.map((mode): State => ({ ...mode, id: mode.engineId })).filter(({ id }) => all || named.has(id));
    return selected.length === 0 || named.has(engine.id) ? [engine, ...inModes] : inModes;
  });
  // nobody is asked whether these can be had: their runs prepare them, and say so if they cannot
  wanted.push(
    ...selected.flatMap(({ engine, mode, ownKernel }): State[] =>
      ownKernel ? [{ id: idInMode(engineId(engine), mode, true), state: 'buildable' }] : [],
    ),
  );
  mustHaveSome(wanted);
  const there = wanted.filter(({ id, state }) => state !== 'unavailable' || named.has(id));
  for (const { id, reason } of wanted.filter((it) => !there.includes(it)))
    leaveOut(`${id} is left out: ${reason ?? 'it cannot be had here'}.`);
  return there.map(({ id, state }) => ({ id, ready: state === 'ready' })).sort((one, other) => compareEngines(one.id, other.id));
}

/** Where no engine at all can be had, there is one reason for it, and nothing to report on. */
function mustHaveSome(wanted: readonly State[]): void {
  const [first] = wanted;
  if (first === undefined || wanted.some(({ state }) => state !== 'unavailable')) return;
  throw new UserError(
    `No engine can be started: ${first.reason ?? 'none can be had here'}.`,
    first.remedy ?? 'See what there is with: npx docker-network-conformance engines',
  );
}
