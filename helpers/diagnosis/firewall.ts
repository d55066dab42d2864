import ipaddr from 'ipaddr.js';
import type { Step, Trace } from './trace';

/** Which program shows a rule, and so which one changes it. */
export type Backend = 'iptables' | 'iptables-legacy' | 'ip6tables' | 'nft';

/** A rule of the packet filter, or the policy of a chain, with how many packets it has met. */
export interface Rule {
  backend: Backend;
  table: string;
  chain: string;
  /** as its program prints it: `-A FORWARD -p tcp -j DROP`, or `policy DROP` */
  text: string;
  /** what becomes of a packet that it meets */
  effect: 'drops' | 'rejects' | 'diverts' | 'accepts' | 'other';
  /** undefined where nothing counts them */
  packets: number | undefined;
  /** for a rule of nftables: what its maker says of it; Docker names so what each of its rules is for */
  comment?: string;
  /** for a rule of nftables: where packets meet its chain, e.g. `forward`; undefined in a chain that only others jump to */
  hook?: string;
}

/** A rule that met packets between two looks. */
export interface Hit {
  /** namespace that the rule is in */
  place: string;
  rule: Rule;
  packets: number;
  /** it was seen to meet the very packets of the probe; otherwise its counter went up, and it could have been them */
  followed?: true;
}

/** Output of `iptables-save -c`. */
export function parseSave(text: string, backend: Backend): Rule[] {
  let table = '';
  return text.split('\n').flatMap((line): Rule[] => {
    if (line.startsWith('*')) table = line.slice(1);
    const policy = /^:(\S+) (\S+) \[(\d+):\d+\]/.exec(line);
    if (policy?.[1] && policy[2] !== '-') {
      return [
        {
          backend,
          table,
          chain: policy[1],
          text: `policy ${policy[2] ?? ''}`,
          effect: policy[2] === 'DROP' ? 'drops' : 'accepts',
          packets: Number(policy[3]),
        },
      ];
    }
    const rule = /^\[(\d+):\d+\] (-A (\S+).*)$/.exec(line);
    if (!rule?.[2] || !rule[3]) return [];
    return [{ backend, table, chain: rule[3], text: rule[2], effect: effectOf(rule[2]), packets: Number(rule[1]) }];
  });
}

function effectOf(text: string): Rule['effect'] {
  const target = / -j (\S+)/.exec(text)?.[1] ?? '';
  if (['DROP', 'NFQUEUE', 'QUEUE', 'TARPIT'].includes(target)) return 'drops';
  if (target === 'REJECT') return 'rejects';
  if (['DNAT', 'REDIRECT', 'TPROXY'].includes(target)) return 'diverts';
  return target === 'ACCEPT' ? 'accepts' : 'other';
}

interface NftRule {
  family: string;
  table: string;
  chain: string;
  handle: number;
  comment?: string;
  expr?: Record<string, unknown>[];
}

interface NftChain {
  family: string;
  table: string;
  name: string;
  hook?: string;
  policy?: string;
}

/** Tables that the programs of iptables keep in nftables; those programs show them better. */
const tablesOfIptables = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

/** A ruleset as nft prints it in JSON; none where it prints something else. */
function entriesIn(text: string): { rule?: NftRule; chain?: NftChain }[] {
  try {
    return (JSON.parse(text) as { nftables: { rule?: NftRule; chain?: NftChain }[] }).nftables;
  } catch {
    return [];
  }
}

/** Whether a table is none of those that the programs of iptables keep. */
const isForeign = ({ family, table }: { family: string; table: string }): boolean =>
  !(['ip', 'ip6'].includes(family) && tablesOfIptables.has(table));

/** Whether a rule writes another destination into packets, without any state. */
function rewritesDestination(part: Record<string, unknown>): boolean {
  const { key } = (part['mangle'] ?? {}) as { key?: { payload?: { field?: string } } };
  return key?.payload?.field === 'daddr' || key?.payload?.field === 'dport';
}

/** Output of `nft -j list ruleset`: everything that the programs of iptables do not show. */
export function parseNftables(text: string): Rule[] {
  const entries = entriesIn(text);
  const chains = entries.flatMap(({ chain }) => (chain && isForeign(chain) ? [chain] : []));
  const hookOf = (family: string, table: string, name: string) =>
    chains.find((chain) => chain.family === family && chain.table === table && chain.name === name)?.hook;
  const policies = chains.flatMap((chain): Rule[] =>
    chain.policy === undefined
      ? []
      : [
          {
            backend: 'nft',
            table: `${chain.family} ${chain.table}`,
            chain: chain.name,
            text: `policy ${chain.policy}`,
            effect: chain.policy === 'drop' ? 'drops' : 'accepts',
            packets: undefined,
            ...(chain.hook !== undefined && { hook: chain.hook }),
          },
        ],
  );
  const rules = entries.flatMap(({ rule }): Rule[] => {
    if (!rule || !isForeign(rule)) return [];
    const { family, table, chain, handle, comment, expr = [] } = rule;
    const has = (...verbs: string[]) => expr.some((part) => verbs.some((verb) => verb in part));
    const counter = expr.find((part) => 'counter' in part)?.['counter'] as { packets?: number } | undefined;
    const effect = has('drop', 'queue')
      ? 'drops'
      : has('reject')
        ? 'rejects'
        : has('dnat', 'redirect', 'tproxy', 'fwd') || expr.some(rewritesDestination)
          ? 'diverts'
          : has('accept')
            ? 'accepts'
            : 'other';
    const hook = hookOf(family, table, chain);
    return [
      {
        backend: 'nft',
        table: `${family} ${table}`,
        chain,
        text: `handle ${handle} ${JSON.stringify(expr.filter((part) => !('counter' in part)))}`,
        effect,
        packets: counter?.packets,
        ...(comment !== undefined && { comment }),
        ...(hook !== undefined && { hook }),
      },
    ];
  });
  return [...policies, ...rules];
}

/** Handles of the rules that the programs of iptables keep in nftables, by family, table and chain, in the order in which those show them. */
export function handlesOfIptables(ruleset: string): Map<string, number[]> {
  const handles = new Map<string, number[]>();
  for (const { rule } of entriesIn(ruleset)) {
    if (!rule || isForeign(rule)) continue;
    const chain = `${rule.family} ${rule.table}/${rule.chain}`;
    handles.set(chain, [...(handles.get(chain) ?? []), rule.handle]);
  }
  return handles;
}

/** What packets met in a namespace in which they were followed. */
export function hitsInTraces(place: string, traces: readonly Trace[], rules: readonly Rule[], ruleset: string): Hit[] {
  const handles = handlesOfIptables(ruleset);
  const found = new Map<string, Hit>();
  for (const { steps } of traces) {
    for (const step of steps) {
      const key = `${step.table}/${step.chain} ${step.handle ?? step.text} ${step.verdict}`;
      const known = found.get(key);
      if (known) known.packets += 1;
      else found.set(key, { place, rule: ruleOf(step, rules, handles), packets: 1, followed: true });
    }
  }
  return [...found.values()];
}

/** A step as the program shows it that made the rule. */
function ruleOf(step: Step, rules: readonly Rule[], handles: ReadonlyMap<string, number[]>): Rule {
  const [family = '', table = ''] = step.table.split(' ');
  const effect = (it: Rule['effect']): Rule['effect'] => (step.verdict === 'drop' && it !== 'rejects' ? 'drops' : it);
  const ofIptables = !isForeign({ family, table });
  const backend: Backend = family === 'ip6' ? 'ip6tables' : 'iptables';
  const there = rules.filter(
    (it) =>
      it.chain === step.chain &&
      (ofIptables ? it.backend === backend && it.table === table : it.backend === 'nft' && it.table === step.table) &&
      it.text.startsWith('policy') === (step.handle === undefined),
  );
  const found = ofIptables
    ? there[step.handle === undefined ? 0 : (handles.get(`${step.table}/${step.chain}`)?.indexOf(step.handle) ?? -1)]
    : there.find(({ text }) => step.handle === undefined || text.startsWith(`handle ${step.handle} `));
  if (found && ofIptables) return { ...found, effect: effect(found.effect) };
  const text = step.handle === undefined ? step.text : `handle ${step.handle}: ${step.text}`;
  const worded =
    found?.effect ??
    (/\breject\b/.test(step.text)
      ? 'rejects'
      : /\b(dnat|redirect|tproxy|fwd)\b|\b(daddr|dport) set /.test(step.text)
        ? 'diverts'
        : 'other');
  return { backend: 'nft', table: step.table, chain: step.chain, packets: undefined, ...found, text, effect: effect(worded) };
}

/** The rules that met packets between two looks at one namespace. */
export function hits(place: string, before: readonly Rule[] | undefined, after: readonly Rule[] | undefined): Hit[] {
  const counted = (rules: readonly Rule[] = []) => {
    const seen = new Map<string, number>();
    return rules.map((rule) => {
      const name = [rule.backend, rule.table, rule.chain, rule.text].join('\n');
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      return { key: `${name}\n${nth}`, rule };
    });
  };
  const earlier = new Map(counted(before).map(({ key, rule }) => [key, rule.packets ?? 0]));
  return counted(after).flatMap(({ key, rule }) => {
    const packets = (rule.packets ?? 0) - (earlier.get(key) ?? 0);
    return packets > 0 && earlier.has(key) ? [{ place, rule, packets }] : [];
  });
}

/** What identifies the packets of a probe. */
export interface Flow {
  source: string | undefined;
  destinations: readonly string[];
  ports: readonly number[];
}

/**
 * Whether a rule of iptables could have met a packet of a probe or of its answer. It looks at addresses, protocol and
 * ports; what it does not understand could match.
 */
export function couldMatch({ text, backend }: Pick<Rule, 'text' | 'backend'>, { source, destinations, ports }: Flow): boolean {
  if (backend === 'ip6tables' && !destinations.some((address) => address.includes(':'))) return false;
  if (/^iptables/.test(backend) && destinations.length > 0 && destinations.every((address) => address.includes(':'))) return false;
  if (backend === 'nft') return couldMatchNft(text, { source, destinations, ports });
  const protocol = / (! )?-p (\S+)/.exec(text);
  if (protocol && (protocol[2] === 'tcp') === (protocol[1] !== undefined)) return false;
  for (const [, negated, range = ''] of text.matchAll(/ (! )?-[sd] (\S+)/g)) {
    if (negated === undefined && source !== undefined && ![source, ...destinations].some((address) => inRange(address, range)))
      return false;
  }
  const [, negatedPort, list] = / (! )?--dports? ([\d,:]+)(?= |$)/.exec(text) ?? [];
  return list === undefined || negatedPort !== undefined || list.split(',').some((part) => ports.some((port) => inPorts(port, part)));
}

/** Whether a port is the one, or in the range `first:last`. */
function inPorts(port: number, part: string): boolean {
  const [first = 0, last = first] = part.split(':').map(Number);
  return port >= first && port <= last;
}

/** The same for the matches of nftables on addresses and ports; all others could match. */
function couldMatchNft(text: string, { source, destinations, ports }: Flow): boolean {
  const [, list] = /^handle \d+ (.*)$/s.exec(text) ?? [];
  if (list === undefined) return true;
  const own = [source, ...destinations];
  return (
    JSON.parse(list) as {
      match?: { op: string; left: { payload?: { protocol?: string; field?: string }; meta?: { key?: string } }; right?: unknown };
    }[]
  ).every(({ match }) => {
    if (match?.op !== '==') return true;
    const { protocol, field } = match.left.payload ?? {};
    if (match.left.meta?.key === 'l4proto' || field === 'protocol' || field === 'nexthdr')
      return typeof match.right !== 'string' || match.right === 'tcp';
    if (field === 'dport' || field === 'sport')
      return protocol !== 'udp' && (field === 'sport' || typeof match.right !== 'number' || ports.includes(match.right));
    if (field === 'daddr' || field === 'saddr') return source === undefined || typeof match.right !== 'string' || own.includes(match.right);
    return true;
  });
}

function inRange(address: string, range: string): boolean {
  try {
    const [network, length] = ipaddr.parseCIDR(range);
    const own = ipaddr.parse(address);
    return own.kind() === network.kind() && own.match(network, length);
  } catch {
    return true;
  }
}
