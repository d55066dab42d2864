import { isIP } from 'node:net';
import { exitStatus, UserError } from '../base/user-error';
import { greetingFor, type GreetingName } from './greetings';

/** What a trace goes to. */
export interface Target {
  /** name or address, IPv6 without brackets */
  host: string;
  port: number;
  transport: 'tcp' | 'udp';
  /** in which protocol the listener is greeted; undefined where nothing is known of the port, and it is only connected to */
  greeting: GreetingName | undefined;
  /** the whole address, where one was given */
  url?: string;
}

/** The word for the engine's host as the place that a trace starts from. */
export const hostAsSource = 'host';

const remedy = 'Write NAME:PORT, ADDRESS:PORT, [IPV6]:PORT, or a URL that begins with http:// or https://.';

/**
 * Reads what a trace is to go to: `db:5432`, `[fd00::2]:80` or a URL.
 * @param udp whether datagrams are asked about
 * @throws UserError for anything else
 */
export function parseTarget(text: string, udp = false): Target {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return ofUrl(text, udp);
  const [, host, port] = /^([^\s:/[\]]+|\[[\da-fA-F:.%\w]+\]):(\d{1,5})$/.exec(text) ?? [];
  const bare = host?.replace(/^\[|\]$/g, '');
  if (bare === undefined || (host !== bare && isIP(bare) !== 6)) throw refused(text, 'is no place with a port');
  const number = portOf(port, text);
  const transport = udp ? 'udp' : 'tcp';
  return { host: bare, port: number, transport, greeting: greetingFor(number, transport) };
}

function ofUrl(text: string, udp: boolean): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.hostname === '') throw refused(text, 'is no URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(text, `has a scheme that is not spoken here, ${url.protocol}//`);
  if (udp) throw refused(text, 'is asked for over TCP, and --udp was given');
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : portOf(url.port, text),
    transport: 'tcp',
    greeting: secure ? 'https' : 'http',
    url: text,
  };
}

function portOf(text: string | undefined, whole: string): number {
  const port = Number(text);
  if (port < 1 || port > 65_535) throw refused(whole, 'has no port from 1 to 65535');
  return port;
}

function refused(text: string, why: string): UserError {
  return new UserError(`"${text}" ${why}.`, remedy, exitStatus.usage);
}

/** A target in one word, as it was asked for. */
export function targetInWords({ url, host, port }: Target): string {
  return url ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a name is an address already, and nobody has to be asked for it. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}
