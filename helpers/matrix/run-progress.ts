import { UserError } from '../base/user-error';

/** What a run tells the matrix that started it, over the channel between the two processes. */
export type RunProgress =
  /** what takes long, as a person reads it */
  | { readonly kind: 'progress'; readonly line: string }
  /** the engine answers, and so many claims are selected */
  | { readonly kind: 'opened'; readonly claims: number }
  /** so many more claims have their verdict */
  | { readonly kind: 'judged'; readonly claims: number }
  /** why the run comes to nothing, in one line */
  | { readonly kind: 'failed'; readonly reason: string };

/** Tells the matrix that started this process. @returns when it is on its way, or when nobody listens any more */
export async function tellMatrix(progress: RunProgress): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((resolve) => void process.send?.(progress, undefined, undefined, () => resolve()));
}

/** Whether something that came over the channel is what a run tells. */
export function isRunProgress(message: unknown): message is RunProgress {
  return typeof message === 'object' && message !== null && 'kind' in message;
}

/** Does `work`; when it fails, the matrix that started this process is told why before the error goes on. */
export async function tellingWhy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason =
      error instanceof UserError
        ? `${error.message} ${error.remedy}`
        : `the suite itself failed: ${error instanceof Error ? error.message : String(error)}`;
    await tellMatrix({ kind: 'failed', reason });
    throw error;
  }
}
