import type Dockerode from 'dockerode';
import { isPlainPath } from '../state/temporary';
import { UserError } from '../base/user-error';
import { askEngine, UnexpectedAnswer } from './ask-engine';
import type { DirectEndpoint } from './dial';
import { addressOf, type Endpoint } from './endpoint';
import { explainFailure, noAnswer, notAnEngine } from './explain-failure';
import { dockerClient } from './guard';
import { limit } from './limits';
import { relayTo, type Relay } from './relay';
import { openSshTunnel, sshRemedy } from './ssh-tunnel';
import { Transport } from './transport';
import { CallFailed, TooSlow } from '../world/wrong-answer';

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
export type EngineVariable =
  'DOCKER_HOST' | 'DOCKER_TLS_VERIFY' | 'DOCKER_CERT_PATH' | 'DOCKER_TLS' | 'DOCKER_CONTEXT' | 'DOCKER_API_VERSION';

export interface ConnectOptions {
  /** milliseconds for both questions together; without it as long as this machine, and ssh's configuration, lead one to expect */
  timeout?: number;
  /** milliseconds without a byte after which `docker` gives a request up */
  requestTimeout?: number;
  /** variables for ssh; PATH is where it is looked for */
  env?: NodeJS.ProcessEnv;
}

/**
 * Connects to an engine and makes sure that it is one.
 *
 * @throws UserError that names the cause and the remedy when there is no engine to talk to
 */
export async function connect(
  endpoint: Endpoint,
  { timeout, requestTimeout, env = process.env }: ConnectOptions = {},
): Promise<Connection> {
  const { version, relay } =
    endpoint.kind === 'ssh' ? await throughSsh(endpoint, timeout, env) : await directly(endpoint, timeout ?? limit('connect'));
  const way = relay ? ({ kind: 'unix', path: relay.socketPath, found: endpoint.found } as const) : (endpoint as DirectEndpoint);
  return {
    endpoint,
    docker: dockerClient(way, requestTimeout === undefined ? {} : { idle: requestTimeout }),
    environment: environmentFor(way),
    version,
    ...(way.kind === 'unix' && { socketPath: way.path }),
    ...(endpoint.kind !== 'unix' && { host: endpoint.host }),
    close: async () => relay?.close(),
  };
}

interface Verified {
  version: Dockerode.DockerVersion;
  relay?: Relay;
}

async function directly(endpoint: DirectEndpoint, timeout: number): Promise<Verified> {
  const version = await firstAnswer(endpoint, timeout).catch((error: unknown) => {
    throw explainFailure(error, endpoint, timeout);
  });
  return { version, ...(!fitsVariables(endpoint) && { relay: await relayTo(endpoint) }) };
}

async function throughSsh(
  endpoint: Extract<Endpoint, { kind: 'ssh' }>,
  wanted: number | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Verified> {
  const relay = await openSshTunnel(endpoint, env);
  const timeout = wanted ?? relay.answersWithin;
  try {
    return { version: await firstAnswer({ kind: 'unix', path: relay.socketPath, found: endpoint.found }, timeout), relay };
  } catch (error) {
    await relay.close();
    const where = `${addressOf(endpoint)} (${endpoint.found})`;
    const failure = (relay.failure() ?? (error instanceof CallFailed ? error.failure : (error as Error)).message).replace(/\.$/, '');
    const [message, remedy] =
      error instanceof TooSlow
        ? noAnswer(where, timeout)
        : error instanceof UnexpectedAnswer
          ? notAnEngine(error, where)
          : [`The engine at ${where} cannot be reached over ssh: ${failure}.`, sshRemedy(failure, endpoint)];
    throw new UserError(message, remedy, undefined, { cause: error });
  }
}

/** What an engine answers when it is asked who it is, on a connection that ends with that. */
async function firstAnswer(endpoint: DirectEndpoint, timeout: number): Promise<Dockerode.DockerVersion> {
  const transport = new Transport(endpoint);
  try {
    return await askEngine(transport, timeout);
  } finally {
    transport.agent.destroy();
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
