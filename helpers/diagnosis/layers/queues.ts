import type { Queue } from '../namespace-parts';
import type { NamespaceState } from '../namespace-state';
import { commandAt, containerLink, hostEnd, increase, isHost, linkNamed, type Scene } from '../scene';
import { silence, type Rung } from './layer';

/** The queues of the links on the way, and what traffic control does with packets there. */
export const queues: readonly Rung[] = [
  trafficControl('source', 'Does a queue of the client drop packets?', (scene) =>
    isHost(scene, scene.source) ? [] : [containerLink(scene.source)?.name],
  ),
  trafficControl('host', "Does a queue of the host's links on the way drop packets?", ({ host, source, target, network }) => [
    hostEnd(host, source)?.name,
    hostEnd(host, target)?.name,
    linkNamed(host, network?.bridge)?.name,
  ]),
  trafficControl('target', 'Does a queue of the server drop packets?', (scene) =>
    isHost(scene, scene.target) ? [] : [containerLink(scene.target)?.name],
  ),
];

function trafficControl(end: 'source' | 'host' | 'target', asks: string, linksOf: (scene: Scene) => (string | undefined)[]): Rung {
  return {
    code: `${end}.traffic-control`,
    asks,
    explains: silence,
    look: (scene) => {
      const state = scene[end];
      if (!state) return undefined;
      const names = linksOf(scene);
      const dropped = (queue: Queue) => increase(scene, state, (it) => sameIn(it, queue)?.dropped);
      // what a queue dropped its parents count as well; the last one listed is the innermost
      const dropping = state.queues.filter((queue) => names.includes(queue.link) && dropped(queue) > 0 && !arrived(scene, queue.link));
      const queue = dropping.at(-1);
      if (!queue) return undefined;
      return {
        summary: `the queue ${queue.kind} of ${queue.link} of ${state.place} dropped ${dropped(queue)} packets of one more probe: traffic control lets them out too slowly, or not at all`,
        remedy: commandAt(scene, state, `tc qdisc delete dev ${queue.link} root`),
        seen: [
          {
            where: state.place,
            what: 'packets that queues dropped during one more probe',
            answer: `${queue.link} ${queue.kind} ${queue.place}: ${dropped(queue)}`,
          },
          { of: state, section: 'queues', lines: new RegExp(`"${queue.link}"`) },
        ],
      };
    },
  };
}

const sameIn = ({ queues: all }: NamespaceState, { link, kind, place }: Queue): Queue | undefined =>
  all.find((it) => it.link === link && it.kind === kind && it.place === place);

/** Whether packets of the probe were seen behind a link of the host, by its own container. */
function arrived({ host, source, target, traces }: Scene, link: string): boolean {
  const inside = [source, target].find((it) => it && hostEnd(host, it)?.name === link);
  return inside !== undefined && (traces.get(inside.place) ?? []).some(({ packet }) => packet.startsWith('iif') && packet.includes('tcp '));
}
