import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import path from 'node:path';
import { listening, temporaryDirectory } from './fake-engine';

/** What an engine is made to say wrongly: the answers of the paths that match, after `tell` has changed them. */
export interface Lie {
  /** path of a GET request, without version prefix and query */
  path: RegExp;
  /** changes the parsed answer in place */
  tell: (answer: never) => void;
}

/**
 * Stands before a real engine and passes everything on, connections that change their protocol included, except that some
 * answers are changed. Closed by `cleanUp()` of fake-engine.
 * @returns the path of its socket
 */
export async function lyingEngine(engineSocket: string, lies: readonly Lie[]): Promise<string> {
  const socketPath = path.join(temporaryDirectory(), 'lies.sock');
  const server = createServer((asked, answer) => void passOn(engineSocket, lies, asked, answer));
  server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => passUpgradeOn(engineSocket, asked, client, head));
  await listening(server, socketPath);
  return socketPath;
}

async function passOn(engineSocket: string, lies: readonly Lie[], asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { method, url = '', headers } = asked;
  const plainPath = url.split('?')[0]?.replace(/^\/v\d+\.\d+\//, '/') ?? '';
  const told = method === 'GET' ? lies.filter((lie) => lie.path.test(plainPath)) : [];
  try {
    const truth = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.pipe(request({ socketPath: engineSocket, method, path: url, headers }, resolve).on('error', reject));
    });
    const { statusCode = 500, headers: answered } = truth;
    if (told.length === 0 || statusCode !== 200) {
      answer.writeHead(statusCode, answered);
      answer.flushHeaders();
      truth.pipe(answer);
      return;
    }
    const document = JSON.parse((await buffer(truth)).toString('utf8')) as never;
    for (const { tell } of told) tell(document);
    answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
  } catch {
    answer.destroy();
  }
}

function passUpgradeOn(engineSocket: string, { method, url, httpVersion, rawHeaders }: IncomingMessage, client: Duplex, head: Buffer): void {
  const engine = connect(engineSocket);
  const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => `${rawHeaders[2 * index]}: ${rawHeaders[2 * index + 1]}\r\n`);
  engine.write(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`);
  engine.write(head);
  client.pipe(engine).pipe(client);
  client.on('error', () => engine.destroy());
  engine.on('error', () => client.destroy());
}
