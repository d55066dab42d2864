import { catalogue } from '../../fixtures/claims';
import { defaultLeastJudged } from '../report/judged-share';
import { currentRun, setCurrentRun } from '../run/current-session';
import { defaultTargets } from '../run/report-targets';
import { Session } from '../run/session';

/** Opens a session where the command line did not: for `npx jest specs/…` and an editor's "run this test". */
export default async function globalSetup(): Promise<void> {
  if (!currentRun()) {
    const progress = (line: string) => void process.stderr.write(`${line}\n`);
    setCurrentRun({ session: Session.open({ claims: catalogue, progress }), targets: defaultTargets, strict: false, leastJudged: defaultLeastJudged });
  }
  await currentRun()?.session;
}
