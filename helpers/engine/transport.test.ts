import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, engineAnswers, engineOnSocket } from '../selftest/fake-engine';
import { connect } from './connect';
import { dockerClient, transportOf } from './guard';
import { Transport } from './transport';

afterAll(cleanUp);

/** This process does nothing else meanwhile, as where a machine has no time for it. */
function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('a process that stands still', () => {
  it('must not take that for the silence of an engine', async () => {
    const socketPath = await engineOnSocket((request, response) => {
      if (request.url === '/info') standStill(1500);
      engineAnswers(request, response);
    });
    const { docker } = await connect({ kind: 'unix', path: socketPath, found: 'a test' }, { timeout: 20_000, requestTimeout: 300 });
    await expect(docker.info()).resolves.toEqual({ url: '/info' });
  });

  it('must not use a connection again that the engine has ended meanwhile', async () => {
    const sockets = new Set<Socket>();
    const socketPath = await engineOnSocket((request, response) => {
      sockets.add(request.socket);
      engineAnswers(request, response);
    });
    const transport = new Transport({ kind: 'unix', path: socketPath, found: 'a test' });
    await transport.send({ method: 'GET', path: '/info' });
    for (const socket of sockets) socket.end();
    standStill(100);
    await expect(transport.send({ method: 'POST', path: '/networks/create', body: '{}' })).resolves.toMatchObject({ status: 200 });
    expect(sockets.size).toBe(2);
  });
});

describe('connections', () => {
  it('must serve one call after the other', async () => {
    const sockets = new Set<Socket>();
    const socketPath = await engineOnSocket((request, response) => {
      sockets.add(request.socket);
      engineAnswers(request, response);
    });
    const transport = new Transport({ kind: 'unix', path: socketPath, found: 'a test' });
    for (let n = 0; n < 3; n++) await transport.send({ method: 'GET', path: '/info' });
    expect(sockets.size).toBe(1);
  });

  it('must not be printed, which docker-modem does at each call that is followed', async () => {
    const socketPath = await engineOnSocket(engineAnswers);
    const docker = dockerClient({ kind: 'unix', path: socketPath, found: 'a test' });
    let options: { agent?: unknown; abortSignal?: unknown } = {};
    const modem = docker.modem as unknown as { agent: unknown; buildRequest: (asked: object, ...rest: unknown[]) => void };
    const original = modem.buildRequest.bind(modem);
    modem.buildRequest = (asked, ...rest) => {
      options = asked;
      original(asked, ...rest);
    };
    (await docker.getContainer('x').logs({ follow: true })).on('error', () => undefined).resume();
    transportOf(docker).agent.destroy();
    expect(inspect(options, { showHidden: true, depth: null }).length).toBeLessThan(1000);
  });
});
