import { Semaphore } from 'async-mutex';
import { recordOnce, recording, withoutEvidence, type Evidence } from '../world/evidence';
import { isUnanswered } from '../world/wrong-answer';
import { outsideJudgement } from '../world/world';
import { Lifetime, within } from './lifetime';

/** The scenes of one spec file, or of all. */
export interface Scenes {
  /**
   * @param name what all files call it that have the same one. It holds no functions of the file that happens to build it
   * @returns what `build` made, the same for every claim that asks; what it threw, if it failed
   */
  scene: <T>(build: () => Promise<T>, name?: string) => () => Promise<T>;
  /**
   * For claims that change what they look at in a way that can be taken back: each has one for itself while it looks.
   * @param build makes one
   * @param takeBack makes one what it was, after a claim that has not failed
   * @returns lends one
   */
  lent: <T>(build: () => Promise<T>, takeBack: (it: T) => Promise<unknown>, how?: Lending) => <R>(use: (it: T) => Promise<R>) => Promise<R>;
  /**
   * Runs something that finds no scene made: those that it looks at are made for it, and removed after it.
   * @param passing what they are made in
   */
  anew: <T>(action: () => Promise<T>, passing?: Lifetime) => Promise<T>;
  /** Removes everything that scenes have made. */
  end: () => Promise<void>;
}

/** How many there are of what is lent, and for whom. */
export interface Lending {
  /** further claims wait; 1 without this */
  atOnce?: number;
  /** as for a scene */
  name?: string;
}

/** What came of building a scene. */
interface Built<T> {
  evidence: Evidence[];
  /** @throws what the building has thrown */
  result: () => T;
  unanswered: boolean;
}

/** Builds a scene. What it asks is no reading of the claim that happens to come first. */
function built<T>(lifetime: Lifetime, build: () => Promise<T>): Promise<Built<T>> {
  return outsideJudgement(async () => {
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
  });
}

/** Adds to the evidence of a claim how the scene came to be that it looks at. */
function tell(topic: object, { evidence }: Built<unknown>): void {
  const steps = evidence
    .filter(({ kind }) => kind !== 'note')
    .map(({ what, answer, durationMs }) => `${what} -> ${answer} (${durationMs} ms)`);
  recordOnce(topic, { kind: 'note', where: 'suite', what: 'the scene that claims share', answer: steps.join('\n') });
}

/** Keeps scenes. How a scene came to be is added to the evidence of each claim that looks at it. */
export function scenes(): Scenes {
  let lifetime = new Lifetime();
  const named = new Map<string, unknown>();
  /** What is known of a scene, by its name if it has one: who builds it does so by functions of its own file, which ends. */
  const knownOf = <Known>(name: string | undefined, fresh: () => Known): Known => {
    if (name === undefined) return fresh();
    const known = (named.get(name) ?? fresh()) as Known;
    named.set(name, known);
    return known;
  };
  const scene = <T>(build: () => Promise<T>, name?: string) => {
    const made = knownOf(name, () => new WeakMap<Lifetime, Promise<Built<T>>>());
    const look = async (): Promise<T> => {
      const isFirst = !made.has(lifetime);
      const building = made.get(lifetime) ?? built(lifetime, build);
      made.set(lifetime, building);
      const seen = await building;
      // a call that took too long is no reason to leave all other claims without the scene
      if (seen.unanswered && made.get(lifetime) === building) made.delete(lifetime);
      if (seen.unanswered && !isFirst) return look();
      tell(building, seen);
      return seen.result();
    };
    return look;
  };
  const lent = <T>(build: () => Promise<T>, takeBack: (it: T) => Promise<unknown>, { atOnce = 1, name }: Lending = {}) => {
    const pools = knownOf(name, () => new WeakMap<Lifetime, { turns: Semaphore; idle: Built<T>[] }>());
    return <R>(use: (it: T) => Promise<R>): Promise<R> => {
      const owner = lifetime;
      const pool = pools.get(owner) ?? { turns: new Semaphore(atOnce), idle: [] };
      pools.set(owner, pool);
      return pool.turns.runExclusive(async () => {
        const one = pool.idle.pop() ?? (await built(owner, build));
        tell(one, one);
        const it = one.result();
        const seen = await use(it);
        // one that is not what it was is nobody's any more, and ends with the scenes
        await outsideJudgement(() => withoutEvidence(() => within(owner, () => takeBack(it)))).then(
          () => pool.idle.push(one),
          () => undefined,
        );
        return seen;
      });
    };
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
  return { scene, lent, anew, end: () => lifetime.end() };
}
