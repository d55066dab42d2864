import { containerLink, hostEnd, isHost, linkNamed } from '../scene';
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
        const narrow = onTheWay.find((link) => link && end && link.mtu < end.mtu);
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
