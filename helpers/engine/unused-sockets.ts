import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** A socket of an engine that Docker's own rules do not lead to. */
export interface UnusedSocket {
  path: string;
  /** whose it is, e.g. `rootless Docker` */
  owner: string;
}

/**
 * Sockets that exist here although discoverEndpoint() passes over them, for the hint that belongs to "no engine found": the
 * Docker CLI reaches such engines only by a context or by DOCKER_HOST=unix://PATH, so a conformance run does not guess
 * either.
 */
export function unusedSockets(env: NodeJS.ProcessEnv = process.env): UnusedSocket[] {
  const home = env['HOME'] || homedir();
  const runtime = env['XDG_RUNTIME_DIR'];
  const candidates: UnusedSocket[] = [
    ...(runtime ? [{ owner: 'rootless Docker', path: path.join(runtime, 'docker.sock') }] : []),
    { owner: 'Docker Desktop', path: path.join(home, '.docker/run/docker.sock') },
    { owner: 'Docker Desktop', path: path.join(home, '.docker/desktop/docker.sock') },
    { owner: 'Colima', path: path.join(home, '.colima/default/docker.sock') },
    { owner: 'Rancher Desktop', path: path.join(home, '.rd/docker.sock') },
    { owner: 'OrbStack', path: path.join(home, '.orbstack/run/docker.sock') },
    ...(runtime ? [{ owner: 'rootless Podman', path: path.join(runtime, 'podman/podman.sock') }] : []),
    { owner: 'Podman', path: '/run/podman/podman.sock' },
  ];
  return candidates.filter((candidate) => existsSync(candidate.path));
}
