import { describe, expect, it } from '@jest/globals';
import { greetingFor, greetings, looksLike } from './greetings';

const bytes = (text: string) => Buffer.from(text, 'latin1');
/** The first packet of a MySQL server: length, number, protocol 10, version. */
const mysql = bytes('\x4a\0\0\0\x0a8.4.2\0\x08\0\0\0');

describe('greetings', () => {
  it.each([
    ['redis', bytes('+PONG\r\n'), '+PONG'],
    ['redis', bytes('-NOAUTH Authentication required.\r\n'), '-NOAUTH'],
    ['postgresql', bytes('S'), 'TLS'],
    ['postgresql', bytes('N'), 'without TLS'],
    ['postgresql', bytes('E\0\0\0\x1fSERROR\0'), 'error'],
    ['mysql', mysql, '8.4.2'],
    ['mysql', bytes("\x45\0\0\0\xff\x6a\x04Host '172.18.0.2' is not allowed"), 'refuses this client'],
    ['amqp', bytes('AMQP\0\0\x09\x01'), 'another version'],
    ['amqp', bytes('\x01\0\0\0\0\x01\xe8\0\x0a\0\x0a\0\x09'), 'connection.start'],
    ['smtp', bytes('220 mail.example.org ESMTP\r\n'), '220 mail'],
    ['dns', Buffer.from('123481830001000000000000096c6f63616c686f73740000010001', 'hex'), 'NXDOMAIN'],
  ] as const)('must understand an answer in %s', (name, answer, says) => {
    const reply = greetings[name].read(answer);
    expect(reply.speaks).toBe(true);
    expect(reply.says).toContain(says);
  });

  it.each([
    ['redis', bytes('HTTP/1.1 400 Bad Request\r\n'), /no Redis.*HTTP/],
    ['postgresql', bytes('HTTP/1.1 400 Bad Request\r\n'), /no PostgreSQL/],
    ['mysql', bytes('SSH-2.0-OpenSSH_9.9\r\n'), /no MySQL.*SSH/],
    ['amqp', bytes('+PONG\r\n'), /no AMQP/],
    ['smtp', bytes('\x15\x03\x01\0\x02'), /no SMTP.*TLS/],
    ['dns', bytes('hello'), /no DNS/],
  ] as const)('must tell another protocol from %s', (name, answer, says) => {
    const reply = greetings[name].read(answer);
    expect(reply.speaks).toBe(false);
    expect(reply.says).toMatch(says);
  });

  it('must know ports of TCP and of UDP apart', () => {
    expect([greetingFor(5432, 'tcp'), greetingFor(53, 'udp'), greetingFor(53, 'tcp'), greetingFor(9999, 'tcp')]).toEqual([
      'postgresql',
      'dns',
      undefined,
      undefined,
    ]);
  });

  it('must show what it does not know without what a terminal would take for commands', () => {
    expect(looksLike(bytes('\u001b[2Jhi'))).toBe('6 bytes: .[2Jhi');
  });
});
