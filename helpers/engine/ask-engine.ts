import type Dockerode from 'dockerode';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';

/** More than any engine answers to `GET /version`; what sends more is no engine. */
const longestAnswer = 1024 * 1024;

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
 * @param open opens a new connection
 * @param signal ends both requests
 * @returns the answer to `GET /version`
 * @throws UnexpectedAnswer, or the error of the connection
 */
export async function askEngine(open: () => Duplex, signal: AbortSignal): Promise<Dockerode.DockerVersion> {
  const ping = await get(open, '/_ping', signal);
  if (ping.status !== 200 || ping.body.trim() !== 'OK') throw ping;
  const version = await get(open, '/version', signal);
  if (version.status !== 200) throw version;
  const content = parsed(version.body);
  if (!isVersion(content)) throw version;
  return content;
}

/** One GET on a connection of its own; the answer has the shape of the error that it may turn out to be. */
function get(open: () => Duplex, path: string, signal: AbortSignal): Promise<UnexpectedAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ createConnection: open, host: 'docker', path, headers: { Connection: 'close' }, signal }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('error', reject);
      answer.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > longestAnswer) finish();
      });
      answer.on('end', finish);
      function finish(): void {
        resolve(new UnexpectedAnswer(path, answer.statusCode ?? 0, answer.headers['content-type'] ?? '', body));
        outgoing.destroy();
      }
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isVersion(value: unknown): value is Dockerode.DockerVersion {
  const { Version, ApiVersion } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof Version === 'string' && typeof ApiVersion === 'string';
}
