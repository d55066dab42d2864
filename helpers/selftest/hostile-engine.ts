import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { cleanUp, listening, temporaryDirectory } from './fake-engine';

export { cleanUp };

/** What a hostile engine does with one call: it writes to the connection, or does not. */
export type Trick = (socket: Socket, call: { method: string; path: string }) => void;

/** A way in which what is asked is answered wrongly. */
export interface HostileCase {
  title: string;
  /** the calls that are answered so, by method and path; all others are answered as an engine does */
  to: RegExp;
  with: Trick;
  /** how the sentence goes on that names the call; absent where the answer must be borne */
  ends?: RegExp;
}

const json = (document: unknown): string => (typeof document === 'string' ? document : JSON.stringify(document));

/** One answer, whole and well-formed, whatever stands in it. */
export const says =
  (document: unknown, { status = '200 OK', type = 'application/json', headers = '' } = {}): Trick =>
  (socket) => {
    const body = Buffer.isBuffer(document) ? document : Buffer.from(json(document));
    socket.write(`HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  };

/** Bytes, and then the end of the connection, or not. */
const raw =
  (bytes: string, then: 'ends' | 'stays' = 'ends'): Trick =>
  (socket) => {
    if (then === 'ends') socket.end(bytes);
    else socket.write(bytes);
  };

/** The same bytes again and again, as fast as they are taken or at an interval, until the connection is gone. */
const endless =
  (head: string, bytes: string, milliseconds = 0): Trick =>
  (socket) => {
    socket.write(head);
    const go = () => {
      if (socket.destroyed) return;
      if (milliseconds > 0) {
        socket.write(bytes);
        setTimeout(go, milliseconds).unref();
      } else if (socket.write(bytes)) setImmediate(go);
      else socket.once('drain', go);
    };
    go();
  };

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const page = '<!DOCTYPE html><html><head><title>\u001b[31mLogin\u001b[0m</title></head><body>\n::error::please log in\n</body></html>';
const poison = '\u001b[2J\u001b]0;mine\u0007::add-mask::docker\n::error::\u202estopped\r\n##[command]rm\u009b1A';
const many = (count: number, member: unknown) => `[${`${json(member)},`.repeat(count - 1)}${json(member)}]`;
const network = { Id: 'n', Name: 'net', Driver: 'bridge', Scope: 'local', Created: '2026-01-01T00:00:00Z', Labels: {} };
const stranger = { Id: 'c', Names: ['/somebodys'], Image: 'i', State: 'running', Created: 1, Labels: { 'com.example': 'theirs' } };

/** Every way in which an engine, or what stands before it, has been seen or may be expected to answer wrongly. */
export const hostileCases: readonly HostileCase[] = [
  { title: 'null for a list of networks', to: /^GET \/networks$/, with: says(null), ends: /answered null where a list was expected/ },
  {
    title: 'null for a list of containers',
    to: /^GET \/containers\/json$/,
    with: says(null),
    ends: /answered null where a list was expected/,
  },
  {
    title: 'an object for a list',
    to: /^GET \/networks$/,
    with: says({ networks: [] }),
    ends: /answered an object where a list was expected/,
  },
  {
    title: 'null within a list',
    to: /^GET \/networks$/,
    with: says([network, null]),
    ends: /answered null in 1 where an object was expected/,
  },
  {
    title: 'containers without ids',
    to: /^GET \/containers\/json$/,
    with: says([{ Names: ['/a'] }]),
    ends: /answered nothing in 0\.Id where a text was expected/,
  },
  {
    title: 'numbers for texts',
    to: /^GET \/networks$/,
    with: says([{ ...network, Id: 7 }]),
    ends: /answered the number 7 in 0\.Id where a text was expected/,
  },
  {
    title: 'a text for labels',
    to: /^GET \/containers\/json$/,
    with: says([{ ...stranger, Labels: 'none' }]),
    ends: /answered the text "none" in 0\.Labels where an object was expected/,
  },
  { title: 'null for /info', to: /^GET \/info$/, with: says(null), ends: /answered null where an object was expected/ },
  { title: 'a list for /info', to: /^GET \/info$/, with: says([]), ends: /answered a list of 0 where an object was expected/ },
  {
    title: 'a text for a list in /info',
    to: /^GET \/info$/,
    with: says({ Plugins: { Network: 'bridge' } }),
    ends: /answered the text "bridge" in Plugins\.Network where a list was expected/,
  },
  {
    title: 'a redirect',
    to: /^GET \/info$/,
    with: says('', { status: '301 Moved Permanently', headers: 'Location: http://127.0.0.1:1/info\r\n' }),
    ends: /answered HTTP 301, which leads to http:\/\/127\.0\.0\.1:1\/info, where/,
  },
  {
    title: '403 from a socket proxy',
    to: /^GET \/info$/,
    with: says('<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>', {
      status: '403 Forbidden',
      type: 'text/html',
    }),
    ends: /with HTTP 403, saying: a page, not an answer of the API/,
  },
  {
    title: '401 without a word',
    to: /^GET \/networks$/,
    with: says('', { status: '401 Unauthorized' }),
    ends: /with HTTP 401, without a word/,
  },
  {
    title: '500 with a page',
    to: /^GET \/volumes$/,
    with: says(page, { status: '500 Internal Server Error', type: 'text/html' }),
    ends: /with HTTP 500, saying: a page/,
  },
  {
    title: '500 in words that move a cursor and command a CI system',
    to: /^GET \/info$/,
    with: says({ message: poison }, { status: '500 Internal Server Error' }),
    ends: /with HTTP 500, saying: .*stopped/,
  },
  {
    title: '502 from a gateway for all but the first questions',
    to: /^GET \/(?!_ping|version)/,
    with: says('Bad Gateway\n', { status: '502 Bad Gateway', type: 'text/plain' }),
    ends: /with HTTP 502, saying: Bad Gateway/,
  },
  {
    title: '404 for all but the ping',
    to: /^GET \/(?!_ping)/,
    with: says({ message: 'page not found' }, { status: '404 Not Found' }),
    ends: /answered with HTTP 404/,
  },
  {
    title: 'a page with status 200',
    to: /^GET \/info$/,
    with: says(page, { type: 'text/html' }),
    ends: /answered a page of HTML where JSON was expected/,
  },
  {
    title: 'a page for the version',
    to: /^GET \/version$/,
    with: says(page, { type: 'text/html' }),
    ends: /was answered with HTTP 200 and text\/html/,
  },
  { title: 'nothing with status 200', to: /^GET \/info$/, with: says(''), ends: /answered nothing where JSON was expected/ },
  {
    title: 'JSON that is cut off',
    to: /^GET \/networks$/,
    with: says('[{"Id":"n","Name":"ne'),
    ends: /answered the text "\[\{.* where JSON was expected/,
  },
  {
    title: 'a length that is too long',
    to: /^GET \/info$/,
    with: raw(`${ok}Content-Length: 5000\r\n\r\n{"ID":"x"}`),
    ends: /the answer broke off after 10 bytes/,
  },
  {
    title: 'a length that is too short',
    to: /^GET \/info$/,
    with: raw(`${ok}Content-Length: 4\r\n\r\n{"ID":"x"}`),
    ends: /answered (what is no HTTP|the text .* where JSON was expected)/,
  },
  {
    title: 'two lengths',
    to: /^GET \/info$/,
    with: raw(`${ok}Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}`),
    ends: /answered what is no HTTP/,
  },
  {
    title: 'chunks that are none',
    to: /^GET \/info$/,
    with: raw(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n{"ID"\r\n0\r\n\r\n`),
    ends: /answered what is no HTTP/,
  },
  {
    title: 'headers without end',
    to: /^GET \/info$/,
    with: endless('HTTP/1.1 200 OK\r\n', `X-Filler: ${'x'.repeat(1000)}\r\n`),
    ends: /answered what is no HTTP/,
  },
  {
    title: 'a byte now and then',
    to: /^GET \/info$/,
    with: endless(`${ok}Content-Length: 100000\r\n\r\n{`, ' ', 30),
    ends: /was not answered to its end within/,
  },
  {
    title: 'a header line now and then',
    to: /^GET \/info$/,
    with: endless('HTTP/1.1 200 OK\r\n', 'X: y\r\n', 30),
    ends: /was not answered to its end within/,
  },
  { title: 'silence', to: /^GET \/info$/, with: () => undefined, ends: /not a byte came for/ },
  {
    title: 'silence in mid-answer',
    to: /^GET \/info$/,
    with: raw(`${ok}Content-Length: 100\r\n\r\n{"ID"`, 'stays'),
    ends: /not a byte came for/,
  },
  { title: 'a connection that is closed at once', to: /^GET \/info$/, with: (socket) => socket.destroy(), ends: /: socket hang up/ },
  {
    title: 'a million networks',
    to: /^GET \/networks$/,
    with: says(many(1_000_000, network)),
    ends: /answered more than 32 MiB where an answer of a usual size/,
  },
  {
    title: 'too many short members',
    to: /^GET \/volumes$/,
    with: says(`{"Volumes":${many(300_000, { Name: 'v' })}}`),
    ends: /where a list of at most 20000 members was expected/,
  },
  {
    title: 'an answer without end',
    to: /^GET \/info$/,
    with: endless(ok + '\r\n', '{"ID":"'.padEnd(65_536, 'x')),
    ends: /answered more than 32 MiB|was not answered to its end/,
  },
  {
    title: 'lists within lists',
    to: /^GET \/info$/,
    with: says('['.repeat(100_000) + ']'.repeat(100_000)),
    ends: /answered lists and objects more than 64 deep/,
  },
  {
    title: 'objects within objects',
    to: /^GET \/networks\/bridge$/,
    with: says(`{"Id":"b","a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`),
    ends: /more than 64 deep/,
  },
  {
    title: 'keys that lead to the prototype',
    to: /^GET \/networks$/,
    with: says(
      '[{"Id":"n","Name":"net","Labels":{"__proto__":"x","constructor":"y"},"__proto__":{"Labels":{"io.github.docker-network-conformance.run":"r0"}}}]',
    ),
  },
  { title: 'ids that are there twice', to: /^GET \/networks$/, with: says([network, network]) },
  { title: 'null for labels', to: /^GET \/containers\/json$/, with: says([{ ...stranger, Labels: null }]) },
  { title: "everybody's containers, whatever the filter", to: /^GET \/containers\/json$/, with: says([stranger]) },
  {
    title: 'a name of a megabyte',
    to: /^GET \/networks$/,
    with: says([{ ...network, Name: 'n'.repeat(1_000_000) }]),
    ends: /answered a text that begins with "nnn.* in 0\.Name where a name was expected/,
  },
  {
    title: 'bytes that are no UTF-8',
    to: /^GET \/info$/,
    with: says(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    ends: /answered bytes that are no UTF-8 where JSON was expected/,
  },
  {
    title: 'a version that is empty',
    to: /^GET \/version$/,
    with: says({ Version: '', ApiVersion: '1.51' }),
    ends: /was answered with HTTP 200/,
  },
  {
    title: 'a version of the API that is none',
    to: /^GET \/version$/,
    with: says({ Version: '28.5.2', ApiVersion: '\u001b]0;x\u0007' }),
    ends: /was answered with HTTP 200/,
  },
  { title: 'a version that does not exist yet', to: /^GET \/version$/, with: says({ Version: '99.99', ApiVersion: '9.99' }) },
  {
    title: 'a subnet that is none',
    to: /^GET \/networks\/bridge$/,
    with: says({ ...network, IPAM: { Config: [{ Subnet: '\u202e300.1.2.3/99' }] } }),
    ends: /as a subnet where a range such as/,
  },
  {
    title: 'a change of protocol that nobody asked for',
    to: /^GET \/info$/,
    with: raw('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello', 'stays'),
    ends: /answered with another protocol \(HTTP 101\)/,
  },
  {
    title: 'interim answers without end',
    to: /^GET \/info$/,
    with: endless('', 'HTTP/1.1 100 Continue\r\n\r\n', 2),
    ends: /answered more than 16 interim answers/,
  },
  {
    title: 'one interim answer before the one that counts',
    to: /^GET \/info$/,
    with: (socket, call) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n');
      says({ ID: 'x' })(socket, call);
    },
  },
  { title: 'a greeting of another protocol', to: /^GET \/info$/, with: raw('SSH-2.0-OpenSSH_9.6\r\n'), ends: /answered what is no HTTP/ },
  {
    title: 'events that are none',
    to: /^GET \/events$/,
    with: says('null\n{"Type":1}\nhello\n'),
    ends: /answered (null|the text "null") where an object was expected/,
  },
  {
    title: 'events without end',
    to: /^GET \/events$/,
    with: endless(`${ok}\r\n`, '{"Type":"network","Action":"create","Actor":{"ID":"n"}}\n', 30),
    ends: /was not answered to its end within/,
  },
];

const answers: Record<string, unknown> = {
  '/version': { Version: '28.5.2', ApiVersion: '1.51' },
  '/info': { ID: 'x', KernelVersion: '6.1', SecurityOptions: [], Plugins: { Network: ['bridge'] } },
  '/networks': [network],
  '/networks/bridge': { ...network, Id: 'b', Name: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] } },
  '/networks/host': { ...network, Id: 'h', Name: 'host', Driver: 'host' },
  '/containers/json': [stranger],
  '/volumes': { Volumes: null },
  '/images/json': [],
};

/**
 * Something on a socket that answers as an engine does, with nothing of the suite's on it, except where a case says otherwise.
 * @returns the path of the socket, and every call that was made
 */
export async function hostileEngine({
  to,
  with: trick,
}: Pick<HostileCase, 'to' | 'with'>): Promise<{ socketPath: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined); // whoever is answered so hangs up
    socket.on('data', (chunk) => {
      // a question with a body comes in one piece, and what is asked here has none that matters
      const [, method = '', url = ''] = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n/.exec(chunk.toString('latin1')) ?? [];
      if (method === '') return;
      const call = { method, path: url.split('?')[0] ?? '' };
      const name = `${method} ${call.path}`;
      asked.push(name);
      if (to.test(name)) trick(socket, call);
      else if (call.path === '/_ping') says('OK', { type: 'text/plain' })(socket, call);
      else if (call.path === '/events') says('')(socket, call);
      else if (method === 'GET' && call.path in answers) says(answers[call.path])(socket, call);
      else says({ message: 'no such thing' }, { status: '404 Not Found' })(socket, call);
    });
  });
  const socketPath = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socketPath);
  return { socketPath, asked };
}
