import { describe, expect, it } from '@jest/globals';
import { greetings } from './greetings';
import { fetchCommand, readFetch, readTalk } from './talk';

const connected = 'socat[7] N successfully connected to 172.18.0.3:6379\n';
const silent = `${connected}socat[7] N inactivity timeout triggered\n`;
const result = (stderr: string, stdout = '', exitCode = 0) => ({ exitCode, stdout, stderr });

describe('what socat says', () => {
  it.each([
    ['E connect(5, AF=2 172.18.0.3:80, 16): Connection refused', 'refused'],
    ['E connecting to AF=2 172.18.0.3:80: Connection timed out', 'timed-out'],
    ['E connect(5, AF=2 172.18.0.3:80, 16): No route to host', 'unreachable'],
    ['E connect(5, AF=2 172.18.0.3:80, 16): Network is unreachable', 'unreachable'],
    [silent, 'silent'],
    [connected, 'closed'],
    [`${connected}E read(5, 0x0, 8192): Connection reset by peer`, 'closed'],
    ['socat: command not found', 'broken'],
  ])('must be told apart: %s', (stderr, ending) => {
    expect(readTalk(result(stderr, '', 1), greetings.redis).ending).toBe(ending);
  });

  it('must be an answer where somebody spoke', () => {
    expect(readTalk(result(connected, Buffer.from('+PONG\r\n').toString('hex')), greetings.redis)).toEqual({
      ending: 'answered',
      says: 'it speaks Redis: +PONG',
    });
  });

  it('must be acceptance where nothing is known of the port, and nobody spoke', () => {
    expect(readTalk(result(silent), undefined).ending).toBe('accepted');
  });
});

describe('what curl says', () => {
  const transfer = (fields: object) => JSON.stringify({ http_code: 0, local_ip: '172.18.0.2', ...fields });
  it.each([
    ['a page', result('< HTTP/1.1 200 OK\r\n< Server: nginx\r\n', transfer({ http_code: 200 })), 'http', 'answered'],
    [
      'a server of TLS that was asked in HTTP',
      result('< HTTP/1.1 400 Bad Request\r\n< Server: nginx\r\n', transfer({ http_code: 400, size_download: 200 })),
      'http',
      'misunderstood',
    ],
    [
      'a server without TLS',
      result('* TLS connect error: error:0A00010B:SSL routines::wrong version number\n', transfer({}), 35),
      'https',
      'misunderstood',
    ],
    ['a refusal', result('* connect to 172.18.0.3 port 80 failed: Connection refused\n', transfer({ local_ip: '' }), 7), 'http', 'refused'],
    [
      'silence before the connection',
      result('* Connection timed out after 2001 ms\n', transfer({ local_ip: '' }), 28),
      'http',
      'timed-out',
    ],
    ['silence behind it', result('* Operation timed out after 5001 ms\n', transfer({}), 28), 'http', 'silent'],
    [
      'a page of which only the beginning comes',
      result(
        '< HTTP/1.1 200 OK\r\n< Content-Length: 200000\r\n* Operation timed out\n',
        transfer({ http_code: 200, size_download: 0 }),
        28,
      ),
      'http',
      'silent',
    ],
    [
      'a stream without an end',
      result('< HTTP/1.1 200 OK\r\n* Operation timed out\n', transfer({ http_code: 200 }), 28),
      'http',
      'answered',
    ],
    ['a connection that was ended', result('* Empty reply from server\n', transfer({}), 52), 'http', 'closed'],
    ['another protocol', result('* Received HTTP/0.9 when not allowed\n', transfer({}), 1), 'http', 'misunderstood'],
    ['a broken probe', result('curl: not found', '', 127), 'http', 'broken'],
  ] as const)('must tell %s', (_, ended, scheme, ending) => {
    expect(readFetch(ended, scheme, true).ending).toBe(ending);
  });

  it('must be satisfied with TLS where no page was asked for', () => {
    const ended = result('*   subject: CN=api\n* Empty reply from server\n', transfer({ time_appconnect: 0.01 }), 52);
    expect(readFetch(ended, 'https', false)).toMatchObject({ ending: 'answered', says: 'it speaks TLS, with a certificate for CN=api' });
    expect(readFetch(ended, 'https', true).ending).toBe('closed');
  });

  it('must be asked past all proxies, at one address of the name', () => {
    const command = fetchCommand('http://db/', { pinned: { host: 'db', port: 80, address: 'fd00::2' } });
    expect(command.slice(-5)).toEqual(['--noproxy', '*', '--resolve', 'db:80:[fd00::2]', 'http://db/']);
  });

  it('must follow the variables of an environment where that is asked', () => {
    expect(fetchCommand('http://db/', { environment: { http_proxy: 'http://p:3128' } }).slice(0, 3)).toEqual([
      'env',
      'http_proxy=http://p:3128',
      'curl',
    ]);
  });
});
