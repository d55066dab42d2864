import type { Selection } from '../run/selection';

/** The options that select claims and an engine, as the command line gives them. */
export interface SelectingOptions {
  engine?: string;
  area?: string[];
  claim?: string[];
  level?: string[];
  not?: string[];
}

/** The selection that these options mean. */
export function selectionOf({ area, claim, level, not }: Omit<SelectingOptions, 'engine'>): Selection {
  return { ...(area && { areas: area }), ...(claim && { claims: claim }), ...(level && { levels: level }), ...(not && { not }) };
}
