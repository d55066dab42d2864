import type { Facts } from './facts';

/** The parts of a packet's way, in its order, as a trace tells of them. */
export const layers = ['source', 'name', 'address', 'route', 'link', 'rules', 'port', 'listener', 'answer'] as const;
export type Layer = (typeof layers)[number];

/** What something was seen by. */
export interface Proof {
  /** `engine`, `host`, or the name of a container */
  where: string;
  what: string;
  answer: string;
}

/** What a reason found. */
export interface Found {
  /** one sentence, with names and addresses */
  summary: string;
  /** a command, or what to change */
  remedy: string;
  seen: Proof[];
}

/** One thing that people get wrong, or that is in their way. */
export interface Reason {
  /** stable words joined by dots and dashes */
  code: string;
  layer: Layer;
  /** the question that it answers, for readers */
  asks: string;
  look(facts: Facts): Found | undefined;
  /** the facts show that it is so, and not who on the way makes it so: where the host can be looked at, that goes first */
  isLikely?: true;
}

/** Words that are one list in a sentence. */
export const listed = (words: readonly string[]): string => words.join(', ');
