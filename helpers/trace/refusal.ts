import { oneLine, truncate } from '../base/text';
import { UserError } from '../base/user-error';
import { SetUpFailed } from '../claim/set-up';
import { ProbeBroken } from '../world/vantage-point';

/** Columns of what a tool said. */
const longest = 200;

/** What keeps a trace from being made at all, in one sentence; any other error as it is. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof SetUpFailed)
    return new UserError(
      `The trace could not be made: ${error.message}.`,
      'A trace needs to start a container of the suite beside yours; let the engine allow that.',
      undefined,
      { cause: error },
    );
  if (!(error instanceof ProbeBroken)) return error;
  // before it stands the whole command
  const [, where = 'a helper container', said = error.message] = / on (\S+) ended with status \d+: ([\s\S]*)$/.exec(error.message) ?? [];
  return new UserError(
    `The trace could not look from ${where}: ${truncate(oneLine(said), longest)}.`,
    'Nothing was learnt about the way; trace from another container of the same network, or report this.',
    undefined,
    { cause: error },
  );
}
