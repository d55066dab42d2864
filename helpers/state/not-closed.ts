import { UserError } from '../base/user-error';
import type { NotClosed } from './closed-folder.cjs';

/** Whether somebody else than this user can put something into a folder. Not by its class: each of Jest's files has its own. */
export function isNotClosed(error: unknown): error is NotClosed {
  return (error as { code?: unknown } | null | undefined)?.code === 'ENOTCLOSED';
}

/** What is said where a folder is not this user's alone. @param what the folder, at the start of a sentence */
export function notClosedError(what: string, { place, why }: NotClosed, remedy: string): UserError {
  return new UserError(
    `${what} is not used: ${place} ${why}, and nobody but the user who runs this may be able to change what lies there.`,
    remedy,
  );
}
