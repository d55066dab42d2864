import { randomBytes } from 'node:crypto';
import { dropsScript, readDrops, type Drop } from './drops';
import { mayWatch, onHostOf, type LookingFrom } from './look';
import { readTraces, type Trace } from './trace';

/** A namespace in which packets are followed. */
export interface Watched {
  /** `host`, or the container's name */
  place: string;
  /** a process in it; undefined for the host's own */
  process: number | undefined;
  /** links at which packets come in that are to be followed */
  links: readonly string[];
}

/** What tells the packets that are to be followed from all others. */
export interface Marked {
  /** first and last of the ports that the probe sends from; its own mark */
  sourcePorts: readonly [number, number];
  /** for the second leg of a published port, whose source port is not known: address and port of the server */
  behind: { address: string; port: number } | undefined;
  /** the probe is one of IPv6, which finds neighbours in another way */
  isIpv6?: boolean;
  /** whom the probe asks for a name, where it has to */
  nameServers?: readonly string[];
}

/** What was seen of packets while a probe was made. */
export interface Seen {
  /** by place; one where nothing could be watched has no entry */
  traces: Map<string, Trace[]>;
  /** what the kernel dropped, of packets in any namespace; undefined where it does not tell */
  drops: Drop[] | undefined;
}

/** Seconds after which a watch ends by itself, whatever becomes of who began it. */
const longest = 15;

/** Seconds within which nft and its monitor do what they are told, on a busy machine. */
const within = 5;

/** Ports that the second probe of a diagnosis sends from: below the range from which kernels choose. */
export function sourcePortsOf(random: number): readonly [number, number] {
  const first = 21_000 + Math.floor(random * 900) * 10;
  return [first, first + 9];
}

/**
 * Follows packets through the packet filters of namespaces while a probe is made. Each namespace gets a table of nftables for
 * that time, which marks the packets and drops none. The table is owned by the program that made it: the kernel removes it
 * when that ends, however it ends (nft(8), the flag `owner`). What the kernel drops in the meantime it is asked to note.
 * @returns what the probe gave, and what was seen
 */
export async function watching<T>(
  watched: readonly Watched[],
  marked: Marked,
  from: LookingFrom,
  probe: () => Promise<T>,
): Promise<{ value: T } & Seen> {
  const name = `dnc-watch-${randomBytes(6).toString('hex')}`;
  const folder = (index: number) => `/tmp/${name}-${index}`;
  if (!mayWatch(from.access)) return { value: await probe(), traces: new Map(), drops: undefined };
  const watches = watched.map(({ process, links }, index) =>
    onHostOf(from, ['sh', '-c', watchScript(name, folder(index), rulesOf(name, links, marked))], process).catch(() => undefined),
  );
  const filters = watched.map((_, index) => folder(index));
  const ofDrops = folder(watched.length);
  const links = [...new Set(watched.flatMap((it) => it.links))];
  const dropping =
    links.length === 0
      ? undefined
      : onHostOf(from, ['sh', '-c', dropsScript(ofDrops, links, filters, longest)], undefined).catch(() => undefined);
  const all = [...filters, ...(dropping ? [ofDrops] : [])];
  await onHostOf(from, ['sh', '-c', readyScript(all)], undefined);
  let value: T;
  try {
    value = await probe();
  } finally {
    await onHostOf(from, ['sh', '-c', all.map((it) => `[ ! -d ${it} ] || : >${it}/end`).join('; ')], undefined);
  }
  const printed = await Promise.all(watches);
  const traces = watched.flatMap(({ place }, index): [string, Trace[]][] => {
    const result = printed[index];
    return result?.exitCode === 0 ? [[place, readTraces(place, result.stdout, name)]] : [];
  });
  const dropped = await dropping;
  return { value, traces: new Map(traces), drops: dropped?.exitCode === 0 ? readDrops(dropped.stdout) : undefined };
}

/** Names of chains by which the monitor tells that all others are there, and that nothing more comes. */
const chains = { ready: 'ready', last: 'last' } as const;

/** The lines by which nft makes a table that marks packets before any other rule sees them. */
export function rulesOf(
  table: string,
  links: readonly string[],
  { sourcePorts, behind, isIpv6 = false, nameServers = [] }: Marked,
): string[] {
  const ports = sourcePorts.join('-');
  const family = behind?.address.includes(':') ? 'ip6' : 'ip';
  const marks = [
    `tcp sport ${ports}`,
    `tcp dport ${ports}`,
    ...(behind
      ? [`${family} daddr ${behind.address} tcp dport ${behind.port}`, `${family} saddr ${behind.address} tcp sport ${behind.port}`]
      : []),
    ...(isIpv6 ? ['icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }'] : []),
    ...nameServers.flatMap((it) => [
      `${it.includes(':') ? 'ip6' : 'ip'} daddr ${it} udp dport 53`,
      `${it.includes(':') ? 'ip6' : 'ip'} saddr ${it} udp sport 53`,
    ]),
  ];
  const chain = (of: string, hook: string, matches: readonly string[]) => [
    `add table ${of} ${table} { flags owner; }`,
    `add chain ${of} ${table} seen { type filter hook ${hook} priority -2147483640; }`,
    ...matches.map((match) => `add rule ${of} ${table} seen ${match} meta nftrace set 1`.replace(/ {2,}/g, ' ')),
  ];
  return [
    ...(links.length > 0 ? chain('netdev', `ingress devices = { ${links.join(', ')} }`, [...marks, 'ether type arp']) : []),
    ...chain('arp', 'output', ['']),
    ...chain('inet', 'output', marks),
  ];
}

/**
 * Watches until it is told to end, or for {@link longest}; it leaves nothing. A monitor is told nothing of what happens before it
 * listens, so chains are made until it prints one. What the monitor prints comes in the order in which
 * it happened: when it has printed that the last chain was made, it has printed all packets as well.
 */
function watchScript(table: string, folder: string, rules: readonly string[]): string {
  const lines = rules.map((rule) => `echo '${rule}'`).join('\n');
  const until = (condition: string, tries: number, meanwhile = ':') =>
    `n=0; until ${condition} || [ ! -d ${folder} ] || [ $n -ge ${tries} ]; do ${meanwhile}; sleep 0.02; n=$((n+1)); done`;
  const printed = (chain: string) => `grep -q 'add chain inet ${table} ${chain}' ${folder}/seen`;
  return `mkdir -m 700 ${folder} || exit 1
    trap 'rm -f ${folder}/seen ${folder}/ready ${folder}/end ${folder}/over; rmdir ${folder}' EXIT
    command -v nft >/dev/null || { : >${folder}/ready; ${until(`[ -e ${folder}/end ]`, longest * 50)}; exit 127; }
    nft -a monitor >${folder}/seen 2>/dev/null & monitor=$!
    { ${lines}
      ${until(printed(chains.ready), within * 50, `echo 'add chain inet ${table} ${chains.ready}'$n`)}
      ${until(`[ -e ${folder}/end ]`, longest * 50)}
      echo 'add chain inet ${table} ${chains.last}'
      ${until(`[ -e ${folder}/over ]`, within * 50)}; } | nft -i >/dev/null 2>&1 &
    ${until(`${printed(chains.ready)} || ! kill -0 $monitor 2>/dev/null`, within * 50)}
    watches=1; ! ${printed(chains.ready)} || watches=0
    : >${folder}/ready
    ${until(`[ -e ${folder}/end ]`, longest * 50)}
    ${until(`[ $watches = 1 ] || ${printed(chains.last)}`, within * 50)}
    : >${folder}/over
    kill $monitor; grep '^trace id' ${folder}/seen
    exit $watches`;
}

function readyScript(folders: readonly string[]): string {
  return `n=0; for it in ${folders.join(' ')}; do until [ -e "$it/ready" ] || [ $n -ge ${within * 50} ]; do sleep 0.02; n=$((n+1)); done; done`;
}
