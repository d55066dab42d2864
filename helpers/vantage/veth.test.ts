import { describe, expect, it } from '@jest/globals';
import { hostEnd, inSubnet, vethPeer } from './veth';

describe('a veth pair', () => {
  it('must be two links of which each names the other', () => {
    const there = [
      { index: 3, peerIndex: 3 },
      { index: 7, peerIndex: 2 },
    ];
    expect(vethPeer({ index: 2, peerIndex: 7 }, there)).toBe(there[1]);
    expect(vethPeer({ index: 4, peerIndex: 7 }, there)).toBeUndefined();
    expect(vethPeer({ index: 4, peerIndex: 3 }, there)).toBeUndefined();
    expect(vethPeer({ index: 3, peerIndex: 3 }, there)).toBeUndefined();
  });
});

describe('the end of a veth pair on the host', () => {
  const link = (name: string, index: number, peerIndex: number, more: { addresses?: string[]; bridge?: string } = {}) => ({
    name,
    index,
    peerIndex,
    addresses: [],
    ...more,
  });
  const host = [
    link('lo', 1, 1),
    link('docker0', 3, 3, { addresses: ['172.17.0.1/16', 'fe80::1/64'] }),
    link('br-x', 4, 4),
    link('veth7', 7, 2, { bridge: 'docker0' }),
    link('veth8', 8, 2, { bridge: 'br-x' }),
    link('veth9', 9, 2),
  ];

  it('must be the one that names the first end as its own other end', () => {
    expect(hostEnd(link('eth0', 2, 9), host)?.name).toBe('veth9');
    expect(hostEnd(link('eth0', 4, 9), host)).toBeUndefined();
    expect(hostEnd(link('eth0', 2, 10), host)).toBeUndefined();
  });

  it('must be none for a link that is no end, though it names itself as others do', () => {
    expect(hostEnd(link('lo', 1, 1), host)).toBeUndefined();
    expect(hostEnd(link('macvlan', 4, 3), host)).toBeUndefined();
  });

  it('must not be a port of a bridge whose subnet is another', () => {
    expect(hostEnd(link('eth0', 2, 7, { addresses: ['172.17.0.2/16'] }), host)?.name).toBe('veth7');
    expect(hostEnd(link('eth0', 2, 7, { addresses: ['10.88.0.2/16', 'fe80::2/64'] }), host)).toBeUndefined();
  });

  it('must be taken for what it seems where there are no addresses to compare', () => {
    expect(hostEnd(link('eth0', 2, 7), host)?.name).toBe('veth7');
    expect(hostEnd(link('eth0', 2, 8, { addresses: ['10.88.0.2/16'] }), host)?.name).toBe('veth8');
  });
});

it.each([
  ['172.17.0.9', '172.17.0.1/16', true],
  ['172.17.0.9/24', '172.17.0.0/16', true],
  ['172.18.0.9', '172.17.0.1/16', false],
  ['fd00::1', 'fd00::/64', true],
  ['fd00::1', '172.17.0.1/16', false],
  ['<b>', '172.17.0.1/16', false],
  ['172.17.0.9', 'nonsense', false],
])('%s in %s must be %j', (address, subnet, expected) => {
  expect(inSubnet(address, subnet)).toBe(expected);
});
