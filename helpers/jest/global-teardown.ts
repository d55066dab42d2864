import { currentRun } from '../run/current-session';

/** Ends the session where the suite's reporter did not, because another reporter was chosen. */
export default async function globalTeardown(): Promise<void> {
  await (await currentRun()?.session)?.end();
}
