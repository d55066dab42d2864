import type { Hit, Rule } from '../firewall';
import { commandAt, type Scene } from '../scene';
import type { Finding } from './layer';

/** What a hit was seen by. */
export function hitSeen({ place, rule, packets, followed }: Hit): Finding['seen'][number] {
  if (followed)
    return {
      where: place,
      what: 'what packets of one more probe met, which were followed',
      answer: `${rule.table}/${rule.chain}: ${rule.text}: ${packets} packets`,
    };
  return {
    where: place,
    what: `counters of ${rule.backend} before and after one more probe`,
    answer: `${rule.table}/${rule.chain}: ${rule.text}: ${packets} packets more`,
  };
}

/** The command that takes a rule away, or opens a policy. */
export function removal(scene: Scene, { place, rule }: Hit): string {
  const command = (it: string) => commandAt(scene, { place }, it);
  const { backend, table, chain, text } = rule;
  const isPolicy = text.startsWith('policy');
  if (backend === 'nft')
    return isPolicy
      ? `${command(`nft add chain ${table} ${chain} '{ policy accept; }'`)}  # or add a rule that accepts them`
      : command(`nft delete rule ${table} ${chain} ${/^handle \d+/.exec(text)?.[0] ?? ''}`.trim());
  // what these matches keep in the kernel is part of how a rule is compared, so that it is not found again by its words
  const number = /-m (?:connlimit|hashlimit|quota)\b/.test(text) ? numberOf(scene, place, rule) : undefined;
  if (number !== undefined) return command(`${backend} -t ${table} -D ${chain} ${number}`);
  return isPolicy
    ? `${command(`${backend} -t ${table} -P ${chain} ACCEPT`)}  # or add a rule that accepts them`
    : command(`${backend} -t ${table} ${text.replace('-A ', '-D ')}`);
}

/** The place of a rule of iptables in its chain, from 1. */
function numberOf({ source, host, target }: Scene, place: string, rule: Rule): number | undefined {
  const state = [source, host, target].find((it) => it?.place === place);
  const chain = state?.rules?.filter(
    ({ backend, table, chain: name, text }) =>
      backend === rule.backend && table === rule.table && name === rule.chain && text.startsWith('-A'),
  );
  const index = chain?.findIndex(({ text }) => text === rule.text) ?? -1;
  return index < 0 ? undefined : index + 1;
}

/** The first packets of the probe that were seen in a namespace, for evidence. */
export function firstPackets({ traces }: Scene, place: string): Finding['seen'] {
  const packets = (traces.get(place) ?? []).slice(0, 4).map(({ packet }) => packet);
  return packets.length > 0 ? [{ where: place, what: 'packets of one more probe, which were followed', answer: packets.join('\n') }] : [];
}
