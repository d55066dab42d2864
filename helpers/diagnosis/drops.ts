/** A packet that the kernel dropped, in its own words (tracepoint skb:kfree_skb, with reasons since Linux 5.17). */
export interface Drop {
  /** EtherType, e.g. 0x0800 for IPv4 */
  protocol: number;
  /** the kernel's name for why, e.g. `NETFILTER_DROP`; `NOT_SPECIFIED` where it gives none */
  reason: string;
  /** the kernel's function that dropped it, e.g. `nf_hook_slow` */
  by: string;
  /** the watched links that it came by, in order */
  links: { name: string; way: 'in' | 'out'; bytes: number }[];
  /** whether that was before the probe began */
  early: boolean;
}

/** The EtherTypes whose drops are watched. */
export const etherTypes = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

/** Names of tracing instances of the suite begin so. */
const instances = 'dnc-drops-';

/** What is written between what was dropped before the probe and what was dropped since. */
const beginning = 'dnc-probe-begins';

/** How long after it was seen at a link a packet can be dropped, in seconds: later, another packet has its place in memory. */
const longestWay = 0.02;

/**
 * A shell script that has the kernel note which packets it drops, in a tracing instance of its own, until it is told to end.
 * An instance that is in use cannot be removed, so one that can is what a killed run has left.
 * @param folder where the file `ready` says that it notes, and `end` tells it to end
 * @param others folders of watches that have to be ready before the probe begins
 * @param seconds after which it ends by itself
 */
export function dropsScript(folder: string, links: readonly string[], others: readonly string[], seconds: number): string {
  const name = folder.replace(/^.*\//, '');
  const known = links.map((link) => `name == "${link}"`).join(' || ');
  const watched = Object.values(etherTypes).map((it) => `protocol == ${it}`);
  const until = (condition: string) =>
    `n=0; until ${condition} || [ ! -d ${folder} ] || [ $n -ge ${seconds * 50} ]; do sleep 0.02; n=$((n+1)); done`;
  const event = (path: string, filter: string) =>
    `echo '${filter}' >$it/events/${path}/filter && echo 1 >$it/events/${path}/enable || exit 1`;
  return `mkdir -m 700 ${folder} || exit 1
    trap 'rm -f ${folder}/ready ${folder}/end; rmdir ${folder}' EXIT
    { ${inTracing(`${removeLeft}
      it=$PWD/instances/${instances}${name}
      mkdir $it && [ -r $it/trace_pipe ] || exit 1
      exec 3<$it/trace_pipe
      trap "exec 3<&-; rmdir $it" EXIT
      ${event('net/netif_receive_skb', known)}
      ${event('net/net_dev_queue', known)}
      ${event('skb/kfree_skb', watched.join(' || '))}
      ${until(others.map((it) => `[ -e ${it}/ready ]`).join(' && ') || 'true')}
      echo ${beginning} >$it/trace_marker
      : >${folder}/ready
      ${until(`[ -e ${folder}/end ]`)}
      echo 0 >$it/tracing_on
      cat $it/trace`)}
    } 2>/dev/null && exit
    : >${folder}/ready
    ${until(`[ -e ${folder}/end ]`)}
    exit 1`;
}

/** Removes, in the folder of the kernel's tracing, the instances that killed runs have left. */
const removeLeft = `for left in instances/${instances}*; do [ ! -d "$left" ] || rmdir "$left" 2>/dev/null; done`;

/** A shell script that removes the tracing instances that killed runs have left; whoever may not do so has left none. */
export const removeLeftInstances = inTracing(removeLeft);

/** Runs a script in the folder of the kernel's tracing. Where nobody has mounted it, it is mounted for that script alone. */
function inTracing(script: string): string {
  const folder = '/sys/kernel/tracing';
  const quoted = `cd ${folder} && [ -d instances ] || exit 1\n${script}`.replaceAll("'", `'"'"'`);
  return `inside='${quoted}'
    if [ -d ${folder}/instances ]; then sh -c "$inside"
    else unshare -m sh -c 'mount -t tracefs tracefs ${folder} && exec sh -c "$1"' sh "$inside"; fi`;
}

/** Reads what {@link dropsScript} printed. */
export function readDrops(printed: string): Drop[] {
  const ways = new Map<string, { at: number; links: Drop['links'] }>();
  const drops: Drop[] = [];
  let early = printed.includes(beginning);
  for (const line of printed.split('\n')) {
    const [, seconds = '', event = '', rest = ''] = /\s(\d+\.\d+): (\w+): (.*)$/.exec(line) ?? [];
    const at = Number(seconds);
    if (event === 'tracing_mark_write' && rest.startsWith(beginning)) early = false;
    const packet = /\bskbaddr=(\S+)/.exec(rest)?.[1];
    if (packet === undefined) continue;
    const known = ways.get(packet);
    const way = known && at - known.at <= longestWay ? known : { at, links: [] };
    if (event === 'kfree_skb') {
      ways.delete(packet);
      const [, protocol = '', by = '', reason = ''] = /\bprotocol=(\d+) location=([\w.]+)\S* reason: (\w+)/.exec(rest) ?? [];
      if (by !== '') drops.push({ protocol: Number(protocol), reason, by, links: way.links, early });
      continue;
    }
    const [, name = ''] = /\bdev=(\S+)/.exec(rest) ?? [];
    const [, bytes = ''] = /\blen=(\d+)/.exec(rest) ?? [];
    const link = { name, way: event === 'netif_receive_skb' ? ('in' as const) : ('out' as const), bytes: Number(bytes) };
    ways.set(packet, { at, links: [...way.links, link] });
  }
  return drops;
}
