import type { Queue, TrafficAction } from '../namespace-parts';
import type { NamespaceState } from '../namespace-state';
import { commandAt, containerLink, hostEnd, increase, isHost, linkNamed, packetsAt, type Scene } from '../scene';
import { silence, type Finding, type Rung } from './layer';

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
      const filtered = byFilter(scene, state, names);
      if (filtered) return filtered;
      const dropped = (queue: Queue) => increase(scene, state, (it) => sameIn(it, queue)?.dropped);
      // what a queue dropped its parents count as well; the last one listed is the innermost
      const dropping = state.queues.filter((queue) => names.includes(queue.link) && dropped(queue) > 0 && !arrived(scene, queue.link));
      const queue = dropping.at(-1);
      const holding = state.queues.find(({ link, waiting }) => names.includes(link) && waiting > 0);
      if (!queue && holding)
        return {
          summary: `the queue ${holding.kind} of ${holding.link} of ${state.place} holds ${holding.waiting} packets back: traffic control lets them out too slowly`,
          remedy: commandAt(scene, state, `tc qdisc delete dev ${holding.link} root`),
          seen: [{ of: state, section: 'queues', lines: new RegExp(`"${holding.link}"`) }],
        };
      if (!queue) return undefined;
      // these two hold nothing: they are where filters are, and count what those drop
      const ofFilters = queue.kind === 'clsact' || queue.kind === 'ingress';
      return {
        summary: ofFilters
          ? `filters of traffic control at ${queue.link} of ${state.place} (${queue.kind}) dropped ${dropped(queue)} packets of one more probe`
          : `the queue ${queue.kind} of ${queue.link} of ${state.place} dropped ${dropped(queue)} packets of one more probe: traffic control lets them out too slowly, or not at all`,
        remedy: commandAt(scene, state, `tc qdisc delete dev ${queue.link} ${ofFilters ? queue.kind : 'root'}`),
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

/** What a filter of a link on the way took, where no packet of the probe was seen behind it. */
function byFilter(scene: Scene, state: NamespaceState, names: readonly (string | undefined)[]): Finding | undefined {
  const took = state.trafficActions.find(
    (it) =>
      names.includes(it.link) &&
      /redirect|stolen|\bdrop\b|\bshot\b|queued|trap/i.test(it.action) &&
      increase(scene, state, ({ trafficActions }) => trafficActions.find(sameAction(it))?.packets) > 0 &&
      !passed(scene, state, it),
  );
  if (!took) return undefined;
  const { link, way, filter, action } = took;
  const more = increase(scene, state, ({ trafficActions }) => trafficActions.find(sameAction(took))?.packets);
  return {
    summary: `a filter of traffic control at the ${way} of ${link} of ${state.place} takes the packets: ${action} (${filter})`,
    remedy: commandAt(scene, state, `tc filter delete dev ${link} ${way} ${filter}`),
    seen: [
      { where: state.place, what: 'packets that a filter took during one more probe', answer: `${link} ${way} ${filter}: ${more}` },
      { of: state, section: 'filters' },
    ],
  };
}

const sameAction = (one: TrafficAction) => (other: TrafficAction) =>
  one.link === other.link && one.way === other.way && one.filter === other.filter && one.action === other.action;

/** Whether packets of the probe were seen where they come to next behind a filter. */
function passed(scene: Scene, state: NamespaceState, { link, way }: TrafficAction): boolean {
  const { host, source, target } = scene;
  if (!isHost(scene, state)) {
    const outside = hostEnd(host, state)?.name;
    return way === 'ingress' ? packetsAt(scene, state.place, 'in', link).length > 0 : packetsAt(scene, 'host', 'in', outside).length > 0;
  }
  const inside = [source, target].find((it) => it && !isHost(scene, it) && hostEnd(host, it)?.name === link);
  return way === 'ingress' || !inside ? packetsAt(scene, 'host', 'in', link).length > 0 : packetsAt(scene, inside.place, 'in').length > 0;
}

const sameIn = ({ queues: all }: NamespaceState, { link, kind, place }: Queue): Queue | undefined =>
  all.find((it) => it.link === link && it.kind === kind && it.place === place);

/** Whether packets of the probe were seen behind a link of the host, by its own container. */
function arrived({ host, source, target, traces }: Scene, link: string): boolean {
  const inside = [source, target].find((it) => it && hostEnd(host, it)?.name === link);
  return inside !== undefined && (traces.get(inside.place) ?? []).some(({ packet }) => packet.startsWith('iif') && packet.includes('tcp '));
}
