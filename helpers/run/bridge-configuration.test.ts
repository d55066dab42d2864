import { describe, expect, it } from '@jest/globals';
import { overlappingRoute } from './bridge-configuration';

const heading =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       ';
/** A row of /proc/net/route, with the padding that the kernel gives it. */
const row = (link: string, destination: string, mask: string) =>
  `${link}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0                                                                               `;
const table = (...rows: string[]) => `${[heading, ...rows].join('\n')}\n`;

describe('a route that overlaps the range of the default bridge', () => {
  it.each([
    ['the range itself', row('eth1', '000011AC', '0000FFFF')],
    ['a part of it', row('eth1', '000511AC', '00FFFFFF')],
    ['one address of it', row('eth1', '050011AC', 'FFFFFFFF')],
    ['a wider range around it', row('eth1', '000010AC', '0000F0FF')],
    ['a range of which it is the last part', row('eth1', '000000AC', '000000FF')],
  ])('must be found for %s', (_, route) => {
    expect(overlappingRoute(table(row('eth0', '0000A8C0', '0000FFFF'), route))).toBe('eth1');
  });

  it.each([
    ['a default route', row('eth0', '00000000', '00000000')],
    ['the range below', row('eth0', '000010AC', '0000FFFF')],
    ['the range above', row('eth0', '000012AC', '0000FFFF')],
    ['another private range', row('eth0', '0000000A', '000000FF')],
    ['an address that reads alike backwards', row('eth0', 'AC110000', 'FFFFFFFF')],
  ])('must not be found for %s', (_, route) => {
    expect(overlappingRoute(table(route))).toBeUndefined();
  });

  it('must not be found on a host without routes', () => {
    expect(overlappingRoute('')).toBeUndefined();
    expect(overlappingRoute(table())).toBeUndefined();
  });
});
