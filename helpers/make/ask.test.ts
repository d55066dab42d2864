import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dockerClient } from '../engine/guard';
import { recording } from '../world/evidence';
import { verdictOf } from '../claim/verdict';
import { asking, granted, Refused } from './ask';

const folder = mkdtempSync(path.join(tmpdir(), 'ask-'));
const socketPath = path.join(folder, 'engine.sock');
const seen: { method: string; url: string; body: string }[] = [];
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', url: request.url ?? '', body });
      if (request.url === '/empty') response.writeHead(204).end();
      else if (request.url === '/text') response.writeHead(200).end('OK');
      else if (request.url === '/refused') response.writeHead(403, { 'Api-Version': '1.51' }).end('{"message":"it is in use"}');
      else if (request.url === '/forbidden') response.writeHead(403).end('{"message":"authorization denied by plugin site: no host mode"}');
      else response.writeHead(201).end('{"Id":"1"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const ask = asking(dockerClient({ kind: 'unix', path: socketPath, found: 'a test' }));

describe('a raw call', () => {
  it('must leave the claim blocked where a plugin of the operator refuses it, and say which', async () => {
    const refused = ask('POST', '/forbidden').catch((error: unknown) => verdictOf(error));
    expect(await refused).toEqual({
      verdict: 'blocked',
      reason:
        'an authorization plugin of the operator refused a call that the claim needs: authorization denied by plugin site: no host mode',
    });
  });

  it('must tell status, body and message, whatever they are', async () => {
    expect(await ask('POST', '/networks/create', { Name: 'n' })).toMatchObject({ status: 201, body: { Id: '1' }, message: '' });
    expect(seen.at(-1)).toEqual({ method: 'POST', url: '/networks/create', body: '{"Name":"n"}' });
    expect(await ask('DELETE', '/empty')).toMatchObject({ status: 204, body: undefined });
    expect(await ask('GET', '/text')).toMatchObject({ status: 200, body: 'OK' });
    expect(await ask('GET', '/refused')).toMatchObject({ status: 403, message: 'it is in use', headers: { 'api-version': '1.51' } });
  });

  it('must send a text as it is', async () => {
    await ask('POST', '/networks/create', '{"Name": ');
    expect(seen.at(-1)?.body).toBe('{"Name": ');
  });

  it('must be evidence', async () => {
    const steps = await recording(
      () => ask('GET', '/refused'),
      (error) => {
        throw error;
      },
    );
    expect(steps).toEqual([
      expect.objectContaining({ kind: 'api', where: 'engine', what: 'GET /refused', answer: '403 {"message":"it is in use"}' }),
    ]);
  });

  it('must fail where there is no engine', async () => {
    await expect(asking(dockerClient({ kind: 'unix', path: path.join(folder, 'none'), found: 'a test' }))('GET', '/info')).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('an answer that must be good', () => {
  it('must be its body, or a deviation with the words of the engine', async () => {
    expect(granted('asking', await ask('POST', '/networks/create'))).toEqual({ Id: '1' });
    const refused = await ask('GET', '/refused');
    expect(() => granted('removing it', refused)).toThrow(Refused);
    expect(verdictOf(new Refused('removing it', 403, 'it is in use'))).toEqual({
      verdict: 'deviates',
      reason: 'the engine answered 403: removing it: it is in use',
    });
  });
});
