import { recordOnce, recording, type Evidence } from '../world/evidence';
import { isUnanswered } from '../world/wrong-answer';
import { outsideJudgement } from '../world/world';
import { Lifetime, within } from './lifetime';

/** The scenes of one spec file. */
export interface Scenes {
  /** @returns what `build` made, the same for every claim that asks; what it threw, if it failed */
  scene: <T>(build: () => Promise<T>) => () => Promise<T>;
  /**
   * Runs something that finds no scene made: those that it looks at are made for it, and removed after it.
   * @param passing what they are made in
   */
  anew: <T>(action: () => Promise<T>, passing?: Lifetime) => Promise<T>;
  /** Removes everything that scenes have made. */
  end: () => Promise<void>;
}

/** Keeps the scenes of one spec file. How a scene came to be is added to the evidence of each claim that looks at it. */
export function scenes(): Scenes {
  let lifetime = new Lifetime();
  const scene = <T>(build: () => Promise<T>) => {
    const made = new WeakMap<Lifetime, Promise<{ evidence: Evidence[]; result: () => T; unanswered: boolean }>>();
    const start = async () => {
      let result = (): T => {
        throw new Error('unreachable: recording() has ended without a result or an error');
      };
      let unanswered = false;
      const whole = async () => {
        const value = await within(lifetime, build);
        result = () => value;
      };
      const evidence = await recording(whole, (error) => {
        unanswered = isUnanswered(error);
        result = () => {
          throw error;
        };
      });
      return { evidence, result, unanswered };
    };
    const look = async (): Promise<T> => {
      const isFirst = !made.has(lifetime);
      // what it asks while it is built is no reading of the claim that happens to come first
      const building = made.get(lifetime) ?? outsideJudgement(start);
      made.set(lifetime, building);
      const { evidence, result, unanswered } = await building;
      // a call that took too long is no reason to leave all other claims without the scene
      if (unanswered && made.get(lifetime) === building) made.delete(lifetime);
      if (unanswered && !isFirst) return look();
      const steps = evidence
        .filter(({ kind }) => kind !== 'note')
        .map(({ what, answer, durationMs }) => `${what} -> ${answer} (${durationMs} ms)`);
      recordOnce(building, { kind: 'note', where: 'suite', what: 'the scene that claims share', answer: steps.join('\n') });
      return result();
    };
    return look;
  };
  const anew = async <T>(action: () => Promise<T>, passing = new Lifetime()) => {
    const kept = lifetime;
    lifetime = passing;
    try {
      return await action();
    } finally {
      lifetime = kept;
      await passing.end();
    }
  };
  return { scene, anew, end: () => lifetime.end() };
}
