import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { catalogue } from '../../fixtures/claims';
import type { Lab } from '../lab';
import { timeFactorVariable } from '../base/pace';
import { brokenLab, labTimeLimit, runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';
import { cleanUp, listening, temporaryDirectory } from './fake-engine';

/** Makes limits shorter: one call of the run is kept waiting until the run gives it up. */
const hurried = '0.5';

/** An engine that answers all calls but one: the start of the first container that was asked for in such words. */
async function holdingOneStart(lab: Lab, ofOneAskedForSo: RegExp): Promise<{ socketPath: string; held: () => string }> {
  let held: string | undefined;
  let isHeld = false;
  const between = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: lab.socketPath, allowHalfOpen: true });
    let asked = '';
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      asked = /^[A-Z]+ \//.test(text) ? text : asked + text;
      if (held === undefined || isHeld || !asked.includes(`/containers/${held}/start`)) {
        if (!engine.write(chunk)) client.pause();
        return;
      }
      isHeld = true;
      // the engine hears of it when nobody waits for it any more
      client.once('close', () => engine.end(chunk));
    });
    engine.on('drain', () => client.resume());
    engine.on('data', (chunk) => {
      const [, id] = /"Id":"([0-9a-f]{64})"/.exec(chunk.toString('latin1')) ?? [];
      if (/^POST \S*\/containers\/create/.test(asked) && ofOneAskedForSo.test(asked)) held ??= id;
      client.write(chunk);
    });
    endTogether(client, engine);
  });
  const socketPath = path.join(temporaryDirectory(), 'e.sock');
  await listening(between, socketPath);
  return { socketPath, held: () => (isHeld ? (held ?? '') : '') };
}

function endTogether(client: Socket, engine: Socket): void {
  client.on('end', () => engine.end()).on('error', () => engine.destroy());
  engine.on('end', () => client.end()).on('error', () => client.destroy());
}

describe('slow is not dead', () => {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await brokenLab();
  }, labTimeLimit);
  afterAll(async () => {
    cleanUp();
    await lab?.stop();
  });

  it.each([
    ['of a container that claims share', 'document', /"HostPort":""/],
    ["of a claim's own container", 'connecting', /"StopSignal":"SIGKILL"/],
  ])(
    'a call that is answered too late costs one claim, and no other: the start %s (area %s)',
    async (_, area, words) => {
      const { socketPath, held } = await holdingOneStart(lab as Lab, words);
      const ended = await commandLine(['run', '--area', area], {
        env: { DOCKER_HOST: `unix://${socketPath}`, [timeFactorVariable]: hurried },
        timeout: runTimeLimit,
      });
      expect(held()).toMatch(/^[0-9a-f]{64}$/);
      expect(ended.unjudged().filter((it) => / error: /.test(it))).toEqual([
        expect.stringMatching(new RegExp(`error: .*POST /containers/${held()}/start was not answered: not a byte came for 15 s`)),
      ]);
      expect(ended.with('deviates', 'blocked')).toEqual([]);
      expect(ended.with('conforms').length).toBeGreaterThan(catalogue.filter((it) => it.area === area).length / 2);
      expect(ended.printed + ended.complained).not.toContain('does not answer any more');
      expect(ended.status).toBe(3);
    },
    runTimeLimit + 10_000,
  );

  it(
    'a slow machine is told of in the results and on the terminal',
    async () => {
      const loaded = path.join(temporaryDirectory(), 'loadavg');
      writeFileSync(loaded, `0.00 0.00 0.00 ${80 * availableParallelism()}/900 1\n`);
      const through = ['unshare', '--mount', 'sh', '-euc', 'mount --bind "$0" /proc/loadavg; exec "$@"', loaded];
      const ended = await commandLine(['run', '--claim', 'bridge.default.peers-reach-each-other'], {
        env: { DOCKER_HOST: `unix://${lab?.socketPath}`, [timeFactorVariable]: undefined },
        through,
        timeout: runTimeLimit,
      });
      const note =
        'this machine was slow: things could take some 10 times as long as on a quiet one, and time limits were up to 10 times as long';
      expect(ended.results().notes).toContain(note);
      expect(ended.printed.replace(/\s+/g, ' ')).toContain(note);
      expect(ended.status).toBe(0);
    },
    runTimeLimit,
  );
});
