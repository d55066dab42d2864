import { AsyncLocalStorage } from 'node:async_hooks';

/** One step behind a verdict: what was asked, where, and what came back. */
export interface Evidence {
  /** milliseconds since the claim began */
  atMs: number;
  durationMs: number;
  /** `api` a call to the engine, `exec` a command in a container or its network namespace, `host` a command on the engine's host, `cli` the docker client, `note` a remark of the suite */
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

/** Does work whose failure says nothing. @returns what it came to, undefined where it failed, and what it recorded */
export async function attempted<T>(work: () => Promise<T>): Promise<{ value: T | undefined; evidence: Evidence[] }> {
  let value: T | undefined;
  const evidence = await recording(
    async () => (value = await work()),
    () => undefined,
  );
  return { value, evidence };
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

/** For steps that may turn out not to count: what they record is kept apart. */
export function recordingApart(): { run: <T>(step: () => Promise<T>) => Promise<T>; keep: () => void } {
  const recorder = storage.getStore();
  if (!recorder) return { run: (step) => step(), keep: () => undefined };
  const own: Recorder = { ...recorder, entries: [] };
  return { run: (step) => storage.run(own, step), keep: () => recorder.entries.push(...own.entries) };
}

/** Adds steps that were recorded elsewhere to the evidence of the claim that is running. */
export function adopt(entries: readonly Evidence[]): void {
  storage.getStore()?.entries.push(...entries);
}

/** Runs a step whose output is too much to keep; the caller records the part that counts. */
export function withoutEvidence<T>(step: () => Promise<T>): Promise<T> {
  return storage.exit(step);
}
