import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { UserError } from '../user-error';

/** The part of a context that says how to reach its engine. */
export interface ContextEndpoint {
  /** empty when the context leaves the choice to the client: the default socket */
  host: string;
  skipTlsVerify: boolean;
  /** directory of ca.pem, cert.pem and key.pem; it need not exist */
  tlsDirectory: string;
}

/** $DOCKER_CONFIG, else ~/.docker (docker/cli, cli/config/config.go `Dir`). */
export function dockerConfigDirectory(env: NodeJS.ProcessEnv): string {
  if (env['DOCKER_CONFIG']) return path.resolve(env['DOCKER_CONFIG']);
  return path.join(env['HOME'] || homedir(), '.docker');
}

/**
 * `currentContext` of config.json; undefined when there is no such file or no such field. The CLI only warns of a file that
 * it cannot read and goes on with the default context. Here that is an error: the claims would judge another engine than the
 * one that was meant.
 *
 * @throws UserError when the file cannot be read or is not JSON
 */
export async function currentContext(configDirectory: string): Promise<string | undefined> {
  const file = path.join(configDirectory, 'config.json');
  const remedy = 'Repair or remove the file, or set DOCKER_HOST or DOCKER_CONTEXT: then its choice of a context is not needed.';
  const content = await readJson(file, remedy);
  const name = isRecord(content) ? content['currentContext'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/**
 * What is stored of a context: contexts/meta/ID/meta.json, where ID is the SHA-256 of its name (docker/cli,
 * cli/context/store/metadatastore.go and store.go `contextdirOf`).
 *
 * @throws UserError when there is no such context, its file is broken, or it has no Docker endpoint
 */
export async function readContext(configDirectory: string, name: string, chosenBy: string): Promise<ContextEndpoint> {
  const id = createHash('sha256').update(name).digest('hex');
  const file = path.join(configDirectory, 'contexts', 'meta', id, 'meta.json');
  const content = await readJson(file, `Remove the context with "docker context rm --force ${name}" and create it again, or choose another one.`);
  if (content === undefined) {
    const known = await contextNames(configDirectory);
    throw new UserError(
      `${chosenBy} names the context "${name}", which does not exist in ${configDirectory}.`,
      `Choose one that exists (${['default', ...known].join(', ')}) with DOCKER_CONTEXT or "docker context use".`,
    );
  }
  const endpoints = isRecord(content) ? content['Endpoints'] : undefined;
  const docker = isRecord(endpoints) ? endpoints['docker'] : undefined;
  if (!isRecord(docker)) {
    throw new UserError(`The context "${name}" has no Docker endpoint (${file}).`, 'Choose a context that "docker context ls" lists with a Docker endpoint.');
  }
  return {
    host: typeof docker['Host'] === 'string' ? docker['Host'] : '',
    skipTlsVerify: docker['SkipTLSVerify'] === true,
    tlsDirectory: path.join(configDirectory, 'contexts', 'tls', id, 'docker'),
  };
}

async function contextNames(configDirectory: string): Promise<string[]> {
  const meta = path.join(configDirectory, 'contexts', 'meta');
  const ids = await readdir(meta).catch(() => []);
  const names = await Promise.all(
    ids.map(async (id) => {
      // a broken neighbour must not hide the answer to the question that was asked
      const content: unknown = await readFile(path.join(meta, id, 'meta.json'), 'utf8').then(JSON.parse).catch(() => undefined);
      return isRecord(content) && typeof content['Name'] === 'string' ? [content['Name']] : [];
    }),
  );
  return names.flat().sort();
}

/** Content of a JSON file; undefined when it does not exist or is empty, which the CLI takes for the same. */
async function readJson(file: string, remedy: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${file} cannot be read: ${(error as Error).message}.`, remedy, undefined, { cause: error });
  }
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not valid JSON: ${(error as Error).message}.`, remedy, undefined, { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
