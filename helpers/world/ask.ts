import { record, type Evidence } from './evidence';
import { world, type Asked } from './world';

/** One question to the world, which a claim asks or something that is done for it. */
export interface Question<T> {
  /** how it is named; the evidence calls it so, unless the step says otherwise */
  what: string;
  /** what tells it from others of the same name */
  about?: string;
  /** the step of the evidence that it is; absent where who asks tells of it himself, or where it is no part of what is seen */
  step?: Step<T>;
}

/** How the evidence tells of a question. */
export interface Step<T> extends Pick<Evidence, 'kind' | 'where'> {
  what?: string;
  answer: (answer: T) => string;
  /** of an error instead of an answer; without it, nothing is told of one */
  refusal?: (error: Error) => string;
}

/** What came of a question. */
export interface Told<T> extends Pick<Asked, 'shown'> {
  answer: T;
}

/**
 * Asks the world. It is the one way to an engine, its host or a container while a claim is judged: what is asked by it is
 * evidence, and a judgement can be given its answer again.
 * @param live asks it
 */
export async function ask<T>({ what, about = '', step }: Question<T>, live: () => Promise<T>): Promise<Told<T>> {
  const startedAt = performance.now();
  const tell = (of: Step<T>, told: string) => record({ kind: of.kind, where: of.where, what: of.what ?? what, answer: told }, startedAt);
  const { answer: answered, shown } = world().asked(what, about);
  try {
    const answer = await answered(live);
    if (step) tell(step, step.answer(answer));
    return { answer, shown };
  } catch (error) {
    if (step?.refusal) tell(step, step.refusal(error instanceof Error ? error : new Error(String(error))));
    throw error;
  }
}

/** Draws a name or a number by lot. @param what it is, e.g. `port` */
export function draw<T>(what: string, lot: () => T): T {
  return world().drawn(what, lot);
}

/** Takes from an answer what is needed to ask on, and no claim is about: it is not examined. */
export function unexamined<T>(take: () => T): T {
  return world().unexamined(take);
}
