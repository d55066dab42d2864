import type { TestCaseResult, TestResult } from '@jest/test-result';
import type { Circus } from '@jest/types';
import { claimById } from '../../fixtures/claims';
import { plain } from '../base/text';
import { isChecked } from '../claim/context';
import { currentRun } from '../run/current-session';
import { Progress, progressOptions } from '../run/progress';
import { claimIdOf } from './claim-of-test';

/** Jest's reporter that shows people how far a run is, on standard error. */
export default class ProgressReporter {
  private progress: Progress | undefined;

  async onRunStart(): Promise<void> {
    const run = currentRun();
    const session = await run?.session;
    if (!run || !session) return;
    const { context } = session;
    const areas = context.selected.filter((id) => isChecked(id, context)).map((id) => claimById(id).area);
    this.progress = new Progress(areas, progressOptions(process.stderr, process.env));
    run.silence = () => this.silence();
  }

  onTestCaseStart(_test: unknown, { title }: Circus.TestCaseStartInfo): void {
    this.progress?.begun(claimIdOf(title));
  }

  onTestCaseResult(_test: unknown, { title, status, failureMessages }: TestCaseResult): void {
    const { id, area, title: sentence } = claimById(claimIdOf(title));
    this.progress?.judged({ id, area, title: sentence, ...(status === 'failed' && { failure: reasonOf(failureMessages) }) });
  }

  /** What a filter of Jest's own left out, and what does not apply, is in none of the calls above; the latter was never waited for. */
  async onTestFileResult(_test: unknown, { testResults }: TestResult): Promise<void> {
    const context = (await currentRun()?.session)?.context;
    for (const { title, status } of testResults) {
      const id = claimIdOf(title);
      if (status === 'pending' && context && isChecked(id, context)) this.progress?.leftOut(claimById(id).area, 1);
    }
  }

  onRunComplete(): void {
    this.silence();
  }

  private silence(): void {
    this.progress?.end();
    this.progress = undefined;
  }
}

/** A failure without the lines of its stack. */
function reasonOf([message = '']: readonly string[]): string {
  const lines = plain(message).split('\n');
  return lines
    .filter((line) => !/^\s+at .*:\d+/.test(line))
    .join('\n')
    .replace(/^\w*Error: /, '');
}
