import type Dockerode from 'dockerode';
import { parsedIfJson } from './answer-shape';
import { versionShape } from './shapes';
import type { Transport } from './transport';

/** Something speaks HTTP at the address, but not as the Docker Engine API does. */
export class UnexpectedAnswer extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
    readonly contentType: string,
    readonly body: string,
  ) {
    super(`GET ${path} was answered with HTTP ${status} and ${contentType || 'no content type'}`);
  }
}

/**
 * Asks who is there: `GET /_ping`, which an engine answers with "OK", then `GET /version`.
 *
 * @param within milliseconds for both
 * @returns the answer to `GET /version`
 * @throws UnexpectedAnswer, or the error of the call
 */
export async function askEngine(transport: Transport, within: number): Promise<Dockerode.DockerVersion> {
  const startedAt = performance.now();
  const ping = await get(transport, '/_ping', within);
  if (ping.status !== 200 || ping.body.trim() !== 'OK') throw ping;
  const version = await get(transport, '/version', Math.max(within / 10, within - (performance.now() - startedAt)));
  if (version.status !== 200) throw version;
  const content = versionShape.safeParse(parsedIfJson('GET /version', Buffer.from(version.body)));
  if (!content.success) throw version;
  return content.data as unknown as Dockerode.DockerVersion;
}

/** One GET; the answer has the shape of the error that it may turn out to be. */
async function get(transport: Transport, path: string, total: number): Promise<UnexpectedAnswer> {
  const { status, headers, body } = await transport.send({ method: 'GET', path, total });
  return new UnexpectedAnswer(path, status, headers['content-type'] ?? '', body.toString('utf8'));
}
