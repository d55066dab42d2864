/** The packets' way through the packet filter of a namespace, in the kernel's own words (`nft monitor trace`). */
export interface Trace {
  /** namespace in which it was seen */
  place: string;
  /** what the kernel printed of the packet, where it was first seen: links, addresses, ports, flags */
  packet: string;
  /** the rules that it met, in order, and the policy that took it, if one did */
  steps: Step[];
}

/** A rule or policy that a packet met. */
export interface Step {
  /** with its family, e.g. `inet guard` */
  table: string;
  chain: string;
  /** undefined for a policy */
  handle: number | undefined;
  /** as nft prints it, e.g. `ip saddr @blocked drop` */
  text: string;
  /** e.g. `drop`, `continue`, `accept` */
  verdict: string;
  /** the packet as the kernel knew it there: what NAT has changed in it is seen */
  packet: string;
}

/**
 * Reads what `nft -a monitor trace` printed, without the rules of the suite's own table.
 * @param own name of that table
 */
export function readTraces(place: string, printed: string, own: string): Trace[] {
  const all: Trace[] = [];
  // a number comes again with the next packet that the kernel keeps at the same place in its memory
  const traces = new Map<string, Trace>();
  for (const line of printed.split('\n')) {
    const [, id = '', family = '', table = '', chain = '', kind = '', rest = ''] =
      /^trace id (\S+) (\S+) (\S+) (\S+) (packet:|rule|unknown rule|policy) ?(.*)$/.exec(line) ?? [];
    if (id === '') continue;
    const known = traces.get(id);
    if (kind === 'packet:') {
      if (known && table !== own) known.steps.push({ table: '', chain: '', handle: undefined, text: '', verdict: '', packet: rest.trim() });
      else {
        const trace = { place, packet: rest.trim(), steps: [] };
        traces.set(id, trace);
        all.push(trace);
      }
      continue;
    }
    if (!known || table === own) continue;
    const packet = known.steps.at(-1)?.packet ?? known.packet;
    const step = { table: `${family} ${table}`, chain, packet };
    if (kind === 'policy') known.steps.push({ ...step, handle: undefined, text: `policy ${rest.trim()}`, verdict: rest.trim() });
    const [, text = '', handle, verdict = ''] = /^(?:(.*?) )?# handle (\d+) \(verdict (\S+?)(?: .*)?\)\s*$/.exec(rest) ?? [];
    if (kind === 'rule' && handle !== undefined) known.steps.push({ ...step, handle: Number(handle), text, verdict });
  }
  return all.map((trace) => ({ ...trace, steps: trace.steps.filter(({ table }) => table !== '') }));
}

/** A field of a packet, as `ip saddr 172.17.0.2` has it. */
export function fieldOf(packet: string, field: string): string | undefined {
  return new RegExp(`\\b${field} (\\S+)`).exec(packet)?.[1];
}

/** The step that took a packet from its way; undefined where none of this namespace did. */
export function droppedBy({ steps }: Trace): Step | undefined {
  return steps.find(({ verdict }) => verdict === 'drop');
}

/** Bits of the flags of TCP, by which nft prints combinations; single ones have their names. */
const tcpFlags = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 };

/** Whether a packet has a flag of TCP. */
export function hasFlag(packet: string, flag: keyof typeof tcpFlags): boolean {
  const printed = /\btcp flags == (0x[0-9a-f]+|[a-z]+(?: ?\| ?[a-z]+)*)/.exec(packet)?.[1] ?? '';
  return printed.startsWith('0x') ? (Number(printed) & tcpFlags[flag]) !== 0 : printed.split(/ ?\| ?/).includes(flag);
}
