import type { Selection } from '../run/selection';

/** The options that select claims and an engine, as the command line gives them. */
export interface SelectingOptions {
  engine?: string;
  area?: string[];
  claim?: string[];
  level?: string[];
}

/** The selection that these options mean. */
export function selectionOf({ area, claim, level }: Omit<SelectingOptions, 'engine'>): Selection {
  return { ...(area && { areas: area }), ...(claim && { claims: claim }), ...(level && { levels: level }) };
}
