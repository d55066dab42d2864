import { adopt, recording, recordingApart, type Evidence } from './evidence';
import { world } from './world';

/**
 * For looks at a thing that settles: what is returned runs one of them, whose evidence counts only if its `keep` is called
 * or it throws, since the last one tells.
 */
export function tentatively(): <T>(step: () => Promise<T>) => Promise<{ value: T; keep: () => void }> {
  const looks = world().looks();
  return async (step) => {
    const apart = recordingApart();
    const keep = () => {
      apart.keep();
      looks.tells();
    };
    try {
      return { value: await apart.run(() => looks.run(step)), keep };
    } catch (error) {
      keep();
      throw error;
    }
  };
}

/**
 * The result of `action`, which is run at most once however many claims ask for it; each of them gets the evidence of
 * that one run as its own.
 */
export function once<T>(action: () => Promise<T>): () => Promise<T> {
  let running: Promise<{ entries: Evidence[]; result: () => T }> | undefined;
  const start = async () => {
    let result = (): T => {
      throw new Error('unreachable: recording() has ended without a result or an error');
    };
    const entries = await recording(
      async () => {
        const value = await world().first(action);
        result = () => value;
      },
      (error) => {
        result = () => {
          throw error;
        };
      },
    );
    return { entries, result };
  };
  const shared = async () => {
    running ??= start();
    const { entries, result } = await running;
    adopt(entries);
    return result();
  };
  return () => world().shared(action, shared);
}
