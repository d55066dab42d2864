import { describe, expect, it } from '@jest/globals';
import { asDockerMakesThem, isNarrow, withRange } from './as-docker-makes-them';

const mode = 'com.docker.network.bridge.gateway_mode_ipv4';
const icc = 'com.docker.network.bridge.enable_icc';

describe('the body of a network on an engine whose operator chose options for new ones', () => {
  const chosen = { options: { [mode]: 'routed', [icc]: 'false' }, ipv4: true, ipv6: false };

  it('must ask for what Docker does without him', () => {
    expect(asDockerMakesThem({ Name: 'a' }, chosen)).toEqual({ Name: 'a', Options: { [mode]: 'nat', [icc]: 'true' } });
  });

  it('must keep what the claim asks for', () => {
    expect(asDockerMakesThem({ Options: { [icc]: 'false', other: 'x' } }, chosen).Options).toEqual({
      [mode]: 'nat',
      [icc]: 'false',
      other: 'x',
    });
    expect(asDockerMakesThem({ EnableIPv6: true }, { options: {}, ipv4: true, ipv6: true })).toEqual({ EnableIPv6: true });
    expect(asDockerMakesThem({}, { options: {}, ipv4: true, ipv6: true })).toEqual({ EnableIPv6: false });
    expect(asDockerMakesThem({}, { options: {}, ipv4: false, ipv6: true })).toEqual({ EnableIPv4: true, EnableIPv6: false });
    expect(asDockerMakesThem({ EnableIPv4: false, EnableIPv6: true }, { options: {}, ipv4: false, ipv6: true })).toEqual({
      EnableIPv4: false,
      EnableIPv6: true,
    });
  });

  it('must stay as it is where they do not count, or are not known', () => {
    for (const body of [{ Driver: 'macvlan' }, { ConfigFrom: { Network: 'b' } }, { Options: 'none' }])
      expect(asDockerMakesThem(body, chosen)).toEqual(body);
    expect(asDockerMakesThem({}, { options: { 'example.nobody.knows': 'this' }, ipv4: true, ipv6: false })).toEqual({});
    expect(asDockerMakesThem({ Name: 'a' }, undefined)).toEqual({ Name: 'a' });
  });
});

describe('a range for a network that has none', () => {
  it('must be added beside one for IPv6, and to no network that has one', () => {
    expect(withRange({}, '10.1.2.0/24')).toEqual({ IPAM: { Config: [{ Subnet: '10.1.2.0/24' }] } });
    expect(withRange({ IPAM: { Config: [{ Subnet: 'fd00::/64' }] } }, '10.1.2.0/24')).toEqual({
      IPAM: { Config: [{ Subnet: '10.1.2.0/24' }, { Subnet: 'fd00::/64' }] },
    });
    const has = { IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } };
    expect(withRange(has, '10.1.2.0/24')).toEqual(has);
    expect(withRange({ ConfigFrom: { Network: 'b' } }, '10.1.2.0/24')).toEqual({ ConfigFrom: { Network: 'b' } });
  });
});

describe('a network that would get a narrow range', () => {
  it('must be a bridge with IPv4, whose range comes from pools that an operator cut small', () => {
    const narrow = { narrow: '10.77.0.0/29' };
    expect(isNarrow({}, narrow)).toBe(true);
    for (const body of [{ Driver: 'macvlan' }, { ConfigOnly: true }, { EnableIPv4: false }]) expect(isNarrow(body, narrow)).toBe(false);
    for (const usual of [undefined, {}]) expect(isNarrow({}, usual)).toBe(false);
  });
});
