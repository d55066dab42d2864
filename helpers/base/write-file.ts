import { randomBytes } from 'node:crypto';
import { accessSync, constants, lstatSync, realpathSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './make-folder';
import { UserError } from './user-error';

/**
 * Writes a report so that its reader never sees half of it, creating its folder. A target that is no regular file
 * (`/dev/stdout`, a pipe) is written to directly: renaming over it would replace the device itself.
 */
export function writeFileAtomically(path: string, text: string): void {
  orUserError(path, () => {
    makeFolder(dirname(path));
    mustNotBeAStrangersLink(path);
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing && !existing.isFile()) {
      writeFileSync(path, text);
      return;
    }
    const target = existing ? realpathSync(path) : path;
    const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      // it must be new, so that nobody has put a link there
      writeFileSync(temporary, text, { flag: 'wx' });
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** Bytes that must have room where a report is to go; most reports are larger. */
const leastRoom = 64 * 1024;

/**
 * Makes sure, before anything is started, that a report can be written, and removes what an earlier run wrote there: it
 * must not be taken for the report of a run that came to nothing.
 * @returns why it cannot be written, behind its name; undefined where it can
 */
export function prepareReportFile(path: string): string | undefined {
  try {
    makeFolder(dirname(path));
    mustNotBeAStrangersLink(path);
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory()) return 'is a folder';
    if (existing && !existing.isFile()) {
      accessSync(path, constants.W_OK);
      return undefined;
    }
    const target = existing ? realpathSync(path) : path;
    const probe = `${target}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      writeFileSync(probe, Buffer.alloc(leastRoom), { flag: 'wx' });
    } finally {
      rmSync(probe, { force: true });
    }
    // a link stays one
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) truncateSync(target);
    else rmSync(path, { force: true });
    return undefined;
  } catch (error) {
    return `cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}

/** In a folder that everybody can write to, a link can be anybody's, and lead to any file of this user's. */
function mustNotBeAStrangersLink(path: string): void {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() !== true) return;
  const trusted = [0, process.geteuid?.(), lstatSync(realpathSync(dirname(path))).uid];
  if (!trusted.includes(link.uid)) throw Object.assign(new Error(path), { code: `it is a link of user ${link.uid}'s` });
}

/** Runs `write`; a file system that refuses it is something that the user can mend. */
export function orUserError(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(`${path} cannot be written (${code}).`, 'Name a path in a folder that you may write to.', undefined, {
      cause: error,
    });
  }
}
