import path from 'node:path';
import type * as Testcontainers from 'testcontainers';
import { native } from '../base/native';
import { temporaryRoot } from '../state/temporary';
import { exitStatus, UserError } from '../base/user-error';
import { TooSlow } from '../world/wrong-answer';
import { Deadline } from './deadline';
import { endpointOfRun } from './endpoint-of-run';
import { guarded } from './guard';
import { limit } from './limits';

type Client = Awaited<ReturnType<typeof Testcontainers.getContainerRuntimeClient>>;

/** DOCKER_HOST of the engine that Testcontainers, as it is loaded, has found. */
let found: string | undefined;

/**
 * Testcontainers' own client of the engine that the variables name, which asks it as the suite does. It looks for the
 * engine once, so that it is loaded anew for another one, as the lab of the next run in watch mode is. It would rather
 * follow ~/.testcontainers.properties, where a `tc.host` names another engine: that file is hidden from it.
 * @throws UserError where it cannot use the engine, or has had no whole answer of it within the limit of any answer
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
    const client = await answered(looking);
    guarded(client.container.dockerode, endpointOfRun());
    return client;
  } catch (error) {
    if (error instanceof TooSlow) throw error;
    throw new UserError(
      `Testcontainers, which starts the containers, cannot use the engine at ${process.env['DOCKER_HOST']}: ${(error as Error).message}.`,
      'Look whether the engine still answers ("docker info"); if it does, run this again with DEBUG=testcontainers* and report what it says.',
      exitStatus.failed,
      { cause: error },
    );
  }
}

/** What it asks before it has a client does not go through a transport of the suite's, so that nothing else would end it. */
function answered<T>(looking: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const deadline = new Deadline({ total: limit('answer') }, (what, milliseconds) => reject(new TooSlow('GET /info', what, milliseconds)));
    void looking.finally(() => deadline.end()).then(resolve, reject);
  });
}

/** Has Node load Testcontainers again when it is next asked for. */
function forget(): void {
  const folder = path.dirname(path.dirname(require.resolve('testcontainers')));
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder + path.sep)) Reflect.deleteProperty(require.cache, file);
}
