import type { LinkState, NamespaceState } from '../namespace-state';
import { containerLink, hostEnd, increase, isHost, linkNamed, type Scene } from '../scene';
import { fieldOf } from '../trace';
import type { Rung } from './layer';

/** What is too large for a link. */
export const sizes: readonly Rung[] = [
  {
    code: 'path.mtu',
    asks: 'Can every link on the way carry what the ends send?',
    explains: ['timed-out'],
    look: (scene) => {
      const { outcome, host, network } = scene;
      // small packets came through: the connection was made
      if (outcome.kind !== 'timed-out' || !/Operation timed out/.test(outcome.detail)) return undefined;
      const ends = [scene.source, scene.target].filter((inside) => inside !== undefined && !isHost(scene, inside));
      // a bridge lowers its own to the least of its ports
      const onTheWay = [...ends.map((inside) => hostEnd(host, inside)), ...ends.map(containerLink), linkNamed(host, network?.bridge)];
      for (const inside of ends) {
        const end = containerLink(inside);
        const narrow = onTheWay.find((link) => link && end && link.mtu < end.mtu && wasTooNarrow(scene, link, inside));
        if (inside && end && narrow)
          return {
            summary: `${inside.place} sends packets of up to ${end.mtu} bytes, and ${narrow.name} on their way carries ${narrow.mtu}: connections are made, and large answers vanish`,
            remedy: `ip link set ${narrow.name} mtu ${end.mtu}`,
            seen: [
              { of: inside, section: 'link', lines: /mtu/ },
              { of: host, section: 'link', lines: /mtu/ },
            ],
          };
      }
      return undefined;
    },
  },
];

/** Whether a packet of the probe was larger than a link, or where packets could not be followed, whether the link dropped any. */
function wasTooNarrow(scene: Scene, { name, mtu }: LinkState, inside: NamespaceState | undefined): boolean {
  const packets = [...scene.traces.values()].flat();
  if (packets.length > 0) return packets.some(({ packet }) => Number(fieldOf(packet, 'ip length')) > mtu);
  const dropped = (state: NamespaceState | undefined, link: string | undefined) =>
    increase(scene, state, ({ links }) => links.find((it) => it.name === link)?.droppedPackets);
  return dropped(scene.host, name) > 0 || dropped(inside, containerLink(inside)?.name) > 0;
}
