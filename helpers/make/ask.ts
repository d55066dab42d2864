import type Dockerode from 'dockerode';
import { lasting } from '../claim/set-up';
import { Blocked, isOfPlugin, pluginRefused } from '../claim/verdict';
import { parsedIfJson } from '../engine/answer-shape';
import { transportOf } from '../engine/guard';
import { callOf } from '../engine/transport';
import type { EngineTurns } from '../engine/turns';
import { ask, unexamined } from '../world/ask';

/** What the engine answered to one call, whatever its status. */
export interface ApiAnswer<Body> {
  readonly status: number;
  /** the parsed body; text where it is no JSON, undefined where it is empty */
  readonly body: Body;
  /** the `message` of an error; empty where there is none */
  readonly message: string;
  readonly headers: Record<string, string>;
}

/** Asks the engine, and answers whatever it said: a status is never an exception. @throws Blocked where a plugin of its operator's says it in its place */
export type Ask = <Body = unknown>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD',
  path: string,
  body?: object | string,
) => Promise<ApiAnswer<Body>>;

/**
 * Raw calls to the engine behind a client. The path has no version, so that the engine answers in its newest one. A body
 * that is a string is sent as it is, as JSON all the same. Each call is evidence.
 */
export function asking(docker: Dockerode): Ask {
  const transport = transportOf(docker);
  return async <Body>(method: string, path: string, body?: object | string): Promise<ApiAnswer<Body>> => {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const what = `${method} ${path}${sent === undefined ? '' : ` ${sent}`}`;
    const send = async (): Promise<Sent> => {
      const answer = await transport.send({
        method,
        path,
        ...(sent !== undefined && { body: sent, headers: { 'Content-Type': 'application/json' } }),
      });
      const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
      return { status: answer.status, body: read(callOf(method, path), answer.body), headers };
    };
    const words = ({ status, body: told }: Sent) =>
      `${status}${told === undefined ? '' : ` ${typeof told === 'string' ? told : JSON.stringify(told)}`}`;
    const { answer, shown } = await ask({ what, step: { kind: 'api', where: 'engine', answer: words } }, send);
    const refusal = messageOf(answer.body, answer.status);
    if (isOfPlugin(refusal)) throw new Blocked(`${pluginRefused}: ${lasting(refusal)}`);
    const seen = shown({ status: answer.status, body: answer.body }, ['status', 'body']);
    return {
      get status() {
        return seen.status;
      },
      get body() {
        return seen.body as Body;
      },
      get message() {
        return messageOf(seen.body, seen.status);
      },
      headers: answer.headers,
    };
  };
}

/** An answer as it came. */
type Sent = Pick<ApiAnswer<unknown>, 'status' | 'body' | 'headers'>;

function read(call: string, body: Buffer): unknown {
  const document = parsedIfJson(call, body);
  if (document !== undefined) return document;
  const text = body.toString('utf8');
  return text.trim() === '' ? undefined : text;
}

function messageOf(body: unknown, status: number): string {
  if (status < 400) return '';
  const said = (body as { message?: unknown } | null | undefined)?.message;
  return typeof said === 'string' ? said : typeof body === 'string' ? body : '';
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
  const { status, body, message } = unexamined(() => ({ ...answer }));
  if (status >= 400) throw new Refused(what, status, message);
  return body;
}

/** Calls by which a container comes to a network or leaves it. */
const changing = [
  /^POST \/containers\/[^/]+\/(start|stop|restart|kill)\b/,
  /^DELETE \/containers\//,
  /^POST \/networks\/[^/]+\/(dis)?connect$/,
];

/** As `ask`; what changes the networks of a container waits for its turn. */
export function inTurns(ask: Ask, { containerChanges }: Pick<EngineTurns, 'containerChanges'>): Ask {
  return (method, path, body) => {
    const call = () => ask<never>(method, path, body);
    return changing.some((pattern) => pattern.test(`${method} ${path}`)) ? containerChanges.act(call) : call();
  };
}
