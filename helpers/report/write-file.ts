import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder';
import { UserError } from '../user-error';

/**
 * Writes a report so that its reader never sees half of it, creating its folder. A target that is no regular file
 * (`/dev/stdout`, a pipe) is written to directly: renaming over it would replace the device itself.
 */
export function writeFileAtomically(path: string, text: string): void {
  orUserError(path, () => {
    makeFolder(dirname(path));
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing && !existing.isFile()) {
      writeFileSync(path, text);
      return;
    }
    const target = existing ? realpathSync(path) : path;
    const temporary = `${target}.${String(process.pid)}.tmp`;
    try {
      writeFileSync(temporary, text);
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** Runs `write`; a file system that refuses it is something that the user can mend. */
export function orUserError(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError(`${path} cannot be written (${code}).`, 'Name a path in a folder that you may write to.', undefined, { cause: error });
  }
}
