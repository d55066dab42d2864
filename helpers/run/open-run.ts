import path from 'node:path';
import { suite } from '../base/project';
import { leastJudgedSince, noBaseline } from './baseline';
import { setCurrentRun, type CurrentRun } from './current-session';
import type { Session } from './session';
import { UnfinishedRun } from './unfinished';

/** Makes a run that is about to begin known, and waits for its session. From then on its results file says what was judged so far. */
export async function openRun(run: CurrentRun): Promise<Session> {
  setCurrentRun(run);
  delete run.finishing;
  const session = await run.session;
  run.release = () => session.release();
  const { context, waivers, notes, startedAt, redaction } = session;
  const { strict, shard, again } = run;
  const baseline = run.baseline?.(context.engine.id);
  const leastJudged = baseline && run.asksUsualShare ? leastJudgedSince(baseline, run.leastJudged, context.selected) : run.leastJudged;
  const parts = {
    context,
    waivers,
    notes: [...notes, ...(run.baseline && !baseline ? [noBaseline] : [])],
    startedAt,
    suite,
    strict,
    leastJudged,
    ...(shard && { shard }),
    ...(again && { again: again(session) }),
    ...(baseline && { baseline }),
  };
  run.unfinished = new UnfinishedRun(path.resolve(run.targets.json), parts, session.countedBefore, redaction);
  return session;
}
