import { describe, expect, it } from '@jest/globals';
import { between, cidrParts, derivedMac } from './addresses';
import { Deviation } from './verdict';

describe('the parts of CIDR notation', () => {
  it('must be address and prefix length, and empty where there are none', () => {
    expect(cidrParts('172.17.0.5/16')).toEqual({ address: '172.17.0.5', length: '16' });
    expect(cidrParts('fd00::1')).toEqual({ address: 'fd00::1', length: '' });
    for (const none of [undefined, '']) expect(cidrParts(none)).toEqual({ address: '', length: '' });
  });
});

describe('the hardware address that follows from an IPv4 address', () => {
  it('must be 02:42 and its four bytes, as the document shows it', () => {
    expect(derivedMac('172.17.0.5/16')).toBe('02:42:ac:11:00:05');
    expect(derivedMac('10.255.0.16/24')).toBe('02:42:0a:ff:00:10');
    expect(derivedMac('192.168.1.2')).toBe('02:42:c0:a8:01:02');
  });

  it('must equal no hardware address where there is no IPv4 address', () => {
    for (const none of [undefined, '', '/16', 'fd00::1/64', '172.17.0/16']) expect(derivedMac(none)).toMatch(/^none: /);
  });
});

describe('the addresses between two', () => {
  it('must be none for neighbours, whatever their order', () => {
    expect(between('172.17.0.2/16', '172.17.0.3/16')).toEqual([]);
    expect(between('172.17.0.3/16', '172.17.0.2/16')).toEqual([]);
    expect(between('172.17.0.2/16', '172.17.0.2/16')).toEqual([]);
  });

  it('must be listed in ascending order, across byte boundaries', () => {
    expect(between('172.17.1.1/16', '172.17.0.254/16')).toEqual(['172.17.0.255/16', '172.17.1.0/16']);
    expect(between('223.255.255.254/8', '224.0.0.1/8')).toEqual(['223.255.255.255/8', '224.0.0.0/8']);
  });

  it('must not be made up where an address is missing: that is a deviation, not a pass', () => {
    expect(() => between(undefined, '172.17.0.2/16')).toThrow(Deviation);
    expect(() => between('172.17.0.2/16', '')).toThrow(Deviation);
    expect(() => between('172.17.0.2/16', '172.17.0.2.1/16')).toThrow(Deviation);
    expect(() => between('fd00::1/64', 'fd00::2/64')).toThrow(Deviation);
    expect(() => between('172.17.0.2/16', '172.17.0.3/15')).toThrow('are not addresses of one subnet');
  });

  it('must not be listed without end where the two are far apart', () => {
    expect(between('172.17.0.2/16', '192.0.2.77/16')).toHaveLength(1024);
  });
});
