import type { Hit } from '../firewall';
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
  return isPolicy
    ? `${command(`${backend} -t ${table} -P ${chain} ACCEPT`)}  # or add a rule that accepts them`
    : command(`${backend} -t ${table} ${text.replace('-A ', '-D ')}`);
}

/** The first packets of the probe that were seen in a namespace, for evidence. */
export function firstPackets({ traces }: Scene, place: string): Finding['seen'] {
  const packets = (traces.get(place) ?? []).slice(0, 4).map(({ packet }) => packet);
  return packets.length > 0 ? [{ where: place, what: 'packets of one more probe, which were followed', answer: packets.join('\n') }] : [];
}
