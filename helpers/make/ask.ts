import { request as requestPlain, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';
import type Dockerode from 'dockerode';
import { record } from '../claim/evidence';
import { patiently } from '../pace';
import { questioned } from '../mutants/answers';
import { notReading } from '../mutants/look';

/** What the engine answered to one call, whatever its status. */
export interface ApiAnswer<Body> {
  readonly status: number;
  /** the parsed body; text where it is no JSON, undefined where it is empty */
  readonly body: Body;
  /** the `message` of an error; empty where there is none */
  readonly message: string;
  readonly headers: Record<string, string>;
}

/** Asks the engine, and answers whatever it said: a status is never an exception. */
export type Ask = <Body = unknown>(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD', path: string, body?: object | string) => Promise<ApiAnswer<Body>>;

/** Milliseconds without a byte after which a call is given up. */
const patience = 30_000;

/** Where dockerode found the engine, as docker-modem keeps it. */
interface Way {
  socketPath?: string;
  host?: string;
  port?: number | string;
  protocol?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/**
 * Raw calls to the engine behind a client. The path has no version, so that the engine answers in its newest one. A body
 * that is a string is sent as it is, as JSON all the same. Each call is evidence.
 */
export function asking(docker: Dockerode): Ask {
  const { socketPath, host, port, protocol, ca, cert, key } = (docker as unknown as { modem: Way }).modem;
  const way: RequestOptions = socketPath === undefined ? { host: host ?? 'localhost', port: port ?? 2375, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : { socketPath };
  const request = protocol === 'https' && socketPath === undefined ? requestTls : requestPlain;
  return async <Body>(method: string, path: string, body?: object | string): Promise<ApiAnswer<Body>> => {
    const startedAt = performance.now();
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const what = `${method} ${path}${sent === undefined ? '' : ` ${sent}`}`;
    const question = questioned(what);
    const send = () =>
      new Promise<Sent>((resolve, reject) => {
        const limit = patiently(patience);
        const outgoing = request({ ...way, agent: false, timeout: limit, method, path, headers: { Host: 'docker', ...(sent !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }) } }, (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => (text += chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
            resolve({ status: incoming.statusCode ?? 0, body: parse(text), headers });
          });
        });
        outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} within ${limit} ms`)));
        outgoing.on('error', reject);
        outgoing.end(sent);
      });
    const { status, body: told, headers } = await question.ask(send);
    record({ kind: 'api', where: 'engine', what, answer: `${status}${told === undefined ? '' : ` ${typeof told === 'string' ? told : JSON.stringify(told)}`}` }, startedAt);
    const shown = question.shown({ status, body: told }, ['status', 'body']);
    return {
      get status() {
        return shown.status;
      },
      get body() {
        return shown.body as Body;
      },
      get message() {
        return messageOf(shown.body, shown.status);
      },
      headers,
    };
  };
}

/** An answer as it came. */
type Sent = Pick<ApiAnswer<unknown>, 'status' | 'body' | 'headers'>;

function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function messageOf(body: unknown, status: number): string {
  if (status < 400) return '';
  return (body as { message?: string; cause?: string } | undefined)?.message ?? (typeof body === 'string' ? body : '');
}

/** The engine refused something that a claim takes for granted; its status makes the claim deviate. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    what: string,
    readonly statusCode: number,
    /** the engine's words */
    readonly said: string,
  ) {
    super(`${what}: ${said}`);
  }
}

/**
 * The body of an answer that must be good.
 * @throws Refused with the engine's words for a status of 400 or more
 */
export function granted<Body>(what: string, answer: ApiAnswer<Body>): Body {
  const { status, body, message } = notReading(() => ({ ...answer }));
  if (status >= 400) throw new Refused(what, status, message);
  return body;
}
