import ipaddr from 'ipaddr.js';
import { Deviation } from './verdict';

/** Address and prefix length of CIDR notation; empty where there are none. */
export function cidrParts(cidr = ''): { address: string; length: string } {
  const [address = '', length = ''] = cidr.split('/');
  return { address, length };
}

/**
 * The hardware address that Docker before 28 gave to an endpoint: 02:42 followed by its IPv4 address
 * (libnetwork/netutils, GenerateMACFromIP).
 * @param cidr IPv4 address with prefix length, as a network object lists it
 */
export function derivedMac(cidr = ''): string {
  const { address } = cidrParts(cidr);
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return `none: ${cidr} is not an IPv4 address`;
  return [0x02, 0x42, ...ipaddr.IPv4.parse(address).octets].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Ports that a bridge of Linux can have (BR_MAX_PORTS in net/bridge/br_private.h): of more addresses one is free. */
const bridgePorts = 1024;

/**
 * The addresses strictly between two of one subnet, with its prefix length, in ascending order; of a gap that no bridge
 * could fill, only the first of them.
 * @throws Deviation when one of the two is no IPv4 address, or their prefix lengths differ
 */
export function between(one = '', other = ''): string[] {
  const { length } = cidrParts(one);
  if (length !== cidrParts(other).length) throw new Deviation(`${one} and ${other} are not addresses of one subnet`);
  const [from, to] = [asNumber(one), asNumber(other)].sort((a, b) => a - b) as [number, number];
  return Array.from(
    { length: Math.min(Math.max(0, to - from - 1), bridgePorts) },
    (_, index) => `${asAddress(from + 1 + index)}/${length}`,
  );
}

function asNumber(cidr: string): number {
  const { address } = cidrParts(cidr);
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) throw new Deviation(`"${cidr}" is not an IPv4 address`);
  return ipaddr.IPv4.parse(address).octets.reduce((number, octet) => number * 256 + octet, 0);
}

function asAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
