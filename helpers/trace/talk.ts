import { bracketed } from '../engine/endpoint';
import { readCurl } from '../vantage/fetch';
import type { CommandResult, VantagePoint } from '../world/vantage-point';
import { greetings, looksLike, type Greeting, type GreetingName } from './greetings';
import type { Target } from './asked';

/** How talking to one address ended. */
export type Ending =
  /** the listener answered at the level that was asked for */
  | 'answered'
  /** it took the connection, or got the datagram, and nothing more is known of its protocol */
  | 'accepted'
  /** it took the connection and said nothing although it was greeted */
  | 'silent'
  /** it answered in another protocol */
  | 'misunderstood'
  | 'refused'
  | 'timed-out'
  | 'unreachable'
  /** it ended the connection without a word */
  | 'closed'
  | 'broken';

/** What became of talking to one address. */
export interface Attempt {
  address: string;
  ending: Ending;
  /** what was said, or why nothing was, in words */
  says: string;
  /** the client's own address, where a connection was made */
  from?: string;
  /** status of an HTTP answer */
  status?: number;
  /** milliseconds that it took */
  took: number;
}

/** Whether an ending is as good as was asked for. */
export const isReached = ({ ending }: Pick<Attempt, 'ending'>): boolean => ending === 'answered' || ending === 'accepted';

/** Seconds that a connection, an answer to a greeting, and somebody who may speak first are waited for. */
export const limits = { connect: 2, answer: 2, banner: 0.4, page: 5 };

/**
 * Sends bytes, and prints those of the first answer in hexadecimal digits; socat's words go to the standard error output.
 * One reading is enough, so that a listener that keeps the connection open costs no time.
 */
const script = `
folder=$(mktemp -d) && cd "$folder" || exit 1
printf %s "$2" | busybox xxd -r -p >hello; : >answer
socat -d -d -t 0.01 -T "$3" "$1" 'SYSTEM:cat hello; dd bs=65536 count=1 2>/dev/null >answer' 2>words
ended=$?
busybox xxd -p answer | tr -d '\\n'
cat words >&2; cd /; rm -r "$folder"; exit $ended`;

/** Talks to one address of a target as its port, or its URL, asks for. */
export async function talkTo(from: VantagePoint, target: Target, address: string): Promise<Attempt> {
  const startedAt = performance.now();
  const greeting: Greeting | undefined = target.greeting && greetings[target.greeting];
  const attempt = greeting?.byCurl ? await fetched(from, target, address, greeting.byCurl) : await greeted(from, target, address, greeting);
  return { ...attempt, address, took: Math.round(performance.now() - startedAt) };
}

type Said = Omit<Attempt, 'address' | 'took'>;

async function greeted(from: VantagePoint, { port, transport }: Target, address: string, greeting: Greeting | undefined): Promise<Said> {
  const where = `${transport === 'udp' ? 'UDP' : 'TCP'}${address.includes(':') ? 6 : 4}:${bracketed(address)}:${port}`;
  const options = transport === 'udp' ? ',shut-none' : `,connect-timeout=${limits.connect},shut-none`;
  const hello = transport === 'udp' && !greeting ? '0a' : (greeting?.hello ?? '');
  const result = await from.exec(['sh', '-c', script, 'talk', `${where}${options}`, hello, `${greeting ? limits.answer : limits.banner}`]);
  return transport === 'udp' ? readDatagram(result, greeting) : readTalk(result, greeting);
}

/** What socat's words and the bytes that it got mean. */
export function readTalk({ stdout, stderr }: CommandResult, greeting: Greeting | undefined): Said {
  const bytes = Buffer.from(stdout.trim(), 'hex');
  if (bytes.length > 0) {
    if (!greeting) return { ending: 'answered', says: `it says ${looksLike(bytes)}` };
    const { speaks, says } = greeting.read(bytes);
    return { ending: speaks ? 'answered' : 'misunderstood', says: speaks ? `it speaks ${greeting.protocol}: ${says}` : says };
  }
  if (!/successfully connected/.test(stderr)) return notConnected(stderr);
  if (/reset by peer|Broken pipe/.test(stderr)) return { ending: 'closed', says: 'it took the connection and reset it' };
  if (!/inactivity timeout/.test(stderr)) return { ending: 'closed', says: 'it took the connection and ended it without a word' };
  return greeting
    ? {
        ending: 'silent',
        says: `it took the connection and said nothing for ${limits.answer} s, where ${greeting.protocol} was expected`,
      }
    : { ending: 'accepted', says: 'it accepted the connection, and said nothing' };
}

function notConnected(stderr: string): Said {
  const [why = ''] =
    stderr.match(
      /Connection refused|No route to host|Network is unreachable|Connection timed out|timed out|Permission denied|Invalid argument|Cannot assign requested address|Host is unreachable/,
    ) ?? [];
  if (why === 'Connection refused') return { ending: 'refused', says: 'connection refused' };
  if (/timed out/.test(why)) return { ending: 'timed-out', says: `nothing came back within ${limits.connect} s` };
  if (why !== '') return { ending: 'unreachable', says: why.toLowerCase() };
  return { ending: 'broken', says: stderr.trim().split('\n').at(-1) ?? 'no word' };
}

function readDatagram({ stdout, stderr }: CommandResult, greeting: Greeting | undefined): Said {
  const bytes = Buffer.from(stdout.trim(), 'hex');
  if (bytes.length > 0) {
    const { speaks, says } = greeting ? greeting.read(bytes) : { speaks: true, says: looksLike(bytes) };
    return { ending: speaks ? 'answered' : 'misunderstood', says: `it answers: ${says}` };
  }
  if (/refused/.test(stderr)) return { ending: 'refused', says: 'an ICMP message says that nobody listens on the port' };
  if (/unreachable|No route/.test(stderr)) return notConnected(stderr);
  return { ending: 'silent', says: 'the datagram was sent, and nothing came back' };
}

/** What curl says of itself, where it does the talking. */
interface Transfer {
  http_code?: number;
  local_ip?: string;
  time_appconnect?: number;
  size_download?: number;
  http_version?: string;
}

/** What marks the answer of a TLS alert, and of a server that speaks no TLS, in curl's words. */
const plainAnswer = /wrong version number|packet length too long|unknown protocol|http request/i;

/** Bytes after which a page that does not end is one that is slow, and not one that large packets are missing of. */
const stalledBelow = 64 * 1024;

async function fetched(from: VantagePoint, target: Target, address: string, scheme: 'http' | 'https'): Promise<Said> {
  const url = target.url ?? `${scheme}://${bracketed(target.host)}:${target.port}/`;
  return readFetch(await from.exec(fetchCommand(url, { pinned: { ...target, address } })), scheme, target.url !== undefined);
}

/**
 * The curl command of a trace: certificates are not what it asks about.
 * @param way to one address of the name, past all proxies; or with variables of an environment, as a program follows them
 */
export function fetchCommand(
  url: string,
  way: { pinned: { host: string; port: number; address: string } } | { environment: Record<string, string> },
): string[] {
  const limit = ['--connect-timeout', `${limits.connect}`, '--max-time', `${limits.page}`];
  const curl = ['curl', '--silent', '--verbose', '--insecure', '--globoff', ...limit, '--output', '/dev/null', '--write-out', '%{json}'];
  if ('environment' in way) return ['env', ...Object.entries(way.environment).map(([name, value]) => `${name}=${value}`), ...curl, url];
  const { host, port, address } = way.pinned;
  const pinned = host === address ? [] : ['--resolve', `${host}:${port}:${bracketed(address)}`];
  return [...curl, '--noproxy', '*', ...pinned, url];
}

/** What a fetch by {@link fetchCommand} means. @param asked whether a page was asked for, and not only somebody who speaks the protocol */
export function readFetch({ exitCode, stdout, stderr }: CommandResult, scheme: 'http' | 'https', asked: boolean): Said {
  const transfer = transferIn(stdout);
  const from = transfer.local_ip ? { from: transfer.local_ip } : {};
  const status = transfer.http_code ?? 0;
  const tls = (transfer.time_appconnect ?? 0) > 0;
  if (status > 0) {
    const announced = Number(/^< content-length: (\d+)/im.exec(stderr)?.[1] ?? 0);
    const got = transfer.size_download ?? 0;
    // what has no end, such as a stream of events, announces none
    if (exitCode === 28 && announced > got && got < stalledBelow)
      return {
        ending: 'silent',
        says: `it begins to answer with the status ${status}, and after ${got} of ${announced} bytes nothing more comes`,
        status,
        ...from,
      };
    const line = /^< (HTTP\/\S+ \d+.*?)\s*$/m.exec(stderr)?.[1] ?? `HTTP status ${status}`;
    const server = /^< server: (.*?)\s*$/im.exec(stderr)?.[1];
    const isMistaken =
      scheme === 'http' && status === 400 && (transfer.size_download ?? 0) > 0 && /^< (?:server: nginx|.*HTTPS)/im.test(stderr);
    const says = `it answers ${line}${server === undefined ? '' : ` (${server})`}${tls ? ' inside TLS' : ''}`;
    return { ending: 'answered', says, status, ...from, ...(isMistaken && { ending: 'misunderstood' as const }) };
  }
  if (scheme === 'https' && tls && !asked) return { ending: 'answered', says: `it speaks TLS${certificate(stderr)}`, ...from };
  if (exitCode === 35 || plainAnswer.test(stderr))
    return plainAnswer.test(stderr)
      ? { ending: 'misunderstood', says: 'it answers the first message of TLS with something that is no TLS', ...from }
      : { ending: 'closed', says: `TLS could not be agreed on: ${curlsWords(stderr)}`, ...from };
  if (exitCode === 1 && /HTTP\/0\.9/.test(stderr)) return { ending: 'misunderstood', says: 'it answers, and not in HTTP', ...from };
  const outcome = readCurl({ exitCode, stdout: '', stderr });
  switch (outcome.kind) {
    case 'refused':
      return { ending: 'refused', says: 'connection refused' };
    case 'unreachable':
      return { ending: 'unreachable', says: outcome.detail };
    case 'timed-out':
      return from.from === undefined
        ? { ending: 'timed-out', says: `nothing came back within ${limits.connect} s` }
        : { ending: 'silent', says: `it took the connection, and no answer came within ${limits.page} s`, ...from };
    case 'reset':
      return { ending: 'closed', says: 'it took the connection and ended it without an answer', ...from };
    default:
      return { ending: 'broken', says: 'detail' in outcome ? outcome.detail : curlsWords(stderr) };
  }
}

function transferIn(stdout: string): Transfer {
  try {
    return JSON.parse(stdout) as Transfer;
  } catch {
    return {};
  }
}

function certificate(stderr: string): string {
  const subject = /subject: (.*?)\s*$/m.exec(stderr)?.[1];
  return subject === undefined ? '' : `, with a certificate for ${subject}`;
}

function curlsWords(stderr: string): string {
  return (
    stderr
      .trim()
      .split('\n')
      .filter((line) => /^\*|^curl/.test(line))
      .at(-2)
      ?.replace(/^\* */, '') ?? 'no word'
  );
}

/** The same listener, greeted in another protocol to see whether that is what it speaks; no page is asked for. */
export function greetedAs({ host, port, transport }: Target, greeting: GreetingName): Target {
  return { host, port, transport, greeting };
}
