import { randomInt } from 'node:crypto';
import { draw } from '../world/ask';

/** A subnet of a claim's own. */
export interface OwnSubnet {
  /** in CIDR notation */
  subnet: string;
  /** its first address */
  gateway: string;
  /** its n-th address, without a prefix length; 0 is the address of the subnet itself */
  address: (n: number) => string;
}

const taken = new Set<string>();

/** Numbers that no other claim of this process has got; those of another run are another by chance. */
function fresh(make: () => string): string {
  for (;;) {
    const one = make();
    if (taken.has(one)) continue;
    taken.add(one);
    return one;
  }
}

/** A /24 of 10.0.0.0/8, outside what engines pick by themselves (172.16.0.0/12, 192.168.0.0/16, and Podman's 10.88 to 10.90). */
export function ownSubnet(): OwnSubnet {
  const prefix = draw('subnet', () => fresh(() => `10.${randomInt(100, 250)}.${randomInt(0, 256)}`));
  const address = (n: number) => `${prefix}.${n}`;
  return { subnet: `${prefix}.0/24`, gateway: address(1), address };
}

/** A /64 of unique local addresses (RFC 4193). */
export function ownSubnet6(): OwnSubnet {
  const prefix = draw('IPv6 subnet', () => {
    const group = () => randomInt(0x1000, 0x10000).toString(16);
    return fresh(() => `fd${randomInt(0x10, 0x100).toString(16)}:${group()}:${group()}:${group()}`);
  });
  const address = (n: number) => (n === 0 ? `${prefix}::` : `${prefix}::${n.toString(16)}`);
  return { subnet: `${prefix}::/64`, gateway: address(1), address };
}
