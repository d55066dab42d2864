import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Milliseconds between two tries to connect. */
const interval = 5;

/**
 * Listens on a socket and leads each connection on to another one, which takes few connections at a time: the emulator
 * has room for one that waits, and refuses the next (EAGAIN, connect(2)) where others would let it wait. It alone does not
 * keep the process alive.
 * @returns ends it, with all connections
 */
export async function startKernelRelay(socketPath: string, upstreamPath: string): Promise<() => void> {
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    // always followed by 'close'
    client.on('error', () => undefined);
    client.once('close', () => clients.delete(client));
    leadOn(client, upstreamPath);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  server.unref();
  return () => {
    server.close();
    for (const client of clients) client.destroy();
  };
}

function leadOn(client: Socket, upstreamPath: string): void {
  const upstream = connect({ path: upstreamPath, allowHalfOpen: true });
  const end = () => upstream.destroy();
  client.once('close', end);
  upstream.once('connect', () => client.pipe(upstream).pipe(client));
  upstream.on('error', ({ code }: NodeJS.ErrnoException) => {
    client.off('close', end);
    if (code === 'EAGAIN' && !client.destroyed) setTimeout(() => leadOn(client, upstreamPath), interval);
    else client.destroy();
  });
}
