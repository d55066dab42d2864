import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DirectEndpoint } from './dial';
import { parseHost } from './endpoint';

/**
 * Where the engine under test is, for a process of a run: its variables say so, because the run has set them
 * (`Connection.environment`), to a socket or to a port with all TLS files or none.
 */
export function endpointOfRun(env: NodeJS.ProcessEnv = process.env): DirectEndpoint {
  const found = 'DOCKER_HOST';
  const address = parseHost(env[found] ?? '', found);
  if (address.kind === 'ssh') throw new Error(`${found} of a run leads to a socket or a port, not over ssh`);
  const directory = env['DOCKER_CERT_PATH'];
  if (address.kind === 'unix' || !env['DOCKER_TLS_VERIFY'] || directory === undefined) return { ...address, found };
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(path.join(directory, name))) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  return { ...address, tls: { directory, ca, cert, key, verify: true }, found };
}
