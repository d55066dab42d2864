import type { Evidence } from '../world/evidence';
import type { ClaimResult } from '../results/results';
import type { Finding } from './layers/layer';
import type { NamespaceState } from './namespace-state';
import type { Scene } from './scene';

/** What a failed connectivity claim is traced to, as the results have it. */
export type Cause = NonNullable<ClaimResult['cause']>;

/**
 * A finding as the results have it.
 * @param elapsed milliseconds that the observation took
 */
export function causeFrom(code: string, { summary, remedy, seen }: Finding, elapsed: number): Cause {
  const evidence = seen.flatMap((it): Evidence[] => {
    if (!('of' in it)) return [{ atMs: 0, durationMs: elapsed, kind: kindAt(it.where), ...it }];
    if (!it.of) return [];
    const { lines } = it;
    const text = it.of.printed[it.section];
    const telling = lines
      ? (/^\[|^\{"nftables"/.test(text) ? partsOf(text) : text.split('\n')).filter((line) => lines.test(line)).join('\n')
      : text;
    return [
      {
        atMs: 0,
        durationMs: elapsed,
        kind: kindAt(it.of.place),
        where: it.of.place,
        what: it.section,
        answer: shortened(telling.trim() || 'nothing'),
      },
    ];
  });
  return { code, summary, evidence, remedy: withWhoseDecision(remedy) };
}

/** What a step is that was taken there: a place that is neither the host nor the engine is a container. */
function kindAt(where: string): Evidence['kind'] {
  if (where === 'host') return 'host';
  return where === 'engine' ? 'api' : 'exec';
}

/** Commands that take something away, or end or detach something, which somebody may have wanted so. */
const takesAway = /\b(?:del|delete|disconnect|flush)\b| -D | -P \S+ ACCEPT|policy accept|\bend what holds it|^remove |# remove /;

/** A remedy that deletes or loosens something, with whose decision that is. */
export function withWhoseDecision(remedy: string): string {
  if (!takesAway.test(remedy)) return remedy;
  return `${remedy}${remedy.includes('  # ') ? ';' : '  #'} somebody may have set it on purpose: it is your decision`;
}

/** The elements of a JSON list, or of a ruleset as nft prints it, a line each. */
function partsOf(text: string): string[] {
  try {
    const parsed = JSON.parse(text) as unknown[] | { nftables: unknown[] };
    return (Array.isArray(parsed) ? parsed : parsed.nftables).map((part) => JSON.stringify(part));
  } catch {
    return [text];
  }
}

const longest = 2000;
const shortened = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters in all)` : text;

/** For a cause that is not known: all that was collected. */
export function everything({ source, host, target, hits: met, traces }: Scene): Finding['seen'] {
  const states = [...new Set([source, host, target])].filter((state): state is NamespaceState => state !== undefined);
  const collected = states.flatMap((of) =>
    (
      [
        'link',
        'address',
        'neighbour',
        'route',
        'routes',
        'policy',
        'listening',
        'sysctl',
        'iptables',
        'nftables',
        'ipsec',
        'queues',
        'resolv',
      ] as const
    ).map((section) => ({ of, section })),
  );
  const rules = met.map(
    ({ place, rule, packets }) => `${place} ${rule.backend} ${rule.table}/${rule.chain}: ${rule.text}: ${packets} packets more`,
  );
  const followed = [...traces].map(([where, seen]) => ({
    where,
    what: 'packets of one more probe, which were followed',
    answer: seen.map(({ packet }) => packet).join('\n') || 'none',
  }));
  return [
    { where: 'host', what: 'rules that met packets of one more probe', answer: rules.join('\n') || 'none' },
    ...followed,
    ...collected,
  ];
}
