import { describe, expect, it } from '@jest/globals';
import { asksForMac } from './mac-address';

const mac = '02:dc:0a:01:02:03';

describe('a container that asks for a MAC address', () => {
  it.each(['1.44', '1.51', '1.52', '2.0'])('must ask for it at its endpoint where the API is of version %s', (apiVersion) => {
    expect(asksForMac({ apiVersion }, 'some-net', mac)).toEqual({
      NetworkingConfig: { EndpointsConfig: { 'some-net': { MacAddress: mac } } },
    });
  });

  it.each(['1.41', '1.43', 'unknown'])('must ask for it as a whole where the API is of version %s', (apiVersion) => {
    expect(asksForMac({ apiVersion }, 'some-net', mac)).toEqual({ MacAddress: mac });
  });
});
