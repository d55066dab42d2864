import { describe, expect, it } from '@jest/globals';
import { allConfigurations, together } from './together';

describe('several configurations as one', () => {
  it('must set what each sets, below one option, too', () => {
    expect(together(['bridges-with-mtu', 'bridges-without-icc', 'no-userland-proxy']).daemonJson).toEqual({
      'default-network-opts': { bridge: { 'com.docker.network.driver.mtu': '1400', 'com.docker.network.bridge.enable_icc': 'false' } },
      'userland-proxy': false,
    });
  });

  it('must do what each does before the start, be named by what names either, and be broken as the first is', () => {
    const one = together(['host-without-ipv6', 'own-bridge', 'userns-remap']);
    expect(one).toMatchObject({
      id: 'host-without-ipv6+own-bridge+userns-remap',
      before: expect.stringMatching(/disable_ipv6[^]*\nip link add br7/),
      files: { '/etc/subuid': expect.any(String) },
    });
    for (const words of ['IPv6', 'br7', 'userns-remap']) expect(one.named?.test(words)).toBe(true);
    expect(one.fault).toBe(together(['host-without-ipv6']).fault);
  });

  it('must say which there are, where one is unknown', () => {
    expect(() => together(['mtu', 'mut'])).toThrow('no configuration mut; there are: plain, ');
  });

  it('must be there once each, with pairs of those that are there', () => {
    expect(new Set(allConfigurations.map(({ id }) => id)).size).toBe(allConfigurations.length);
  });
});
