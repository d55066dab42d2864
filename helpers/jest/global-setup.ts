import { catalogue } from '../../fixtures/claims';
import { defaultLeastJudged } from '../results/judged-share';
import { note } from '../base/output';
import { currentRun, setCurrentRun } from '../run/current-session';
import { defaultTargets } from '../run/report-targets';
import { Session } from '../run/session';

/**
 * Opens a session where the command line did not, for `npx jest specs/…` and an editor's "run this test", and where the
 * one that there was has ended: watch mode runs this before each of its runs.
 */
export default async function globalSetup(): Promise<void> {
  const run = currentRun();
  if (!run) {
    const open = () => Session.open({ claims: catalogue, progress: note });
    setCurrentRun({ session: open(), reopen: open, targets: defaultTargets, strict: false, leastJudged: defaultLeastJudged });
  } else if ((await run.session).hasEnded) {
    run.session = run.reopen();
    await (await run.session).inject();
  }
  await currentRun()?.session;
}
