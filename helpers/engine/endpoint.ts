import path from 'node:path';

import { oneLine, truncate } from '../base/text';
import { UserError } from '../base/user-error';

/** What a TLS connection needs; `directory` holds the files under the names `ca.pem`, `cert.pem` and `key.pem`. */
export interface TlsMaterial {
  directory: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  /** false: any server certificate will do (DOCKER_TLS without DOCKER_TLS_VERIFY, or a context with SkipTLSVerify) */
  verify: boolean;
}

export interface UnixAddress {
  kind: 'unix';
  /** absolute path of the socket */
  path: string;
}

export interface TcpAddress {
  kind: 'tcp';
  /** a name or an address, IPv6 without brackets */
  host: string;
  port: number;
}

export interface SshAddress {
  kind: 'ssh';
  host: string;
  user?: string;
  port?: number;
  /** socket of the engine on the remote machine; without it, what the remote `docker` chooses */
  remoteSocket?: string;
}

export type Address = UnixAddress | TcpAddress | SshAddress;

/** Where an engine is said to be, and who said so. Nothing has been asked there yet. */
export type Endpoint = {
  /** how it was found, in words: `DOCKER_HOST`, `context colima`, `default socket` */
  found: string;
} & (UnixAddress | (TcpAddress & { tls?: TlsMaterial }) | SshAddress);

/** The socket that the Docker CLI uses on Linux and macOS when nothing is configured (docker/cli, opts/hosts.go). */
export const defaultSocket = '/var/run/docker.sock';

/** The address as it is written in DOCKER_HOST, e.g. `tcp://[::1]:2375`. */
export function addressOf(address: Address): string {
  switch (address.kind) {
    case 'unix':
      return `unix://${address.path}`;
    case 'tcp':
      return `tcp://${bracketed(address.host)}:${address.port}`;
    case 'ssh':
      return `ssh://${address.user === undefined ? '' : `${address.user}@`}${bracketed(address.host)}${
        address.port === undefined ? '' : `:${address.port}`
      }${address.remoteSocket ?? ''}`;
  }
}

/** A host as it stands in a URL: IPv6 in brackets, anything else as it is. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Reads an address as the Docker CLI reads DOCKER_HOST (docker/cli, opts/hosts.go `ParseHost`): no scheme means tcp, a
 * missing host `localhost`, a missing port 2375 (with TLS too: only an empty DOCKER_HOST makes the CLI choose 2376), and
 * `unix://` alone the default socket.
 *
 * Three things that the CLI lets through are refused, since each is a mistake, or cannot be said to testcontainers: a bare
 * path (to the CLI it is a path on localhost:2375), a path after tcp://host:port, and `fd://`, which is the daemon's.
 *
 * @param found where the text comes from, for messages
 * @throws UserError when the text is no address that this suite can connect to
 */
export function parseHost(text: string, found: string): Address {
  const trimmed = text.trim();
  const [scheme, rest] = splitScheme(trimmed);
  const refuse = (why: string, remedy: string): UserError => new UserError(`${found} is "${withoutSecrets(text)}": ${why}.`, remedy);

  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: path.resolve(rest === '' ? defaultSocket : rest) };
    case 'ssh':
      return parseSsh(trimmed, refuse);
    case 'tcp':
      return parseTcp(rest, 2375, refuse);
    case undefined:
      if (trimmed === '') return { kind: 'unix', path: defaultSocket };
      if (/^[./~]/.test(trimmed))
        throw refuse('a path without a scheme is not an address', `Write unix://${path.resolve(trimmed)} instead.`);
      return parseTcp(trimmed, 2375, refuse);
    case 'http':
    case 'https':
      throw refuse(
        `the scheme ${scheme}:// is not one that Docker accepts here`,
        `Write tcp://${withoutSecrets(rest)} instead${scheme === 'https' ? ', and set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH for TLS' : ''}.`,
      );
    case 'npipe':
      throw refuse(
        'named pipes exist on Windows only',
        'Run the suite on Linux or macOS, or in WSL, and give a unix://, tcp:// or ssh:// address.',
      );
    default:
      throw refuse(`the scheme ${scheme}:// is not supported`, 'Give a unix://, tcp:// or ssh:// address.');
  }
}

/**
 * Reads the address of a context. The CLI does not put it through the rules of DOCKER_HOST (moby/moby, client
 * `ParseHostURL`): http:// and https:// mean the same as tcp://, because the context's files alone decide on TLS, and a
 * missing port is HTTP's own, 80 or 443.
 *
 * @param found where the text comes from, for messages
 * @param tls whether the context has TLS files or skips verification
 * @throws UserError as {@link parseHost}
 */
export function parseContextHost(text: string, found: string, tls: boolean): Address {
  const [scheme, rest] = splitScheme(text);
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') return parseHost(text, found);
  return parseTcp(rest, tls ? 443 : 80, (why, remedy) => new UserError(`${found} is "${withoutSecrets(text)}": ${why}.`, remedy));
}

/** Columns of an address in a message. */
const longestQuote = 200;

/** An address as messages may quote it: without a user's password, and without parameters, which can hold one. */
export function withoutSecrets(address: string): string {
  const [scheme, rest] = splitScheme(address);
  const shown = rest
    .replace(
      /^(?:([^@:]*)(:).*|([^@]*))@/s,
      (_, user?: string, colon?: string, alone?: string) => `${colon === undefined ? (alone ?? '') : `${user ?? ''}:…`}@`,
    )
    .replace(/[?#].*$/s, '…');
  return truncate(oneLine(`${scheme === undefined ? '' : `${scheme}://`}${shown}`), longestQuote);
}

type Refuse = (why: string, remedy: string) => UserError;

function splitScheme(text: string): [scheme: string | undefined, rest: string] {
  const at = text.indexOf('://');
  return at < 0 ? [undefined, text] : [text.slice(0, at), text.slice(at + 3)];
}

function parseTcp(text: string, defaultPort: number, refuse: Refuse): TcpAddress {
  const remedy = 'Write it as tcp://host:port, with IPv6 addresses in brackets.';
  // the CLI takes `::1` for an address, a URL does not
  const authority = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^/?#:@[\]]*))(?::(?<port>\d*))?(?<path>\/.*)?$/.exec(authority);
  if (!match?.groups) throw refuse('it is not a host and a port', remedy);
  const { v6, host, port, path: prefix = '' } = match.groups;
  if (prefix !== '' && prefix !== '/') throw refuse('a path after host and port is not supported', remedy);
  const number = port === undefined || port === '' ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) throw refuse(`${number} is not a port`, remedy);
  return { kind: 'tcp', host: v6 ?? (host === undefined || host === '' ? 'localhost' : host), port: number };
}

/** ssh://[user@]host[:port][/socket], with the CLI's refusals (docker/cli, cli/connhelper/ssh/ssh.go `newSpec`). */
function parseSsh(text: string, refuse: Refuse): SshAddress {
  const remedy = 'Write it as ssh://user@host:port, and keep keys and passwords out of it (ssh-agent, ~/.ssh/config).';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw refuse('it is not an ssh address', remedy);
  if (url.password !== '') throw new UserError('The ssh address of the engine contains a password, which Docker refuses.', remedy);
  if (url.hostname === '') throw refuse('the host is missing', remedy);
  if (url.search !== '' || url.hash !== '') throw refuse('parameters and fragments are not allowed in an ssh address', remedy);
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse('it has a % that encodes nothing', remedy);
    }
  };
  const remoteSocket = decode(url.pathname);
  return {
    kind: 'ssh',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.username !== '' && { user: decode(url.username) }),
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(/[^/]/.test(remoteSocket) && { remoteSocket }),
  };
}
