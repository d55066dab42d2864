/** Output of `ip -j`, which is nothing at all where there is nothing to tell. */
export function json<T>(text: string): T[] {
  try {
    return JSON.parse(text) as T[];
  } catch {
    return [];
  }
}

/** A queue of a link, as tc(8) tells of it. */
export interface Queue {
  link: string;
  /** e.g. `tbf` */
  kind: string;
  /** where it hangs: its own handle, and that of its class */
  place: string;
  dropped: number;
  /** packets that it holds */
  waiting: number;
}

/** What a filter of traffic control does with the packets that it matches. */
export interface TrafficAction {
  link: string;
  way: 'ingress' | 'egress';
  /** as `tc filter delete dev LINK WAY` wants it, e.g. `protocol ip pref 49152 u32` */
  filter: string;
  /** as tc prints it, e.g. `mirred (Egress Redirect to device ifb0) stolen` */
  action: string;
  packets: number;
}

/** A process that listens, with the file descriptors that it has open and may have. */
export interface Descriptors {
  process: number;
  used: number;
  limit: number;
}

/** Output of `tc -s -j qdisc`. */
export function parseQueues(text: string): Queue[] {
  return json<{ dev?: string; kind?: string; handle?: string; parent?: string; drops?: number; qlen?: number }>(text).flatMap(
    ({ dev, kind, handle = '', parent = 'root', drops = 0, qlen = 0 }) =>
      dev === undefined || kind === undefined ? [] : [{ link: dev, kind, place: `${handle} of ${parent}`, dropped: drops, waiting: qlen }],
  );
}

/** Lines of a process, its open descriptors, and the row of its limits. */
export function parseDescriptors(text: string): Descriptors[] {
  return [...text.matchAll(/^(\d+) (\d+) Max open files\s+(\d+)/gm)].map(([, process, used, limit]) => ({
    process: Number(process),
    used: Number(used),
    limit: Number(limit),
  }));
}

/** Output of `tc -s filter show dev LINK WAY`, each after a line that says which link and way. */
export function parseTrafficActions(text: string): TrafficAction[] {
  const actions: TrafficAction[] = [];
  let at: Pick<TrafficAction, 'link' | 'way'> | undefined;
  let filter = '';
  let action = '';
  for (const line of text.split('\n')) {
    const [, link, way] = /^@ (\S+) (ingress|egress)$/.exec(line) ?? [];
    if (link !== undefined) at = { link, way: way as TrafficAction['way'] };
    filter = /^filter (?:parent \S+ )?(protocol \S+ pref \d+ \S+)/.exec(line)?.[1] ?? filter;
    action = /action order \d+:\s+(.*\S)/.exec(line)?.[1] ?? action;
    const packets = /Sent \d+ bytes (\d+) pkt/.exec(line)?.[1];
    if (at && packets !== undefined && action !== '') {
      actions.push({ ...at, filter, action, packets: Number(packets) });
      action = '';
    }
  }
  return actions;
}

/** Lines of a hosts file: addresses by name. */
export function parseHosts(text: string): Record<string, string[]> {
  const hosts: Record<string, string[]> = {};
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of names) hosts[name] = [...(hosts[name] ?? []), address ?? ''];
  }
  return hosts;
}

/** Lines of `grep . /proc/sys/net/…`: values by path below that. */
export function parseSysctls(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^\/proc\/sys\/net\/([^:]+):(.*)$/gm)].map(([, path = '', value = '']) => [path, value]));
}
