import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KillMatrix } from '../kill-matrix/kill-matrix';
import { labTimeLimit, runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';
import { cleanUp, engineOnSocket } from './fake-engine';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faults-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  cleanUp();
});

const published = 'bridge.published.host-reaches-the-container';
const unpublished = 'bridge.unpublished.host-port-refuses';
const drivers = 'models.engine-offers-further-drivers';
const peers = 'bridge.default.peers-reach-each-other';
/** One of each kind: the daemon's arguments, the host, the API. */
const faults = ['engine.icc-off', 'server.that-publishes-ended', 'api.no-further-drivers'];

describe('the kill matrix of real faults', () => {
  it(
    'must show that each turns its claims red and no others, and that a broken control leaves a must-not unjudged',
    async () => {
      const [json, markdown] = [path.join(folder, 'matrix.json'), path.join(folder, 'matrix.md')];
      const ended = await commandLine(
        ['faults', '--fault', ...faults, '--claim', published, unpublished, drivers, peers, '--json', json, '--markdown', markdown],
        { timeout: labTimeLimit + runTimeLimit },
      );
      const matrix = JSON.parse(readFileSync(json, 'utf8')) as KillMatrix;
      expect(matrix).toMatchObject({ complete: false, problems: [], failures: [], exitStatus: 0 });
      expect(matrix.faults.map(({ fault, killed, blocked, named }) => ({ fault, killed, blocked, named }))).toEqual([
        { fault: 'engine.icc-off', killed: [peers], blocked: [], named: 'rightly' },
        { fault: 'server.that-publishes-ended', killed: [published], blocked: [unpublished], named: 'rightly' },
        { fault: 'api.no-further-drivers', killed: [drivers], blocked: [], named: 'none' },
      ]);
      expect(matrix.controls).toEqual([{ claim: unpublished, fault: 'server.that-publishes-ended', verdict: 'blocked', holds: true }]);
      expect(ended.printed).toContain('3 faults, 3 of which turn something red');
      expect(ended.complained).toMatch(/4 runs in .* at a time; the slowest: /);
      expect(readFileSync(markdown, 'utf8')).toContain('| ✓ | `engine.icc-off` |');
      expect(ended.status).toBe(0);
    },
    labTimeLimit + runTimeLimit,
  );
});

describe('a fault', () => {
  it("must be refused in an engine that is not the suite's own", async () => {
    const ended = await commandLine(['run', '--fault', 'engine.icc-off'], { env: { DOCKER_HOST: `unix://${await engineOnSocket()}` } });
    expect(ended.complained).toContain("The fault engine.icc-off breaks an engine on purpose, and this engine is not the suite's own.");
    expect(ended.status).toBe(2);
  });

  it('must be known', async () => {
    for (const command of ['run', 'faults']) {
      const ended = await commandLine([command, '--engine', 'docker-28', '--fault', 'engine.icc']);
      expect(ended.complained).toMatch(/There is no fault "engine\.icc"\.\nChoose one of engine\.icc-off, /);
      expect(ended.status).toBe(2);
    }
  });
});
