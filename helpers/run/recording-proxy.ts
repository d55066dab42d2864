import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One call that the suite made to the API, with all that it takes to make it again. */
export interface RecordedCall {
  /** milliseconds since the first call */
  startedAt: number;
  endedAt: number;
  method: string;
  path: string;
  type?: string;
  /** in base64 */
  body: string;
  /** whether the connection became a stream: an exec that was started */
  upgrade: boolean;
  /** what the engine called what it made */
  made?: string;
}

/** Stands between the suite and an engine, changes nothing, and remembers every call that came to its end. */
export interface RecordingProxy {
  calls(): RecordedCall[];
  close(): void;
}

/** Listens on a socket and passes everything on to an engine; it does not keep the process alive. */
export async function recordingProxy(engineSocket: string, ownSocket: string): Promise<RecordingProxy> {
  const calls: RecordedCall[] = [];
  const server = createServer((asked, answer) => {
    const startedAt = performance.now();
    void buffer(asked).then((body) => {
      const { method = '', url = '', headers } = asked;
      const passed = request({ socketPath: engineSocket, agent: false, method, path: url, headers }, (truth) => {
        answer.writeHead(truth.statusCode ?? 500, truth.headers);
        answer.flushHeaders();
        let first = '';
        truth.on('data', (chunk: Buffer) => (first ||= chunk.toString('utf8')));
        truth.pipe(answer);
        truth.on('end', () => {
          const made = method === 'POST' ? /"Id":\s*"([0-9a-f]{64})"/.exec(first)?.[1] : undefined;
          calls.push({ startedAt, endedAt: performance.now(), method, path: url, ...(headers['content-type'] !== undefined && { type: headers['content-type'] }), body: body.toString('base64'), upgrade: false, ...(made !== undefined && { made }) });
        });
      });
      passed.on('error', () => answer.destroy());
      answer.on('close', () => passed.destroy());
      passed.end(body);
    });
  });
  server.keepAliveTimeout = 0;
  server.on('upgrade', ({ method = '', url = '', httpVersion, rawHeaders, headers }, client, head) => {
    const startedAt = performance.now();
    const engine = connect(engineSocket);
    const lines = Array.from({ length: rawHeaders.length / 2 }, (_, index) => `${rawHeaders[2 * index]}: ${rawHeaders[2 * index + 1]}\r\n`);
    engine.write(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`);
    engine.write(head);
    const chunks: Buffer[] = [head];
    const length = Number(headers['content-length'] ?? 0);
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.pipe(engine).pipe(client);
    engine.on('end', () => calls.push({ startedAt, endedAt: performance.now(), method, path: url, type: 'application/json', body: Buffer.concat(chunks).subarray(0, length).toString('base64'), upgrade: true }));
    client.on('error', () => engine.destroy());
    engine.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ownSocket, resolve));
  server.unref();
  return {
    calls: () => {
      const [first = 0] = calls.map(({ startedAt }) => startedAt).sort((one, other) => one - other);
      return calls.map((call) => ({ ...call, startedAt: call.startedAt - first, endedAt: call.endedAt - first })).sort((one, other) => one.startedAt - other.startedAt);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
