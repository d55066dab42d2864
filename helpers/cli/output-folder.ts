import { accessSync, constants, readdirSync } from 'node:fs';
import { makeFolder } from '../base/make-folder';
import { exitStatus, UserError } from '../base/user-error';

/**
 * Makes sure, before anything is started, that reports can be written to a folder at the end.
 * @throws UserError where they cannot.
 */
export function mustTakeFiles(folder: string): void {
  try {
    makeFolder(folder);
    readdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UserError(
      `The folder ${folder} cannot take reports: ${(error as Error).message}.`,
      'Name a folder that you may write to, with --output.',
      exitStatus.failed,
      { cause: error },
    );
  }
}
