import { send } from '../engine/proxy';
import { idIn, type RecordedCall } from '../run/recording-proxy';

/**
 * Makes recorded calls again, on another engine, as much at once as they were: each begins as soon as those have ended
 * that had ended when it began. What the engine calls the things that it makes is put in the place of their old ids.
 * @returns milliseconds that all of it took
 */
export async function replay(calls: readonly RecordedCall[], socketPath: string): Promise<number> {
  const ids = new Map<string, string>();
  const renewed = (text: string) => text.replace(/[0-9a-f]{64}/g, (id) => ids.get(id) ?? id);
  const startedAt = performance.now();
  const running: Promise<void>[] = [];
  for (const [index, call] of calls.entries()) {
    const before = calls
      .slice(0, index)
      .flatMap(({ endedAt }, earlier) => (endedAt <= call.startedAt ? [running[earlier] ?? Promise.resolve()] : []));
    running.push(
      Promise.all(before).then(async () => {
        const id = await make(call, socketPath, renewed);
        if (call.made !== undefined && id !== undefined) ids.set(call.made, id);
      }),
    );
  }
  await Promise.all(running);
  return performance.now() - startedAt;
}

/** Makes one call and waits for the end of its answer. @returns the id of what it made */
function make(
  { method, path, type, body, upgrade }: RecordedCall,
  socketPath: string,
  renewed: (text: string) => string,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body, 'base64');
    const sent = type?.includes('json') ? Buffer.from(renewed(bytes.toString('utf8'))) : bytes;
    const headers = {
      Host: 'docker',
      'Content-Length': sent.length,
      ...(type !== undefined && { 'Content-Type': type }),
      ...(upgrade && { Connection: 'Upgrade', Upgrade: 'tcp' }),
    };
    const outgoing = send(socketPath, { method, path: renewed(path), headers, body: sent });
    outgoing.on('response', (answer) => {
      let first = '';
      answer.on('data', (chunk: Buffer) => (first ||= chunk.toString('utf8')));
      answer.on('end', () => resolve(idIn(first)));
      answer.on('error', reject);
    });
    outgoing.on('upgrade', (_, socket) => socket.on('close', () => resolve(undefined)).resume());
    outgoing.on('error', reject);
  });
}
