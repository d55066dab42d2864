import { z } from 'zod';
import { passOn, startProxy, type Proxy } from '../engine/proxy';

const recordedCallSchema = z.strictObject({
  /** milliseconds since the first call */
  startedAt: z.number(),
  endedAt: z.number(),
  method: z.string(),
  path: z.string(),
  type: z.string().optional(),
  /** in base64 */
  body: z.base64(),
  /** whether the connection became a stream: an exec that was started */
  upgrade: z.boolean(),
  /** what the engine called what it made */
  made: z.string().optional(),
});

/** What a file of `run --calls` holds. */
export const recordedCallsSchema = z.array(recordedCallSchema);

/** One call that the suite made to the API, with all that it takes to make it again. */
export type RecordedCall = z.infer<typeof recordedCallSchema>;

/** A proxy that changes nothing, and remembers every call that came to its end. */
export interface RecordingProxy extends Proxy {
  calls(): RecordedCall[];
}

/** The id of what a call has made, in its answer. */
export function idIn(answer: string): string | undefined {
  return /"Id":\s*"([0-9a-f]{64})"/.exec(answer)?.[1];
}

/** Listens on a socket and passes everything on to an engine; it does not keep the process alive. */
export async function recordingProxy(engineSocket: string, ownSocket: string): Promise<RecordingProxy> {
  const calls: RecordedCall[] = [];
  const proxy = await startProxy(engineSocket, ownSocket, {
    call: async ({ method, path, headers, body, answer, ask }) => {
      const startedAt = performance.now();
      const truth = await ask();
      let first = '';
      truth.on('data', (chunk: Buffer) => (first ||= chunk.toString('utf8')));
      truth.on('end', () => {
        const made = method === 'POST' ? idIn(first) : undefined;
        calls.push({
          startedAt,
          endedAt: performance.now(),
          method,
          path,
          ...(headers['content-type'] !== undefined && { type: headers['content-type'] }),
          body: body.toString('base64'),
          upgrade: false,
          ...(made !== undefined && { made }),
        });
      });
      passOn(truth, answer);
    },
    streamed: ({ method, path, body }, startedAt) =>
      calls.push({
        startedAt,
        endedAt: performance.now(),
        method,
        path,
        type: 'application/json',
        body: body.toString('base64'),
        upgrade: true,
      }),
  });
  return {
    ...proxy,
    calls: () => {
      const [first = 0] = calls.map(({ startedAt }) => startedAt).sort((one, other) => one - other);
      return calls
        .map((call) => ({ ...call, startedAt: call.startedAt - first, endedAt: call.endedAt - first }))
        .sort((one, other) => one.startedAt - other.startedAt);
    },
  };
}
