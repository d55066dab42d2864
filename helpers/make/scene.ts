import { recordOnce, recording, type Evidence } from '../claim/evidence';
import { unwatched } from '../mutants/look';
import { Lifetime, within } from './lifetime';

/** The scenes of one spec file. */
export interface Scenes {
  /** @returns what `build` made, the same for every claim that asks; what it threw, if it failed */
  scene: <T>(build: () => Promise<T>) => () => Promise<T>;
  /** Removes everything that scenes have made. */
  end: () => Promise<void>;
}

/** Keeps the scenes of one spec file. How a scene came to be is added to the evidence of each claim that looks at it. */
export function scenes(): Scenes {
  const lifetime = new Lifetime();
  const scene = <T>(build: () => Promise<T>) => {
    let building: Promise<{ evidence: Evidence[]; result: () => T }> | undefined;
    const start = async () => {
      let result = (): T => {
        throw new Error('unreachable: recording() has ended without a result or an error');
      };
      const whole = async () => {
        const value = await within(lifetime, build);
        result = () => value;
      };
      const evidence = await recording(whole, (error) => {
        result = () => {
          throw error;
        };
      });
      return { evidence, result };
    };
    return async () => {
      // what it asks while it is built is no reading of the claim that happens to come first
      building ??= unwatched(start);
      const { evidence, result } = await building;
      const steps = evidence.filter(({ kind }) => kind !== 'note').map(({ what, answer, durationMs }) => `${what} -> ${answer} (${durationMs} ms)`);
      recordOnce(building, { kind: 'note', where: 'suite', what: 'the scene that claims share', answer: steps.join('\n') });
      return result();
    };
  };
  return { scene, end: () => lifetime.end() };
}
