import { question, readAnswer } from '../dns/message';

/** What a listener says back to a greeting. */
export interface Reply {
  /** whether it spoke the protocol that was expected */
  speaks: boolean;
  /** what it said, in words */
  says: string;
}

/** How a listener is asked to say something in a protocol, without logging in anywhere and without changing anything. */
export interface Greeting {
  /** as people call the protocol */
  protocol: string;
  /** what is sent first, in hexadecimal digits; empty where the server speaks first, or where curl does the talking */
  hello: string;
  /** whether curl does the talking, over HTTP or inside TLS */
  byCurl?: 'http' | 'https';
  /** what came back means; of curl's talking this is asked only where it got nothing that it understands */
  read: (bytes: Buffer) => Reply;
}

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const firstLine = (bytes: Buffer): string => (bytes.toString('latin1').split(/\r?\n/)[0] ?? '').replace(/[^\x20-\x7e]/g, '.').slice(0, 120);

/** Records of TLS begin so: a handshake or an alert, and version 3.x (RFC 8446, section 5.1). */
const isTls = (bytes: Buffer): boolean => (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;

/** What bytes look like that are not what was expected. */
export function looksLike(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (isTls(bytes)) return 'TLS';
  if (/^HTTP\/\d/.test(text)) return `HTTP (${firstLine(bytes)})`;
  if (text.startsWith('SSH-')) return `SSH (${firstLine(bytes)})`;
  if (/^220[ -]/.test(text)) return `a greeting of SMTP or FTP (${firstLine(bytes)})`;
  if (isMysql(bytes)) return 'MySQL';
  return `${bytes.length} bytes: ${firstLine(bytes)}`;
}

function isMysql(bytes: Buffer): boolean {
  return bytes.length > 5 && bytes[3] === 0 && (bytes[4] === 0x0a || bytes[4] === 0xff);
}

const expecting =
  (protocol: string, read: (bytes: Buffer) => string | undefined) =>
  (bytes: Buffer): Reply => {
    const says = read(bytes);
    return says === undefined
      ? { speaks: false, says: `what it said is no ${protocol}, it looks like ${looksLike(bytes)}` }
      : { speaks: true, says };
  };

const startTls = '0000000804d2162f';

/** The greetings, by name. Each is the first message that its protocol's own documents tell a client to send or to await. */
export const greetings = {
  http: {
    protocol: 'HTTP',
    hello: '',
    byCurl: 'http',
    read: expecting('HTTP', (bytes) => (/^HTTP\/\d/.test(bytes.toString('latin1')) ? firstLine(bytes) : undefined)),
  },
  https: { protocol: 'TLS', hello: '', byCurl: 'https', read: expecting('TLS', (bytes) => (isTls(bytes) ? 'a record of TLS' : undefined)) },
  redis: {
    protocol: 'Redis',
    hello: hex('PING\r\n'),
    // RESP: a simple string, or an error such as NOAUTH
    read: expecting('Redis', (bytes) => (/^[+-][A-Z]/.test(bytes.toString('latin1')) ? firstLine(bytes) : undefined)),
  },
  postgresql: {
    protocol: 'PostgreSQL',
    // SSLRequest: answered with one letter, or with an error by very old servers
    hello: startTls,
    read: expecting('PostgreSQL', (bytes) => {
      const letter = String.fromCharCode(bytes[0] ?? 0);
      if (letter === 'S' && bytes.length === 1) return 'S: it offers TLS';
      if (letter === 'N' && bytes.length === 1) return 'N: it goes on without TLS';
      return letter === 'E' && bytes.length > 5 && bytes[1] === 0 ? 'E: an error of its own' : undefined;
    }),
  },
  mysql: {
    protocol: 'MySQL',
    hello: '',
    read: expecting('MySQL', (bytes) => {
      if (!isMysql(bytes)) return undefined;
      const text =
        bytes
          .subarray(bytes[4] === 0xff ? 7 : 5)
          .toString('latin1')
          .split('\0')[0] ?? '';
      return bytes[4] === 0xff ? `it refuses this client: ${text.replace(/[^\x20-\x7e]/g, '')}` : `its version ${text}`;
    }),
  },
  amqp: {
    protocol: 'AMQP',
    hello: hex('AMQP\0\0\x09\x01'),
    // connection.start of AMQP 0-9-1, or the header of the version that it wants
    read: expecting('AMQP', (bytes) => {
      if (bytes.toString('latin1', 0, 4) === 'AMQP') return 'the header of another version';
      return bytes[0] === 1 && bytes.length > 10 && bytes.readUInt32BE(7) === 0x000a000a ? 'connection.start' : undefined;
    }),
  },
  smtp: {
    protocol: 'SMTP',
    hello: '',
    read: expecting('SMTP', (bytes) => (/^(220|421|554)[ -]/.test(bytes.toString('latin1')) ? firstLine(bytes) : undefined)),
  },
  dns: {
    protocol: 'DNS',
    hello: question('localhost', 'A'),
    read: expecting('DNS', (bytes) => {
      try {
        return (bytes[2] ?? 0) & 0x80 ? `an answer, ${String(readAnswer(bytes.toString('hex')).code)}` : undefined;
      } catch {
        return undefined;
      }
    }),
  },
} as const satisfies Record<string, Greeting>;

export type GreetingName = keyof typeof greetings;

/** Ports whose protocol is known (IANA's list of service names, and what the servers' own images expose). */
const known: Record<'tcp' | 'udp', Partial<Record<number, GreetingName>>> = {
  tcp: {
    25: 'smtp',
    80: 'http',
    443: 'https',
    587: 'smtp',
    2525: 'smtp',
    3306: 'mysql',
    5432: 'postgresql',
    5671: 'https',
    5672: 'amqp',
    6379: 'redis',
    6443: 'https',
    8080: 'http',
    8443: 'https',
  },
  udp: { 53: 'dns' },
};

/** The greeting that is right for a port; undefined where nothing is known of it. */
export function greetingFor(port: number, transport: 'tcp' | 'udp'): GreetingName | undefined {
  return known[transport][port];
}
