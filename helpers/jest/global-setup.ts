import { catalogue } from '../../fixtures/claims';
import { defaultLeastJudged } from '../results/judged-share';
import { note } from '../base/output';
import { currentRun, setCurrentRun } from '../run/current-session';
import { defaultTargets } from '../run/report-targets';
import { Session } from '../run/session';

/** Opens a session where the command line did not: for `npx jest specs/…` and an editor's "run this test". */
export default async function globalSetup(): Promise<void> {
  if (!currentRun()) {
    setCurrentRun({ session: Session.open({ claims: catalogue, progress: note }), targets: defaultTargets, strict: false, leastJudged: defaultLeastJudged });
  }
  await currentRun()?.session;
}
