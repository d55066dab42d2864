import { existsSync } from 'node:fs';
import { connect } from 'node:net';

import { currentContext, dockerConfigDirectory, readContext } from './docker-config';
import { defaultSocket, parseContextHost, parseHost, withoutSecrets, type Address, type Endpoint, type TlsMaterial } from './endpoint';
import { socketForbidden } from './explain-failure';
import { readContextTls, readTlsDirectory } from './tls-files';

/**
 * Finds the engine that the Docker CLI would talk to in this environment. In order (docker/cli, cli/command/cli.go
 * `resolveContextName`): DOCKER_HOST, DOCKER_CONTEXT, `currentContext` of config.json, the default socket. The reference
 * manual says that DOCKER_CONTEXT overrides DOCKER_HOST; the CLI's source and the CLI itself do the opposite.
 *
 * DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH count for DOCKER_HOST and for the default context, not for named ones;
 * without DOCKER_HOST they mean tcp://localhost:2376. Any value but the empty one turns them on, "0" too.
 * DOCKER_API_VERSION is not honoured: the suite uses the API without a version prefix.
 *
 * @param env environment variables
 * @param socket the default socket
 * @returns undefined when nothing was configured and nobody listens on the default socket
 * @throws UserError when what was configured is no address, does not exist or is broken, or when this user may not use the
 *   default socket
 */
export async function discoverEndpoint(env: NodeJS.ProcessEnv = process.env, socket = defaultSocket): Promise<Endpoint | undefined> {
  if (env['DOCKER_HOST']) return withEnvironmentTls(parseHost(env['DOCKER_HOST'], 'DOCKER_HOST'), 'DOCKER_HOST', env);

  const byVariable = env['DOCKER_CONTEXT'] !== undefined && env['DOCKER_CONTEXT'] !== '';
  const name = byVariable ? env['DOCKER_CONTEXT'] : currentContext(dockerConfigDirectory(env));
  if (name !== undefined && name !== 'default') {
    return contextEndpoint(dockerConfigDirectory(env), name, byVariable ? 'DOCKER_CONTEXT' : 'config.json', socket);
  }

  const wantsTls = tlsVariable(env);
  if (wantsTls) return withEnvironmentTls({ kind: 'tcp', host: 'localhost', port: 2376 }, wantsTls, env);
  if (byVariable) return { kind: 'unix', path: socket, found: 'DOCKER_CONTEXT=default' };
  return (await somebodyListens(socket)) ? { kind: 'unix', path: socket, found: 'default socket' } : undefined;
}

/** The variable that turns TLS on, if any. */
function tlsVariable(env: NodeJS.ProcessEnv): 'DOCKER_TLS_VERIFY' | 'DOCKER_TLS' | undefined {
  return (['DOCKER_TLS_VERIFY', 'DOCKER_TLS'] as const).find((name) => env[name]);
}

async function withEnvironmentTls(address: Address, found: string, env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const wantsTls = tlsVariable(env);
  if (address.kind !== 'tcp' || !wantsTls) return { ...address, found };
  const directory = env['DOCKER_CERT_PATH'] || dockerConfigDirectory(env);
  return { ...address, tls: await readTlsDirectory(directory, Boolean(env['DOCKER_TLS_VERIFY']), wantsTls), found };
}

async function contextEndpoint(configDirectory: string, name: string, chosenBy: string, socket: string): Promise<Endpoint> {
  const context = readContext(configDirectory, name, chosenBy);
  const found = `context ${withoutSecrets(name)}`;
  if (context.host === '') return { kind: 'unix', path: socket, found };
  const tls: TlsMaterial | undefined = await readContextTls(context.tlsDirectory, context.skipTlsVerify);
  const address = parseContextHost(context.host, `The address of the context "${withoutSecrets(name)}"`, tls !== undefined);
  return address.kind === 'tcp' ? { ...address, ...(tls && { tls }), found } : { ...address, found };
}

/**
 * Whether there is an engine behind the default socket. A file that nobody listens on is what an engine leaves that was
 * stopped or removed: as good as none. Anything else that is wrong with it is left to connect(), which can say what.
 */
async function somebodyListens(socket: string): Promise<boolean> {
  if (!existsSync(socket)) return false;
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  if (code === 'EACCES' || code === 'EPERM') throw socketForbidden(socket);
  return code !== 'ECONNREFUSED' && code !== 'ENOENT';
}
