import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const cleanUps: (() => void)[] = [];

/** Closes every server and removes every directory that was made here; for `afterAll`. */
export function cleanUp(): void {
  for (const undo of cleanUps.splice(0).reverse()) undo();
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'fake-engine-'));
  cleanUps.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Answers as an engine does, as far as a connection asks. */
export const engineAnswers: RequestListener = (request, response) => {
  if (request.url === '/_ping') response.setHeader('Api-Version', '1.51').end('OK');
  else if (request.url === '/version')
    response.setHeader('Content-Type', 'application/json').end('{"Version":"28.5.2","ApiVersion":"1.51"}');
  else response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ url: request.url }));
};

/** Lets a server listen on a socket path, or on a free port of 127.0.0.1 when none is given. */
export async function listening(server: Server, socketPath?: string): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUps.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) =>
    socketPath === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socketPath, resolve),
  );
  return socketPath === undefined ? (server.address() as AddressInfo).port : 0;
}

/** An engine on a unix socket; returns the path. */
export async function engineOnSocket(answers = engineAnswers, socketPath = path.join(temporaryDirectory(), 'e.sock')): Promise<string> {
  await listening(createHttp(answers), socketPath);
  return socketPath;
}

/** An engine on a port of 127.0.0.1, with TLS if options for it are given; returns the port. */
export function engineOnPort(answers = engineAnswers, tls?: ServerOptions): Promise<number> {
  return listening(tls ? createHttps(tls, answers) : createHttp(answers));
}

/** A CA and what it issues, made with openssl in a directory of its own. */
export class CertificateAuthority {
  readonly directory = temporaryDirectory();

  constructor() {
    this.openssl('req', '-x509', ...newKey, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=test CA', '-days', '2');
  }

  /** Writes a key and a certificate; returns the paths of both. */
  issue(name: string, subjectAltName: string): { cert: string; key: string } {
    writeFileSync(path.join(this.directory, `${name}.ext`), `subjectAltName=${subjectAltName}\n`);
    this.openssl('req', ...newKey, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    this.openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca-key.pem',
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
      '-days',
      '2',
      '-out',
      `${name}.pem`,
    );
    return { cert: path.join(this.directory, `${name}.pem`), key: path.join(this.directory, `${name}-key.pem`) };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
