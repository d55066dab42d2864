import type { JSX } from 'preact';
import type { State } from './state';

/** How a state is drawn in a box of 16 by 16: told apart by shape, so that colour only helps. */
const shapes: Record<State, string> = {
  conforms: 'M3 8.6l3.2 3.2L13 4.9',
  needless: 'M8 1.8a6.2 6.2 0 1 1 0 12.4 6.2 6.2 0 0 1 0-12.4M5.2 8.2l2 2 3.6-4',
  deviates: 'M4 4l8 8M12 4l-8 8',
  expired: 'M3.3 11.9A6.2 6.2 0 1 1 8 14.2M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  waived: 'M8 1.8a6.2 6.2 0 1 1 0 12.4 6.2 6.2 0 0 1 0-12.4M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  superseded: 'M13 8H3.4M7 4.2L3.2 8 7 11.8',
  'not-yet': 'M3 8h9.6M9 4.2L12.8 8 9 11.8',
  'not-applicable': 'M4 8h8',
  blocked: 'M8 2.8v6.4M8 12.8v.1',
  error: 'M5.4 5.7a2.6 2.6 0 1 1 3.8 2.3c-.8.4-1.2.9-1.2 1.8M8 13v.1',
  absent: 'M8 8v.1',
};

/** The drawing itself each time: one that refers to another takes a browser twice as long, and a matrix has thousands. */
export function Icon({ state }: { state: State }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[state]} />
    </svg>
  );
}

/** A state as a drawing and a word. */
export function Mark({ state, word }: { state: State; word: string }): JSX.Element {
  return (
    <span class={`mark ${state}`}>
      <Icon state={state} />
      <span class="word">{word}</span>
    </span>
  );
}
