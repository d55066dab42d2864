import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import type { Endpoint } from './endpoint';

/** An endpoint that a socket of this process can be connected to, without a helper program. */
export type DirectEndpoint = Exclude<Endpoint, { kind: 'ssh' }>;

/**
 * Opens a connection to an engine; success and failure come as events of the socket.
 *
 * @param allowHalfOpen true: the end of the engine's answer does not end what is sent to it
 */
export function dial(endpoint: DirectEndpoint, { allowHalfOpen = false } = {}): Socket {
  if (endpoint.kind === 'unix') return connectPlain({ path: endpoint.path, allowHalfOpen });
  const { host, port, tls } = endpoint;
  if (!tls) return connectPlain({ host, port, allowHalfOpen });
  const options = {
    host,
    port,
    allowHalfOpen,
    ...(tls.ca && { ca: tls.ca }),
    ...(tls.cert && { cert: tls.cert }),
    ...(tls.key && { key: tls.key }),
    rejectUnauthorized: tls.verify,
    // RFC 6066 allows names only
    ...(isIP(host) === 0 && { servername: host }),
  };
  return connectTls(options);
}
