/** A folder that others can write to, or replace. */
export class NotClosed extends Error {
  readonly code: 'ENOTCLOSED';
  /** the folder on the way that is not as it must be */
  readonly place: string;
  /** what is wrong with it, as the rest of a sentence that begins with its name */
  readonly why: string;
}
/** The folder that everything cached is in, by the XDG Base Directory Specification. It is not looked at. */
export function cacheFolder(): string;
/** Makes a folder if need be, and makes sure that it is this user's and closed. @throws NotClosed, or what the file system says */
export function closedFolder(folder: string): string;
/** The folder of what was compiled, which is run; undefined where it is not closed, or cannot be made. */
export function compiledFolder(): string | undefined;
/** The part of it that is one checkout's own. */
export function ofCheckout(folder: string, root: string): string;
/** Makes sure that nobody else can take away or replace what this user makes in a folder. @throws NotClosed, or what the file system says */
export function trustedFolder(folder: string): string;
