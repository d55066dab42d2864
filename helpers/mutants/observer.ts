import { world } from '../world/world';
import type { Change } from './change';
import type { Memory } from './memory';
import type { Reads } from './reads';

/** Who looks at the engine's answers: a judgement that notes what it reads, or a trial that is shown one thing otherwise. */
export interface Observer {
  /** within what a question is counted: the claim itself, an action that claims share, or looks that are repeated */
  scope: (question: string) => string;
  /** how often each question was asked so far */
  asked: Map<string, number>;
  /** what the judgement is answered and draws, and what a trial is given again */
  memory: Memory;
  reads?: Reads;
  change?: Change;
  /** in a trial */
  trial?: {
    /** whether it concerns anything that a shared action has read */
    concerns: (read: Reads) => boolean;
    /** what it asked that its judgement had not asked; without it, it asks everything for itself, and is given only what was drawn by lot */
    strayed?: string[];
  };
}

/** What the worlds of a run for mutants have in common: an observer. */
export class ObservedWorld {
  constructor(readonly observer: Observer) {}
}

/** The observer at work; undefined where nothing is noted or shown otherwise. */
export function currentObserver(): Observer | undefined {
  const now: object = world();
  return now instanceof ObservedWorld ? now.observer : undefined;
}
