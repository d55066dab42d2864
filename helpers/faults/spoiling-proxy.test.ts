import path from 'node:path';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ApiFault } from '../../fixtures/faults/model';
import { cleanUp, engineOnSocket, temporaryDirectory } from '../selftest/fake-engine';
import { spoilingProxy, type SpoilingProxy } from './spoiling-proxy';

let proxy: SpoilingProxy | undefined;
afterEach(() => {
  proxy?.close();
  cleanUp();
});

/** A proxy before an engine that counts the questions, and repeats what it was asked. @returns what asks it */
async function before(calls: ApiFault['calls']): Promise<(url: string, body?: unknown) => Promise<unknown>> {
  let asked = 0;
  const engine = await engineOnSocket((question, answer) => {
    asked += 1;
    const nth = asked;
    const told = (said: string) =>
      JSON.stringify({ nth, url: question.url, Name: 'bridge', said: said.endsWith('}') ? (JSON.parse(said) as unknown) : said });
    void text(question).then((said) =>
      answer.setHeader('Content-Type', 'application/json').end(question.url === '/events' ? `${told(said)}\n${told(said)}\n` : told(said)),
    );
  });
  const socketPath = path.join(temporaryDirectory(), 'p.sock');
  proxy = await spoilingProxy(engine, socketPath);
  proxy.spoil(calls);
  return (url, body) =>
    new Promise((resolve, reject) => {
      const sent = request({ socketPath, path: url, method: body === undefined ? 'GET' : 'POST', agent: false }, (answer) => {
        text(answer).then(
          (said) =>
            resolve(
              answer.statusCode === 200
                ? (JSON.parse(said.includes('\n') ? `[${said.split('\n').join(',')}]` : said) as unknown)
                : { status: answer.statusCode, said },
            ),
          reject,
        );
      });
      sent.on('error', reject).end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
}

const method = 'GET';

describe('a proxy that spoils an API', () => {
  it('must change an answer, and pass on those to other questions as they are', async () => {
    const ask = await before([{ method, path: /^\/networks\?filters=\{"a"\}$/, does: 'answers', at: ['Name'], value: 'other' }]);
    expect(await ask('/v1.51/networks?filters=%7B%22a%22%7D')).toMatchObject({ Name: 'other' });
    expect(await ask('/v1.51/networks')).toMatchObject({ Name: 'bridge' });
    proxy?.spoil([]);
    expect(await ask('/networks?filters={"a"}')).toMatchObject({ Name: 'bridge' });
  });

  it('must answer itself only what asks for something, where that is said', async () => {
    const ask = await before([
      { method: 'POST', path: /^\/networks\/create/, does: 'pretends', status: 500, message: 'no', asked: /further$/ },
    ]);
    expect(await ask('/networks/create', '{"Name":"a"} further')).toEqual({ status: 500, said: '{"message":"no"}' });
    expect(await ask('/networks/create', '{"Name":"a"}')).toMatchObject({ said: { Name: 'a' } });
  });

  it('must change an answer only where it is about what is meant', async () => {
    const ask = await before([
      { method, path: /^\/networks/, does: 'answers', at: ['Name'], value: 'other', where: { at: ['Name'], is: 'host' } },
    ]);
    expect(await ask('/networks')).toMatchObject({ Name: 'bridge' });
  });

  it('must change a question', async () => {
    const ask = await before([
      { method: 'POST', path: /^\/containers\/create/, does: 'asks', at: ['HostConfig', 'NetworkMode'], value: 'bridge' },
    ]);
    expect(await ask('/containers/create', { HostConfig: { NetworkMode: 'host' } })).toMatchObject({
      said: { HostConfig: { NetworkMode: 'bridge' } },
    });
  });

  it('must pass on a question that is no JSON', async () => {
    const ask = await before([{ method: 'POST', path: /^\/networks\/create/, does: 'asks', at: ['Internal'], value: true }]);
    expect(await ask('/networks/create', '{"Name":')).toMatchObject({ said: '{"Name":' });
  });

  it('must change each line of an answer that tells one thing a line', async () => {
    const ask = await before([{ method, path: /^\/events/, does: 'answers', at: ['Name'], value: 'other' }]);
    expect(await ask('/events')).toEqual([expect.objectContaining({ Name: 'other' }), expect.objectContaining({ Name: 'other' })]);
  });

  it('must ask at another path', async () => {
    const ask = await before([{ method, path: /^\/networks\?filters=/, does: 'rewrites', from: /\{"type":\["\w+"\]\}/, to: '{}' }]);
    expect(await ask('/networks?filters=%7B%22type%22%3A%5B%22custom%22%5D%7D&x=1')).toMatchObject({ url: '/networks?filters=%7B%7D&x=1' });
  });

  it('must repeat its first answer, and forget', async () => {
    const ask = await before([
      { method, path: /^\/a$/, does: 'repeats' },
      { method, path: /^\/b$/, does: 'forgets', at: [] },
    ]);
    expect([await ask('/a'), await ask('/b'), await ask('/a')]).toEqual([
      expect.objectContaining({ nth: 1 }),
      {},
      expect.objectContaining({ nth: 1 }),
    ]);
  });

  it('must pretend without asking the engine', async () => {
    const ask = await before([{ method, path: /^\/a$/, does: 'pretends', status: 500, message: 'no' }]);
    expect([await ask('/a'), await ask('/b')]).toEqual([{ status: 500, said: '{"message":"no"}' }, expect.objectContaining({ nth: 1 })]);
  });

  it('must hang up', async () => {
    const ask = await before([{ method, path: /^\/a$/, does: 'hangs-up' }]);
    await expect(ask('/a')).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it('must keep silent without asking the engine, until nobody waits any more', async () => {
    const ask = await before([{ method, path: /^\/a$/, does: 'keeps-silent' }]);
    const silent = ask('/a').then(
      () => 'answered',
      () => 'ended',
    );
    expect(await ask('/b')).toMatchObject({ nth: 1 });
    expect(await Promise.race([silent, ask('/b')])).toMatchObject({ nth: 2 });
    proxy?.close();
    expect(await silent).toBe('ended');
  });
});
