import { bracketed } from '../engine/endpoint';
import { read, type VantagePoint } from '../world/vantage-point';

/** Which packets come through to an address, and which do not. */
export interface Sizes {
  /** the place from which they were sent, and the address */
  from: string;
  to: string;
  /** bytes of the largest packet that came through, of those that were tried */
  passes: number;
  /** bytes of the smallest that did not */
  vanishes: number;
}

/** Bytes of packets that are tried: a small one, that of every IPv6 link, two of tunnels, and what an Ethernet carries. */
const tried = [128, 1280, 1400, 1420, 1500];

/**
 * Sends datagrams that must not be cut to a port where nobody listens: who has the address says so, if they come through. The
 * kernel of the other side answers a few of them at once, and no more.
 */
const script = `
for size in "$@"; do
  case $size in to=*) to=\${size#to=}; continue ;; head=*) head=\${size#head=}; continue ;; esac
  busybox dd if=/dev/zero bs=$((size - head)) count=1 2>/dev/null | socat -t 0.4 -T 0.4 - "UDP:$to:9,mtudiscover=2,shut-none" >/dev/null 2>words
  if grep -q refused words; then echo "$size passes"; else echo "$size vanishes"; fi
done; true`;

/**
 * Looks for a size from which on packets vanish on the way to an address.
 * @param mtu what the link of the place carries; larger packets than that are never sent
 * @returns undefined where all of them come through, or none, which says nothing about sizes
 */
export async function sizesTo(from: VantagePoint, to: string, mtu = 1500): Promise<Sizes | undefined> {
  const sizes = [...tried.filter((it) => it < mtu), mtu].map(String);
  const printed = await read(from, [
    'sh',
    '-c',
    `cd "$(mktemp -d)" || exit 1; ${script}`,
    'sizes',
    `to=${bracketed(to)}`,
    `head=${to.includes(':') ? 48 : 28}`,
    ...sizes,
  ]);
  const found = sizesIn(printed);
  return found && { from: from.name, to, ...found };
}

/** What {@link script} has printed. One that passes behind one that does not shows that it was chance. */
export function sizesIn(printed: string): Pick<Sizes, 'passes' | 'vanishes'> | undefined {
  const rows = [...printed.matchAll(/^(\d+) (passes|vanishes)$/gm)].map(([, size, what]) => ({
    size: Number(size),
    passes: what === 'passes',
  }));
  const passes = Math.max(0, ...rows.filter((it) => it.passes).map(({ size }) => size));
  const vanishes = Math.min(...rows.filter((it) => !it.passes).map(({ size }) => size));
  return passes > 0 && Number.isFinite(vanishes) && passes < vanishes ? { passes, vanishes } : undefined;
}
