import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { timeFactorVariable } from '../base/pace';
import { projectRoot } from '../base/project';
import { cleanUp, engineAnswers, engineOnSocket } from '../selftest/fake-engine';

afterAll(cleanUp);

/** Asks for the client in a process of its own, as a run does: Testcontainers, which Node loads, does not see the variables of a test. */
async function lookingAt(socketPath: string): Promise<string> {
  const program = `require('./helpers/engine/testcontainers.ts').testcontainersClient().then(() => 'found', ({ message }) => message).then((it) => { console.log(it); process.exit(); })`;
  const env = { ...process.env, DOCKER_HOST: `unix://${socketPath}`, [timeFactorVariable]: '0.02' };
  const child = spawn(process.execPath, ['-r', path.join(projectRoot, 'helpers/loader/typescript.cjs'), '-e', program], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  return (await text(child.stdout)).trim();
}

describe("Testcontainers' own look at an engine", () => {
  it('must end with one sentence that names the call, where a byte of the answer comes now and then', async () => {
    const socketPath = await engineOnSocket((request, response) => {
      if (!request.url?.endsWith('/info')) {
        engineAnswers(request, response);
        return;
      }
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100_000 });
      const drip = setInterval(() => response.write(' '), 50);
      response.once('close', () => clearInterval(drip));
    });
    expect(await lookingAt(socketPath)).toBe('GET /info was not answered to its end within 1.2 s.');
  }, 90_000);
});
