import type Dockerode from 'dockerode';
import { connect as connectSocket } from 'node:net';

import { native } from '../native';
import { patiently } from '../pace';
import { isPlainPath } from '../state/temporary';
import { UserError } from '../user-error';
import { askEngine, UnexpectedAnswer } from './ask-engine';
import { dial, type DirectEndpoint } from './dial';
import { addressOf, bracketed, type Endpoint } from './endpoint';
import { explainFailure, noAnswer, notAnEngine } from './explain-failure';
import { relayTo, type Relay } from './relay';
import { openSshTunnel, sshRemedy } from './ssh-tunnel';

/** An engine that has answered. */
export interface Connection {
  endpoint: Endpoint;
  docker: Dockerode;
  /**
   * Variables that make other programs talk to this very engine; undefined means "to be unset". They are set so that
   * testcontainers, which knows neither contexts nor ssh, and the Docker CLI read the same from them. The engine may stand
   * behind a local socket that lasts until close().
   */
  environment: Record<EngineVariable, string | undefined>;
  /** the answer to `GET /version` */
  version: Dockerode.DockerVersion;
  /** the local socket on which the engine is reached, if it is one */
  socketPath?: string;
  /** the machine that the engine runs on, as the address names it; absent when the address is a local socket */
  host?: string;
  close(): Promise<void>;
}

/** The variables that decide which engine a client talks to, and how. */
export type EngineVariable = 'DOCKER_HOST' | 'DOCKER_TLS_VERIFY' | 'DOCKER_CERT_PATH' | 'DOCKER_TLS' | 'DOCKER_CONTEXT' | 'DOCKER_API_VERSION';

export interface ConnectOptions {
  /** milliseconds for both questions together; without it as long as this machine, and ssh's configuration, lead one to expect */
  timeout?: number;
  /** milliseconds without a byte after which `docker` gives a request up, with the message "socket hang up" */
  requestTimeout?: number;
  /** variables for ssh; PATH is where it is looked for */
  env?: NodeJS.ProcessEnv;
}

/**
 * Connects to an engine and makes sure that it is one.
 *
 * @throws UserError that names the cause and the remedy when there is no engine to talk to
 */
export async function connect(endpoint: Endpoint, { timeout, requestTimeout = patiently(30_000), env = process.env }: ConnectOptions = {}): Promise<Connection> {
  const { version, relay } = endpoint.kind === 'ssh' ? await throughSsh(endpoint, timeout, env) : await directly(endpoint, timeout ?? patiently(answersWithin));
  const way = relay ? ({ kind: 'unix', path: relay.socketPath, found: endpoint.found } as const) : (endpoint as DirectEndpoint);
  return {
    endpoint,
    docker: dockerode(way, requestTimeout),
    environment: environmentFor(way),
    version,
    ...(way.kind === 'unix' && { socketPath: way.path }),
    ...(endpoint.kind !== 'unix' && { host: endpoint.host }),
    close: async () => relay?.close(),
  };
}

/** Milliseconds within which an engine on a quiet machine answers two questions, over any network that is not ssh. */
const answersWithin = 10_000;

interface Verified {
  version: Dockerode.DockerVersion;
  relay?: Relay;
}

async function directly(endpoint: DirectEndpoint, timeout: number): Promise<Verified> {
  const signal = AbortSignal.timeout(timeout);
  const version = await askEngine(() => dial(endpoint), signal).catch((error: unknown) => {
    throw explainFailure(error, endpoint, signal.aborted ? timeout : undefined);
  });
  return { version, ...(!fitsVariables(endpoint) && { relay: await relayTo(endpoint) }) };
}

async function throughSsh(endpoint: Extract<Endpoint, { kind: 'ssh' }>, limit: number | undefined, env: NodeJS.ProcessEnv): Promise<Verified> {
  const relay = await openSshTunnel(endpoint, env);
  const timeout = limit ?? relay.answersWithin;
  const signal = AbortSignal.timeout(timeout);
  try {
    return { version: await askEngine(() => connectSocket(relay.socketPath), signal), relay };
  } catch (error) {
    await relay.close();
    const where = `${addressOf(endpoint)} (${endpoint.found})`;
    const failure = (relay.failure() ?? (error as Error).message).replace(/\.$/, '');
    const [message, remedy] = signal.aborted
      ? noAnswer(where, timeout)
      : error instanceof UnexpectedAnswer
        ? notAnEngine(error, where)
        : [`The engine at ${where} cannot be reached over ssh: ${failure}.`, sshRemedy(failure, endpoint)];
    throw new UserError(message, remedy, undefined, { cause: error });
  }
}

/**
 * Whether testcontainers understands this endpoint from variables (its configuration-strategy.js and docker-modem's
 * modem.js): it takes the path of a socket from a URL, where a blank becomes %20; uses TLS with all three files and
 * verification or not at all; and on port 2376 always. Where it does not, the connection goes through a local socket.
 */
function fitsVariables(endpoint: DirectEndpoint): boolean {
  if (endpoint.kind === 'unix') return isPlainPath(endpoint.path);
  const { tls, port } = endpoint;
  return tls ? Boolean(tls.verify && tls.ca && tls.cert && tls.key) : port !== 2376;
}

function environmentFor(endpoint: DirectEndpoint): Connection['environment'] {
  const tls = endpoint.kind === 'tcp' ? endpoint.tls : undefined;
  return {
    DOCKER_HOST: addressOf(endpoint),
    DOCKER_TLS_VERIFY: tls && '1',
    DOCKER_CERT_PATH: tls?.directory,
    DOCKER_TLS: undefined,
    DOCKER_CONTEXT: undefined,
    DOCKER_API_VERSION: undefined,
  };
}

/** docker-modem fills whatever is not given from the process's variables, so everything is given, if only as undefined. */
function dockerode(endpoint: DirectEndpoint, timeout: number): Dockerode {
  const tls = endpoint.kind === 'tcp' ? endpoint.tls : undefined;
  const options: Dockerode.DockerOptions = {
    socketPath: endpoint.kind === 'unix' ? endpoint.path : undefined,
    host: endpoint.kind === 'tcp' ? bracketed(endpoint.host) : undefined,
    port: endpoint.kind === 'tcp' ? endpoint.port : undefined,
    protocol: tls ? 'https' : 'http',
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    timeout,
  };
  const constructor = native<typeof Dockerode>('dockerode');
  // with DOCKER_HOST set it reads three files from DOCKER_CERT_PATH, wanted or not, and throws when one is missing
  const inherited = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    return new constructor(options);
  } finally {
    if (inherited !== undefined) process.env['DOCKER_HOST'] = inherited;
  }
}
