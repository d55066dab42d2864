import ipaddr from 'ipaddr.js';

/**
 * The hardware address that Docker before 28 gave to an endpoint: 02:42 followed by its IPv4 address
 * (libnetwork/netutils, GenerateMACFromIP).
 * @param cidr IPv4 address with prefix length, as a network object lists it
 */
export function derivedMac(cidr = ''): string {
  const [address = ''] = cidr.split('/');
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return `none: ${cidr} is not an IPv4 address`;
  return [0x02, 0x42, ...ipaddr.IPv4.parse(address).octets].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The addresses strictly between two of one subnet, each with the prefix length of the first, in ascending order. */
export function between(one = '', other = ''): string[] {
  const [, length = ''] = one.split('/');
  const [from, to] = [asNumber(one), asNumber(other)].sort((a, b) => a - b) as [number, number];
  return Array.from({ length: Math.max(0, to - from - 1) }, (_, index) => `${asAddress(from + 1 + index)}/${length}`);
}

function asNumber(cidr: string): number {
  return ipaddr.IPv4.parse(cidr.split('/')[0] ?? '').octets.reduce((number, octet) => number * 256 + octet, 0);
}

function asAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
