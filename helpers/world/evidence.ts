import { AsyncLocalStorage } from 'node:async_hooks';
import { forAll, repeatedLooks, sharing } from '../mutants/look';

/** One step behind a verdict: what was asked, where, and what came back. */
export interface Evidence {
  /** milliseconds since the claim began */
  atMs: number;
  durationMs: number;
  /** `api` a call to the engine, `exec` a command in a container, `host` a command on the engine's host, `cli` the docker client, `note` a remark of the suite */
  kind: 'api' | 'exec' | 'host' | 'cli' | 'note';
  /** vantage point or endpoint, e.g. `nginx01` or `engine` */
  where: string;
  /** the command line or the API call */
  what: string;
  /** what came back, shortened to {@link maximumAnswer} characters */
  answer: string;
}

/** Longest answer that is kept, in characters; longer ones are cut and say so. */
export const maximumAnswer = 4000;

interface Recorder {
  startedAt: number;
  entries: Evidence[];
  told: Set<unknown>;
}

const storage = new AsyncLocalStorage<Recorder>();

/** Runs `body` and returns what it recorded; whatever `body` throws is given to `onError` and not rethrown. */
export async function recording(body: () => unknown, onError: (error: unknown) => void): Promise<Evidence[]> {
  const recorder: Recorder = { startedAt: performance.now(), entries: [], told: new Set() };
  try {
    await storage.run(recorder, async () => {
      await body();
    });
  } catch (error) {
    onError(error);
  }
  return recorder.entries;
}

/** Adds a finished step to the evidence of the claim that is running; outside a claim it does nothing. */
export function record(step: Omit<Evidence, 'atMs' | 'durationMs'>, startedAt = performance.now()): void {
  const recorder = storage.getStore();
  if (!recorder) return;
  const { answer } = step;
  recorder.entries.push({
    ...step,
    answer: answer.length > maximumAnswer ? `${answer.slice(0, maximumAnswer)}… (${answer.length} characters in all)` : answer,
    atMs: Math.round(startedAt - recorder.startedAt),
    durationMs: Math.round(performance.now() - startedAt),
  });
}

/** As {@link record}, for what several steps of one claim would repeat: told once per claim and `topic`. */
export function recordOnce(topic: unknown, step: Omit<Evidence, 'atMs' | 'durationMs'>): void {
  const told = storage.getStore()?.told;
  if (!told || told.has(topic)) return;
  told.add(topic);
  record(step);
}

/**
 * For looks at a thing that settles: what is returned runs one of them, whose evidence counts only if its `keep` is called
 * or it throws, since the last one tells.
 */
export function tentatively(): <T>(step: () => Promise<T>) => Promise<{ value: T; keep: () => void }> {
  const recorder = storage.getStore();
  const looks = repeatedLooks();
  return async (step) => {
    const own = recorder && { ...recorder, entries: [] as Evidence[] };
    const keep = () => {
      if (own) recorder.entries.push(...own.entries);
      looks.tells();
    };
    try {
      return { value: await (own ? storage.run(own, () => looks.run(step)) : looks.run(step)), keep };
    } catch (error) {
      keep();
      throw error;
    }
  };
}

/** Runs a step whose output is too much to keep; the caller records the part that counts. */
export function withoutEvidence<T>(step: () => Promise<T>): Promise<T> {
  return storage.exit(step);
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
        const value = await forAll(action);
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
    storage.getStore()?.entries.push(...entries);
    return result();
  };
  return () => sharing(action, shared);
}
