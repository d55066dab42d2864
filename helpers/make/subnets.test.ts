import { describe, expect, it } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import { ownSubnet, ownSubnet6 } from './subnets';

describe('subnets of claims', () => {
  it('must be another for each, outside what engines pick by themselves', () => {
    const all = Array.from({ length: 500 }, ownSubnet);
    expect(new Set(all.map(({ subnet }) => subnet)).size).toBe(all.length);
    for (const { subnet, gateway, address } of all) {
      expect(subnet).toMatch(/^10\.(1\d\d|2[0-4]\d)\.\d+\.0\/24$/);
      expect(gateway).toBe(address(1));
      expect(ipaddr.parse(address(254)).match(ipaddr.parseCIDR(subnet))).toBe(true);
    }
  });

  it('must be unique local addresses where they are IPv6', () => {
    const all = Array.from({ length: 500 }, ownSubnet6);
    expect(new Set(all.map(({ subnet }) => subnet)).size).toBe(all.length);
    for (const { subnet, gateway, address } of all) {
      expect(ipaddr.parse(gateway).range()).toBe('uniqueLocal');
      expect(subnet).toBe(`${address(0)}/64`);
      expect(ipaddr.parse(address(0xffff)).match(ipaddr.parseCIDR(subnet))).toBe(true);
    }
  });
});
