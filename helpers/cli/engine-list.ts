import type { EngineState, ModeState } from '../lab';

/** The engines that a lab can be made of, one a line. */
export function describeEngines(engines: readonly EngineState[]): string {
  const width = Math.max(...engines.map(({ id }) => id.length));
  return engines
    .map(
      ({ id, from, state, reason, remedy }) =>
        `  ${id.padEnd(width)}  ${state}, from ${from}${reason ? `: ${reason}. ${remedy ?? ''}` : ''}\n`,
    )
    .join('');
}

/** Every mode once: what it changes, and a line for each state that it has on engines that have the mode. */
export function describeModes(engines: readonly EngineState[]): string {
  const all = engines.flatMap((engine) => engine.modes.map((mode) => ({ engine, mode })));
  // engines of two kinds can have modes of one name that are made otherwise
  const ids = new Map(all.map(({ mode }) => [mode.title, mode.id]));
  const width = Math.max(...[...ids.values()].map((id) => id.length));
  const blocks = [...ids].flatMap(([title, id]) => {
    const engineIds = new Map<string, string[]>();
    for (const { engine, mode } of all.filter((it) => it.mode.title === title)) {
      const state = stateOf(mode, engine);
      engineIds.set(state, [...(engineIds.get(state) ?? []), engine.id]);
    }
    return [`${id.padEnd(width)}  ${title}`, ...[...engineIds].map(([state, ids]) => `${' '.repeat(width)}  ${ids.join(', ')}: ${state}`)];
  });
  return blocks.map((line) => `  ${line}\n`).join('');
}

/** Whether Docker can be had on a kernel of its own. */
export function describeOwnKernel({ state, reason, remedy }: Pick<EngineState, 'state' | 'reason' | 'remedy'>): string {
  return `  Docker: ${state}${reason === undefined ? '' : `: ${reason}. ${remedy ?? ''}`}\n`;
}

/** What keeps the engine itself from being had has been said of the engine. */
function stateOf({ state, reason, remedy }: ModeState, engine: EngineState): string {
  if (reason === undefined) return state;
  return reason === engine.reason ? `${state}, as the engine is` : `${state}: ${reason}. ${remedy ?? ''}`;
}
