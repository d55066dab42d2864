import { setTimeout as delay } from 'node:timers/promises';
import { terminalStyle, note, print } from '../base/output';
import { writeReports } from '../report';
import { assembleResults, readTopologies } from './assemble';
import type { CurrentRun } from './current-session';
import { redacted } from './redaction';
import type { HostReport, Session } from './session';

/** Milliseconds that an interrupted run may take to clean up after itself. */
const timeLimit = 10_000;

/**
 * Ends a run before it is done: from now on nothing counts any more, what the run has made is removed, and all reports
 * tell what was judged so far. Whoever calls this ends the process then; until that, whoever waits for the run goes on waiting.
 */
export async function interruptRun(run: CurrentRun): Promise<void> {
  run.interruption = new Promise<never>(() => undefined);
  run.silence?.();
  // all is judged: the reports are being written, and are whole
  if (run.finishing) return run.finishing;
  run.unfinished?.close();
  // the kernel ends a lab that is being started, when this process ends
  const session = run.unfinished === undefined && run.way?.inLab === true ? undefined : await run.session.catch(() => undefined);
  if (!session) return;
  const { unfinished } = run;
  if (!unfinished) {
    await session.abandon();
    return;
  }
  const topologies = readTopologies(session.context.directory);
  const host = await endWithin(session);
  const { redaction } = session;
  const assembled = assembleResults({ ...unfinished.parts, records: unfinished.records, specs: [], topologies, host, interrupted: true });
  const { color, width } = terminalStyle();
  const { terminal, problems } = await writeReports(redaction ? redacted(assembled, redaction) : assembled, {
    ...run.targets,
    directory: process.cwd(),
    color,
    width,
    env: process.env,
  });
  print(`${terminal}\n`, { color });
  for (const problem of problems) note(problem);
}

/** How {@link endOnSignals} of the command line, and of Jest's set-up, ends a run. */
export function interruptible(run: CurrentRun): { interrupt(): Promise<void>; release(): boolean } {
  return { interrupt: () => interruptRun(run), release: () => run.release?.() ?? false };
}

/** What was counted when the session ended, or that nobody knows. */
async function endWithin(session: Session): Promise<HostReport> {
  const before = session.countedBefore;
  const unknown = delay(timeLimit, undefined, { ref: false }).then((): HostReport => ({
    before,
    after: before,
    leftovers: [`it is not known what is left: the engine did not remove it within ${timeLimit / 1000} s`],
    notes: [],
  }));
  return Promise.race([session.abandon(), unknown]);
}
