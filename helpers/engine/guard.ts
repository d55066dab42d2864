import { stringify } from 'node:querystring';
import { finished, type Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type DockerModem from 'docker-modem';
import { native } from '../base/native';
import { parsedAnswer, parsedIfJson, shaped } from './answer-shape';
import { Deadline } from './deadline';
import type { DirectEndpoint } from './dial';
import { limit, sizes } from './limits';
import { shapeOf } from './shapes';
import { bytesMoved, callOf, printedShort, Transport, type Answer, type TransportLimits } from './transport';
import { CallFailed, Refusal, TooSlow, WrongAnswer } from '../world/wrong-answer';

type Asked = DockerModem.DialOptions;
type Answered = DockerModem.RequestCallback;
type Modem = Pick<DockerModem, 'dial'> & { agent?: unknown; protocol?: string; timeout?: number | undefined };

const transports = new WeakMap<Dockerode, Transport>();

/** A docker client, every call of which goes through {@link Transport}: bounded, and with a shape where the suite relies on one. */
export function dockerClient(endpoint: DirectEndpoint, limits?: TransportLimits): Dockerode {
  return guarded(bareClient(endpoint), endpoint, limits);
}

/** The way in which a client of {@link dockerClient} asks. */
export function transportOf(docker: Dockerode): Transport {
  const transport = transports.get(docker);
  if (!transport) throw new Error('this docker client is none that dockerClient() made');
  return transport;
}

/** The whole of an answer that ends by itself and is no single document. @throws Refusal where the engine says no */
export async function getWhole(docker: Dockerode, path: string): Promise<Buffer> {
  const answer = await transportOf(docker).send({ method: 'GET', path });
  if (answer.status !== 200) throw refusal(callOf('GET', path), answer, {});
  return answer.body;
}

/**
 * Lets a client that was made elsewhere, such as testcontainers' own, ask through {@link Transport}.
 * @param endpoint where it finds the engine
 */
export function guarded(docker: Dockerode, endpoint: DirectEndpoint, limits?: TransportLimits): Dockerode {
  if (transports.has(docker)) return docker;
  const transport = new Transport(endpoint, limits);
  transports.set(docker, transport);
  const modem = docker.modem as Modem;
  const dial = modem.dial.bind(modem);
  // what its agent opens is encrypted already where it is to be
  Object.assign(modem, { agent: transport.agent, protocol: 'http', timeout: undefined });
  // eslint-disable-next-line suite/foreign-members -- a client that testcontainers made takes no transport; dial is the one way of all its calls
  modem.dial = (asked, answered = () => undefined) => {
    if (asked.isStream || asked.hijack || asked.openStdin || asked.file !== undefined) followed(asked, answered, dial, transport);
    else
      whole(asked, transport).then(
        (answer) => answered(null, answer as object | null),
        (error: unknown) => answered(error as Error, null),
      );
  };
  return docker;
}

/** docker-modem fills whatever is not given from the process's variables, so everything is given, if only as undefined. */
function bareClient(endpoint: DirectEndpoint): Dockerode {
  const constructor = native<typeof Dockerode>('dockerode');
  // with DOCKER_HOST set it reads three files from DOCKER_CERT_PATH, wanted or not, and throws when one is missing
  const inherited = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    return new constructor({
      socketPath: endpoint.kind === 'unix' ? endpoint.path : undefined,
      host: endpoint.kind === 'tcp' ? endpoint.host : undefined,
      port: endpoint.kind === 'tcp' ? endpoint.port : undefined,
      protocol: 'http',
    });
  } finally {
    if (inherited !== undefined) process.env['DOCKER_HOST'] = inherited;
  }
}

/** A call whose answer is one document. The question is put together as docker-modem does it. */
async function whole(asked: Asked, transport: Transport): Promise<unknown> {
  const { method = 'GET', options, statusCodes = {} } = asked;
  const given = Object.fromEntries(
    Object.entries(options ?? {}).filter(([name]) => name !== 'abortSignal' && name !== 'authconfig'),
  ) as Record<string, unknown>;
  const path = pathOf(asked.path, given);
  const body = method === 'POST' && options ? JSON.stringify(given['_body'] ?? given) : undefined;
  const sent = body !== undefined && (asked.allowEmpty || (body !== '{}' && body !== '""')) ? body : undefined;
  const headers = {
    ...(asked.headers as Record<string, string> | undefined),
    ...(sent !== undefined && { 'Content-Type': 'application/json' }),
    ...(asked.authconfig && { 'X-Registry-Auth': authorisation(asked.authconfig) }),
  };
  const answer = await transport.send({ method, path, headers, ...(sent !== undefined && { body: sent }) });
  const call = callOf(method, path);
  if (statusCodes[answer.status] !== true) throw refusal(call, answer, statusCodes);
  const shape = shapeOf(method, path);
  if (shape) {
    const document = parsedAnswer(call, answer.body);
    shaped(call, shape, document);
    return document;
  }
  // as docker-modem has it
  return parsedIfJson(call, answer.body) || answer.body;
}

function pathOf(path: string, given: Record<string, unknown>): string {
  if (!path.includes('?')) return path;
  if (Object.keys(given).length === 0) return path.slice(0, -1);
  const query = Object.entries((given['_query'] as Record<string, unknown> | undefined) ?? given).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value,
  ]);
  return path + stringify(Object.fromEntries(query) as Parameters<typeof stringify>[0]);
}

function authorisation({ key, base64, ...rest }: NonNullable<Asked['authconfig']>): string {
  return key ?? base64 ?? Buffer.from(JSON.stringify(rest)).toString('base64url');
}

/** Longest part of a refusal's words that is passed on. */
const longestWords = 1000;

function refusal(call: string, { status, headers, body }: Answer, statusCodes: DockerModem.StatusCodes): Refusal {
  const json = parsedIfJson(call, body);
  const { message, error } = (json ?? {}) as { message?: unknown; error?: unknown };
  const said = [message, error].find((it): it is string => typeof it === 'string' && it !== '') ?? wordsOf(body.toString('utf8'));
  const reason = statusCodes[status];
  return new Refusal(call, status, typeof reason === 'string' ? reason : 'unexpected', said.slice(0, longestWords), json, headers.location);
}

/** What a reader can do with an answer that is no refusal of the API's: a page is not shown. */
function wordsOf(text: string): string {
  return /^\s*</.test(text) ? 'a page, not an answer of the API' : text.trim();
}

/** A call whose answer is followed while it comes. It may take longer, and what it brings is counted, too. */
function followed(asked: Asked, answered: Answered, dial: Modem['dial'], transport: Transport): void {
  const call = callOf(asked.method ?? 'GET', asked.path);
  const given = new AbortController();
  const limits = { idle: limit('idle'), total: limit('stream') };
  let late: TooSlow | undefined;
  // an archive that is sent keeps the engine busy before it says a word
  const begin = new Deadline({ total: asked.file === undefined ? limits.idle : limits.total }, (what, milliseconds) => {
    late = new TooSlow(call, what, milliseconds);
    given.abort();
  });
  const signals = [given.signal, ...(asked.abortSignal ? [asked.abortSignal] : [])];
  void transport.agent.dropStale().then(() =>
    dial({ ...asked, abortSignal: printedShort(AbortSignal.any(signals)) }, (error, result) => {
      begin.end();
      if (error) answered(late ?? ('statusCode' in error ? worded(call, error as RefusedStream) : new CallFailed(call, error)), null);
      else answered(null, result && 'pipe' in result ? bounded(call, result, limits) : result);
    }),
  );
}

type RefusedStream = Error & { statusCode: number; reason?: string; json?: unknown };

/** A refusal of docker-modem's, in the same words as those of {@link whole}. */
function worded(call: string, { statusCode, reason = 'unexpected', message, json }: RefusedStream): Refusal {
  const said = message.slice(message.indexOf(' - ') + 3).trim();
  return new Refusal(call, statusCode, reason, wordsOf(said).slice(0, longestWords), json, undefined);
}

/** Ends a stream that brings nothing for too long, or too much. */
function bounded<T extends Readable & { socket?: Counting }>(call: string, stream: T, limits: { idle: number; total: number }): T {
  const socket = stream.socket ?? (stream as unknown as Counting);
  const before = socket.bytesRead ?? 0;
  const moved = bytesMoved(() => socket);
  const alive = () => {
    if ((socket.bytesRead ?? 0) - before > sizes.stream)
      stream.destroy(new WrongAnswer(call, `more than ${sizes.stream / 1024 / 1024} MiB`, 'an answer of a usual size'));
    return moved();
  };
  const deadline = new Deadline(limits, (what, milliseconds) => stream.destroy(new TooSlow(call, what, milliseconds)), alive);
  finished(stream, () => deadline.end());
  return stream;
}

interface Counting {
  bytesRead?: number;
  bytesWritten?: number;
}
