import { constants } from 'node:os';
import { note } from '../base/output';

/** What a command has begun and must not leave behind. */
export interface Interruptible {
  end(): Promise<unknown>;
  /** goes on with what waits to be interrupted. @returns whether anything did */
  release?(): boolean;
}

/** Milliseconds that an interrupted run may take to clean up after itself. */
const timeLimit = 10_000;

/**
 * Ends the session when the run is interrupted, then the process, with the status that a shell gives for the signal. A
 * second signal ends it at once; what is left on an engine then, the next run or `clean` removes.
 */
export function endOnSignals(session: Promise<Interruptible>): void {
  let interrupted = false;
  let opened: Interruptible | undefined;
  session.then((it) => (opened = it)).catch(() => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const status = 128 + constants.signals[signal];
    process.on(signal, () => {
      if (interrupted) process.exit(status);
      // a run that waits with `--keep-failed` goes on, to its reports and its own exit status
      if (opened?.release?.()) return;
      interrupted = true;
      note(`\n${signal}: removing what this run made …`);
      setTimeout(() => process.exit(status), timeLimit).unref();
      session
        .then((open) => open.end())
        .catch(() => undefined)
        .finally(() => process.exit(status));
    });
  }
}
