import type { Cell } from '../report-data';

/** What a cell of the matrix shows: the verdict, told apart where a waiver or a version is behind it. In the order in which the page lists them. */
export const states = [
  'conforms',
  'needless',
  'deviates',
  'expired',
  'waived',
  'superseded',
  'not-yet',
  'not-applicable',
  'blocked',
  'error',
  'absent',
] as const;
export type State = (typeof states)[number];

/** The state of a cell; `absent` where the run did not judge the claim. */
export function stateOf(cell: Cell | null | undefined): State {
  if (!cell) return 'absent';
  const { verdict, waiver, boundary } = cell;
  if (verdict === 'not-applicable' && boundary) return boundary.kind;
  if (verdict === 'conforms' && waiver?.state === 'needless') return 'needless';
  if (verdict === 'deviates' && waiver?.state === 'expired') return 'expired';
  if (verdict === 'deviates' && waiver?.state === 'applies') return 'waived';
  return verdict;
}

/** The state without what people have agreed about it: how the engine itself behaves. */
export function behaviourOf(state: State): State {
  if (state === 'needless') return 'conforms';
  return state === 'expired' || state === 'waived' ? 'deviates' : state;
}
