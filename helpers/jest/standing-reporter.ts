import { currentRun } from '../run/current-session';

/** Jest's reporter that has the results file say what was judged so far. It comes before the one that shows it to people. */
export default class StandingReporter {
  onTestCaseResult(): void {
    currentRun()?.unfinished?.update();
  }
}
