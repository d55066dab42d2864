import { lookup } from 'node:dns/promises';
import path from 'node:path';
import type Dockerode from 'dockerode';
import type * as Testcontainers from 'testcontainers';
import type { Connection } from '../engine/connect';
import { testcontainersClient } from '../engine/testcontainers';
import { socketInLab, type Lab } from '../lab';
import { native } from '../base/native';
import { run } from '../base/process';
import { temporaryRoot } from '../state/temporary';

/**
 * Testcontainers and a docker client find the engine through variables; Jest's workers inherit them.
 * @returns the connection, which sets the variables back when it is closed: a later session of this process goes by them
 */
export async function useEverywhere(connection: Connection): Promise<Connection> {
  const { environment, endpoint } = connection;
  const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  setVariables(environment);
  // in a container testcontainers would otherwise look for its host with images of its own choice
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = endpoint.kind === 'tcp' ? endpoint.host : await thisMachine();
  const close = () => {
    setVariables(before);
    return connection.close();
  };
  return { ...connection, close };
}

function setVariables(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

/**
 * What stands for the engine's machine where it is reached on a socket of this one. Testcontainers looks the name up, and
 * refuses the engine where that fails: the host of an ssh address can be a name that ssh alone knows.
 */
async function thisMachine(): Promise<string> {
  return lookup('localhost').then(
    () => 'localhost',
    () => '127.0.0.1',
  );
}

/**
 * Testcontainers looks at the engine once; done now, its first containers start without that. Its reaper is started once
 * for all of them, and before anything is counted: it ends by itself some seconds after the run.
 * @param wanted whether its image is at hand
 * @returns whether it runs; where it does not, such as on an engine whose socket cannot be mounted, labels and sweeps do
 */
export async function prepareTestcontainers(wanted: boolean): Promise<boolean> {
  const disabled = 'TESTCONTAINERS_RYUK_DISABLED';
  process.env[disabled] = wanted ? 'false' : 'true';
  const client = await testcontainersClient();
  if (!wanted) return false;
  try {
    await inOwnTemporaryFolder(() => native<typeof Testcontainers>('testcontainers').getReaper(client));
    return true;
  } catch {
    process.env[disabled] = 'true';
    return false;
  }
}

/**
 * Testcontainers locks a file of a fixed name in the temporary folder, where it could be a link of anybody's, or somebody
 * else's: it is given this user's own folder in its place.
 */
export async function inOwnTemporaryFolder<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporaryRoot();
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

/**
 * The docker client that comes with a lab, told where the engine listens: Podman does not listen where it looks by itself.
 * @param socket name of the socket, in the folder of the engine's own, to use in its place
 */
export function cliOf(lab: Lab, socket = path.posix.basename(socketInLab)): string[] {
  return lab.client?.(socket) ?? lab.enter(['env', `DOCKER_HOST=unix://${path.posix.dirname(socketInLab)}/${socket}`, 'docker']);
}

/** The docker client on this machine, if it talks to the very engine that is under test. */
export async function findCli(docker: Dockerode): Promise<string[] | undefined> {
  const [info, answer] = await Promise.all([
    docker.info() as Promise<{ ID: string }>,
    run(['docker', 'info', '--format', '{{.ID}}'], { timeout: 10_000 }),
  ]);
  return answer.exitCode === 0 && answer.stdout.trim() === info.ID ? ['docker'] : undefined;
}
