import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ApiFault } from '../../fixtures/faults/model';
import { passOn, startProxy, type PassingCall, type Proxy } from '../engine/proxy';
import { emptyAt, hasAt, setAt } from './spoiled-document';

type Call = ApiFault['calls'][number];

/** A proxy that spoils what it is told to. */
export interface SpoilingProxy extends Proxy {
  /** from now on these calls are spoiled; with none, everything is passed on as it is */
  spoil(calls: readonly Call[]): void;
}

/**
 * Listens on a socket and passes everything on to an engine, connections that change their protocol included. It passes
 * all on as it is until it is told otherwise, and does not keep the process alive.
 */
export async function spoilingProxy(engineSocket: string, ownSocket: string): Promise<SpoilingProxy> {
  const state: State = { calls: [], first: new Map() };
  const proxy = await startProxy(engineSocket, ownSocket, { call: (call) => spoil(state, call) });
  return { ...proxy, spoil: (calls) => (state.calls = calls) };
}

interface State {
  calls: readonly Call[];
  /** first answers, by question */
  readonly first: Map<string, Buffer>;
}

async function spoil({ calls, first }: State, { method, path, body: question, answer, ask }: PassingCall): Promise<void> {
  const plain = decodeURIComponent(path).replace(/^\/v\d+\.\d+\//, '/');
  const meant = (call: Call) => call.does !== 'pretends' || call.asked === undefined || call.asked.test(question.toString('utf8'));
  const spoiled = calls.filter((call) => call.method === method && call.path.test(plain) && meant(call));
  for (const call of spoiled) {
    if (call.does === 'keeps-silent') return;
    if (call.does === 'hangs-up') {
      answer.destroy();
      return;
    }
    if (call.does === 'pretends') {
      reply(answer, call.status, call.message === undefined ? '' : JSON.stringify({ message: call.message }));
      return;
    }
  }
  const truth = await ask(otherwise(path, question, spoiled));
  const { statusCode = 500 } = truth;
  const toChange = spoiled.some(({ does }) => ['answers', 'forgets', 'repeats'].includes(does));
  if (!toChange || statusCode >= 300) {
    passOn(truth, answer);
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
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }
}

function applies({ where }: Extract<Call, { does: 'answers' | 'asks' }>, document: unknown): boolean {
  return where === undefined || hasAt(document, where.at, where.is);
}

/** What the engine is asked instead, where the question is to be spoiled. */
function otherwise(path: string, question: Buffer, calls: readonly Call[]): { path: string; body: Buffer } {
  const changes = calls.flatMap((call) => (call.does === 'asks' ? [call] : []));
  return {
    path: calls.reduce((to, call) => (call.does === 'rewrites' ? encodeURI(decodeURIComponent(to).replace(call.from, call.to)) : to), path),
    body: changes.length > 0 ? changed(question, changes) : question,
  };
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
