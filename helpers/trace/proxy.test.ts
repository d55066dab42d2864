import { describe, expect, it } from '@jest/globals';
import { parseTarget } from './asked';
import { proxyFor } from './proxy';

describe('the proxy of an environment', () => {
  it('must be that of the scheme, in either case, and told without its password', () => {
    expect(proxyFor({ HTTP_PROXY: 'http://me:secret@proxy:3128', NO_PROXY: 'localhost' }, parseTarget('http://api/'))).toEqual({
      variable: 'HTTP_PROXY',
      proxy: 'http://proxy:3128',
      environment: { http_proxy: 'http://me:secret@proxy:3128', no_proxy: 'localhost' },
      url: 'http://api/',
    });
    expect(proxyFor({ ALL_PROXY: 'socks5://p:1' }, parseTarget('api:8443'))).toMatchObject({
      variable: 'ALL_PROXY',
      url: 'https://api:8443/',
    });
  });

  it('must be none where there is none, or where nobody speaks HTTP', () => {
    expect([
      proxyFor({ https_proxy: 'http://p' }, parseTarget('http://api/')),
      proxyFor({ http_proxy: 'http://p' }, parseTarget('db:5432')),
    ]).toEqual([undefined, undefined]);
  });
});
