import { existsSync } from 'node:fs';
import path from 'node:path';
import { inPath } from '../base/in-path';
import { run } from '../base/process';

/** Programs of engines that a user can start who is not root: where they then listen, below the user's runtime directory. */
const programs = [
  { program: 'dockerd-rootless.sh', owner: 'rootless Docker', socket: 'docker.sock', start: () => 'dockerd-rootless.sh' },
  {
    program: 'podman',
    owner: 'rootless Podman',
    socket: 'podman/podman.sock',
    start: (socket: string) => `podman system service --time=0 unix://${socket}`,
  },
];

/**
 * Engines of their own that this user, who is not root, has installed and that do not run, with what starts them or keeps them from it.
 * @returns a line for each; none for root, whose labs are had otherwise
 */
export async function startableByUser(
  uid: number | undefined = process.getuid?.(),
  env: NodeJS.ProcessEnv = process.env,
  canMakeNamespaces: () => Promise<string | undefined> = obstacleToNamespaces,
): Promise<string[]> {
  if (uid === undefined || uid === 0 || process.platform !== 'linux') return [];
  const runtime = env['XDG_RUNTIME_DIR'];
  const installed = programs.filter(
    ({ program, socket }) => inPath(program, env['PATH']) && !(runtime && existsSync(path.join(runtime, socket))),
  );
  if (installed.length === 0) return [];
  const obstacle = runtime ? await canMakeNamespaces() : 'XDG_RUNTIME_DIR is not set, which a login session does';
  return installed.map(({ owner, socket, start }) => {
    if (obstacle !== undefined) return `not running: ${owner} is installed and cannot be started by this user: ${obstacle}`;
    const at = path.join(runtime ?? '', socket);
    return `not running: ${owner} is installed; start it with ${start(at)}, and set DOCKER_HOST=unix://${at}`;
  });
}

async function obstacleToNamespaces(): Promise<string | undefined> {
  const made = await run(['unshare', '--user', '--map-root-user', 'true'], { timeout: 10_000 });
  return made.exitCode === 0 ? undefined : `user namespaces cannot be made here (${made.stderr.trim()})`;
}
