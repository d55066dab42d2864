import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../claim/eventually';
import type { Lab } from '../lab';
import { brokenLab, labTimeLimit, onHost, runTimeLimit } from './broken-lab';
import { commandLine, ownEnvironment } from './command-line';

/** Milliseconds after which what follows packets ends by itself, with some for a busy machine. */
const watchTimeLimit = 30_000;

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'diagnosis-'));
  lab = await brokenLab();
  await onHost(lab, 'iptables -I DOCKER-USER -p tcp --dport 80 -j DROP');
}, labTimeLimit);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

const watches = () => onHost(lab, 'nft list tables | grep dnc-watch || true');
/** An engine may make more of its own chains meanwhile, and leave them empty. */
const rulesNow = () => onHost(lab, "iptables-save | grep '^-A'");
const files = () => onHost(lab, 'ls -d /tmp/dnc-watch-* 2>/dev/null || true');

describe('a run that is killed while it follows packets on an engine of somebody else', () => {
  it(
    'must leave no table and no file, and containers that clean removes',
    async () => {
      const DOCKER_HOST = `unix://${lab.socketPath}`;
      const rules = await rulesNow();
      const killed = spawn(
        process.execPath,
        [
          path.resolve(__dirname, '..', 'bin.cjs'),
          ...['run', '--claim', 'bridge.default.peers-reach-each-other', '--privileged-diagnosis'],
        ],
        { cwd: folder, env: { ...process.env, ...ownEnvironment, DOCKER_HOST }, stdio: 'ignore' },
      );
      expect(await eventually(watches, (tables) => tables !== '', { within: 120_000 })).toContain('dnc-watch');
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect(await eventually(watches, (tables) => tables === '', { within: watchTimeLimit })).toBe('');
      expect(await eventually(files, (left) => left === '', { within: watchTimeLimit })).toBe('');
      expect((await commandLine(['clean'], { env: { DOCKER_HOST } })).printed).toMatch(/^Removed:\n/);
      expect(await onHost(lab, 'docker ps --all --quiet')).toBe('');
      expect(await rulesNow()).toBe(rules);
      expect((await commandLine(['clean'], { env: { DOCKER_HOST } })).printed).toBe('Nothing was left behind.\n');
    },
    runTimeLimit,
  );
});
