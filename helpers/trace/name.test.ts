import { describe, expect, it } from '@jest/globals';
import { filesIn, inHosts, inOrder, tried } from './name';

const printed = `127.0.0.1 localhost
172.18.0.9 db db.internal # old
--resolv.conf--
nameserver 127.0.0.11
search example.org sub.example.org
options ndots:2
# ExtServers: [host(192.0.2.53) 10.0.0.2]
`;

describe('the files of a place', () => {
  it('must be read', () => {
    expect(filesIn(printed)).toMatchObject({
      servers: ['127.0.0.11'],
      search: ['example.org', 'sub.example.org'],
      dots: 2,
      upstream: ['host(192.0.2.53)', '10.0.0.2'],
    });
  });

  it('must tell addresses of a name, whatever its case, and none of another one', () => {
    const { hosts } = filesIn(printed);
    expect([inHosts(hosts, 'DB'), inHosts(hosts, 'db.internal'), inHosts(hosts, 'old')]).toEqual([['172.18.0.9'], ['172.18.0.9'], []]);
  });
});

describe('the names that are tried', () => {
  it('must be the whole one first where it has dots enough', () => {
    const search = { search: ['example.org'], dots: 1 };
    expect([tried('db', search), tried('db.x', search), tried('db.', search)]).toEqual([
      ['db.example.org', 'db'],
      ['db.x', 'db.x.example.org'],
      ['db'],
    ]);
  });

  it('must be one where nothing is searched', () => {
    expect(tried('db', { search: [], dots: 0 })).toEqual(['db']);
  });
});

describe('the order of addresses', () => {
  it('must have those of IPv6 first where the client has IPv6 itself', () => {
    const addresses = ['172.18.0.3', 'fd00::3', '172.18.0.4'];
    expect([inOrder(addresses, true), inOrder(addresses, false)]).toEqual([
      ['fd00::3', '172.18.0.3', '172.18.0.4'],
      ['172.18.0.3', '172.18.0.4', 'fd00::3'],
    ]);
  });
});
