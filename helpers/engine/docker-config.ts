import { createHash } from 'node:crypto';
import { opendirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

import { oneLine } from '../base/text';
import { FileProblem, largest, parseJson, readText } from '../base/read-file';
import { UserError } from '../base/user-error';
import { withoutSecrets } from './endpoint';

/** The part of config.json that says which engine is meant; the rest, such as passwords of registries, is nobody's business here. */
const configFile = z.looseObject({ currentContext: z.string().nullish() });

/** The part of a context's meta.json that says how to reach its engine. */
const contextFile = z.looseObject({
  Name: z.string().optional(),
  Endpoints: z
    .looseObject({ docker: z.looseObject({ Host: z.string().nullish(), SkipTLSVerify: z.boolean().nullish() }).nullish() })
    .nullish(),
});

/** Names of contexts that a message lists. */
const mostNames = 20;

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
export function currentContext(configDirectory: string): string | undefined {
  const file = path.join(configDirectory, 'config.json');
  const remedy = 'Repair or remove the file, or set DOCKER_HOST or DOCKER_CONTEXT: then its choice of a context is not needed.';
  const content = checked(file, configFile, 'a configuration of the docker client', remedy);
  return content?.currentContext || undefined;
}

/**
 * What is stored of a context: contexts/meta/ID/meta.json, where ID is the SHA-256 of its name (docker/cli,
 * cli/context/store/metadatastore.go and store.go `contextdirOf`).
 *
 * @throws UserError when there is no such context, its file is broken, or it has no Docker endpoint
 */
export function readContext(configDirectory: string, name: string, chosenBy: string): ContextEndpoint {
  const id = createHash('sha256').update(name).digest('hex');
  const shown = withoutSecrets(name);
  const file = path.join(configDirectory, 'contexts', 'meta', id, 'meta.json');
  const content = checked(
    file,
    contextFile,
    'a context of the docker client',
    'Set its address anew with "docker context update", or choose another context.',
  );
  if (content === undefined) {
    throw new UserError(
      `${chosenBy} names the context "${shown}", which does not exist in ${configDirectory}.`,
      `Choose one that exists (${['default', ...contextNames(configDirectory)].join(', ')}) with DOCKER_CONTEXT or "docker context use".`,
    );
  }
  const docker = content.Endpoints?.docker;
  if (!docker) {
    throw new UserError(
      `The context "${shown}" has no Docker endpoint (${file}).`,
      'Choose a context that "docker context ls" lists with a Docker endpoint.',
    );
  }
  return {
    host: docker.Host ?? '',
    skipTlsVerify: docker.SkipTLSVerify === true,
    tlsDirectory: path.join(configDirectory, 'contexts', 'tls', id, 'docker'),
  };
}

/** Some of the contexts that there are. */
function contextNames(configDirectory: string): string[] {
  const meta = path.join(configDirectory, 'contexts', 'meta');
  const names: string[] = [];
  try {
    const folder = opendirSync(meta);
    try {
      for (let entry = folder.readSync(); entry && names.length < mostNames; entry = folder.readSync())
        names.push(...nameIn(path.join(meta, entry.name, 'meta.json')));
    } finally {
      folder.closeSync();
    }
  } catch {
    // without a folder there are none
  }
  return names.sort();
}

/** A broken neighbour must not hide the answer to the question that was asked. */
function nameIn(file: string): string[] {
  try {
    const { data } = contextFile.safeParse(parseJson(readText(file, largest.dockerConfig)));
    return data?.Name === undefined ? [] : [withoutSecrets(data.Name)];
  } catch {
    return [];
  }
}

/** Checked content of a JSON file; undefined when it does not exist or is empty, which the CLI takes for the same. */
function checked<T>(file: string, schema: z.ZodType<T>, what: string, remedy: string): T | undefined {
  let content: unknown;
  try {
    const text = readText(file, largest.dockerConfig);
    if (text.trim() === '') return undefined;
    content = parseJson(text);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (error.missing) return undefined;
    throw new UserError(`${file} ${error.message}.`, remedy, undefined, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(
    `${file} is not ${what}: ${oneLine(issue ? `${z.core.toDotPath(issue.path)} ${issue.message}` : 'unknown violation')}.`,
    remedy,
  );
}
