import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spoilingProxy, type SpoilingProxy } from '../faults/spoiling-proxy';
import { timeFactorVariable } from '../base/pace';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, onHost, runAgainst, runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';

let lab: Lab;
let proxy: SpoilingProxy | undefined;
afterEach(async () => {
  proxy?.close();
  await lab.stop();
});

/** What Podman says of each container where the host's cgroup v2 has no controller pids. */
const crun = 'crun: controller `pids` is not available under /sys/fs/cgroup/cgroup.controllers: OCI runtime error';

/** How many times a text is printed, however its lines are broken. */
const timesIn = (printed: string, text: string) => printed.replace(/\s+/g, ' ').split(text).length - 1;

/** Starts an engine, and refuses its containers, or those of which the creation asks for something, from the beginning on. */
async function refusing(call: Parameters<SpoilingProxy['spoil']>[0][number]): Promise<{ socketPath: string }> {
  lab = await brokenLab();
  const socketPath = path.join(lab.directory, 'spoiled.sock');
  proxy = await spoilingProxy(lab.socketPath, socketPath);
  proxy.spoil([call]);
  return { socketPath };
}

describe('an engine that starts no container', () => {
  it(
    'must be told once, with its own words, and no claim deviates for that',
    async () => {
      const ended = await runAgainst(
        await refusing({ method: 'POST', path: /^\/containers\/[^/]+\/start$/, does: 'pretends', status: 500, message: crun }),
      );
      expect(ended.with('deviates', 'error')).toEqual([]);
      const reason = `a container that the claim needs could not be started: the engine answered 500, ${crun}`;
      const blocked = ended.results().claims.filter((claim) => claim.reason === reason);
      expect(blocked.length).toBeGreaterThan(30);
      expect(blocked.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          'host.run-returns-a-64-digit-id',
          'host.shares-the-hosts-network-namespace',
          'bridge.published.host-reaches-the-container',
        ]),
      );
      expect(timesIn(ended.printed, crun)).toBe(1);
      expect(ended.complained).not.toMatch(/The suite itself failed|^\s+at /m);
      expect(ended.results().engine.reachedBy).toContain('its host is not looked at');
      // too little could be judged
      expect(ended.status).toBe(4);
    },
    labTimeLimit + runTimeLimit,
  );
});

describe('an engine that lets nobody in host mode into the PID namespace of its host', () => {
  it(
    'must have all judged that needs no look at its host, and say why the rest is not',
    async () => {
      const said = 'authorization denied by plugin: PidMode host is not allowed';
      const ended = await runAgainst(
        await refusing({
          method: 'POST',
          path: /^\/containers\/create\b/,
          does: 'pretends',
          status: 403,
          message: said,
          asked: /"PidMode":"host"/,
        }),
        '--claim',
        'bridge.default.peers-reach-each-other',
        'bridge.published.host-reaches-the-container',
      );
      expect(ended.results().engine.reachedBy).toContain('its host is not looked at');
      expect(ended.claim('bridge.default.peers-reach-each-other').verdict).toBe('conforms');
      expect(ended.claim('bridge.published.host-reaches-the-container')).toMatchObject({
        verdict: 'blocked',
        reason: expect.stringContaining(said),
      });
      expect(ended.status).toBe(0);
    },
    labTimeLimit + runTimeLimit,
  );
});

/** Whether a run has written a verdict into its folder, somewhere below this one. */
function hasVerdicts(folder: string): boolean {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some(
      (file) => /verdicts-\d+\.ndjson$/.test(file) && statSync(path.join(folder, file)).size > 0,
    );
  } catch {
    // a folder that went away while this looked into it
    return false;
  }
}

describe('an engine that is stopped in mid-run, longer than a call may take', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'mid-run-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'must make no claim deviate',
    async () => {
      lab = await brokenLab();
      const state = { ended: false };
      const running = commandLine(['run', '--area', 'document'], {
        // as on a quiet machine: a busy one would wait longer than the engine stands still
        env: { DOCKER_HOST: `unix://${lab.socketPath}`, TMPDIR: folder, [timeFactorVariable]: '1' },
        timeout: runTimeLimit,
      }).finally(() => (state.ended = true));
      while (!state.ended && !hasVerdicts(folder)) await pause(20);
      await onHost(lab, 'kill -STOP $(pidof dockerd)');
      const wasRunning = !state.ended;
      await pause(45_000);
      await onHost(lab, 'kill -CONT $(pidof dockerd)');
      const ended = await running;
      expect(wasRunning).toBe(true);
      expect(ended.with('deviates')).toEqual([]);
      for (const reason of ended.unjudged())
        expect(reason).toMatch(/the engine does not answer|did not answer|was not answered|no answer to|could not be|port 80 of the/);
    },
    labTimeLimit + runTimeLimit,
  );
});
