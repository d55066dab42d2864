import { describe, expect, it } from '@jest/globals';
import { parseTarget, targetInWords } from './asked';

describe('what a trace goes to', () => {
  it.each([
    ['db:5432', { host: 'db', port: 5432, transport: 'tcp', greeting: 'postgresql' }],
    ['172.18.0.3:9999', { host: '172.18.0.3', port: 9999, transport: 'tcp', greeting: undefined }],
    ['[fd00::2]:80', { host: 'fd00::2', port: 80, transport: 'tcp', greeting: 'http' }],
    ['my_db.internal:6379', { host: 'my_db.internal', port: 6379, transport: 'tcp', greeting: 'redis' }],
    ['http://api/health', { host: 'api', port: 80, transport: 'tcp', greeting: 'http', url: 'http://api/health' }],
    ['https://api:8443/', { host: 'api', port: 8443, transport: 'tcp', greeting: 'https', url: 'https://api:8443/' }],
    ['HTTPS://[fd00::2]/', { host: 'fd00::2', port: 443, transport: 'tcp', greeting: 'https', url: 'HTTPS://[fd00::2]/' }],
  ])('must read %s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it('must ask port 53 in DNS over UDP, and no other port in anything', () => {
    expect([parseTarget('dns:53', true), parseTarget('dns:80', true)].map(({ transport, greeting }) => [transport, greeting])).toEqual([
      ['udp', 'dns'],
      ['udp', undefined],
    ]);
  });

  it.each(['db', 'db:', 'db:0', 'db:70000', ':80', 'fd00::2:80', '[db]:80', 'ftp://db/', 'http://', 'http://db:99999/', 'a b:80'])(
    'must refuse %s with status 2',
    (text) => {
      expect(() => parseTarget(text)).toThrow(expect.objectContaining({ name: 'UserError', status: 2 }));
    },
  );

  it('must refuse a URL with --udp', () => {
    expect(() => parseTarget('http://db/', true)).toThrow(/--udp/);
  });

  it('must say a target as it was asked for', () => {
    expect(['db:80', '[fd00::2]:80', 'http://db/x'].map((it) => targetInWords(parseTarget(it)))).toEqual([
      'db:80',
      '[fd00::2]:80',
      'http://db/x',
    ]);
  });
});
