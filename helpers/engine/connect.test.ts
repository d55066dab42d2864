import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { chmodSync, copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { get, request, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';

import {
  CertificateAuthority,
  cleanUp,
  engineAnswers,
  engineOnPort,
  engineOnSocket,
  listening,
  temporaryDirectory,
} from '../selftest/fake-engine';
import { connect, type Connection, type ConnectOptions } from './connect';
import type { Endpoint } from './endpoint';
import { readTlsDirectory } from './tls-files';

const open: Connection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) await connection.close();
});
afterAll(cleanUp);

async function connected(endpoint: Endpoint, options?: ConnectOptions): Promise<Connection> {
  const connection = await connect(endpoint, options);
  open.push(connection);
  return connection;
}

const onSocket = (socketPath: string): Endpoint => ({ kind: 'unix', path: socketPath, found: 'default socket' });
const onPort = (port: number, host = '127.0.0.1'): Endpoint => ({ kind: 'tcp', host, port, found: 'DOCKER_HOST' });

async function expectFailure(endpoint: Endpoint, message: RegExp, remedy: RegExp, options?: ConnectOptions): Promise<void> {
  await expect(connect(endpoint, options)).rejects.toEqual(
    expect.objectContaining({
      name: 'UserError',
      status: 3,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    }),
  );
}

const answering =
  (status: number, contentType: string, body: string, where = /./): RequestListener =>
  (incoming, response) =>
    where.test(incoming.url ?? '')
      ? response.writeHead(status, { 'Content-Type': contentType }).end(body)
      : engineAnswers(incoming, response);

describe('an engine that answers', () => {
  it('on a socket', async () => {
    const socketPath = await engineOnSocket();
    const connection = await connected(onSocket(socketPath));
    expect(connection.version).toEqual({ Version: '28.5.2', ApiVersion: '1.51' });
    expect(connection.socketPath).toBe(socketPath);
    expect(connection).not.toHaveProperty('host');
    expect(connection.environment).toEqual({ DOCKER_HOST: `unix://${socketPath}` });
    expect(Object.keys(connection.environment)).toEqual(
      expect.arrayContaining(['DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_TLS', 'DOCKER_CONTEXT', 'DOCKER_API_VERSION']),
    );
    await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
  });

  it('on a port', async () => {
    const port = await engineOnPort();
    const connection = await connected(onPort(port));
    expect(connection).not.toHaveProperty('socketPath');
    expect(connection.host).toBe('127.0.0.1');
    expect(connection.environment).toMatchObject({ DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: undefined });
    await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
  });

  it('whatever the variables of this process say', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { DOCKER_HOST: 'tcp://elsewhere:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' });
    try {
      const connection = await connected(onSocket(await engineOnSocket()));
      await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
      expect(process.env['DOCKER_HOST']).toBe('tcp://elsewhere:2376');
    } finally {
      process.env = before;
    }
  });

  it('but a request to it that stays without answer is given up', async () => {
    const socketPath = await engineOnSocket((incoming, response) => {
      if (incoming.url !== '/info') engineAnswers(incoming, response);
    });
    const { docker } = await connected(onSocket(socketPath), { requestTimeout: 50 });
    await expect(docker.info()).rejects.toThrow(/^GET \/info was not answered: not a byte came for 0\.05 s/);
  });

  it('behind a path that testcontainers would take for another one: by a private socket', async () => {
    const socketPath = await engineOnSocket(undefined, path.join(temporaryDirectory(), 'with blank.sock'));
    const connection = await connected(onSocket(socketPath));
    expect(connection.environment.DOCKER_HOST).toMatch(/^unix:\/\/\S+$/);
    await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
  });
});

describe('an engine with TLS', () => {
  const authority = new CertificateAuthority();
  const server = authority.issue('server', 'IP:127.0.0.1,DNS:localhost');
  const client = authority.issue('client', 'DNS:client');
  const stranger = new CertificateAuthority();
  const key = readFileSync(server.key);
  const cert = readFileSync(server.cert);
  const ca = readFileSync(path.join(authority.directory, 'ca.pem'));
  const mutual = { key, cert, ca, requestCert: true };

  function files(issuer: CertificateAuthority, pair?: { cert: string; key: string }): string {
    const directory = temporaryDirectory();
    copyFileSync(path.join(issuer.directory, 'ca.pem'), path.join(directory, 'ca.pem'));
    if (pair) for (const name of ['cert', 'key'] as const) copyFileSync(pair[name], path.join(directory, `${name}.pem`));
    return directory;
  }

  async function secure(port: number, directory: string, { host = '127.0.0.1', verify = true } = {}): Promise<Endpoint> {
    return { kind: 'tcp', host, port, tls: await readTlsDirectory(directory, verify, 'DOCKER_TLS_VERIFY'), found: 'DOCKER_HOST' };
  }

  it('is reached with a client certificate, which is passed on by variables', async () => {
    const port = await engineOnPort(engineAnswers, mutual);
    const directory = files(authority, client);
    const connection = await connected(await secure(port, directory, { host: 'localhost' }));
    expect(connection.environment).toMatchObject({
      DOCKER_HOST: `tcp://localhost:${port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: directory,
    });
    await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
  });

  it.each([
    ['without a client certificate', true, authority],
    ['without verification', false, stranger],
  ])('is reached %s by a private socket, since variables cannot say that to testcontainers', async (_, verify, issuer) => {
    const port = await engineOnPort(engineAnswers, { key, cert });
    const connection = await connected(await secure(port, files(issuer), { verify }));
    const { socketPath = '', environment, host } = connection;
    expect(environment).toMatchObject({ DOCKER_HOST: `unix://${socketPath}`, DOCKER_TLS_VERIFY: undefined, DOCKER_CERT_PATH: undefined });
    expect(host).toBe('127.0.0.1');
    expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
    await expect(connection.docker.info()).resolves.toEqual({ url: '/info' });
    await connection.close();
    expect(existsSync(path.dirname(socketPath))).toBe(false);
  });

  it('fails when another CA has signed the certificate', async () => {
    const directory = files(stranger);
    await expectFailure(await secure(await engineOnPort(engineAnswers, { key, cert }), directory), /not signed by the CA in/, /ca\.pem/);
  });

  it('fails when the certificate is for another name', async () => {
    const alias = await engineOnPort(engineAnswers, { ...authorityPair('other', 'DNS:other.example') });
    await expectFailure(await secure(alias, files(authority)), /certificate of .* is for another name/, /name that the certificate lists/);
  });

  function authorityPair(name: string, subject: string): { key: Buffer; cert: Buffer } {
    const pair = authority.issue(name, subject);
    return { key: readFileSync(pair.key), cert: readFileSync(pair.cert) };
  }

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('fails when it wants a client certificate and there is none, %s', async (maxVersion) => {
    const port = await engineOnPort(engineAnswers, { ...mutual, maxVersion });
    await expectFailure(
      await secure(port, files(authority)),
      /wants a client certificate, and there is none/,
      /cert\.pem and key\.pem into/,
    );
  });

  it('fails when it rejects the client certificate', async () => {
    const port = await engineOnPort(engineAnswers, mutual);
    await expectFailure(
      await secure(port, files(authority, stranger.issue('client', 'DNS:client'))),
      /rejects the client certificate/,
      /engine's CA has signed/,
    );
  });

  it('fails when asked without TLS', async () => {
    await expectFailure(onPort(await engineOnPort(engineAnswers, { key, cert })), /probably expects TLS/, /DOCKER_TLS_VERIFY=1/);
    // what dockerd itself answers: Go's net/http
    const go = await engineOnPort(answering(400, 'text/plain', 'Client sent an HTTP request to an HTTPS server.\n'));
    await expectFailure(onPort(go), /expects TLS/, /DOCKER_TLS_VERIFY=1/);
    const alert = await listening(createServer((socket) => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 10]))));
    await expectFailure(onPort(alert), /probably expects TLS/, /DOCKER_TLS_VERIFY=1/);
  });

  it('fails when there is no TLS on the other side', async () => {
    await expectFailure(await secure(await engineOnPort(), files(authority)), /does not speak TLS/, /Unset DOCKER_TLS_VERIFY/);
  });
});

describe('no engine to talk to', () => {
  it('nobody listens', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await expectFailure(onPort(port), /Nobody listens at tcp:\/\/127\.0\.0\.1:\d+ \(DOCKER_HOST\): connection refused/, /Start the engine/);
    await expectFailure(onPort(port, 'localhost'), /connection refused/, /Start the engine/);
  });

  it('no such socket file', async () => {
    await expectFailure(
      onSocket('/nowhere/e.sock'),
      /unix:\/\/\/nowhere\/e\.sock \(default socket\): no such socket file/,
      /Start the engine/,
    );
  });

  it('permission denied', async () => {
    const socketPath = await engineOnSocket();
    chmodSync(path.dirname(socketPath), 0o755);
    chmodSync(socketPath, 0o000);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await expectFailure(onSocket(socketPath), /permission denied/, /usermod -aG docker/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('name not found', async () => {
    // an empty label: no name server is asked
    await expectFailure(onPort(2375, 'no..such'), /name not found/, /Check the address/);
  });

  it('somebody who accepts and never answers', async () => {
    const silent = await listening(createServer());
    const since = Date.now();
    await expectFailure(onPort(silent), /did not answer within 0\.1 s/, /needs a restart/, { timeout: 100 });
    expect(Date.now() - since).toBeLessThan(1000);
  });

  it('somebody who begins to answer and never ends', async () => {
    const slow = await engineOnPort((_, response) => {
      response.write('O');
    });
    await expectFailure(onPort(slow), /did not answer within 0\.1 s/, /needs a restart/, { timeout: 100 });
  });

  it.each([
    [
      'a page',
      answering(200, 'text/html', '<html></html>'),
      /not a Docker API: GET \/_ping was answered with HTTP 200 and text\/html/,
      /something else listens/,
    ],
    [
      '404',
      answering(404, 'text/plain', 'not found'),
      /not a Docker API: GET \/_ping was answered with HTTP 404/,
      /something else listens/,
    ],
    [
      'OK to all',
      answering(200, 'text/plain', 'OK'),
      /not a Docker API: GET \/version was answered with HTTP 200/,
      /something else listens/,
    ],
    [
      'no /version',
      answering(403, '', '{}', /version/),
      /GET \/version was answered with HTTP 403 and no content type/,
      /something else listens/,
    ],
    ['no version in it', answering(200, 'application/json', '{"version":1}', /version/), /not a Docker API/, /something else listens/],
    ['without end', answering(200, 'text/plain', 'x'.repeat(3_000_000)), /not a Docker API/, /something else listens/],
    ['500', answering(500, 'text/plain', 'starting\nup'), /there but not ready: HTTP 500, starting\./, /log of the engine/],
    ['503 without a word', answering(503, '', ''), /HTTP 503, no text/, /log of the engine/],
  ])('something that answers %s', async (_, answers, message, remedy) => {
    await expectFailure(onPort(await engineOnPort(answers)), message, remedy);
  });

  it('something that does not speak HTTP', async () => {
    const greeting = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    await expectFailure(onPort(greeting), /does not speak HTTP/, /something else listens/);
  });

  it('a socket whose other side hangs up', async () => {
    const socketPath = path.join(temporaryDirectory(), 'e.sock');
    await listening(
      createServer((socket) => socket.destroy()),
      socketPath,
    );
    await expectFailure(onSocket(socketPath), /cannot be used: it closes the connection without an answer/, /Start the engine/);
  });
});

describe('the private socket', () => {
  it('carries much in both directions, and an answer that begins when the question has ended', async () => {
    const socketPath = await engineOnSocket(
      (incoming, response) => {
        if (incoming.url !== '/echo') {
          engineAnswers(incoming, response);
          return;
        }
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => response.end(Buffer.concat(chunks)));
      },
      path.join(temporaryDirectory(), 'with blank.sock'),
    );
    const { socketPath: relay = '' } = await connected(onSocket(socketPath));
    const body = Buffer.alloc(5_000_000, 'docker');
    const echoed = await new Promise<Buffer>((resolve, reject) => {
      request({ socketPath: relay, path: '/echo', method: 'POST' }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      })
        .on('error', reject)
        .end(body);
    });
    expect(echoed.equals(body)).toBe(true);
  });

  it('ends its connections when the engine ends', async () => {
    const socketPath = await engineOnSocket(
      (incoming, response) => {
        if (incoming.url === '/gone') incoming.socket.destroy();
        else engineAnswers(incoming, response);
      },
      path.join(temporaryDirectory(), 'with blank.sock'),
    );
    const { socketPath: relay = '' } = await connected(onSocket(socketPath));
    await expect(new Promise((resolve, reject) => get({ socketPath: relay, path: '/gone' }, resolve).on('error', reject))).rejects.toThrow(
      /hang up/,
    );
  });
});
