import { constants } from 'node:os';
import { note } from '../base/output';
import { exitStatus } from '../base/user-error';

/** What a command has begun and must not leave behind. */
export interface Interruptible {
  /** ends it before it is done */
  interrupt(): Promise<unknown>;
  /** goes on with what waits to be interrupted. @returns whether anything did */
  release?(): boolean;
}

/** Milliseconds after which a command that was interrupted ends, whatever it still waits for. */
const timeLimit = 20_000;

/**
 * Ends a command when a signal, or a mistake that nobody has caught, interrupts it, and then the process: with the status
 * that a shell gives for the signal, or with that of a failure. A second signal ends it at once; what is left on an
 * engine then, the next run or `clean` removes.
 */
export function endOnSignals(work: Interruptible): void {
  let interrupted = false;
  const interrupt = (status: number) => {
    interrupted = true;
    setTimeout(() => process.exit(status), timeLimit).unref();
    work
      .interrupt()
      .catch((error: unknown) => note(error instanceof Error ? error.message : String(error)))
      .finally(() => process.exit(status));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const status = 128 + constants.signals[signal];
    process.on(signal, () => {
      if (interrupted) process.exit(status);
      // a run that waits with `--keep-failed` goes on, to its reports and its own exit status
      if (work.release?.()) return;
      note(`\n${signal}: removing what this run made …`);
      interrupt(status);
    });
  }
  process.on('uncaughtException', (error) => {
    note(`\nThe suite itself failed: ${error.stack ?? error.message}`);
    if (!interrupted) interrupt(exitStatus.failed);
  });
}
