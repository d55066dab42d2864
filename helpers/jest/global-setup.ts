import { catalogue } from '../../fixtures/claims';
import { defaultLeastJudged } from '../results/judged-share';
import { note } from '../base/output';
import { startedBy } from '../run/again';
import { currentRun, type CurrentRun } from '../run/current-session';
import { interruptible } from '../run/interruption';
import { keepLastRun } from '../run/last-run';
import { defaultTargets, prepareReports } from '../run/report-targets';
import { openSession } from '../run/open-session';
import { endOnSignals } from '../run/signals';
import { openRun } from '../run/open-run';

/**
 * Opens a session where the command line did not, for `npx jest specs/…` and an editor's "run this test", and where the
 * one that there was has ended: watch mode runs this before each of its runs.
 */
export default async function globalSetup(): Promise<void> {
  const run = currentRun();
  if (!run) {
    keepLastRun(defaultTargets.json);
    prepareReports([
      ['--json', defaultTargets.json],
      ['--junit', defaultTargets.junit],
    ]);
    const open = () => openSession({ claims: catalogue, progress: note });
    const first: CurrentRun = {
      session: open(),
      reopen: open,
      targets: defaultTargets,
      strict: false,
      leastJudged: defaultLeastJudged,
      again: startedBy([], { program: 'jest' }),
    };
    endOnSignals(interruptible(first));
    await openRun(first);
  } else if ((await run.session).hasEnded) {
    run.session = run.reopen();
    await (await openRun(run)).inject();
  }
}
