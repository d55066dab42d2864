import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { download } from './download';

afterAll(cleanUp);

const before = process.env['XDG_CACHE_HOME'];
let server: Server | undefined;
let told: string[];
beforeEach(() => {
  process.env['XDG_CACHE_HOME'] = temporaryDirectory();
  told = [];
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
});

async function serving(listener: RequestListener): Promise<string> {
  const started = createServer(listener).listen(0, '127.0.0.1');
  server = started;
  await new Promise((resolve) => started.once('listening', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/docker-1.2.3.tgz`;
}

const fetched = (from: string, id = 'docker-1.2.3') => download(id, from, (line) => told.push(line));
const kept = () => readdirSync(path.join(process.env['XDG_CACHE_HOME'] ?? '', 'docker-network-conformance', 'archives')).sort();

describe('a download that was asked for', () => {
  it('must be kept with its sum, which is told, and not be made again', async () => {
    let times = 0;
    const from = await serving((_, response) => {
      times += 1;
      response.end('an archive');
    });
    const archive = await fetched(from);
    expect(readFileSync(archive, 'utf8')).toBe('an archive');
    expect(told.join('\n')).toMatch(/SHA-256 [0-9a-f]{64}: nobody publishes one/);
    expect(await fetched(from)).toBe(archive);
    expect(times).toBe(1);
    expect(kept()).toEqual(['docker-1.2.3.sha256', 'docker-1.2.3.tgz']);
  });

  it('must be refused where it is another one than the first', async () => {
    let text = 'an archive';
    const from = await serving((_, response) => response.end(text));
    rmSync(await fetched(from));
    text = 'another one';
    await expect(fetched(from)).rejects.toMatchObject({ message: expect.stringMatching(/is not what it was: its SHA-256 is /) });
    expect(kept()).toEqual(['docker-1.2.3.sha256']);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is not there', (_, response) => response.writeHead(404).end(), /could not be downloaded: the server answers 404 Not Found\.$/],
    [
      'breaks off',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('half', () => response.destroy());
      },
      /could not be downloaded: /,
    ],
  ])('must be told in one sentence where it %s, and leave nothing', async (_, listener, says) => {
    await expect(fetched(await serving(listener))).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(says) });
    expect(kept()).toEqual([]);
  });

  it('must be told in one sentence where nobody answers', async () => {
    const from = await serving(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    await expect(fetched(from)).rejects.toMatchObject({ message: expect.stringMatching(/could not be downloaded: .*ECONNREFUSED/) });
  });

  it.each(['docker-29', 'podman-5.8.6', '../docker-1.2.3', 'docker-1.2.3/../../x'])('must name a release: %s does not', async (id) => {
    await expect(fetched('http://127.0.0.1:9/', id)).rejects.toMatchObject({ message: `"${id}" names no release of Docker.`, status: 2 });
  });
});
