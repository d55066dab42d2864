import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiFault } from '../../fixtures/faults/model';
import { emptyAt, hasAt, setAt } from './spoiled-document';

type Call = ApiFault['calls'][number];

/** Stands between the suite and an engine. */
export interface SpoilingProxy {
  /** from now on these calls are spoiled; with none, everything is passed on as it is */
  spoil(calls: readonly Call[]): void;
  close(): void;
}

/**
 * Listens on a socket and passes everything on to an engine, connections that change their protocol included. It passes
 * all on as it is until it is told otherwise, and does not keep the process alive.
 */
export async function spoilingProxy(engineSocket: string, ownSocket: string): Promise<SpoilingProxy> {
  const state: State = { engineSocket, calls: [], first: new Map() };
  const sockets = new Set<Socket>();
  const server = createServer((asked, answer) => void passOn(state, asked, answer).catch(() => answer.destroy()));
  // as an engine does, it leaves a connection open that is idle: one that it ended just when it is used would be a fault that nobody asked for
  server.keepAliveTimeout = 0;
  server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => passUpgradeOn(engineSocket, asked, client, head));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).unref();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ownSocket, resolve));
  server.unref();
  return {
    spoil: (calls) => (state.calls = calls),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface State {
  readonly engineSocket: string;
  calls: readonly Call[];
  /** first answers, by question */
  readonly first: Map<string, Buffer>;
}

async function passOn({ engineSocket, calls, first }: State, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { method = '', url = '' } = asked;
  const plain = decodeURIComponent(url).replace(/^\/v\d+\.\d+\//, '/');
  const question = await buffer(asked);
  const meant = (call: Call) => call.does !== 'pretends' || call.asked === undefined || call.asked.test(question.toString('utf8'));
  const spoiled = calls.filter((call) => call.method === method && call.path.test(plain) && meant(call));
  for (const call of spoiled) {
    if (call.does === 'waits') await delay(call.milliseconds, undefined, { ref: false });
    if (call.does === 'hangs-up') {
      answer.destroy();
      return;
    }
    if (call.does === 'pretends') {
      reply(answer, call.status, call.message === undefined ? '' : JSON.stringify({ message: call.message }));
      return;
    }
  }
  const truth = await ask(engineSocket, { asked, question }, spoiled);
  const { statusCode = 500, headers } = truth;
  const toChange = spoiled.some(({ does }) => ['answers', 'forgets', 'repeats'].includes(does));
  if (!toChange || statusCode >= 300) {
    answer.writeHead(statusCode, headers);
    answer.flushHeaders();
    truth.pipe(answer);
    return;
  }
  const body = await buffer(truth);
  const told = spoiled.some(({ does }) => does === 'repeats') ? (first.get(plain) ?? body) : body;
  first.set(plain, told);
  reply(answer, statusCode, spoiledAnswer(told, spoiled));
}

function reply(answer: ServerResponse, status: number, body: string): void {
  answer.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

function spoiledAnswer(body: Buffer, calls: readonly Call[]): string {
  const documents = documentsIn(body.toString('utf8'));
  for (const document of documents) {
    for (const call of calls) {
      if (call.does === 'answers' && applies(call, document)) setAt(document, call.at, call.value);
      if (call.does === 'forgets') emptyAt(document, call.at);
    }
  }
  return documents.map((document) => JSON.stringify(document)).join('\n');
}

/** An answer is one document, or one on each line, as events are told. */
function documentsIn(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown);
  }
}

function applies({ where }: Extract<Call, { does: 'answers' | 'asks' }>, document: unknown): boolean {
  return where === undefined || hasAt(document, where.at, where.is);
}

/** Asks the engine, in other words where the question is to be spoiled. */
async function ask(engineSocket: string, { asked, question }: { asked: IncomingMessage; question: Buffer }, calls: readonly Call[]): Promise<IncomingMessage> {
  const { method, url = '', headers } = asked;
  const path = calls.reduce((to, call) => (call.does === 'rewrites' ? encodeURI(decodeURIComponent(to).replace(call.from, call.to)) : to), url);
  const changes = calls.flatMap((call) => (call.does === 'asks' ? [call] : []));
  const body = changes.length > 0 ? changed(question, changes) : question;
  // in one piece: Node 20 fails now and then with EPIPE where a question is piped on to an engine that closes connections
  return await new Promise((resolve, reject) => {
    request({ socketPath: engineSocket, agent: false, method, path, headers: { ...headers, ...(body.length > 0 && headers['transfer-encoding'] === undefined && { 'content-length': body.length }) } }, resolve).on('error', reject).end(body);
  });
}

function changed(question: Buffer, changes: readonly Extract<Call, { does: 'answers' | 'asks' }>[]): Buffer {
  const document = parsed(question);
  // how what is no JSON is refused is the engine's answer
  if (document === undefined) return question;
  for (const call of changes) if (applies(call, document)) setAt(document, call.at, call.value);
  return Buffer.from(JSON.stringify(document));
}

function parsed(question: Buffer): unknown {
  try {
    return JSON.parse(question.toString('utf8'));
  } catch {
    return undefined;
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
