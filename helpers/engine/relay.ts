import { createServer, type Socket } from 'node:net';
import path from 'node:path';

import { temporaryFolder } from '../state/temporary';
import { UserError } from '../base/user-error';
import { dial, type DirectEndpoint } from './dial';

/** A local unix socket that leads somewhere else. */
export interface Relay {
  /** absolute, in a directory that only this user may enter */
  socketPath: string;
  /** ends all connections and removes the socket and its directory */
  close(): Promise<void>;
}

/**
 * Listens on a private unix socket. Each connection to it, half-open ones included, is handed to `attach`, which leads it on
 * and ends it. The relay alone does not keep the process alive.
 *
 * @throws UserError when the socket cannot be made
 */
export async function startRelay(attach: (client: Socket) => void): Promise<Relay> {
  const { path: directory, remove } = await temporaryFolder('engine.sock');
  const socketPath = path.join(directory, 'engine.sock');
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    attach(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  }).catch((error: unknown) => {
    remove();
    throw new UserError(
      `The socket ${socketPath} cannot be made: ${(error as Error).message}.`,
      'Set TMPDIR to a short, writable directory.',
      undefined,
      {
        cause: error,
      },
    );
  });
  server.unref();
  process.once('exit', remove);

  return {
    socketPath,
    async close() {
      process.off('exit', remove);
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      remove();
    },
  };
}

/** A relay to an engine that this process can connect to by itself. */
export function relayTo(endpoint: DirectEndpoint): Promise<Relay> {
  return startRelay((client) => {
    const upstream = dial(endpoint, { allowHalfOpen: true });
    client.pipe(upstream).pipe(client);
    // pipe() passes ends on, but no errors
    client.on('error', () => undefined); // always followed by 'close'
    client.on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
}
