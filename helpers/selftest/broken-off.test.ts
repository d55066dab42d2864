import { afterEach, describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { connect } from '../engine/connect';
import type { Lab } from '../lab';
import { runLabel } from '../run/objects';
import { brokenLab, labTimeLimit, runAgainst, runTimeLimit } from './broken-lab';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

/** Resolves when a container that claims are judged on has started on the engine. */
async function suiteContainerStarts(docker: Dockerode): Promise<void> {
  const events = await docker.getEvents({ filters: { type: ['container'], event: ['start'], label: [runLabel] } });
  let started = 0;
  for await (const chunk of events) {
    started += String(chunk).split('\n').filter(Boolean).length;
    // the first is the helper on the engine's host, which is there before any claim is judged
    if (started > 1) return;
  }
}

describe('an engine that dies in mid-run', () => {
  it(
    'must end the run within seconds with status 3 and one message that says so',
    async () => {
      const dying = await brokenLab();
      lab = dying;
      const connection = await connect({ kind: 'unix', path: dying.socketPath, found: 'a lab' });
      const running = runAgainst(dying);
      await suiteContainerStarts(connection.docker);
      const killedAt = performance.now();
      await dying.stop();
      const ended = await running;
      await connection.close();
      expect(performance.now() - killedAt).toBeLessThan(20_000);
      expect(ended.status).toBe(3);
      expect(ended.printed + ended.complained).toMatch(/does not answer any more/);
      expect(ended.with('deviates')).toEqual([]);
    },
    labTimeLimit + runTimeLimit,
  );
});
