import path from 'node:path';
import type * as Testcontainers from 'testcontainers';
import { native } from '../base/native';
import { temporaryRoot } from '../state/temporary';
import { exitStatus, UserError } from '../base/user-error';

type Client = Awaited<ReturnType<typeof Testcontainers.getContainerRuntimeClient>>;

/** DOCKER_HOST of the engine that Testcontainers, as it is loaded, has found. */
let found: string | undefined;

/**
 * Testcontainers' own client of the engine that the variables name. It looks for the engine once, so that it is loaded
 * anew for another one, as the lab of the next run in watch mode is. It would rather follow ~/.testcontainers.properties,
 * where a `tc.host` names another engine: that file is hidden from it.
 * @throws UserError where it cannot use the engine
 */
export async function testcontainersClient(): Promise<Client> {
  const host = process.env['DOCKER_HOST'];
  if (found !== undefined && found !== host) forget();
  found = host;
  const { getContainerRuntimeClient } = native<typeof Testcontainers>('testcontainers');
  const home = process.env['HOME'];
  // it looks for the file before it waits for anything (configuration of its container-runtime/strategies)
  process.env['HOME'] = path.join(temporaryRoot(), 'no-such-folder');
  const looking = getContainerRuntimeClient();
  if (home === undefined) Reflect.deleteProperty(process.env, 'HOME');
  else process.env['HOME'] = home;
  try {
    return await looking;
  } catch (error) {
    throw new UserError(
      `Testcontainers, which starts the containers, cannot use the engine at ${process.env['DOCKER_HOST']}: ${(error as Error).message}.`,
      'Look whether the engine still answers ("docker info"); if it does, run this again with DEBUG=testcontainers* and report what it says.',
      exitStatus.failed,
      { cause: error },
    );
  }
}

/** Has Node load Testcontainers again when it is next asked for. */
function forget(): void {
  const folder = path.dirname(path.dirname(require.resolve('testcontainers')));
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder + path.sep)) Reflect.deleteProperty(require.cache, file);
}
