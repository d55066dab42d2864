import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { setImmediate as pollOnce } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Deadline } from './deadline';
import { dial, type DirectEndpoint } from './dial';
import { bracketed } from './endpoint';
import { limit, sizes } from './limits';
import { used } from '../base/usage';
import { CallFailed, TooSlow, WrongAnswer } from '../world/wrong-answer';

/** Limits of one way to an engine, in milliseconds, where they are not the usual ones. */
export interface TransportLimits {
  /** without a byte */
  idle?: number;
  /** to the last byte of an answer */
  total?: number;
}

/** One call of an engine's API. */
export interface Question extends TransportLimits {
  method: string;
  /** with its query */
  path: string;
  /** a stream is sent as it comes */
  body?: string | Buffer | Readable;
  headers?: Record<string, string | number>;
}

/** What came back, whatever its status. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Milliseconds for which a connection that is idle may be used again. Whoever ends idle ones by himself waits longer. */
const reusedWithin = 2000;

/**
 * The connections to one engine. They are kept for the next call, because over ssh and TLS a new one is dear. Node's own
 * agent looks after idle ones with timers, which go off against a call that was just begun where the process stood still
 * meanwhile ("socket hang up"); here the age is looked at when a connection is wanted.
 */
export class EngineAgent extends Agent {
  private readonly idleSince = new WeakMap<Duplex, number>();

  constructor(private readonly endpoint: DirectEndpoint) {
    // the oldest first: Node passes over those that are destroyed in this order alone
    super({ keepAlive: true, scheduling: 'fifo' });
    printedShort(this);
  }

  /** Connections are encrypted here where they are to be, so that each call is one of plain HTTP. */
  override createConnection(): Duplex {
    return dial(this.endpoint);
  }

  override keepSocketAlive(socket: Duplex): boolean {
    this.idleSince.set(socket, performance.now());
    // eslint-disable-next-line @typescript-eslint/no-confusing-void-expression -- it answers whether the connection is kept (nodejs.org/api/http.html), which its type does not say
    return super.keepSocketAlive(socket) as unknown as boolean;
  }

  /** Ends connections that must not be used again, the engine's end of them being gone, or perhaps about to go. */
  async dropStale(): Promise<void> {
    const idle = () => Object.values(this.freeSockets).flatMap((sockets) => sockets ?? []);
    if (idle().length === 0) return;
    // what the other side has ended while this process stood still is heard of now, or in the next round
    await pollOnce();
    await pollOnce();
    for (const socket of idle()) {
      if (socket.readableEnded || performance.now() - (this.idleSince.get(socket) ?? 0) > reusedWithin) socket.destroy();
    }
  }
}

/**
 * Has `util.inspect` print an object by its class alone. docker-modem prints all options of each call, to any depth and
 * whether it is debugged or not (`buildRequest`): an agent with all its connections took most of a run's time.
 */
export function printedShort<T extends object>(object: T): T {
  return Object.defineProperty(object, inspect.custom, { value: () => `[${object.constructor.name}]` });
}

let makesNothing = false;

/** From now on this process makes nothing on any engine: it is about to end, and removes what it has made. */
export function makeNothingMore(): void {
  makesNothing = true;
}

const makes = /^\/(?:v[\d.]+\/)?(?:libpod\/)?(?:containers|networks|volumes)\/create\b/;

/** The one way in which the suite asks an engine: every answer is bounded in time and size, and no redirect is followed. */
export class Transport {
  readonly agent: EngineAgent;
  private readonly host: string;

  constructor(
    endpoint: DirectEndpoint,
    private readonly limits: TransportLimits = {},
  ) {
    this.agent = new EngineAgent(endpoint);
    this.host = endpoint.kind === 'unix' ? 'docker' : `${bracketed(endpoint.host)}:${endpoint.port}`;
  }

  /**
   * Makes one call.
   * @throws WrongAnswer for what is no answer, or too long; TooSlow where it does not come in time; CallFailed where the connection fails or breaks off
   */
  async send({
    method,
    path,
    body,
    headers = {},
    idle = this.limits.idle ?? limit('idle'),
    total = this.limits.total ?? limit('answer'),
  }: Question): Promise<Answer> {
    await this.agent.dropStale();
    const call = callOf(method, path);
    if (makesNothing && method === 'POST' && makes.test(path)) throw new CallFailed(call, new Error('the run was interrupted'));
    return await new Promise((resolve, reject) => {
      const length = typeof body === 'string' || Buffer.isBuffer(body) ? { 'Content-Length': Buffer.byteLength(body) } : {};
      const outgoing = request({ agent: this.agent, method, path, headers: { Host: this.host, ...length, ...headers } });
      const deadline = new Deadline(
        { idle, total },
        (what, milliseconds) => fail(new TooSlow(call, what, milliseconds)),
        bytesMoved(() => outgoing.socket),
      );
      const settle = (): void => {
        deadline.end();
        outgoing.destroy();
      };
      const fail = (error: Error): void => {
        settle();
        reject(error);
      };
      let interim = 0;
      outgoing.on('information', () => {
        interim += 1;
        if (interim > sizes.interim) fail(new WrongAnswer(call, `more than ${sizes.interim} interim answers`, 'an answer'));
      });
      outgoing.on('upgrade', ({ statusCode }: IncomingMessage, socket: Duplex) => {
        socket.destroy();
        fail(new WrongAnswer(call, `with another protocol (HTTP ${statusCode})`, 'an answer'));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        fail(
          isNoHttp(error)
            ? new WrongAnswer(call, `what is no HTTP (${error.message})`, 'an answer', { cause: error })
            : new CallFailed(call, error),
        ),
      );
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          deadline.touch();
          bytes += chunk.length;
          if (bytes > sizes.answer) fail(new WrongAnswer(call, `more than ${sizes.answer / 1024 / 1024} MiB`, 'an answer of a usual size'));
          else chunks.push(chunk);
        });
        incoming.on('error', (error: NodeJS.ErrnoException) =>
          fail(new CallFailed(call, Object.assign(new Error(`the answer broke off after ${bytes} bytes`), { code: error.code }))),
        );
        incoming.on('end', () => {
          deadline.end();
          countMade(method, path, incoming.statusCode);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      });
      if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body);
      else body.on('error', fail).pipe(outgoing);
    });
  }
}

/** Calls that make something, by what it is that a run is said to have used. */
const making = [
  ['containers', /^\/(?:v[\d.]+\/)?(?:libpod\/)?containers\/create\b/],
  ['networks', /^\/(?:v[\d.]+\/)?(?:libpod\/)?networks\/create\b/],
  ['execs', /^\/(?:v[\d.]+\/)?(?:libpod\/)?containers\/[^/]+\/exec\b/],
] as const;

function countMade(method: string, path: string, status = 0): void {
  if (method !== 'POST' || status < 200 || status >= 300) return;
  const [kind] = making.find(([, call]) => call.test(path)) ?? [];
  if (kind !== undefined) used(kind);
}

/** Makes one call on a connection of its own. */
export async function askOnce(endpoint: DirectEndpoint, question: Question): Promise<Answer> {
  const transport = new Transport(endpoint);
  try {
    return await transport.send(question);
  } finally {
    transport.agent.destroy();
  }
}

/** A call as messages name it: without its query, which can be long and hold names of others. */
export function callOf(method: string, path: string): string {
  const [plain = ''] = path.split('?');
  return `${method} ${plain.length > 120 ? `${plain.slice(0, 119)}…` : plain}`;
}

/** Asked again and again, whether any bytes went over a connection since the last time. */
export function bytesMoved(socketOf: () => { bytesRead?: number; bytesWritten?: number } | null | undefined): () => boolean {
  let before = -1;
  return () => {
    const socket = socketOf();
    const now = (socket?.bytesRead ?? 0) + (socket?.bytesWritten ?? 0);
    const moved = now !== before;
    before = now;
    return moved;
  };
}

/** What Node's parser of HTTP says of bytes that are none. */
function isNoHttp({ code = '' }: NodeJS.ErrnoException): boolean {
  return code.startsWith('HPE_');
}
