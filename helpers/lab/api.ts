import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { limit } from '../engine/limits';
import { askOnce } from '../engine/transport';
import { scaledLimit } from '../base/pace';

/** What the engine's API answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One call of the engine's API over a unix socket. @param timeout milliseconds without a byte after which it fails */
export async function call(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  { body, type, timeout = scaledLimit(1000) }: { body?: Readable; type?: string; timeout?: number } = {},
): Promise<Answer> {
  const answer = await askOnce(
    { kind: 'unix', path: socketPath, found: 'a lab' },
    {
      method,
      path,
      idle: timeout,
      total: limit('stream'),
      ...(body && { body }),
      ...(type !== undefined && { headers: { 'Content-Type': type } }),
    },
  );
  return { status: answer.status, body: answer.body.toString('utf8') };
}

/** Does an engine answer on this socket? */
export async function answers(socketPath: string): Promise<boolean> {
  try {
    return (await stat(socketPath)).isSocket() && (await call(socketPath, 'GET', '/_ping')).status === 200;
  } catch {
    return false;
  }
}

/** Loads an archive of images. @throws Error with the engine's words when it refuses it */
export async function loadImage(socketPath: string, archive: string): Promise<void> {
  const { status, body } = await call(socketPath, 'POST', '/images/load?quiet=1', {
    body: createReadStream(archive),
    type: 'application/x-tar',
    timeout: scaledLimit(60_000),
  });
  // a failure after the first byte is a line of a successful answer
  if (status !== 200 || body.includes('"error"')) throw new Error(`the engine does not load ${archive}: ${status} ${body}`);
}
