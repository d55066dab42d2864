import { createServer, request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** A call as it is sent to an engine. */
export interface SentCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders | Record<string, string | number>;
  body: Buffer;
}

/** Sends a call over a connection of its own, without any limit, for who stands between the suite and an engine or times one. */
export function send(engineSocket: string, { method, path, headers, body }: SentCall): ClientRequest {
  const sent = request({ socketPath: engineSocket, agent: false, method, path, headers });
  // in one piece: Node 20 fails now and then with EPIPE where a question is piped on to an engine that closes connections
  return sent.end(body);
}

/** A call that came to a proxy. */
export interface PassingCall extends SentCall {
  headers: IncomingHttpHeaders;
  /** where its answer goes */
  answer: ServerResponse;
  /** Asks the engine, as the proxy was asked or otherwise. */
  ask: (changes?: Partial<Pick<SentCall, 'path' | 'body'>>) => Promise<IncomingMessage>;
}

/** A connection that changed its protocol, such as an exec that is started. */
export interface PassingStream extends Omit<SentCall, 'headers'> {
  headers: IncomingHttpHeaders;
}

export interface ProxyOptions {
  /** deals with a call; where it fails, the connection is ended */
  call: (call: PassingCall) => Promise<void>;
  /** told of a stream when the engine has ended it, with the body that came before it */
  streamed?: (stream: PassingStream, startedAt: number) => void;
}

/** Stands between the suite and an engine. */
export interface Proxy {
  close(): void;
}

/**
 * Listens on a socket and lets everything pass to an engine, connections that change their protocol included. It does
 * not keep the process alive.
 */
export async function startProxy(
  engineSocket: string,
  ownSocket: string,
  { call, streamed = () => undefined }: ProxyOptions,
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer(
    (asked, answer) =>
      void passing(engineSocket, asked, answer)
        .then(call)
        .catch(() => answer.destroy()),
  );
  // as an engine does, it leaves a connection open that is idle: one that it ended just when it is used would be a fault that nobody asked for
  server.keepAliveTimeout = 0;
  server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => passStream(engineSocket, asked, client, head, streamed));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).unref();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ownSocket, resolve));
  server.unref();
  return {
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Lets an answer of the engine pass as it comes. */
export function passOn(truth: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(truth.statusCode ?? 500, truth.headers);
  answer.flushHeaders();
  truth.pipe(answer);
}

async function passing(engineSocket: string, asked: IncomingMessage, answer: ServerResponse): Promise<PassingCall> {
  const { method = '', url = '', headers } = asked;
  const question = await buffer(asked);
  const ask = ({ path = url, body = question }: Partial<SentCall> = {}) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const length = body.length > 0 && headers['transfer-encoding'] === undefined ? { 'content-length': body.length } : {};
      const sent = send(engineSocket, { method, path, headers: { ...headers, ...length } as Record<string, string | number>, body });
      sent.on('response', resolve).on('error', (error) => {
        reject(error);
        answer.destroy();
      });
      // who asked has gone
      answer.on('close', () => sent.destroy());
    });
  return { method, path: url, headers, body: question, answer, ask };
}

function passStream(
  engineSocket: string,
  { method = '', url = '', httpVersion, rawHeaders, headers }: IncomingMessage,
  client: Duplex,
  head: Buffer,
  streamed: NonNullable<ProxyOptions['streamed']>,
): void {
  const startedAt = performance.now();
  const engine = connect(engineSocket);
  const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => `${rawHeaders[2 * index]}: ${rawHeaders[2 * index + 1]}\r\n`);
  engine.write(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`);
  engine.write(head);
  const length = Number(headers['content-length'] ?? 0);
  let body = head.subarray(0, length);
  client.on('data', (chunk: Buffer) => {
    if (body.length < length) body = Buffer.concat([body, chunk]).subarray(0, length);
  });
  client.pipe(engine).pipe(client);
  engine.on('end', () => streamed({ method, path: url, headers, body }, startedAt));
  client.on('error', () => engine.destroy());
  engine.on('error', () => client.destroy());
}
