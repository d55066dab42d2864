import { createServer as createHttp } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run } from '../base/process';
import { curlRecordings, missingInContainer } from '../selftest/curl-recordings';
import { cleanUp, listening } from '../selftest/fake-engine';
import { connectTimeoutSeconds, curlCommand, fetchFrom, identityPath, readCurl } from './fetch';
import type { OutcomeKind } from '../claim/outcome';
import type { CommandResult, VantagePoint } from '../world/vantage-point';

afterAll(cleanUp);

/** What each recorded situation is, and the words of the system that the outcome must keep. */
const meanings: Record<keyof typeof curlRecordings, [OutcomeKind, RegExp]> = {
  refused: ['refused', /Connection refused/],
  'refused over IPv6': ['refused', /Connection refused/],
  'refused at both addresses of localhost': ['refused', /Connection refused.*Connection refused/],
  'refused by a firewall (icmp-port-unreachable)': ['refused', /Connection refused/],
  'no route': ['unreachable', /Network is unreachable/],
  'a route of type unreachable': ['unreachable', /No route to host/],
  'refused by a firewall (icmp-host-prohibited)': ['unreachable', /No route to host/],
  'dropped by a firewall': ['timed-out', /time(d |)out/i],
  'an address that nobody has': ['timed-out', /time(d |)out/i],
  'a server that never answers': ['timed-out', /Operation timed out after .* with 0 bytes received/],
  'an unknown name': ['name-unknown', /Could not resolve host: no-such-name/],
  'a server that reads and closes': ['reset', /Empty reply from server/],
  'a server that closes at once': ['reset', /Empty reply from server/],
  'a server that resets': ['reset', /Connection reset by peer/],
  'an answer that breaks off': ['reset', /closed|response/],
  'an answer that is no HTTP': ['reached', /./],
  'no address at all': ['probe-broken', /status 3/],
  'a route of type prohibit': ['unreachable', /Permission denied/],
  'a server without an identity': ['reached', /^$/],
};

describe.each(['7.88.1', '8.22.0'] as const)('what curl %s left behind', (version) => {
  it.each(Object.entries(meanings))('for %s must be read as what it was', (situation, [kind, words]) => {
    const outcome = readCurl(curlRecordings[situation as keyof typeof curlRecordings][version]);
    expect(outcome.kind).toBe(kind);
    if (outcome.kind !== 'reached') expect(outcome.detail).toMatch(words);
  });

  it('for a page without an identity must keep the page, its status and address, and claim no identity', () => {
    expect(readCurl(curlRecordings['a server without an identity'][version])).toEqual({
      kind: 'reached',
      status: 200,
      by: undefined,
      body: 'page',
      remoteAddress: '127.0.0.1',
    });
  });
});

describe('what curl says of a connection that failed', () => {
  it('must be kept without what it says besides', () => {
    const stderr = [
      '*   Trying 192.0.2.1:80...',
      '*  connect to 192.0.2.1 port 80 failed: Connection refused ',
      '> refused by a header',
      '* Failed to connect',
      'curl: (7) Failed * twice',
      '',
    ].join('\n');
    expect(readCurl({ exitCode: 7, stdout: '', stderr })).toEqual({
      kind: 'refused',
      detail: 'connect to 192.0.2.1 port 80 failed: Connection refused; Failed to connect; curl: (7) Failed * twice',
    });
  });

  it('must be a time-out where the system gave up before curl did', () => {
    const words = 'connect to 192.0.2.1 port 80 failed: Connection timed out';
    expect(readCurl({ exitCode: 7, stdout: '', stderr: `* ${words}\n` })).toEqual({ kind: 'timed-out', detail: words });
  });
});

describe('a probe whose tool is missing', () => {
  it('must be broken, with the words of whoever looked for the tool', () => {
    expect(readCurl(missingInContainer)).toEqual({
      kind: 'probe-broken',
      detail: expect.stringContaining('"no-such-program": executable file not found'),
    });
    expect(readCurl({ exitCode: 127, stdout: '', stderr: 'spawn curl ENOENT' })).toEqual({
      kind: 'probe-broken',
      detail: 'curl ended with status 127: spawn curl ENOENT',
    });
    expect(readCurl({ exitCode: 126, stdout: '', stderr: '' })).toEqual({
      kind: 'probe-broken',
      detail: 'curl ended with status 126: no message',
    });
  });

  it('must be broken when it was ended by force, or says nothing of why', () => {
    for (const exitCode of [124, 128, 137]) expect(readCurl({ exitCode, stdout: '', stderr: '' }).kind).toBe('probe-broken');
    expect(readCurl({ exitCode: 7, stdout: '', stderr: '' }).kind).toBe('probe-broken');
  });

  it('must be broken with what was said, and with nothing around it', () => {
    expect(readCurl({ exitCode: 7, stdout: '', stderr: ' not a word\n' })).toEqual({
      kind: 'probe-broken',
      detail: 'curl could not connect and did not say why: not a word',
    });
    expect(readCurl({ exitCode: 127, stdout: ' no curl here\n', stderr: '\n' })).toMatchObject({
      detail: 'curl ended with status 127: no curl here',
    });
    expect(readCurl({ exitCode: 127, stdout: 'else', stderr: ' no curl there\n' })).toMatchObject({
      detail: 'curl ended with status 127: no curl there',
    });
  });

  it('must be broken when only one of its two transfers is told, or none as it should be', () => {
    const transfer = '\n--conformance-transfer-- 200 127.0.0.1\n';
    for (const stdout of [
      `page${transfer}`,
      `page${transfer.replace(' 200', ' ok 200')}secret${transfer}`,
      `page${transfer}secret${transfer.replace(' 200', ' ok 200')}`,
    ]) {
      expect(readCurl({ exitCode: 0, stdout, stderr: '' })).toEqual({
        kind: 'probe-broken',
        detail: `curl printed something unexpected: ${stdout}`,
      });
    }
    expect(readCurl({ exitCode: 0, stdout: 'x'.repeat(1000), stderr: '' })).toMatchObject({
      detail: `curl printed something unexpected: ${'x'.repeat(200)}`,
    });
  });

  it('must be broken when it succeeds and prints nothing: an empty answer is no pass', () => {
    expect(readCurl({ exitCode: 0, stdout: '', stderr: '' }).kind).toBe('probe-broken');
    expect(readCurl({ exitCode: 0, stdout: 'page', stderr: '' }).kind).toBe('probe-broken');
  });
});

/** This process's own place, with the limits of a probe cut short so that a test need not wait for them. */
class Here implements VantagePoint {
  readonly name = 'here';
  asked: readonly string[] = [];
  exec(argv: readonly string[]): Promise<CommandResult> {
    this.asked = argv;
    return run(argv.map((word, index) => (argv[index - 1] === '--max-time' ? '0.2' : word)));
  }
}

async function originOf(server: Server): Promise<string> {
  return `http://127.0.0.1:${await listening(server)}`;
}

/** Accepts connections and treats each of them in one way. */
function onConnection(treat: (socket: Socket) => void): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined);
    treat(socket);
  });
}

/** A web server with one page and, where given, an identity. */
function pageServer(identity?: string): Server {
  return createHttp((request, response) => {
    if (request.url === '/') response.end('page');
    else if (request.url === identityPath && identity !== undefined) response.end(`${identity}\n`);
    else response.writeHead(404).end('no identity here');
  });
}

describe("this machine's own curl", () => {
  const fetched = async (server: Server) => fetchFrom(new Here(), await originOf(server));

  it('must be there: probes from the host need it', async () => {
    expect(await run(['curl', '--version'])).toMatchObject({ exitCode: 0 });
  });

  it('must find a port refused on which nobody listens any more', async () => {
    const server = createServer();
    const origin = await originOf(server);
    await new Promise((closed) => server.close(closed));
    expect(await fetchFrom(new Here(), origin)).toMatchObject({ kind: 'refused' });
  });

  it('must find a server reset that accepts and closes', async () => {
    expect(await fetched(onConnection((socket) => socket.end()))).toMatchObject({ kind: 'reset' });
  });

  it('must find a server reset that resets as soon as it is asked', async () => {
    expect(await fetched(onConnection((socket) => socket.once('data', () => socket.resetAndDestroy())))).toMatchObject({ kind: 'reset' });
  });

  it('must find a server timed out that never answers', async () => {
    expect(await fetched(onConnection((socket) => socket.resume()))).toMatchObject({ kind: 'timed-out' });
  });

  it('must find a name unknown that cannot exist', async () => {
    expect(await fetchFrom(new Here(), 'http://name.invalid')).toMatchObject({ kind: 'name-unknown' });
  });

  it('must reach a server and tell who it is', async () => {
    expect(await fetched(pageServer('4f1c'))).toEqual({
      kind: 'reached',
      status: 200,
      by: '4f1c',
      body: 'page',
      remoteAddress: '127.0.0.1',
    });
  });

  it('must reach a server without an identity as one without, not as one whose identity is an error page', async () => {
    expect(await fetched(pageServer())).toEqual({ kind: 'reached', status: 200, by: undefined, body: 'page', remoteAddress: '127.0.0.1' });
  });

  it('must tell the status of a page that is not there', async () => {
    expect(await fetched(createHttp((_, response) => response.writeHead(503).end('busy')))).toMatchObject({
      kind: 'reached',
      status: 503,
      by: undefined,
    });
  });

  it('must not go through a proxy that the environment names', async () => {
    const here: VantagePoint = {
      name: 'here',
      exec: (argv) => run(argv, { env: { http_proxy: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1' } }),
    };
    expect(await fetchFrom(here, await originOf(pageServer('4f1c')))).toMatchObject({ kind: 'reached', by: '4f1c' });
  });

  it('must ask for page and identity in one command, within the limits that "timed out" means', async () => {
    const here = new Here();
    const origin = await originOf(pageServer('4f1c'));
    await fetchFrom(here, origin);
    expect(here.asked).toEqual(curlCommand(origin));
    expect(here.asked.slice(-2)).toEqual([`${origin}/`, `${origin}${identityPath}`]);
    expect(here.asked).toEqual(expect.arrayContaining(['--connect-timeout', `${connectTimeoutSeconds}`]));
  });
});
