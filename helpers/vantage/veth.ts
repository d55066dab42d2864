import ipaddr from 'ipaddr.js';
import type { Link } from './procfs';

/** A link that may be an end of a veth pair: its index, and that of the other end in the namespace where that is. */
interface End {
  index: number;
  peerIndex: number | undefined;
}

/** The other end of a veth pair, among the links of the namespace where it should be. Only two ends name each other; a link that is none names itself. */
export function vethPeer<T extends End>({ index, peerIndex }: End, there: readonly T[]): T | undefined {
  return index === peerIndex ? undefined : there.find((it) => it.index === peerIndex && it.peerIndex === index);
}

/** A link as results have it: with its name, and without what is not needed here. */
type NamedLink = Pick<Link, 'index' | 'peerIndex' | 'addresses'> & { name: string; bridge?: string | undefined };

/**
 * The other end of a container's veth pair, among the links of the host. Indexes repeat between namespaces, so where the
 * pair leads into a third one, as a rootless engine's does, a link of the host can seem to be it. One that is a port of
 * a bridge with addresses of other subnets is not.
 */
export function hostEnd<T extends NamedLink>(own: Pick<NamedLink, 'index' | 'peerIndex' | 'addresses'>, host: readonly T[]): T | undefined {
  const peer = vethPeer(own, host);
  const bridge = host.find(({ name }) => name === peer?.bridge);
  const [addresses, subnets] = [own.addresses.filter(isIpv4), bridge?.addresses.filter(isIpv4) ?? []];
  const foreign =
    addresses.length > 0 && subnets.length > 0 && !addresses.some((address) => subnets.some((subnet) => inSubnet(address, subnet)));
  return foreign ? undefined : peer;
}

/** Whether an address, with or without the length of its prefix, is in a subnet; false for what is no address. */
export function inSubnet(address: string, subnet: string): boolean {
  const [bare = ''] = address.split('/');
  if (!ipaddr.isValid(bare) || !ipaddr.isValidCIDR(subnet)) return false;
  const parsed = ipaddr.parse(bare);
  const range = ipaddr.parseCIDR(subnet);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

/** Every link has IPv6 addresses of its own making, which tell nothing. */
function isIpv4(address: string): boolean {
  return address.includes('.');
}
