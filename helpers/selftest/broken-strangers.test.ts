import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../claim/eventually';
import type { Lab } from '../lab';
import { brokenLab, usersContainer, labTimeLimit, onHost, runAgainst, runTimeLimit } from './broken-lab';
import { commandLine, ownEnvironment } from './command-line';

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'strangers-'));
  lab = await brokenLab();
  await onHost(
    lab,
    'docker network create --label team=acme-payroll acme-network; ip link add acme-link type veth peer name acme-peer; ip addr add 192.168.77.42/24 dev acme-link; ip link set acme-link up',
  );
  await usersContainer(lab, '--name acme-payroll-db', '--network acme-network', '--publish 5432:80');
  await usersContainer(lab, '--name acme-neighbour');
}, labTimeLimit);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

const suitesImages = () => onHost(lab, "docker images --format '{{.Repository}}:{{.Tag}}' | grep docker-network-conformance || true");

describe('on an engine of somebody else', () => {
  it(
    'results must not tell of others, and do so with --full-evidence',
    async () => {
      const strangers = /acme|192\.168\.77\.42/;
      const told = (text: object) => strangers.exec(JSON.stringify(text))?.[0];
      const careful = (await runAgainst(lab)).results();
      expect(told(careful)).toBeUndefined();
      expect(JSON.stringify(careful)).toMatch(/\[(?:network|link|address|container)-1\]/);
      expect(told((await runAgainst(lab, '--full-evidence')).results())).toBeDefined();
    },
    2 * runTimeLimit,
  );

  it(
    'clean must remove the image of a run that was killed, and say so, and nothing of others',
    async () => {
      const DOCKER_HOST = `unix://${lab.socketPath}`;
      const clean = () => commandLine(['clean'], { env: { DOCKER_HOST } });
      const env: NodeJS.ProcessEnv = { ...process.env, ...ownEnvironment, DOCKER_HOST };
      const killed = spawn(process.execPath, [path.resolve(__dirname, '..', 'bin.cjs'), 'run', '--area', 'document'], {
        cwd: folder,
        env,
        stdio: 'ignore',
      });
      await eventually(suitesImages, (images) => images.includes('/run:'), { within: 30_000 });
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect(await suitesImages()).toContain('/run:');
      expect((await clean()).printed).toMatch(/^Removed:\n(?: {2}.*\n)*? {2}image docker-network-conformance\/run:/);
      expect(await suitesImages()).not.toContain('/run:');
      expect(await onHost(lab, "docker ps --format '{{.Names}}' | sort; docker network ls --format '{{.Name}}'")).toMatch(
        /acme-neighbour\nacme-payroll-db\n[^]*acme-network/,
      );
      // their containers run on the suite's image; once they are gone, nothing needs it
      await onHost(lab, 'docker rm --force acme-payroll-db acme-neighbour');
      expect((await clean()).status).toBe(0);
      expect(await suitesImages()).toBe('');
      expect(await clean()).toMatchObject({ status: 0, printed: 'Nothing was left behind.\n' });
    },
    runTimeLimit,
  );
});
