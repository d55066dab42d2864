import { isIP } from 'node:net';
import type { NamespaceState, NeighbourState } from '../namespace-state';
import { hostEnd, isHost, packetsAt, type Scene } from '../scene';
import { silence, type Finding, type Rung } from './layer';
import { kernelDrops } from './kernel-drops';
import { firstPackets } from './rules';

/** Where the packets were last seen, if nothing says what took them: the layer, and no more. */
export const lost: readonly Rung[] = [
  {
    code: 'address.nobody-has-it',
    asks: 'Has anybody the address that the client sends to?',
    explains: silence,
    look: (scene) => {
      const { source, host, target, hostname } = scene;
      const asked = unansweredNeighbour(scene);
      // it may be that of a machine which cannot be looked at, beyond the host
      if (!source || !host || !target || !asked || asked.address !== hostname || hasAddress(scene, hostname)) return undefined;
      const own = target.addresses.filter(({ link }) => link !== 'lo').map(({ address }) => address);
      return {
        summary: `${source.place} asks for the MAC address of ${asked.address} on ${asked.link}, and nobody answers: that address is nobody's${isHost(scene, target) || own.length === 0 ? '' : `, and ${target.place} has ${own.join(', ')}`}`,
        remedy: `Look for what told the client that address: the engine (docker inspect), a name server, a file of hosts, or its own settings.`,
        seen: [
          { of: source, section: 'neighbour' },
          { of: target, section: 'address' },
        ],
      };
    },
  },
  ...kernelDrops,
  {
    code: 'neighbour.not-found',
    asks: 'Does the client find the MAC address of whom it sends to?',
    explains: silence,
    look: (scene) => {
      const { source } = scene;
      const asked = unansweredNeighbour(scene);
      if (!source || !asked || !hasAddress(scene, asked.address)) return undefined;
      return {
        summary: `${source.place} asks for the MAC address of ${asked.address} on ${asked.link}, and no answer comes back: the way is broken below IP, between the two links`,
        remedy: `Look at what is between them: the bridge and its ports (bridge -d link), filters of traffic control (tc filter), tables of nftables for arp, bridge and netdev.`,
        seen: [{ of: source, section: 'neighbour' }, ...firstPackets(scene, 'host')],
      };
    },
  },
  {
    code: 'path.lost',
    asks: 'Where was a packet of the probe seen last?',
    explains: ['timed-out'],
    look: (scene) => {
      const { source, host, target } = scene;
      if (!source || !host || !target || source === target || [source, target].some((it) => isHost(scene, it)) || scene.viaHostPort)
        return undefined;
      // to an address that nobody has there is no way on which a packet could be lost
      if (isIP(scene.hostname) !== 0 && !hasAddress(scene, scene.hostname)) return undefined;
      // what could not be followed shows nothing
      if (![source.place, 'host', target.place].every((place) => scene.traces.has(place))) return undefined;
      const steps = stepsOf(scene, source, target);
      const missing = steps.findIndex(({ seen }) => !seen);
      const [last, next] = [steps[missing - 1], steps[missing]];
      if (!last || !next) return undefined;
      return {
        summary: `packets of the probe ${last.where}, and do not ${next.follows}: what takes them is between, and neither a rule of a packet filter nor a queue`,
        remedy: `Look there at what was not looked at: programs of BPF (bpftool net), hardware offloads, and drops that the kernel counts (nstat, ip -s link).`,
        seen: [...firstPackets(scene, source.place), ...firstPackets(scene, 'host'), ...firstPackets(scene, target.place)],
      } satisfies Finding;
    },
  },
];

/** Whom the client sends to, where it asked for the MAC address and got no answer. */
function unansweredNeighbour(scene: Scene): NeighbourState | undefined {
  const { source, hostname } = scene;
  const route = source?.routes[hostname];
  const next = route?.found ? (route.gateway ?? hostname) : undefined;
  const asked = source?.neighbours.find(({ address }) => address === next);
  if (!source || isHost(scene, source) || !asked || asked.macAddress !== undefined || !/FAILED|INCOMPLETE/.test(asked.state))
    return undefined;
  return asked;
}

/** Whether the server or the host has an address. */
function hasAddress({ target, host }: Scene, address: string): boolean {
  return [target, host].some((it) => it?.addresses.some((own) => own.address === address));
}

/** The places through which a packet and its answer come, in their order. */
function stepsOf(scene: Scene, source: NamespaceState, target: NamespaceState): { seen: boolean; where: string; follows: string }[] {
  const [entry, exit] = [hostEnd(scene.host, source)?.name ?? '', hostEnd(scene.host, target)?.name ?? ''];
  const step = (place: string, way: 'in' | 'out', where: string, follows: string, link?: string) => ({
    seen: packetsAt(scene, place, way, link).length > 0,
    where,
    follows,
  });
  return [
    step(source.place, 'out', `leave ${source.place}`, `leave ${source.place}`),
    step('host', 'in', `come to ${entry} of the host`, `come to ${entry} of the host`, entry),
    step(target.place, 'in', `come to ${target.place}`, `come to ${target.place}`),
    step(target.place, 'out', `are answered by ${target.place}`, `get an answer of ${target.place}`),
    step('host', 'in', `have an answer that comes to ${exit} of the host`, `have an answer that comes to ${exit} of the host`, exit),
    step(source.place, 'in', `have an answer that comes back to ${source.place}`, `have an answer that comes back to ${source.place}`),
  ];
}
