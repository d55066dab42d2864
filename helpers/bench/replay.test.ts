import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordingProxy } from '../run/recording-proxy';
import { replay } from './replay';

/** An engine that makes things with ids of its own, and remembers what it was asked. */
class Engine {
  readonly asked: string[] = [];
  underWay = 0;
  most = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly server: Server;

  /** @param atOnce it answers nobody before so many have asked */
  constructor(
    private readonly digit: string,
    atOnce = 1,
  ) {
    this.server = createServer((request, response) => {
      this.underWay += 1;
      this.most = Math.max(this.most, this.underWay);
      request.resume();
      this.waiting.push(() => {
        this.underWay -= 1;
        this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
        response
          .writeHead(200, { 'Content-Type': 'application/json' })
          .end(request.url === '/containers/create' ? JSON.stringify({ Id: this.digit.repeat(64) }) : '{}');
      });
      if (this.underWay >= atOnce) for (const answer of this.waiting.splice(0)) answer();
    });
  }

  listen(socketPath: string): Promise<void> {
    return new Promise((resolve) => this.server.listen(socketPath, resolve));
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'replay-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('records calls, and makes them again in their order with the ids of another engine', async () => {
  const [first, second] = [new Engine('a'), new Engine('b')];
  const sockets = ['first', 'second', 'proxy'].map((name) => path.join(folder, name)) as [string, string, string];
  await Promise.all([first.listen(sockets[0]), second.listen(sockets[1])]);
  const proxy = await recordingProxy(sockets[0], sockets[2]);
  const created = {
    startedAt: 0,
    endedAt: 1,
    method: 'POST',
    path: '/containers/create',
    type: 'application/json',
    body: '',
    upgrade: false,
  };
  await replay([created, { ...created, startedAt: 2, endedAt: 4, method: 'GET', path: `/containers/${'a'.repeat(64)}/json` }], sockets[2]);
  const calls = proxy.calls();
  expect(calls.map(({ method, made }) => ({ method, made }))).toEqual([
    { method: 'POST', made: 'a'.repeat(64) },
    { method: 'GET', made: undefined },
  ]);

  expect(await replay(calls, sockets[1])).toBeGreaterThan(0);
  expect(second.asked).toEqual(['POST /containers/create', `GET /containers/${'b'.repeat(64)}/json`]);
  expect(second.most).toBe(1);
  proxy.close();
  first.close();
  second.close();
});

describe('calls that were made at once', () => {
  it('must be made at once again', async () => {
    const engine = new Engine('c', 3);
    await engine.listen(path.join(folder, 'engine'));
    const call = { startedAt: 0, endedAt: 10, method: 'GET', path: '/info', body: '', upgrade: false };
    await replay([call, { ...call, startedAt: 1 }, { ...call, startedAt: 2 }], path.join(folder, 'engine'));
    expect(engine.asked).toHaveLength(3);
    expect(engine.most).toBe(3);
    engine.close();
  });
});
